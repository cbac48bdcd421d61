//! Lines of C, as they are written: names that are used once, blocks, and what is already at hand within them.

use std::collections::HashMap;

use super::codegen::CodeGen;
use crate::plan::{Plan, TensorId};
use crate::program::Program;

/// How the threads of a block share out numbers and the terms of their sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    /// Threads for one number: a power of two.
    pub(super) slices: usize,
    /// Whether the threads of one number are neighbours, and not those of neighbouring numbers.
    pub(super) beside: bool,
}

/// Writes the body of what makes one number.
pub(super) struct Writer<'a> {
    pub(super) plan: &'a Plan,
    pub(super) program: &'a Program,
    /// Which place of the table of addresses each tensor has.
    pub(super) tables: &'a [Option<usize>],
    pub(super) split: Split,
    lines: String,
    /// Blocks that are open.
    pub(super) depth: usize,
    names: usize,
    /// What is at hand, by what it is, and the depth of the block that it belongs to.
    at_hand: HashMap<(TensorId, Vec<String>), (String, usize)>,
}

impl<'a> Writer<'a> {
    /// Begins a body.
    pub(super) fn new(CodeGen { plan, program, tables, .. }: CodeGen<'a>, split: Split) -> Self {
        let (lines, at_hand) = (String::new(), HashMap::new());
        Self { plan, program, tables, split, lines, depth: 0, names: 0, at_hand }
    }

    /// Returns what was written.
    pub(super) fn finish(self) -> String {
        self.lines
    }

    /// Writes a line.
    pub(super) fn line(&mut self, line: &str) {
        self.lines.push_str(&"  ".repeat(self.depth + 1));
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    /// Opens a block.
    pub(super) fn open(&mut self, head: &str) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
    }

    /// Closes the last block: what was made within it is at hand no more.
    pub(super) fn close(&mut self) {
        self.at_hand.retain(|_, (_, depth)| *depth < self.depth);
        self.depth -= 1;
        self.line("}");
    }

    /// Returns a name that nothing has yet.
    pub(super) fn name(&mut self, letter: char) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    /// Gives a whole number a name, unless it is a name or a number already.
    pub(super) fn whole(&mut self, expression: &str) -> String {
        if expression.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            return expression.to_owned();
        }
        let name = self.name('i');
        self.line(&format!("const int {name} = {expression};"));
        name
    }

    /// Gives a number a name.
    pub(super) fn number(&mut self, expression: &str) -> String {
        let name = self.name('v');
        self.line(&format!("const float {name} = {expression};"));
        name
    }

    /// Returns the name of a tensor's number at a place, if it is at hand.
    pub(super) fn find(&self, id: TensorId, at: &[String]) -> Option<String> {
        self.at_hand.get(&(id, at.to_vec())).map(|(name, _)| name.clone())
    }

    /// Notes that it is.
    pub(super) fn keep(&mut self, id: TensorId, at: &[String], name: &str) {
        self.at_hand.insert((id, at.to_vec()), (name.to_owned(), self.depth));
    }

    /// Returns a tensor's sizes.
    pub(super) fn sizes(&self, id: TensorId) -> &'a [usize] {
        self.program.shape(id)
    }
}

/// Returns where a place is among a tensor's numbers, counted row by row.
pub(super) fn linear(sizes: &[usize], at: &[String]) -> String {
    let mut terms = Vec::new();
    let mut apart = 1;
    for (size, at) in sizes.iter().zip(at).rev() {
        if *size > 1 && at != "0" {
            terms.push(if apart == 1 { at.clone() } else { format!("{at} * {apart}") });
        }
        apart *= size;
    }
    terms.reverse();
    if terms.is_empty() { "0".to_owned() } else { terms.join(" + ") }
}

/// Writes a number so that C reads the same one.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn literal(number: f64) -> String {
    let single = number as f32;
    if single.is_nan() {
        "NAN".to_owned()
    } else if single.is_infinite() {
        format!("{}INFINITY", if single < 0.0 { "-" } else { "" })
    } else {
        format!("{single:e}f")
    }
}
