//! Encodings that need no genes and more than one number: g-networks and subspaces.

use crate::check::Context;
use crate::check::arguments::{Signature, bind};
use crate::check::model::GNetwork;
use crate::check::schema::{HIDDEN, LAYERS, Owner};
use crate::syntax::ast::Call;

const GNETWORK: Signature =
    Signature { form: "gnetwork(hidden: 16)", positional: &[], required: 0, named: Some(Owner::GNetwork) };
/// How a subspace is written.
pub(in crate::check) const SUBSPACE: Signature =
    Signature { form: "subspace(100)", positional: &["its dimension"], required: 1, named: None };

/// Reads `gnetwork(hidden: h, layers: 1 or 2)`.
pub(in crate::check) fn gnetwork(context: &mut Context, call: &Call) -> Option<GNetwork> {
    let arguments = call.arguments.as_deref().unwrap_or_default();
    let bound = bind(GNETWORK, &call.name, arguments, call.span, context.problems)?;
    let hidden = bound.needed(HIDDEN.key, "`hidden`", (GNETWORK, call), context.problems);
    let hidden = hidden.and_then(|hidden| HIDDEN.read(context, Some(hidden)));
    let layers = LAYERS.read(context, bound.named(LAYERS.key));
    Some(GNetwork { hidden: hidden?, layers: layers? })
}
