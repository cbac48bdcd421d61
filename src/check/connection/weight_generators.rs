//! Encodings that need no genes and more than one number: g-networks, subspaces and sine networks.

use miette::Diagnostic;
use thiserror::Error;

use super::Link;
use crate::check::Context;
use crate::check::arguments::{Signature, bind};
use crate::check::model::{Encoding, GNetwork, Population, SineNetwork};
use crate::check::schema::{CHUNKS, HIDDEN, INPUTS, LAYERS, Owner, SINE_HIDDEN};
use crate::diag::grouped;
use crate::span::{Name, Span};
use crate::syntax::ast::Call;

const GNETWORK: Signature =
    Signature { form: "gnetwork(hidden: 16)", positional: &[], required: 0, named: Some(Owner::GNetwork) };
const SINE: Signature =
    Signature { form: "sine(inputs: 7, chunks: 8)", positional: &[], required: 0, named: Some(Owner::Sine) };
/// How a subspace is written.
pub(in crate::check) const SUBSPACE: Signature =
    Signature { form: "subspace(100)", positional: &["its dimension"], required: 1, named: None };

/// Numbers of chunks among which the nearest that fit are looked for.
const SEARCHED: usize = 10_000;

/// Weights cannot be cut into equal parts.
#[derive(Debug, Error, Diagnostic)]
#[error("{weights} weights from `{source_population}` to `{target}` do not divide into {chunks} chunks of equal size")]
#[diagnostic(code(gem::uneven_chunks))]
struct UnevenChunks {
    weights: String,
    chunks: usize,
    source_population: Name,
    target: Name,
    #[label(primary, "{chunks} chunks here")]
    at: Span,
    #[help]
    help: String,
}

/// Reads `gnetwork(hidden: h, layers: 1 or 2)`.
pub(in crate::check) fn gnetwork(context: &mut Context, call: &Call) -> Option<GNetwork> {
    let arguments = call.arguments.as_deref().unwrap_or_default();
    let bound = bind(GNETWORK, &call.name, arguments, call.span, context.problems)?;
    let hidden = bound.needed(HIDDEN.key, "`hidden`", (GNETWORK, call), context.problems);
    let hidden = hidden.and_then(|hidden| HIDDEN.read(context, Some(hidden)));
    let layers = LAYERS.read(context, bound.named(LAYERS.key));
    Some(GNetwork { hidden: hidden?, layers: layers? })
}

/// Reads `sine(inputs: k, chunks: n, hidden: h)`.
pub(in crate::check) fn sine(context: &mut Context, call: &Call) -> Option<SineNetwork> {
    let arguments = call.arguments.as_deref().unwrap_or_default();
    let bound = bind(SINE, &call.name, arguments, call.span, context.problems)?;
    let inputs = bound.needed(INPUTS.key, "`inputs`", (SINE, call), context.problems);
    let inputs = inputs.and_then(|inputs| INPUTS.read(context, Some(inputs)));
    let chunks = bound.needed(CHUNKS.key, "`chunks`", (SINE, call), context.problems);
    let chunks = chunks.and_then(|chunks| CHUNKS.read(context, Some(chunks)));
    let hidden = SINE_HIDDEN.read(context, bound.named(SINE_HIDDEN.key));
    Some(SineNetwork { inputs: inputs?, chunks: chunks?, hidden: hidden? })
}

/// Reports chunks into which the weights of a link cannot be cut.
pub(super) fn chunked(context: &mut Context, link: &Link, [source, target]: [&Population; 2]) {
    let Some(Encoding::Sine(SineNetwork { chunks, .. })) = link.encoding else { return };
    let weights = source.shape.neurons().saturating_mul(target.shape.neurons());
    if chunks == 0 || weights % chunks == 0 {
        return;
    }
    let below =
        (1..chunks.min(weights.saturating_add(1))).rev().take(SEARCHED).find(|fewer| weights % fewer == 0).unwrap_or(1);
    let above = (chunks..weights).take(SEARCHED).find(|more| weights % more == 0);
    let help = match above {
        Some(above) => format!("{below} and {above} chunks are possible"),
        None => format!("{below} chunks are possible"),
    };
    context.problems.push(UnevenChunks {
        weights: grouped(weights as u64),
        chunks,
        source_population: source.name.clone(),
        target: target.name.clone(),
        at: link.span,
        help,
    });
}
