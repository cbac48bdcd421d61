//! Masks: `within`, `density`, `seed` and `acyclic`, what each of them needs, and how many synapses they leave.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Context;
use crate::check::const_eval::said;
use crate::check::model::{Layout, Population, Projection};
use crate::check::numeric::{OutOfRange, switch};
use crate::check::schema::{ACYCLIC, DENSITY, MASK_SEED, Owner, WINDOW, WITHIN, understand};
use crate::diag::{count, list};
use crate::geometry::{Density, Joins, Mask};
use crate::span::{Name, Span};
use crate::syntax::ast::Attribute;

/// Pairs of neurons under a mask at most.
const MOST_PAIRS: u64 = 1 << 32;

/// A seed without anything that is drawn.
#[derive(Debug, Error, Diagnostic)]
#[error("`seed` says nothing without a density")]
#[diagnostic(code(gem::missing_density), help("add `density: 0.1` or another part, or remove `seed`"))]
struct MissingDensity {
    #[label(primary, "nothing is drawn")]
    at: Span,
}

/// A mask lies over receptive fields.
#[derive(Debug, Error, Diagnostic)]
#[error("a connection has a window and {keys}")]
#[diagnostic(
    code(gem::mask_with_window),
    help("a window says already which neurons are joined: remove it, or the mask")
)]
struct MaskWithWindow {
    keys: String,
    #[label(primary, "no place for a mask")]
    at: Span,
    #[label("joins each neuron to those under it")]
    window: Span,
}

/// Numbers of neurons of two populations are compared.
#[derive(Debug, Error, Diagnostic)]
#[error("`acyclic` joins a population to itself, and this is `{source_population}` to `{target}`")]
#[diagnostic(
    code(gem::acyclic_between),
    help("remove `acyclic`: between two populations no neuron comes before another")
)]
struct AcyclicBetween {
    source_population: Name,
    target: Name,
    #[label(primary, "two populations")]
    at: Span,
}

/// Distances are asked for between spaces that differ.
#[derive(Debug, Error, Diagnostic)]
#[error("`within` needs distances, and `{source_population}` has {sent}, `{target}` {received}")]
#[diagnostic(
    code(gem::dimension_mismatch),
    help("lay both populations out in as many dimensions, or use `density`, which needs no distances")
)]
struct DimensionMismatch {
    source_population: Name,
    sent: String,
    target: Name,
    received: String,
    #[label(primary, "there is no distance")]
    at: Span,
    #[label("{sent}")]
    from: Span,
    #[label("{received}")]
    to: Span,
}

/// A mask asks for distances to neurons that move.
#[derive(Debug, Error, Diagnostic)]
#[error("`within` needs neurons that stay, and those of `{population}` move")]
#[diagnostic(
    code(gem::within_learned_positions),
    help("remove `positions: learned` from `{population}`, or use `density`, which needs no distances")
)]
struct WithinLearnedPositions {
    population: Name,
    #[label(primary, "the distances change")]
    at: Span,
    #[label("its positions are learned")]
    declared: Span,
}

/// A mask leaves nothing.
#[derive(Debug, Error, Diagnostic)]
#[error("the mask leaves no synapse of {pairs}")]
#[diagnostic(code(gem::empty_mask), help("raise `within` or `density`, or remove the connection"))]
struct EmptyMask {
    pairs: String,
    #[label(primary, "joins no two neurons")]
    at: Span,
}

/// Counting the synapses under the masks takes too long.
#[derive(Debug, Error, Diagnostic)]
#[error("counting the synapses under this mask takes more steps than are left of {limit}")]
#[diagnostic(
    code(gem::too_much_work),
    help("make the populations smaller, or `within` narrower, or raise the limit with `--work-limit`")
)]
struct TooMuchWork {
    limit: String,
    #[label(primary, "{pairs}")]
    at: Span,
    pairs: String,
}

/// What the attributes of a connection ask for.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Wish {
    within: Option<(f64, Span)>,
    density: Option<(f64, u64)>,
    acyclic: Option<Span>,
}

impl Wish {
    /// Returns the mask, drawn for `purpose`, where one is asked for.
    pub(in crate::check) fn mask(self, purpose: impl FnOnce() -> String) -> Option<Mask> {
        let density = self.density.map(|(part, seed)| Density { part, seed, purpose: purpose() });
        let mask = Mask { within: self.within.map(|(radius, _)| radius), density, acyclic: self.acyclic.is_some() };
        (mask.within.is_some() || mask.density.is_some() || mask.acyclic).then_some(mask)
    }
}

/// Reads the mask from the `attributes` of a connection; what is at fault in it is reported and left out.
pub(in crate::check) fn wish(context: &mut Context, attributes: &[&Attribute]) -> Wish {
    let find = |key| attributes.iter().find(|attribute| attribute.key.as_str() == key).copied();
    let of_masks = |key: &&Name| understand(&[Owner::Mask], key.as_str());
    let asked: Vec<&Name> = attributes.iter().map(|other| &other.key).filter(of_masks).collect();
    if let (Some(first), Some(window)) = (asked.first(), find(WINDOW.key)) {
        let (keys, at) = (list(asked.iter().map(|key| key.as_str())), first.span);
        context.problems.push(MaskWithWindow { keys, at, window: window.key.span });
    }
    let within = find(WITHIN.key).and_then(|key| {
        let radius = said(context, key, "a number").and_then(|value| WITHIN.read(context, Some(value)))?;
        Some((radius, key.key.span))
    });
    let part = find(DENSITY.key).and_then(|key| said(context, key, "a number"));
    let part = part.and_then(|value| DENSITY.read(context, Some(value)));
    let seed = find(MASK_SEED.key).and_then(|key| said(context, key, "a number"));
    let seed = seed.and_then(|value| MASK_SEED.read(context, Some(value))).unwrap_or(0);
    if let (Some(seed), None) = (find(MASK_SEED.key), find(DENSITY.key)) {
        context.problems.push(MissingDensity { at: seed.key.span });
    }
    let acyclic = find(ACYCLIC.key).filter(|key| switch(context, key.value.as_ref()) == Some(true));
    Wish { within, density: part.map(|part| (part, seed as u64)), acyclic: acyclic.map(|key| key.key.span) }
}

/// Reports what a mask asks of the two ends of a link and they do not have.
pub(in crate::check) fn fits(context: &mut Context, wish: Wish, [source, target]: [&Population; 2]) {
    if let Some(at) = wish.acyclic
        && source.name != target.name
    {
        let (source_population, target) = (source.name.clone(), target.name.clone());
        context.problems.push(AcyclicBetween { source_population, target, at });
    }
    if let Some((_, at)) = wish.within {
        measurable(context, [source, target], at);
    }
}

/// Reports two populations between whose neurons there is no distance.
fn measurable(context: &mut Context, [source, target]: [&Population; 2], at: Span) {
    if let Some(moving) = [source, target].into_iter().find(|end| end.learned_positions) {
        let (population, declared) = (moving.name.clone(), moving.name.span);
        context.problems.push(WithinLearnedPositions { population, at, declared });
    }
    let [sent, received] = [source, target].map(|end| end.shape.space().dims());
    if sent != received {
        context.problems.push(DimensionMismatch {
            source_population: source.name.clone(),
            sent: count(sent as u64, "dimension"),
            target: target.name.clone(),
            received: count(received as u64, "dimension"),
            at,
            from: source.name.span,
            to: target.name.span,
        });
    }
}

/// Steps that counting may still take.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Budget {
    limit: u64,
    left: Option<u64>,
}

impl Budget {
    /// Makes a budget of `limit` steps.
    pub(in crate::check) fn new(limit: u64) -> Self {
        Self { limit, left: Some(limit) }
    }
}

/// Counts the synapses of a link between populations of these shapes; reports a mask that leaves none, and the first whose
/// synapses are too much work to count.
pub(in crate::check) fn synapses(
    context: &mut Context,
    projection: &Projection,
    [source, target]: [&Layout; 2],
    budget: &mut Budget,
) -> u64 {
    let pairs = (source.neurons() as u64).saturating_mul(target.neurons() as u64);
    let Some(mask) = projection.mask.clone() else {
        return projection.window.map_or(pairs, |window| window.synapses(source, target));
    };
    if pairs > MOST_PAIRS {
        let (what, allowed, at) = ("the number of pairs under a mask", "at most 2^32", projection.span);
        context.problems.push(OutOfRange { what, allowed, found: pairs.to_string(), at });
        return 0;
    }
    let Some(left) = budget.left else { return 0 };
    let Some(counted) = Joins { mask, ends: [source.space(), target.space()] }.counted(left) else {
        let (limit, at) = (count(budget.limit, "step"), projection.span);
        context.problems.push(TooMuchWork { limit, at, pairs: count(pairs, "pair") });
        budget.left = None;
        return 0;
    };
    budget.left = Some(left - counted.steps);
    if counted.joined == 0 {
        context.problems.push(EmptyMask { pairs: count(pairs, "pair"), at: projection.span });
    }
    counted.joined
}
