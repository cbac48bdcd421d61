//! Pools: whose activity a population averages, over squares of which size. Its shape and the identities that it does not
//! state itself follow from its source, which may be a pool too and may be declared later.

use miette::Diagnostic;
use thiserror::Error;

use super::Draft;
use super::shapes::Shape;
use crate::check::Context;
use crate::check::arguments::{Signature, bind};
use crate::check::const_eval::{WrongKind, describe};
use crate::check::grids::is_grid;
use crate::check::model::{Activation, Bias, Expression, Identity, Layout, Pool, PopId, Population};
use crate::check::numeric::count;
use crate::check::symbols::as_population;
use crate::diag::list;
use crate::span::{Name, Span};
use crate::syntax::ast::{Argument, Call, Expr};

const POOL: Signature = Signature {
    form: "average_pool(population, 2)",
    positional: &["the population to pool", "the side of a square"],
    required: 2,
    named: None,
};

/// Sides that are tried for a help, and those of them that are told, at most.
const TRIED: usize = 1024;
const TOLD: usize = 6;
/// Names of a circle that are written out.
const WRITTEN: usize = 8;

/// Squares of this side do not divide what they are to pool.
#[derive(Debug, Error, Diagnostic)]
#[error("squares of {side} × {side} do not divide `{source_population}`, which is {rows} × {columns}")]
#[diagnostic(code(gem::uneven_pool))]
struct UnevenPool {
    side: usize,
    source_population: Name,
    rows: usize,
    columns: usize,
    #[label(primary, "does not divide {rows} × {columns}")]
    at: Span,
    #[label("declared here")]
    declared: Span,
    #[help]
    help: String,
}

/// A pool averages itself.
#[derive(Debug, Error, Diagnostic)]
#[error("`{population}` is pooled from itself: {path}")]
#[diagnostic(code(gem::pool_circle), help("pool a population that connections lead into"))]
struct PoolCircle {
    population: Name,
    path: String,
    #[label(primary, "closes the circle")]
    at: Span,
}

/// What a statement asks to be pooled.
#[derive(Debug)]
pub(in crate::check) struct Wish {
    /// The population, by its place among populations.
    source: Option<usize>,
    /// The side of a square, and where it stands.
    side: Option<usize>,
    side_span: Span,
    /// The whole `average_pool(…)`.
    span: Span,
}

/// All populations, and who is pooled from whom.
#[derive(Debug)]
pub(in crate::check) struct Populations {
    pub(in crate::check) list: Vec<Option<Population>>,
    /// Source, pool, and where the text says so; without those that make a circle.
    pub(in crate::check) pools: Vec<(usize, usize, Span)>,
}

/// Reads `average_pool(source, side)`.
pub(in crate::check) fn wish(context: &mut Context, call: &Call, arguments: &[Argument]) -> Option<Wish> {
    let bound = bind(POOL, &call.name, arguments, call.span, context.problems)?;
    let named = bound.positional[0];
    let source = if let Expr::Call(Call { name, arguments: None, .. }) = named {
        context.symbols.resolve(name, "population", as_population, context.problems)
    } else {
        let fault = WrongKind { wanted: "a population", found: describe(named), at: named.span() };
        context.problems.push(fault);
        None
    };
    let side = count(context, bound.positional[1], "the side of a square");
    Some(Wish { source, side, side_span: bound.positional[1].span(), span: call.span })
}

/// Gives every pool its shape and identities. Nothing stands for a population whose shape is at fault.
pub(in crate::check) fn populations(context: &mut Context, drafts: Vec<Draft>) -> Populations {
    let (order, circular) = order(context, &drafts);
    let mut pools = Vec::new();
    for (index, draft) in drafts.iter().enumerate().filter(|(index, _)| !circular[*index]) {
        if let Shape::Pool(Wish { source: Some(source), span, .. }) = draft.shape {
            pools.push((source, index, span));
        }
    }
    let mut wishes = Vec::new();
    let mut list: Vec<Option<Population>> = drafts.into_iter().map(|draft| own(draft, &mut wishes)).collect();
    for index in order.into_iter().filter(|index| !circular[*index]) {
        if let Some((draft, wish)) = wishes[index].take() {
            list[index] = pooled(context, draft, &wish, &list);
        }
    }
    Populations { list, pools }
}

/// Makes a population of a draft with a shape of its own; keeps a pool for later.
fn own(draft: Draft, wishes: &mut Vec<Option<(Draft, Wish)>>) -> Option<Population> {
    let Draft { name, shape, activation, bias, identities, learned_positions } = draft;
    let mut wish = None;
    let made = match shape {
        Shape::Own(shape) => {
            Some(Population { name, shape, activation, bias, identities, pool: None, learned_positions })
        }
        Shape::Pool(asked) => {
            wish = Some((Draft { name, shape: Shape::Faulty, activation, bias, identities, learned_positions }, asked));
            None
        }
        Shape::Faulty => None,
    };
    wishes.push(wish);
    made
}

fn source(drafts: &[Draft], index: usize) -> Option<usize> {
    if let Shape::Pool(wish) = &drafts[index].shape { wish.source } else { None }
}

/// Orders populations so that each pool comes after its source; tells which are part of a circle, and reports it.
fn order(context: &mut Context, drafts: &[Draft]) -> (Vec<usize>, Vec<bool>) {
    let (mut order, mut circular) = (Vec::new(), vec![false; drafts.len()]);
    // the start from which a population was reached first
    let mut starts = vec![usize::MAX; drafts.len()];
    for start in 0..drafts.len() {
        let (mut path, mut next) = (Vec::new(), Some(start));
        while let Some(at) = next.filter(|at| starts[*at] == usize::MAX) {
            starts[at] = start;
            path.push(at);
            next = source(drafts, at);
        }
        if let Some(first) = next.filter(|at| starts[*at] == start) {
            let circle: Vec<usize> = path.iter().copied().skip_while(|at| *at != first).collect();
            for at in &circle {
                circular[*at] = true;
            }
            report_circle(context, drafts, &circle);
        }
        order.extend(path.into_iter().rev());
    }
    (order, circular)
}

/// Reports a circle at the pool that stands last in the text.
fn report_circle(context: &mut Context, drafts: &[Draft], circle: &[usize]) {
    let Some(last) = (0..circle.len()).max_by_key(|place| circle[*place]) else { return };
    let around = circle.iter().cycle().skip(last).take(circle.len());
    let mut names: Vec<&str> = around.map(|at| drafts[*at].name.as_str()).collect();
    if names.len() > WRITTEN {
        names.splice(1.., ["…"]);
    }
    let (draft, path) = (&drafts[circle[last]], format!("{} from {}", names.join(" from "), drafts[circle[last]].name));
    if let Shape::Pool(wish) = &draft.shape {
        context.problems.push(PoolCircle { population: draft.name.clone(), path, at: wish.span });
    }
}

/// Makes a pool of its source.
fn pooled(context: &mut Context, draft: Draft, wish: &Wish, list: &[Option<Population>]) -> Option<Population> {
    let id = wish.source?;
    let (source, side) = (list.get(id)?.as_ref()?, wish.side?);
    if !is_grid(context, &source.name, &source.shape, "pooling", wish.span) {
        return None;
    }
    let [rows, columns, _] = source.shape.grid();
    if !rows.is_multiple_of(side) || !columns.is_multiple_of(side) {
        context.problems.push(UnevenPool {
            side,
            source_population: source.name.clone(),
            rows,
            columns,
            at: wish.side_span,
            declared: source.name.span,
            help: fitting(rows, columns),
        });
        return None;
    }
    let mut axes = source.shape.axes().to_vec();
    axes.iter_mut().take(2).for_each(|axis| *axis /= side);
    let stated = |genome| draft.identities.iter().any(|identity| identity.genome == genome);
    let inherited = source.identities.iter().filter(|identity| !stated(identity.genome));
    let inherited =
        inherited.map(|identity| Identity { expression: Expression::Pooled, span: wish.span, ..identity.clone() });
    let identities = inherited.chain(draft.identities.iter().cloned()).collect();
    let pool = Some(Pool { source: PopId(id), size: side });
    let (name, shape) = (draft.name, Layout::Grid(axes));
    let (activation, bias) = (Activation::Identity, Bias::None);
    Some(Population { name, shape, activation, bias, identities, pool, learned_positions: false })
}

/// Says which sides divide both.
fn fitting(rows: usize, columns: usize) -> String {
    let divides = |side: &usize| rows.is_multiple_of(*side) && columns.is_multiple_of(*side);
    let sides = (2..=rows.min(columns).min(TRIED)).filter(divides).take(TOLD).map(|side| side.to_string());
    let sides: Vec<String> = sides.collect();
    match sides.as_slice() {
        [] => format!("nothing but 1 divides {rows} and {columns}: give the source other sizes"),
        sides => format!("sides that divide both: {}", list(sides.iter().map(String::as_str))),
    }
}
