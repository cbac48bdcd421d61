//! The schedule, and the faults of a wiring: cycles, populations that nothing reaches or nobody reads, links into the
//! input or into a pool.

use indexmap::IndexMap;
use miette::Diagnostic;
use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, Reversed, Walker};
use thiserror::Error;

use super::ticks::enough;
use crate::check::{PopId, Skeleton, SkeletonLink};
use crate::diag::Problems;
use crate::span::{Name, Span};

/// The order in which populations are evaluated; exists only for a wiring without fault.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Each population after all that feed it, links backwards within a strongly connected part aside.
    pub(super) order: Vec<PopId>,
    /// The strongly connected parts that hold a cycle, each in the order of the text.
    pub(super) parts: Vec<Vec<PopId>>,
}

/// Populations feed each other in a circle.
#[derive(Debug, Error, Diagnostic)]
#[error("the wiring has a cycle: {path}")]
#[diagnostic(code(gem::cycle), help("add `unroll 4` or another number of ticks, remove this link, or turn it forward"))]
struct Cycle {
    path: String,
    #[label(primary, "closes the cycle")]
    at: Span,
}

/// Nothing that enters at the input reaches a population.
#[derive(Debug, Error, Diagnostic)]
#[error("nothing reaches `{population}`")]
#[diagnostic(code(gem::unreached), help("connect it, directly or through others, from the input `{input}`"))]
struct Unreached {
    population: Name,
    input: Name,
    #[label(primary, "no path leads here from `{input}`")]
    at: Span,
}

/// A population's activity reaches no output.
#[derive(Debug, Error, Diagnostic)]
#[error("nobody reads `{population}`")]
#[diagnostic(code(gem::unread), help("connect it, directly or through others, to the output `{output}`, or remove it"))]
struct Unread {
    population: Name,
    output: Name,
    #[label(primary, "no path leads from here to `{output}`")]
    at: Span,
}

/// A link leads into the input population.
#[derive(Debug, Error, Diagnostic)]
#[error("a connection leads into the input `{input}`")]
#[diagnostic(code(gem::fed_input), help("the input holds the sample: connect to another population"))]
struct FedInput {
    input: Name,
    #[label(primary, "leads into the input")]
    at: Span,
}

/// A connection leads into a pool.
#[derive(Debug, Error, Diagnostic)]
#[error("a connection leads into the pool `{pool}`")]
#[diagnostic(code(gem::fed_pool), help("a pool is the mean of its source: connect to that, or to another population"))]
struct FedPool {
    pool: Name,
    #[label(primary, "leads into a pool")]
    at: Span,
    #[label("pooled here")]
    pooled: Span,
}

type Graph = DiGraph<(), Span>;

/// Finds the faults of a wiring and the order of evaluation: each population after all that feed it. Of those that
/// could come next, the order is settled by the text alone.
pub fn survey(skeleton: &Skeleton, problems: &mut Problems) -> Option<Schedule> {
    fed_input(skeleton, problems);
    let pooled = pooled(skeleton);
    fed_pool(skeleton, &pooled, problems);
    let links = feeding(skeleton, &pooled);
    let graph = graph(skeleton, &links);
    let part_of = part_of(skeleton, &graph);
    match skeleton.ticks {
        None => cycles(skeleton, (&graph, &part_of), &links, problems),
        Some(ticks) if !skeleton.gaps => enough(skeleton, ticks, (&links, &part_of), problems),
        Some(_) => {}
    }
    if !skeleton.gaps {
        reach(skeleton, &graph, problems);
    }
    // without the links that lead backwards within a part, in the order of the text, nothing is circular
    let backward = |link: &SkeletonLink| within(link, &part_of) && link.source >= link.target;
    let forward: Vec<SkeletonLink> = links.iter().filter(|link| !backward(link)).copied().collect();
    let order = toposort(&self::graph(skeleton, &forward), None).ok()?;
    let order = order.into_iter().map(|node| PopId(node.index())).collect();
    Some(Schedule { order, parts: parts(&links, &part_of) })
}

/// Returns the strongly connected part that each population belongs to.
fn part_of(skeleton: &Skeleton, graph: &Graph) -> Vec<usize> {
    let mut part_of = vec![usize::MAX; skeleton.populations.len()];
    for (part, members) in kosaraju_scc(graph).iter().enumerate() {
        for member in members {
            part_of[member.index()] = part;
        }
    }
    part_of
}

/// Tells whether a link stays within one strongly connected part, and so belongs to a cycle.
pub(super) fn within(link: &SkeletonLink, part_of: &[usize]) -> bool {
    part_of[link.source.index()] == part_of[link.target.index()]
}

/// Returns the parts that hold a cycle, each in the order of the text, by their first population.
fn parts(links: &[SkeletonLink], part_of: &[usize]) -> Vec<Vec<PopId>> {
    let mut circular = vec![false; part_of.len()];
    for link in links.iter().filter(|link| within(link, part_of)) {
        circular[part_of[link.source.index()]] = true;
    }
    let mut parts: IndexMap<usize, Vec<PopId>> = IndexMap::new();
    for (index, part) in part_of.iter().enumerate().filter(|(_, part)| circular[**part]) {
        parts.entry(*part).or_default().push(PopId(index));
    }
    parts.into_values().collect()
}

fn graph(skeleton: &Skeleton, links: &[SkeletonLink]) -> Graph {
    let mut graph = Graph::with_capacity(skeleton.populations.len(), links.len());
    for _ in &skeleton.populations {
        graph.add_node(());
    }
    for link in links {
        graph.add_edge(node(link.source), node(link.target), link.span);
    }
    graph
}

/// Returns where each population is pooled, if it is.
fn pooled(skeleton: &Skeleton) -> Vec<Option<Span>> {
    let mut pooled = vec![None; skeleton.populations.len()];
    for pool in &skeleton.pools {
        pooled[pool.target.index()] = Some(pool.span);
    }
    pooled
}

/// Returns what pools and connections join, in this order. A link into the input or a pool is a fault of its own and
/// makes no cycle.
fn feeding(skeleton: &Skeleton, pooled: &[Option<Span>]) -> Vec<SkeletonLink> {
    let connections = skeleton.links.iter().filter(|link| pooled[link.target.index()].is_none());
    let links = skeleton.pools.iter().chain(connections);
    links.filter(|link| Some(link.target) != skeleton.input).copied().collect()
}

fn node(population: PopId) -> NodeIndex {
    NodeIndex::new(population.index())
}

fn fed_input(skeleton: &Skeleton, problems: &mut Problems) {
    let Some(input) = skeleton.input else { return };
    for link in skeleton.links.iter().filter(|link| link.target == input) {
        problems.push(FedInput { input: skeleton.populations[input.index()].clone(), at: link.span });
    }
}

fn fed_pool(skeleton: &Skeleton, pooled: &[Option<Span>], problems: &mut Problems) {
    for link in &skeleton.links {
        if let Some(span) = pooled[link.target.index()] {
            let pool = skeleton.populations[link.target.index()].clone();
            problems.push(FedPool { pool, at: link.span, pooled: span });
        }
    }
}

/// Reports one cycle for each strongly connected part, at the connection that closes it in the order of the text.
fn cycles(skeleton: &Skeleton, (graph, part_of): (&Graph, &[usize]), links: &[SkeletonLink], problems: &mut Problems) {
    let mut reported = vec![false; skeleton.populations.len()];
    for link in links.iter().rev() {
        let part = part_of[link.source.index()];
        if within(link, part_of) && !reported[part] {
            reported[part] = true;
            problems.push(Cycle { path: path(skeleton, graph, *link), at: link.span });
        }
    }
}

/// Writes the way from a link's target back to its source, the link itself last.
fn path(skeleton: &Skeleton, graph: &Graph, link: SkeletonLink) -> String {
    let (from, to) = (node(link.target), node(link.source));
    let nodes = petgraph::algo::astar(graph, from, |node| node == to, |_| 1, |_| 0).map_or(Vec::new(), |found| found.1);
    let names: Vec<&str> = nodes.iter().map(|node| skeleton.populations[node.index()].as_str()).collect();
    let first = skeleton.populations[link.target.index()].as_str();
    match names.as_slice() {
        [head @ .., last] if head.len() > 8 => format!("{first} -> … -> {last} -> {first}"),
        names => format!("{} -> {first}", names.join(" -> ")),
    }
}

/// Reports what the input does not reach, and what does not reach the output.
fn reach(skeleton: &Skeleton, graph: &Graph, problems: &mut Problems) {
    let (Some(input), Some(output)) = (skeleton.input, skeleton.output) else { return };
    let mut reached = vec![false; skeleton.populations.len()];
    for found in Dfs::new(graph, node(input)).iter(graph) {
        reached[found.index()] = true;
    }
    let mut read = vec![false; skeleton.populations.len()];
    for found in Dfs::new(Reversed(graph), node(output)).iter(Reversed(graph)) {
        read[found.index()] = true;
    }
    let name = |population: PopId| skeleton.populations[population.index()].clone();
    for (index, population) in skeleton.populations.iter().enumerate() {
        if !reached[index] {
            problems.push(Unreached { population: population.clone(), input: name(input), at: population.span });
        } else if !read[index] {
            problems.push(Unread { population: population.clone(), output: name(output), at: population.span });
        }
    }
}
