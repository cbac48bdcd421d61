//! Receptive fields as written: `window`, `stride`, `padding` and `share`, and what each of them needs.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Context;
use crate::check::const_eval::{said, written};
use crate::check::keywords::{SHARES, look_up, words};
use crate::check::model::{Encoding, Share, Window};
use crate::check::numeric::{Least, OutOfRange, whole};
use crate::diag::did_you_mean;
use crate::span::{Name, Span};
use crate::syntax::ast::{Attribute, Call, Connect, Expr};

/// The attributes that receptive fields have besides their size.
pub(in crate::check) const KEYS: &[&str] = &["window", "stride", "padding", "share"];

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
pub(in crate::check) enum Field {
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
) -> Field {
    let find = |key| attributes.iter().find(|attribute| attribute.key.as_str() == key).copied();
    let Some(window) = find("window") else {
        let lost: Vec<&&Attribute> = attributes.iter().filter(|other| KEYS.contains(&other.key.as_str())).collect();
        for attribute in &lost {
            let key = attribute.key.clone();
            context.problems.push(MissingWindow { at: key.span, key });
        }
        return if lost.is_empty() { Field::Whole } else { Field::Faulty };
    };
    let size = number(context, window, Least::One, "the window");
    let stride = find("stride").map_or(Some(1), |stride| number(context, stride, Least::One, "the stride"));
    let padding = find("padding").map_or(Some(0), |padding| number(context, padding, Least::Zero, "the padding"));
    let padding = padding.filter(|padding| overhangs(context, find("padding"), *padding, size));
    let share = find("share").map_or(Some(Share::Nothing), |share| shared(context, connect, encoding, share));
    let what = match encoding {
        Some(Encoding::Basis(_)) => "a random basis",
        Some(Encoding::GNetwork(_)) => "a g-network",
        Some(Encoding::Subspace(_)) => "a subspace",
        Some(Encoding::Genes(_) | Encoding::Direct) | None => "",
    };
    if !what.is_empty() {
        context.problems.push(WindowWithBasis { what, at: window.key.span, via: connect.encoding.span });
        return Field::Faulty;
    }
    match (size, stride, padding, share) {
        (Some(size), Some(stride), Some(padding), Some(share)) => {
            Field::Square(Window { size, stride, padding, share }, place(window))
        }
        _ => Field::Faulty,
    }
}

fn place(attribute: &Attribute) -> Span {
    attribute.value.as_ref().map_or(attribute.key.span, |value| attribute.key.span.to(value.span()))
}

fn number(context: &mut Context, attribute: &Attribute, least: Least, what: &'static str) -> Option<usize> {
    let value = said(context, attribute, "a whole number")?;
    whole(context, value, least, what)
}

/// Reports a padding by which some windows would see nothing at all.
fn overhangs(context: &mut Context, attribute: Option<&Attribute>, padding: usize, size: Option<usize>) -> bool {
    let (Some(attribute), Some(size)) = (attribute, size) else { return true };
    if padding >= size {
        let (what, allowed, at) = ("the padding", "smaller than the window", place(attribute));
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
    let named = match &attribute.value {
        Some(Expr::Call(Call { name, arguments: None, .. })) => look_up(SHARES, name.as_str()),
        _ => None,
    };
    if named.is_none() {
        let (word, at) = written(attribute);
        let help = did_you_mean(word.trim_matches('`'), words(SHARES))
            .unwrap_or_else(|| "write `share: maps`, or leave it out: then no neurons share weights".to_owned());
        context.problems.push(UnknownShare { word, at, help });
        return None;
    }
    if let Some(Encoding::Genes(_)) = encoding {
        let (encoding, at, via) = (connect.encoding.name.clone(), place(attribute), connect.encoding.span);
        context.problems.push(ShareWithoutDirect { encoding, at, via });
        return None;
    }
    named
}
