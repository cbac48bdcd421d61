//! Encodings that need no genes and more than one number: g-networks and subspaces.

use crate::check::Context;
use crate::check::arguments::{Signature, bind};
use crate::check::model::GNetwork;
use crate::check::numeric::{OutOfRange, count};
use crate::syntax::ast::Call;

const GNETWORK: Signature =
    Signature { form: "gnetwork(hidden: 16)", positional: &[], required: 0, named: &["hidden", "layers"] };
/// How a subspace is written.
pub(in crate::check) const SUBSPACE: Signature =
    Signature { form: "subspace(100)", positional: &["its dimension"], required: 1, named: &[] };

/// Reads `gnetwork(hidden: h, layers: 1 or 2)`.
pub(in crate::check) fn gnetwork(context: &mut Context, call: &Call) -> Option<GNetwork> {
    let arguments = call.arguments.as_deref().unwrap_or_default();
    let bound = bind(GNETWORK, &call.name, arguments, call.span, context.problems)?;
    let hidden = bound.needed("hidden", "`hidden`", (GNETWORK, call), context.problems);
    let hidden = hidden.and_then(|hidden| count(context, hidden, "the number of hidden units"));
    let layers = match bound.named("layers") {
        None => Some(1),
        Some(expr) => {
            let layers = count(context, expr, "the number of hidden layers");
            if let Some(found) = layers.filter(|layers| *layers > 2) {
                let (what, allowed, at) = ("the number of hidden layers", "1 or 2", expr.span());
                context.problems.push(OutOfRange { what, allowed, found: found.to_string(), at });
            }
            layers.filter(|layers| *layers <= 2)
        }
    };
    Some(GNetwork { hidden: hidden?, layers: layers? })
}
