//! Which order of products was chosen for a connection, and what the others would have cost.

use std::fmt;

/// How the products of a connection are put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The weights are made, and then used.
    Synthesized,
    /// The batch goes through one factor after the other; no weight is made.
    Factored,
    /// Some factors are multiplied first, but not all of them.
    Mixed,
}

/// A connection's order of products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The connection, as its weights are called.
    pub connection: String,
    /// What was chosen.
    pub way: Way,
    /// Floating-point operations of a step, forward and backward, that the products take.
    pub flop: u64,
    /// What they would take in the order of each name.
    pub others: [(Way, u64); 2],
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Synthesized => "synthesized",
            Self::Factored => "factored",
            Self::Mixed => "mixed",
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mflop = |flop: u64| flop as f64 / 1e6;
        write!(f, "{} {} {:.2} MFLOP", self.connection, self.way, mflop(self.flop))?;
        for (way, flop) in self.others.iter().filter(|(way, _)| *way != self.way) {
            write!(f, ", {way} would be {:.2}", mflop(*flop))?;
        }
        Ok(())
    }
}
