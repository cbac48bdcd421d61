//! When two trees are the same: when they say the same, wherever in their texts it stands.

use super::ast::{Broken, Call, Connect, Expr, Genome, Port, Start, Unroll};

impl PartialEq for Genome {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.arguments == other.arguments && self.attributes == other.attributes
    }
}

impl PartialEq for Connect {
    fn eq(&self, other: &Self) -> bool {
        self.chain == other.chain && self.encoding == other.encoding && self.attributes == other.attributes
    }
}

impl PartialEq for Unroll {
    fn eq(&self, other: &Self) -> bool {
        self.ticks == other.ticks
    }
}

impl PartialEq for Start {
    fn eq(&self, other: &Self) -> bool {
        self.rule == other.rule
    }
}

impl PartialEq for Port {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.attributes == other.attributes
    }
}

impl PartialEq for Broken {
    fn eq(&self, other: &Self) -> bool {
        self.keyword == other.keyword && self.declares == other.declares
    }
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.arguments == other.arguments
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a, _), Self::Int(b, _)) => a == b,
            (Self::Float(a, _), Self::Float(b, _)) => a.to_bits() == b.to_bits(),
            (Self::Bool(a, _), Self::Bool(b, _)) => a == b,
            (Self::Call(a), Self::Call(b)) => a == b,
            (Self::Negate(a, _), Self::Negate(b, _)) => a == b,
            (Self::Sum(a, rest, _), Self::Sum(b, other, _)) => a == b && rest == other,
            (Self::Product(a, rest, _), Self::Product(b, other, _)) => a == b && rest == other,
            _ => false,
        }
    }
}
