//! A program as text: what is known before, and launch by launch what is made, by which kernel, where it lies, what ends.

use std::fmt::Write;

use super::{Home, Kernel, Launch, LoopInput, Make, Program};
use crate::plan::{Plan, TensorNames};

impl Program {
    /// Returns the program of `plan` as text.
    pub fn text(&self, plan: &Plan) -> String {
        let names = TensorNames::new(plan);
        let (sizes, launches) = (self.sizes, self.launches.len());
        let megabytes = self.bytes() as f64 / 1e6;
        let mut text = format!(
            "program {} on {}\n  {launches} launches in {megabytes:.3} MB at R = {}, B = {}\n",
            plan.name(),
            self.target,
            sizes.runs,
            sizes.batch
        );
        text.push_str("given\n");
        for (id, tensor) in plan.numbered().filter(|(id, _)| self.homes[id.index()] == Home::Prepared) {
            // writing into a string cannot fail
            let _ = writeln!(text, "  {} {:?} = {}", names.tensor(id), self.shape(id), tensor.spelt(&names));
        }
        for (id, tensor) in plan.numbered().filter(|(id, _)| matches!(self.homes[id.index()], Home::Constant(_))) {
            let _ = writeln!(text, "  {} {:?} = {}", names.tensor(id), self.shape(id), tensor.spelt(&names));
        }
        text.push_str("launches\n");
        for (number, launch) in self.launches.iter().enumerate() {
            self.launch((plan, &names), number, launch, &mut text);
        }
        let _ = writeln!(text, "results {}", names.list(&self.results));
        text
    }

    fn launch(&self, named: (&Plan, &TensorNames), number: usize, launch: &Launch, text: &mut String) {
        for (place, make) in launch.makes.iter().enumerate() {
            let head = if place == 0 { number.to_string() } else { String::new() };
            let _ = write!(text, "  {head:<4}");
            self.make(named, make, text);
        }
        let ends = named.1.list(launch.ends.iter().filter(|id| !self.is_alias(**id)));
        if !ends.is_empty() {
            let _ = writeln!(text, "        ends {ends}");
        }
    }

    fn make(&self, (plan, names): (&Plan, &TensorNames), Make { tensor, kernel, reads }: &Make, text: &mut String) {
        let id = *tensor;
        let place = match self.home(id) {
            Home::Memory { start, count } => format!(" at {start}, {count} numbers"),
            Home::Result => " as a result".to_owned(),
            Home::Row(row) => format!(" in place of {}", names.tensor(row)),
            Home::Nowhere | Home::Prepared | Home::Constant(_) | Home::Samples | Home::Of(_) => String::new(),
        };
        let _ = write!(text, "{} {:?} = ", names.tensor(id), self.shape(id));
        if let Kernel::Loop(found) = kernel {
            let _ = writeln!(text, "loop over {}{place}", names.list(reads));
            for input in &found.inputs {
                if let LoopInput::Rows(id, _) = input {
                    let _ = writeln!(
                        text,
                        "          {} = {} row by row",
                        names.tensor(*id),
                        plan.tensor(*id).spelt(names)
                    );
                }
            }
            for step in &found.steps {
                let (name, made) = (names.tensor(step.tensor), plan.tensor(step.tensor).spelt(names));
                let _ = writeln!(text, "          {name} = {made}");
            }
        } else {
            let spelt = plan.tensor(id).spelt(names);
            let _ = writeln!(text, "{spelt} {}{place}", kernel.words());
        }
    }
}

impl Kernel {
    /// Returns what makes a tensor, in words.
    fn words(&self) -> &'static str {
        match self {
            Self::Number => "in double precision",
            Self::Batch => "from the batch",
            Self::Loop(_) => "in a loop",
            Self::Own => "by a loop",
            Self::Tiles(_) => "by tiles",
            Self::Gemm(_) => "by gemm",
            Self::Batched(_) => "side by side",
            Self::Pairs => "pair by pair",
            Self::Adam(_) => "by Adam",
            Self::Expression => "in a kernel",
            Self::Library => "by libtorch",
        }
    }
}
