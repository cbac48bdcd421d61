//! A wiring in the language of Graphviz, for those who have it.

use std::fmt;

use super::graph::Wiring;
use crate::check::PopId;

/// A wiring that prints as a Graphviz digraph.
#[derive(Debug)]
pub struct Dot<'a>(&'a Wiring);

impl Wiring {
    /// Returns the wiring as a Graphviz digraph.
    pub fn dot(&self) -> Dot<'_> {
        Dot(self)
    }
}

impl fmt::Display for Dot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = self.0.model();
        writeln!(f, "digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box];", model.name())?;
        for id in self.0.schedule() {
            let population = model.population(*id);
            writeln!(f, "  {id} [label=\"{}\\n{}\"];", population.name, population.shape)?;
        }
        for projection in model.projections() {
            let (from, to, label) = (projection.source, projection.target, model.encoding_name(projection));
            let manner = projection.manner();
            let manner = if manner.is_empty() { manner } else { format!("\\n{manner}") };
            writeln!(f, "  {from} -> {to} [label=\"{label}{manner}\"];")?;
        }
        for (index, population) in model.populations().iter().enumerate() {
            if let Some(pool) = population.pool {
                let (from, to, size) = (pool.source, PopId(index), pool.size);
                writeln!(f, "  {from} -> {to} [label=\"average_pool {size}\", style=dotted];")?;
            }
        }
        writeln!(f, "}}")
    }
}
