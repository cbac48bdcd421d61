//! Which order of products was chosen for a connection, or which form of its mask, and what the others would have cost.

use std::fmt;

use compact_str::CompactString;

use super::cost::IRREGULAR;

/// How the products of a connection are put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The weights are made, and then used.
    Synthesized,
    /// The batch goes through one factor after the other; no weight is made.
    Factored,
    /// Some factors are multiplied first, but not all of them.
    Mixed,
    /// All weights are made, and those under the mask multiplied by 0.
    Dense,
    /// Only the weights of joined pairs are made.
    Sparse,
}

/// A connection's order of products, or the form of its mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The connection, as its weights are called.
    pub connection: CompactString,
    /// What was chosen.
    pub way: Way,
    /// Floating-point operations of a step, forward and backward, that the products take.
    pub flop: u64,
    /// What they would take in the order, or the form, of each name.
    pub others: [(Way, u64); 2],
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Synthesized => "synthesized",
            Self::Factored => "factored",
            Self::Mixed => "mixed",
            Self::Dense => "dense",
            Self::Sparse => "sparse",
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mflop = |flop: u64| flop as f64 / 1e6;
        // operations that are that much dearer than those of the other form
        let weight = |way: Way| if way == Way::Sparse { format!(" (× {IRREGULAR})") } else { String::new() };
        write!(f, "{} {} {:.2} MFLOP{}", self.connection, self.way, mflop(self.flop), weight(self.way))?;
        for (way, flop) in self.others.iter().filter(|(way, _)| *way != self.way) {
            write!(f, ", {way} would be {:.2}{}", mflop(*flop), weight(*way))?;
        }
        Ok(())
    }
}
