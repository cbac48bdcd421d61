//! A wiring in the language of Graphviz, for those who have it.

use super::graph::Wiring;

impl Wiring {
    /// Writes the wiring as a Graphviz digraph.
    pub fn to_dot(&self) -> String {
        let model = self.model();
        let mut out = format!("digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box];\n", model.name());
        for id in self.schedule() {
            let population = model.population(*id);
            out.push_str(&format!("  {id} [label=\"{}\\n{}\"];\n", population.name, population.shape));
        }
        for projection in model.projections() {
            let (from, to, label) = (projection.source, projection.target, model.encoding_name(projection));
            out.push_str(&format!("  {from} -> {to} [label=\"{label}\"];\n"));
        }
        out.push_str("}\n");
        out
    }
}
