//! Expressions → numbers. Whole numbers stay whole; a division of whole numbers must come out even.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::model::Value;
use super::symbols::Meaning;
use crate::span::{Name, Span};
use crate::syntax::ast::{Attribute, Call, Expr, Scale, Sign};

/// A division of whole numbers leaves a remainder.
#[derive(Debug, Error, Diagnostic)]
#[error("{dividend} / {divisor} is not a whole number")]
#[diagnostic(
    code(gem::inexact_division),
    help("write one of them with a decimal point, as in `{dividend}.0`, if a fraction is meant")
)]
struct InexactDivision {
    dividend: i64,
    divisor: i64,
    #[label(primary, "leaves a remainder of {remainder}")]
    at: Span,
    remainder: i64,
}

/// A division by zero.
#[derive(Debug, Error, Diagnostic)]
#[error("division by zero")]
#[diagnostic(code(gem::division_by_zero), help("the divisor must not be 0"))]
struct DivisionByZero {
    #[label(primary, "this is 0")]
    at: Span,
}

/// A result that no number can hold.
#[derive(Debug, Error, Diagnostic)]
#[error("the result is too large")]
#[diagnostic(
    code(gem::arithmetic_overflow),
    help("whole numbers reach to 9223372036854775807, others to about 1.8e308")
)]
struct ArithmeticOverflow {
    #[label(primary, "cannot be held")]
    at: Span,
}

/// A value of another kind than is wanted.
#[derive(Debug, Error, Diagnostic)]
#[error("expected {wanted}, found {found}")]
#[diagnostic(code(gem::wrong_kind))]
pub(super) struct WrongKind {
    pub(super) wanted: &'static str,
    pub(super) found: String,
    #[label(primary, "{wanted} is wanted here")]
    pub(super) at: Span,
}

/// A `let` or parameter is used above its definition.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is used before it is defined")]
#[diagnostic(code(gem::used_before_defined), help("parameters and lets are read from top to bottom: move `{name}` up"))]
struct UsedBeforeDefined {
    name: Name,
    #[label(primary, "used here")]
    at: Span,
    #[label("defined here")]
    defined: Span,
}

/// Returns the value of `expr`; where there is none the fault has been pushed.
pub(super) fn evaluate(context: &mut Context, expr: &Expr) -> Option<Value> {
    match expr {
        Expr::Int(value, _) => Some(Value::Int(*value)),
        Expr::Float(value, _) => Some(Value::Float(*value)),
        Expr::Bool(value, _) => Some(Value::Bool(*value)),
        Expr::Call(call) => named(context, call),
        Expr::Negate(inner, span) => {
            let value = evaluate(context, inner)?;
            combine(context, Value::Int(0), Operator::Subtract, value, (*span, inner.span()))
        }
        Expr::Sum(first, rest, span) => {
            let terms = rest.iter().map(|(sign, term)| (Operator::from(*sign), term));
            chain(context, first, terms, *span)
        }
        Expr::Product(first, rest, span) => {
            let factors = rest.iter().map(|(scale, factor)| (Operator::from(*scale), factor));
            chain(context, first, factors, *span)
        }
    }
}

/// Describes what is written, for faults that expected something else.
pub(super) fn describe(expr: &Expr) -> String {
    match expr {
        Expr::Int(value, _) => format!("`{value}`"),
        Expr::Float(value, _) => format!("`{value:?}`"),
        Expr::Bool(value, _) => format!("`{value}`"),
        Expr::Call(call) => format!("`{}`", call.name),
        Expr::Negate(..) | Expr::Sum(..) | Expr::Product(..) => "a calculation".to_owned(),
    }
}

/// Returns what an attribute is set to, as text, and where.
pub(super) fn written(attribute: &Attribute) -> (String, Span) {
    match &attribute.value {
        Some(expr) => (describe(expr), expr.span()),
        None => ("without a name".to_owned(), attribute.key.span),
    }
}

/// Returns the value of an attribute that must have one, or reports that it has none.
pub(super) fn said<'a>(context: &mut Context, attribute: &'a Attribute, wanted: &'static str) -> Option<&'a Expr> {
    if attribute.value.is_none() {
        context.problems.push(WrongKind { wanted, found: "nothing".to_owned(), at: attribute.key.span });
    }
    attribute.value.as_ref()
}

#[derive(Debug, Clone, Copy)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl From<Sign> for Operator {
    fn from(sign: Sign) -> Self {
        match sign {
            Sign::Plus => Self::Add,
            Sign::Minus => Self::Subtract,
        }
    }
}

impl From<Scale> for Operator {
    fn from(scale: Scale) -> Self {
        match scale {
            Scale::Times => Self::Multiply,
            Scale::Over => Self::Divide,
        }
    }
}

fn named(context: &mut Context, call: &Call) -> Option<Value> {
    if call.arguments.is_some() {
        let found = format!("`{}(…)`", call.name);
        context.problems.push(WrongKind { wanted: "a number", found, at: call.span });
        return None;
    }
    let pick = |meaning| match meaning {
        Meaning::Parameter(value) | Meaning::Let(value) => Some(value),
        Meaning::Genome(_) | Meaning::Interaction(_) | Meaning::Population(_) | Meaning::Broken => None,
    };
    let value = context.symbols.resolve(&call.name, "parameter or `let`", pick, context.problems)?;
    if value.is_none() {
        let defined = context.symbols.declared(&call.name).unwrap_or(call.span);
        context.problems.push(UsedBeforeDefined { name: call.name.clone(), at: call.span, defined });
    }
    value
}

fn chain<'e>(
    context: &mut Context,
    first: &Expr,
    rest: impl Iterator<Item = (Operator, &'e Expr)>,
    span: Span,
) -> Option<Value> {
    let mut sum = evaluate(context, first);
    for (operator, expr) in rest {
        let value = evaluate(context, expr);
        sum = match (sum, value) {
            (Some(sum), Some(value)) => combine(context, sum, operator, value, (span, expr.span())),
            _ => None,
        };
    }
    sum
}

/// Applies one operator; `spans` are the whole calculation's and the right operand's.
fn combine(context: &mut Context, left: Value, operator: Operator, right: Value, spans: (Span, Span)) -> Option<Value> {
    let (span, right_span) = spans;
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        return whole(context, left, operator, right, spans).map(Value::Int);
    }
    let (Some(left), Some(right)) = (number(left), number(right)) else {
        let found = "a truth value".to_owned();
        context.problems.push(WrongKind { wanted: "a number", found, at: span });
        return None;
    };
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide if right == 0.0 => {
            context.problems.push(DivisionByZero { at: right_span });
            return None;
        }
        Operator::Divide => left / right,
    };
    if !result.is_finite() {
        context.problems.push(ArithmeticOverflow { at: span });
        return None;
    }
    Some(Value::Float(result))
}

fn whole(context: &mut Context, left: i64, operator: Operator, right: i64, spans: (Span, Span)) -> Option<i64> {
    let (span, right_span) = spans;
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide if right == 0 => {
            context.problems.push(DivisionByZero { at: right_span });
            return None;
        }
        Operator::Divide => match left.checked_rem(right) {
            Some(0) => left.checked_div(right),
            None => None,
            Some(remainder) => {
                let fault = InexactDivision { dividend: left, divisor: right, at: span, remainder };
                context.problems.push(fault);
                return None;
            }
        },
    };
    if result.is_none() {
        context.problems.push(ArithmeticOverflow { at: span });
    }
    result
}

fn number(value: Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(value as f64),
        Value::Float(value) => Some(value),
        Value::Bool(_) => None,
    }
}
