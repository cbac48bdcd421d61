//! A wiring as text: the schedule, with what each population receives; of one with cycles its strongly connected parts, and
//! what is computed at each tick.

use std::fmt;

use super::graph::Wiring;
use crate::check::PopId;

impl fmt::Display for Wiring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = self.model();
        writeln!(f, "wiring {}", model.name())?;
        for (step, id) in self.schedule().iter().enumerate() {
            let population = model.population(*id);
            let port = match *id {
                id if id == model.input() => "  <- sample",
                id if id == model.output() => "  -> output",
                _ => "",
            };
            writeln!(f, "  {step}. {id} {} = {}{port}", population.name, population.shape)?;
            if let Some(pool) = population.pool {
                writeln!(f, "       <- {} by average_pool, {}", model.population(pool.source).name, pool.size)?;
            }
            for projection in self.incoming(*id) {
                let link = model.projection(*projection);
                let source = &model.population(link.source).name;
                let manner = link.described();
                writeln!(f, "       <- {source} via {}{manner} ({projection})", model.encoding_name(link))?;
            }
        }
        for (index, part) in self.parts().iter().enumerate() {
            writeln!(f, "  part {index}: {}", names(self, part))?;
        }
        let mut first = 0;
        for alike in self.ticks().chunk_by(|one, other| one == other) {
            let last = first + alike.len();
            let when = if alike.len() == 1 { format!("tick {last}") } else { format!("ticks {} to {last}", first + 1) };
            writeln!(f, "  {when}: {}", alike.first().map_or(String::new(), |tick| names(self, tick)))?;
            first = last;
        }
        Ok(())
    }
}

fn names(wiring: &Wiring, populations: &[PopId]) -> String {
    let names: Vec<&str> = populations.iter().map(|id| wiring.model().population(*id).name.as_str()).collect();
    names.join(" ")
}
