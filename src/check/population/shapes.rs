//! What stands after `population NAME =`: a shape of its own, or a pool, whose shape follows from another population's.

use miette::Diagnostic;
use thiserror::Error;

use super::pools::{self, Wish};
use crate::check::Context;
use crate::check::arguments::{Signature, bind};
use crate::check::model::Layout;
use crate::check::numeric::count;
use crate::check::schema::{CLOUD_SEED, DIMS, Owner};
use crate::diag::suggest;
use crate::geometry::Cloud;
use crate::span::{Name, Span};
use crate::syntax::ast::{Argument, Call};

const UNITS: Signature =
    Signature { form: "units(n)", positional: &["the number of neurons"], required: 1, named: None };
const GRID: Signature = Signature {
    form: "grid(height, width)` or `grid(height, width, channels)",
    positional: &["the height", "the width", "the number of channels"],
    required: 2,
    named: None,
};
const CLOUD: Signature = Signature {
    form: "cloud(n, dims: 2, seed: 0)",
    positional: &["the number of neurons"],
    required: 1,
    named: Some(Owner::Cloud),
};
/// Shapes by name.
pub(in crate::check) const SHAPES: &[&str] = &["units", "grid", "cloud", "average_pool"];

/// A shape that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no shape `{word}`")]
#[diagnostic(code(gem::unknown_shape))]
struct UnknownShape {
    word: Name,
    #[label(primary, "unknown shape")]
    at: Span,
    #[help]
    help: String,
}

/// How many neurons there are, as far as the statement itself tells.
#[derive(Debug)]
pub(in crate::check) enum Shape {
    /// As many as it says.
    Own(Layout),
    /// As many as pooling leaves of another population.
    Pool(Wish),
    /// Unknown: it is at fault.
    Faulty,
}

/// Reads a population's shape.
pub(in crate::check) fn shape(context: &mut Context, call: &Call) -> Shape {
    let arguments = call.arguments.as_deref().unwrap_or_default();
    let own = match call.name.as_str() {
        "average_pool" => return pools::wish(context, call, arguments).map_or(Shape::Faulty, Shape::Pool),
        "units" => axes(context, UNITS, call, arguments).and_then(|axes| axes.first().copied().map(Layout::Units)),
        "grid" => axes(context, GRID, call, arguments).map(Layout::Grid),
        "cloud" => cloud(context, call, arguments).map(Layout::Cloud),
        word => {
            let (help, fix) = suggest(word, call.name.span, SHAPES.iter().copied(), || {
                "shapes are `units(n)`, `grid(height, width)`, `grid(height, width, channels)`, \
                 `cloud(n, dims: 2, seed: 0)`, `average_pool(population, size)`"
                    .into()
            });
            context.problems.push_with(UnknownShape { word: call.name.clone(), at: call.name.span, help }, fix);
            None
        }
    };
    own.map_or(Shape::Faulty, Shape::Own)
}

fn axes(context: &mut Context, signature: Signature, call: &Call, arguments: &[Argument]) -> Option<Vec<usize>> {
    let bound = bind(signature, &call.name, arguments, call.span, context.problems)?;
    let read = |(expr, what): (&&_, &&'static str)| count(context, expr, what);
    let axes: Vec<Option<usize>> = bound.positional.iter().zip(signature.positional).map(read).collect();
    axes.into_iter().collect()
}

/// Reads `cloud(n, dims: d, seed: s)`.
fn cloud(context: &mut Context, call: &Call, arguments: &[Argument]) -> Option<Cloud> {
    let bound = bind(CLOUD, &call.name, arguments, call.span, context.problems)?;
    let neurons = count(context, bound.positional[0], CLOUD.positional[0]);
    let dims = DIMS.read(context, bound.named(DIMS.key));
    let seed = CLOUD_SEED.read(context, bound.named(CLOUD_SEED.key));
    Some(Cloud { neurons: neurons?, dims: dims?, seed: seed? as u64 })
}
