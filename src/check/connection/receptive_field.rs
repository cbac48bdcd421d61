//! Receptive fields as written: `window`, `stride`, `padding` and `share`, and what each of them needs.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Context;
use crate::check::const_eval::said;
use crate::check::model::{Encoding, Share, Window};
use crate::check::numeric::OutOfRange;
use crate::check::schema::{Owner, PADDING, Property, SHARE, STRIDE, WINDOW, Whole, WrongWord, understand};
use crate::span::{Name, Span};
use crate::syntax::ast::{Attribute, Connect};

/// A connection without a window says how its windows lie.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` says nothing without a window")]
#[diagnostic(code(gem::missing_window), help("add `window: 5` or another size, or remove `{key}`"))]
struct MissingWindow {
    key: Name,
    #[label(primary, "there is no window")]
    at: Span,
}

/// Nothing can be shared in this way.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no sharing {word}")]
#[diagnostic(code(gem::unknown_share))]
struct UnknownShare {
    word: String,
    #[label(primary, "unknown")]
    at: Span,
    #[help]
    help: String,
}

/// Weights are to be shared that identities tell apart.
#[derive(Debug, Error, Diagnostic)]
#[error("weights made by `{encoding}` cannot be shared")]
#[diagnostic(
    code(gem::share_without_direct),
    help("remove `share: maps`, or connect via `direct` for a classical convolution")
)]
struct ShareWithoutDirect {
    encoding: Name,
    #[label(primary, "only `direct` weights can be shared")]
    at: Span,
    #[label("makes each weight from its two neurons")]
    via: Span,
}

/// A random basis, a g-network and a subspace have no receptive fields.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} has no window")]
#[diagnostic(
    code(gem::window_with_basis),
    help("remove the window, or connect via a genome, an interaction or `direct`")
)]
struct WindowWithBasis {
    what: &'static str,
    #[label(primary, "no place for a window")]
    at: Span,
    #[label("joins all neurons to all")]
    via: Span,
}

/// What a connection's attributes say of receptive fields.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) enum ReceptiveField {
    /// Every neuron sees every other.
    Whole,
    /// A square, and where the text gives its size.
    Square(Window, Span),
    /// They are at fault.
    Faulty,
}

/// Reads a connection's window from its `attributes`.
pub(in crate::check) fn field(
    context: &mut Context,
    connect: &Connect,
    encoding: Option<Encoding>,
    attributes: &[&Attribute],
) -> ReceptiveField {
    let find = |key| attributes.iter().find(|attribute| attribute.key.as_str() == key).copied();
    let Some(window) = find(WINDOW.key) else {
        let of_windows = |other: &&&Attribute| understand(&[Owner::Window], other.key.as_str());
        let lost: Vec<&&Attribute> = attributes.iter().filter(of_windows).collect();
        for attribute in &lost {
            let key = attribute.key.clone();
            context.problems.push(MissingWindow { at: key.span, key });
        }
        return if lost.is_empty() { ReceptiveField::Whole } else { ReceptiveField::Faulty };
    };
    let size = number(context, &WINDOW, Some(window));
    let stride = number(context, &STRIDE, find(STRIDE.key));
    let padding = number(context, &PADDING, find(PADDING.key));
    let padding = padding.filter(|padding| overhangs(context, find(PADDING.key), *padding, size));
    let share = find(SHARE.key).map_or(Some(Share::Nothing), |share| shared(context, connect, encoding, share));
    let what = match encoding {
        Some(Encoding::Basis(_)) => "a random basis",
        Some(Encoding::GNetwork(_)) => "a g-network",
        Some(Encoding::Subspace(_)) => "a subspace",
        Some(Encoding::Sine(_)) => "a sine network",
        Some(Encoding::Genes(_) | Encoding::Direct) | None => "",
    };
    if !what.is_empty() {
        context.problems.push(WindowWithBasis { what, at: window.key.span, via: connect.encoding.span });
        return ReceptiveField::Faulty;
    }
    match (size, stride, padding, share) {
        (Some(size), Some(stride), Some(padding), Some(share)) => {
            ReceptiveField::Square(Window { size, stride, padding, share }, place(window))
        }
        _ => ReceptiveField::Faulty,
    }
}

fn place(attribute: &Attribute) -> Span {
    attribute.value.as_ref().map_or(attribute.key.span, |value| attribute.key.span.to(value.span()))
}

fn number(context: &mut Context, property: &Property<Whole>, attribute: Option<&Attribute>) -> Option<usize> {
    let value = match attribute {
        Some(attribute) => Some(said(context, attribute, "a whole number")?),
        None => None,
    };
    property.read(context, value)
}

/// Reports a padding by which some windows would see nothing at all.
fn overhangs(context: &mut Context, attribute: Option<&Attribute>, padding: usize, size: Option<usize>) -> bool {
    let (Some(attribute), Some(size)) = (attribute, size) else { return true };
    if padding >= size {
        let (what, allowed, at) = (PADDING.what, "smaller than the window", place(attribute));
        context.problems.push(OutOfRange { what, allowed, found: padding.to_string(), at });
    }
    padding < size
}

fn shared(
    context: &mut Context,
    connect: &Connect,
    encoding: Option<Encoding>,
    attribute: &Attribute,
) -> Option<Share> {
    let named = SHARE.read(attribute);
    if let Err(WrongWord { word, at, help, fix }) = named {
        context.problems.push_with(UnknownShare { word, at, help }, fix);
        return None;
    }
    if let Some(Encoding::Genes(_)) = encoding {
        let (encoding, at, via) = (connect.encoding.name.clone(), place(attribute), connect.encoding.span);
        context.problems.push(ShareWithoutDirect { encoding, at, via });
        return None;
    }
    named.ok()
}
