//! The text as written: names unresolved, numbers unevaluated, every node with its place. Sums and products are flat
//! lists, so that a long one is not a deep tree.

use super::grammar::STATEMENTS;
use crate::span::{Name, Span};

/// One `model NAME(parameters) { items }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Ast {
    /// The model's name.
    pub name: Name,
    /// Parameters in the order of the text.
    pub parameters: Vec<ModelParameter>,
    /// Items in the order of the text.
    pub items: Vec<Item>,
}

/// `name = default` in the model's head.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelParameter {
    /// Its name.
    pub name: Name,
    /// Its value unless another is set from outside.
    pub default: Expr,
}

/// One statement of the model's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `let name = value`
    Let(Let),
    /// `genome name(genes) { … }`
    Genome(Genome),
    /// `interaction name over genome { … }`
    Interaction(Interaction),
    /// `population name = shape { … }`
    Population(Population),
    /// `connect a -> b -> c via encoding { … }`
    Connect(Connect),
    /// `unroll ticks`
    Unroll(Unroll),
    /// `start calibrated`
    Start(Start),
    /// `input name`
    Input(Port),
    /// `output name`
    Output(Port),
    /// A statement that did not parse; its fault has been reported.
    Broken(Broken),
}

/// `let name = value`
#[derive(Debug, Clone, PartialEq)]
pub struct Let {
    /// The new name.
    pub name: Name,
    /// What it stands for.
    pub value: Expr,
}

/// `genome name(genes) { … }`
#[derive(Debug, Clone)]
pub struct Genome {
    /// The new name.
    pub name: Name,
    /// What stands in parentheses.
    pub arguments: Vec<Argument>,
    /// What stands in braces.
    pub attributes: Vec<Attribute>,
    /// The parentheses.
    pub arguments_span: Span,
}

/// `interaction name over genome { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// The new name.
    pub name: Name,
    /// The genome whose genes it joins.
    pub genome: Name,
    /// What stands in braces.
    pub attributes: Vec<Attribute>,
}

/// `population name = shape { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// The new name.
    pub name: Name,
    /// Its shape, a call such as `grid(28, 28)`.
    pub shape: Call,
    /// What stands in braces.
    pub attributes: Vec<Attribute>,
}

/// `connect a -> b -> c via encoding { … }`
#[derive(Debug, Clone)]
pub struct Connect {
    /// The populations of the chain, two or more.
    pub chain: Vec<Name>,
    /// How the weights come about.
    pub encoding: Call,
    /// What stands in braces.
    pub attributes: Vec<Attribute>,
    /// The statement.
    pub span: Span,
}

/// `unroll ticks`
#[derive(Debug, Clone)]
pub struct Unroll {
    /// The number of ticks.
    pub ticks: Expr,
    /// The statement.
    pub span: Span,
}

/// `start calibrated`
#[derive(Debug, Clone)]
pub struct Start {
    /// The rule by which the constants c start.
    pub rule: Name,
    /// The statement.
    pub span: Span,
}

/// `input name { … }` or `output name`
#[derive(Debug, Clone)]
pub struct Port {
    /// The population.
    pub name: Name,
    /// What stands in braces.
    pub attributes: Vec<Attribute>,
    /// The statement.
    pub span: Span,
}

/// A statement that did not parse, or, without a keyword, text that was not read: items may be missing.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The word it begins with.
    pub keyword: Option<Name>,
    /// The name it would have declared, where that much could be read.
    pub declares: Option<Name>,
    /// The statement.
    pub span: Span,
}

/// `name(arguments)`; the parentheses may be missing.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is called.
    pub name: Name,
    /// With what; `None` where there are no parentheses.
    pub arguments: Option<Vec<Argument>>,
    /// The whole call.
    pub span: Span,
}

/// One argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// The name before the colon, if it has one.
    pub name: Option<Name>,
    /// Its value.
    pub value: Expr,
}

/// `key: value` in braces; `key` alone has the value `true`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// What is set.
    pub key: Name,
    /// To what; `None` where the key stands alone.
    pub value: Option<Expr>,
}

/// A value as written.
#[derive(Debug, Clone)]
pub enum Expr {
    /// `28`
    Int(i64, Span),
    /// `0.3`, `1e-3`
    Float(f64, Span),
    /// `true`, `false`
    Bool(bool, Span),
    /// A name, or a call such as `gaussian(sigma: 0.3)`.
    Call(Call),
    /// `-x`
    Negate(Box<Expr>, Span),
    /// `a + b - c`: the first term, then each further one with its sign.
    Sum(Box<Expr>, Vec<(Sign, Expr)>, Span),
    /// `a * b / c`: the first factor, then each further one with its operator.
    Product(Box<Expr>, Vec<(Scale, Expr)>, Span),
}

/// The sign before a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// The operator before a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// `*`
    Times,
    /// `/`
    Over,
}

impl Item {
    /// The word that begins each kind of statement, and how such a statement is written.
    pub const FORMS: &[(&str, &str)] = &STATEMENTS;
}

impl Expr {
    /// Returns where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Int(_, span)
            | Self::Float(_, span)
            | Self::Bool(_, span)
            | Self::Negate(_, span)
            | Self::Sum(_, _, span)
            | Self::Product(_, _, span) => *span,
            Self::Call(call) => call.span,
        }
    }
}
