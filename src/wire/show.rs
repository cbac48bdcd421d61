//! A wiring as text: the schedule, with what each population receives.

use std::fmt;

use super::graph::Wiring;

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
                let window = link.window.map_or(String::new(), |window| format!(", {window}"));
                writeln!(f, "       <- {source} via {}{window} ({projection})", model.encoding_name(link))?;
            }
        }
        Ok(())
    }
}
