//! Who is named and who is joined to whom: what is left of a model when sizes and attributes are taken away, and what is
//! known even of a text with faults.

use super::connection::Links;
use super::model::PopId;
use super::ports::Ports;
use super::ticks::Ticks;
use crate::span::{Name, Span};
use crate::syntax::ast::{Ast, Item};

/// Populations and links, as far as the text could be read.
#[derive(Debug, Clone)]
pub struct Skeleton {
    /// The populations, in the order of the text.
    pub populations: Vec<Name>,
    /// The links that connections make, in the order of the text.
    pub links: Vec<SkeletonLink>,
    /// The links from populations to their pools, in the order of the text; they make no circle by themselves.
    pub pools: Vec<SkeletonLink>,
    /// Where the sample enters.
    pub input: Option<PopId>,
    /// Where the answer is read.
    pub output: Option<PopId>,
    /// What the text says of ticks, so that cycles are meant.
    pub ticks: Option<Ticks>,
    /// Whether a link or port was lost to a fault, so that nothing can be said of what is reached.
    pub gaps: bool,
}

/// One link from a population to a population.
#[derive(Debug, Clone, Copy)]
pub struct SkeletonLink {
    /// Where it comes from.
    pub source: PopId,
    /// Where it goes.
    pub target: PopId,
    /// Where the text says so.
    pub span: Span,
}

impl Skeleton {
    /// Takes from a text what its faults leave.
    pub(super) fn new(ast: &Ast, links: &Links, pools: &[(usize, usize, Span)], ends: (Ports, Option<Ticks>)) -> Self {
        let (ports, ticks) = ends;
        let name = |item: &Item| if let Item::Population(item) = item { Some(item.name.clone()) } else { None };
        let link = |source, target, span| SkeletonLink { source: PopId(source), target: PopId(target), span };
        Self {
            populations: ast.items.iter().filter_map(name).collect(),
            links: links.list.iter().map(|read| link(read.source, read.target, read.span)).collect(),
            pools: pools.iter().map(|(source, pool, span)| link(*source, *pool, *span)).collect(),
            input: ports.input.map(PopId),
            output: ports.output.map(PopId),
            ticks,
            gaps: links.gaps || ports.gaps,
        }
    }
}
