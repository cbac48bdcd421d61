//! [`Ast`] → [`Model`]: names resolved, numbers evaluated, every rule of the language that needs no wiring kept.
//!
//! All rules run in one pass over the text, each pushing what it finds. A text without errors gives a [`Model`], any other a
//! [`PartialModel`]. [`Symbols`] and [`Skeleton`] always exist: the next room needs the skeleton to find the faults of the wiring in
//! the same run.

mod arguments;
mod connection;
mod const_eval;
mod data_fit;
mod few_shot_fit;
mod genomes;
mod grids;
mod input_scaling;
mod keywords;
mod model;
mod numeric;
mod parameters;
mod partial;
mod population;
mod ports;
mod schema;
mod size;
mod skeleton;
mod starts;
mod symbols;
mod ticks;
mod unused;

pub use model::{
    Activation, Bias, Encoding, Expression, GNetwork, Genes, Genome, GenomeId, Identity, Intake, Interaction,
    InteractionId, Layout, Model, Origin, Pool, PopId, Population, ProjId, Projection, Rule, Setting, Share,
    SineNetwork, Start, Value, Weights, Window,
};
pub use partial::PartialModel;
pub use schema::{Owner, SchemaRow, Vocabulary, markdown, schema};
pub use skeleton::{Skeleton, SkeletonLink};
pub use symbols::{Symbol, SymbolKind, Symbols};
pub use ticks::Ticks;

use self::population::pools::{self, Populations};
use crate::diag::Problems;
use crate::options::Options;
use crate::syntax::ast::{Ast, Item};

/// What every rule works with: the names of the model, and the list it pushes to.
#[derive(Debug)]
struct Context<'a> {
    symbols: Symbols,
    /// How constants start: it decides whether functions of a neuron's place are centred where the text does not say.
    start: Start,
    problems: &'a mut Problems,
}

/// What checking a text gives.
#[derive(Debug)]
pub struct Checked {
    /// Who is called what, and where the text says so.
    pub symbols: Symbols,
    /// Who is named and who is joined to whom, as far as that could be read.
    pub skeleton: Skeleton,
    /// The model, or of a text at fault what is known of it.
    pub model: Result<Model, Box<PartialModel>>,
}

/// Checks `ast` with `options`; pushes every fault and warning.
pub fn check(ast: &Ast, options: &Options, problems: &mut Problems) -> Checked {
    let symbols = Symbols::collect(ast, problems);
    let start = starts::start(ast, problems);
    let context = &mut Context { symbols, start, problems };
    let (skeleton, partial) = read(context, ast, options);
    let model = if context.problems.has_errors() { Err(Box::new(partial)) } else { partial.complete() };
    Checked { symbols: std::mem::take(&mut context.symbols), skeleton, model }
}

/// Reads each thing of a text by its rule, and counts the synapses where nothing is at fault.
fn read(context: &mut Context, ast: &Ast, options: &Options) -> (Skeleton, PartialModel) {
    let settings = parameters::settings(context, ast, options);
    let genes = genomes::gene_sets(context, ast);
    let drafts = ast.items.iter().filter_map(|item| as_population(item)).map(|p| population::population(context, p));
    let drafts = drafts.collect();
    let Populations { list: populations, pools } = pools::populations(context, drafts);
    let mut links = connection::connections(context, ast, &genes, &populations);
    let ports = ports::ports(context, ast, &populations);
    let intake = input_scaling::intake(context, ast);
    let ticks = ticks::ticks(context, ast, links.list.len() + pools.len());
    unused::unused(context);
    let find = |port: Option<usize>| port.and_then(|index| populations.get(index)?.as_ref());
    if let Some(facts) = &options.facts {
        data_fit::fit(facts, find(ports.input), find(ports.output), context.problems);
    }
    let projections: Vec<&Projection> = links.list.iter().filter_map(|link| link.projection.as_ref()).collect();
    if let Some(few_shot) = options.few_shot {
        few_shot_fit::fit(few_shot, ports.output.map(PopId), &projections, context.problems);
    }
    size::size(&genes, &populations, &projections, options, context.problems);
    let skeleton = Skeleton::new(ast, &links, &pools, (ports, ticks));
    if !context.problems.has_errors() {
        connection::count(context, &mut links, &populations, options.work_limit);
    }
    let partial = PartialModel {
        name: ast.name.clone(),
        settings,
        genomes: genes.genomes,
        interactions: genes.interactions,
        populations,
        projections: links.list.into_iter().map(|link| link.projection).collect(),
        input: ports.input.map(PopId),
        intake,
        output: ports.output.map(PopId),
        ticks: ticks.and_then(|ticks| ticks.count),
        start: context.start,
    };
    (skeleton, partial)
}

fn as_population(item: &Item) -> Option<&crate::syntax::ast::Population> {
    if let Item::Population(population) = item { Some(population) } else { None }
}
