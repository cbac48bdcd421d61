//! Nodes of the grammar → expressions. `*` and `/` bind tighter than `+` and `-`; a run of operators of one strength
//! becomes one flat list, and a run of minus signs at most one `Negate`.

use super::ast::{Expr, Scale, Sign};
use super::grammar::{Pair, Pairs, Rule};
use super::parse::Reader;
use crate::span::Span;

/// A number that no computation could begin with.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("this number is too large")]
#[diagnostic(code(gem::number_too_large), help("{kind} reach up to {limit}"))]
struct NumberTooLarge {
    kind: &'static str,
    limit: String,
    #[label(primary, "does not fit")]
    at: Span,
}

/// An expression and where it stands, with the parentheses and signs before it.
type Placed = (Expr, Span);

/// Terms or factors read so far, with what stands before each but the first.
struct Chain<Op> {
    first: Placed,
    rest: Vec<(Op, Expr)>,
    end: usize,
}

impl<Op> Chain<Op> {
    fn new(first: Placed) -> Self {
        let end = first.1.end;
        Self { first, rest: Vec::new(), end }
    }

    fn push(&mut self, op: Op, (next, span): Placed) {
        self.rest.push((op, next));
        self.end = span.end;
    }

    /// Returns the only one, or what `make` makes of all.
    fn finish(self, make: impl FnOnce(Box<Expr>, Vec<(Op, Expr)>, Span) -> Expr) -> Placed {
        let (first, start) = self.first;
        let span = Span::new(start.start, self.end);
        if self.rest.is_empty() { (first, span) } else { (make(Box::new(first), self.rest, span), span) }
    }
}

impl Reader<'_> {
    /// Reads operands with operators between them.
    #[expect(clippy::wildcard_enum_match_arm, reason = "between two operands stands no other rule")]
    pub(super) fn expression(&mut self, node: Pair<'_>) -> Option<Expr> {
        let mut nodes = node.into_inner();
        let mut sum: Option<(Chain<Sign>, Sign)> = None;
        let mut product = Chain::new(self.operand(&mut nodes)?);
        while let Some(operator) = nodes.next() {
            let operand = self.operand(&mut nodes)?;
            let sign = match operator.as_rule() {
                Rule::times => {
                    product.push(Scale::Times, operand);
                    continue;
                }
                Rule::over => {
                    product.push(Scale::Over, operand);
                    continue;
                }
                Rule::minus => Sign::Minus,
                _ => Sign::Plus,
            };
            let term = std::mem::replace(&mut product, Chain::new(operand)).finish(Expr::Product);
            sum = Some((join(sum, term), sign));
        }
        let last = product.finish(Expr::Product);
        Some(if sum.is_some() { join(sum, last).finish(Expr::Sum).0 } else { last.0 })
    }

    /// Reads a value and the minus signs before it.
    fn operand(&mut self, nodes: &mut Pairs<'_>) -> Option<Placed> {
        let mut node = nodes.next()?;
        let start = self.span(&node).start;
        let mut negative = false;
        while node.as_rule() == Rule::negative {
            negative = !negative;
            node = nodes.next()?;
        }
        let span = Span::new(start, self.span(&node).end);
        let value = self.value(node)?;
        Some((if negative { Expr::Negate(Box::new(value), span) } else { value }, span))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "what is no simple value is a group")]
    fn value(&mut self, node: Pair<'_>) -> Option<Expr> {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::number if node.as_str().bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(self.integer(node.as_str(), span))
            }
            Rule::number => Some(self.float(node.as_str(), span)),
            Rule::call => self.call(node).map(|call| match (call.name.as_str(), &call.arguments) {
                ("true", None) => Expr::Bool(true, span),
                ("false", None) => Expr::Bool(false, span),
                _ => Expr::Call(call),
            }),
            _ => self.expression(node.into_inner().find(|inner| inner.as_rule() == Rule::expression)?),
        }
    }

    fn integer(&mut self, digits: &str, span: Span) -> Expr {
        let value = digits.parse().unwrap_or_else(|_| {
            self.refuse("whole numbers", i64::MAX.to_string(), span);
            i64::MAX
        });
        Expr::Int(value, span)
    }

    fn float(&mut self, digits: &str, span: Span) -> Expr {
        let value = digits.parse().unwrap_or(f64::INFINITY);
        if value.is_infinite() {
            self.refuse("numbers with a fraction or exponent", format!("{:.1e}", f64::MAX), span);
        }
        Expr::Float(value, span)
    }

    fn refuse(&mut self, kind: &'static str, limit: String, at: Span) {
        self.problems.push(NumberTooLarge { kind, limit, at });
        self.too_large = true;
    }
}

/// Adds `term` to the sum, if there is one yet, with the sign that was read before it.
fn join(sum: Option<(Chain<Sign>, Sign)>, term: Placed) -> Chain<Sign> {
    match sum {
        None => Chain::new(term),
        Some((mut chain, sign)) => {
            chain.push(sign, term);
            chain
        }
    }
}
