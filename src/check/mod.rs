//! [`Ast`] → [`Model`]: names resolved, numbers evaluated, every rule of the language that needs no wiring kept.
//!
//! All rules run in one pass over the text, each pushing what it finds; the model exists only where nothing was found.
//! The [`Skeleton`] always exists: it is what the next room needs to find the faults of the wiring in the same run.

mod arguments;
mod connection;
mod const_eval;
mod data_fit;
mod genomes;
mod grids;
mod input_scaling;
mod keywords;
mod model;
mod numeric;
mod parameters;
mod population;
mod ports;
mod size;
mod skeleton;
mod starts;
mod symbols;
mod ticks;
mod unused;
mod vocabulary;

pub use model::{
    Activation, Bias, Encoding, Expression, GNetwork, Genes, Genome, GenomeId, Identity, Intake, Interaction,
    InteractionId, Layout, Model, Origin, Pool, PopId, Population, ProjId, Projection, Rule, Setting, Share, Start,
    Value, Weights, Window,
};
pub use skeleton::{Skeleton, SkeletonLink};
pub use ticks::Ticks;
pub use vocabulary::Vocabulary;

use self::connection::Links;
use self::genomes::GeneSets;
use self::population::pools::{self, Populations};
use self::ports::Ports;
use self::symbols::Names;
use crate::diag::Problems;
use crate::options::Options;
use crate::syntax::ast::{Ast, Item};

/// What every rule works with: the names of the model, and the list it pushes to.
#[derive(Debug)]
struct Context<'a> {
    names: Names,
    /// Whether functions of a neuron's place are centred where the text does not say.
    centred: bool,
    problems: &'a mut Problems,
}

/// What checking a text gives.
#[derive(Debug)]
pub struct Checked {
    /// Who is named and who is joined to whom, as far as that could be read.
    pub skeleton: Skeleton,
    /// The model, where nothing was found at fault.
    pub model: Option<Model>,
}

/// Checks `ast` with `options`; pushes every fault and warning.
pub fn check(ast: &Ast, options: &Options, problems: &mut Problems) -> Checked {
    let names = Names::collect(ast, problems);
    let start = starts::start(ast, problems);
    let context = &mut Context { names, centred: start == Start::Calibrated, problems };
    let settings = parameters::settle(context, ast, options);
    let genes = genomes::gene_sets(context, ast);
    let drafts = ast.items.iter().filter_map(|item| as_population(item)).map(|p| population::population(context, p));
    let drafts = drafts.collect();
    let Populations { list: populations, pools } = pools::settle(context, drafts);
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
    size::size(&genes, &populations, &projections, options, context.problems);
    let skeleton = Skeleton::new(ast, &links, &pools, (ports, ticks));
    if !context.problems.has_errors() {
        connection::count(context, &mut links, &populations, options.work_limit);
    }
    let faulty = context.problems.has_errors();
    let pieces = Pieces { settings, genes, populations, links, ports, intake, ticks, start };
    let model = if faulty { None } else { pieces.assemble(ast) };
    Checked { skeleton, model }
}

fn as_population(item: &Item) -> Option<&crate::syntax::ast::Population> {
    if let Item::Population(population) = item { Some(population) } else { None }
}

/// What the rules have made of a text.
struct Pieces {
    settings: Vec<Setting>,
    genes: GeneSets,
    populations: Vec<Option<Population>>,
    links: Links,
    ports: Ports,
    intake: Intake,
    ticks: Option<Ticks>,
    start: Start,
}

impl Pieces {
    /// Puts the pieces together; they are all there where no fault was found.
    fn assemble(self, ast: &Ast) -> Option<Model> {
        Some(Model {
            name: ast.name.clone(),
            settings: self.settings,
            genomes: self.genes.genomes,
            interactions: self.genes.interactions.into_iter().collect::<Option<Vec<_>>>()?,
            populations: self.populations.into_iter().collect::<Option<Vec<_>>>()?,
            projections: self.links.list.into_iter().map(|link| link.projection).collect::<Option<Vec<_>>>()?,
            input: PopId(self.ports.input?),
            intake: self.intake,
            output: PopId(self.ports.output?),
            ticks: self.ticks.and_then(|ticks| ticks.count),
            start: self.start,
        })
    }
}
