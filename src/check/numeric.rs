//! Values of the right kind within their range: counts, positive numbers, switches.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::const_eval::{WrongKind, evaluate};
use super::model::Value;
use crate::span::Span;
use crate::syntax::ast::Expr;

/// The most neurons or genes that one axis may have.
const LARGEST_COUNT: i64 = 1 << 40;

/// A value outside what it may be.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} must be {allowed}, found {found}")]
#[diagnostic(code(gem::out_of_range))]
pub(super) struct OutOfRange {
    pub(super) what: &'static str,
    pub(super) allowed: &'static str,
    pub(super) found: String,
    #[label(primary, "must be {allowed}")]
    pub(super) at: Span,
}

/// Returns a whole number of at least one.
pub(super) fn count(context: &mut Context, expr: &Expr, what: &'static str) -> Option<usize> {
    whole(context, expr, Least::One, what)
}

/// The smallest that a whole number may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Least {
    Zero,
    One,
}

/// Returns a whole number.
pub(super) fn whole(context: &mut Context, expr: &Expr, least: Least, what: &'static str) -> Option<usize> {
    let (least, too_small) = if least == Least::Zero { (0, "0 or greater") } else { (1, "at least 1") };
    match evaluate(context, expr)? {
        Value::Int(value) if (least..=LARGEST_COUNT).contains(&value) => usize::try_from(value).ok(),
        Value::Int(value) => {
            let allowed = if value < least { too_small } else { "at most 2^40" };
            out_of_range(context, what, allowed, value.to_string(), expr)
        }
        other @ (Value::Float(_) | Value::Bool(_)) => wrong_kind(context, "a whole number", other, expr),
    }
}

/// What a number may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bounds {
    /// Above zero, and within what training learns from in single precision.
    Learnable {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
        /// Both, as a message tells them.
        said: &'static str,
    },
    /// A part of a whole: greater than zero, at most one.
    Part,
    /// At least zero, at most a thousand.
    Weight,
    /// Not very far from zero.
    Moderate,
}

impl Bounds {
    /// Returns the bounds as pages tell them.
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Learnable { said, .. } => said,
            Self::Part => "greater than 0 and at most 1",
            Self::Weight => "from 0 to 1000",
            Self::Moderate => "from -10,000 to 10,000",
        }
    }
}

/// A number beyond the bounds of single precision.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} must be {allowed}, found {found}")]
#[diagnostic(
    code(gem::out_of_range),
    help(
        "training computes in single precision, about 7 digits: a number of this size leaves it nothing to learn from"
    )
)]
struct Unlearnable {
    what: &'static str,
    allowed: &'static str,
    found: String,
    #[label(primary, "must be {allowed}")]
    at: Span,
}

/// Returns a number within `bounds`.
pub(super) fn within(context: &mut Context, expr: &Expr, what: &'static str, bounds: Bounds) -> Option<f64> {
    let value = number(context, expr)?;
    let allowed = match bounds {
        Bounds::Learnable { .. } if value <= 0.0 => "greater than 0",
        Bounds::Learnable { least, most, .. } if (least..=most).contains(&value) => return Some(value),
        Bounds::Learnable { said: allowed, .. } => {
            let (found, at) = (said(value), expr.span());
            context.problems.push(Unlearnable { what, allowed, found, at });
            return None;
        }
        Bounds::Part if value > 0.0 && value <= 1.0 => return Some(value),
        Bounds::Weight if (0.0..=1e3).contains(&value) => return Some(value),
        Bounds::Weight => {
            if value < 0.0 {
                "0 or greater"
            } else {
                "at most 1000"
            }
        }
        Bounds::Moderate if value.abs() <= 1e4 => return Some(value),
        Bounds::Part | Bounds::Moderate => bounds.said(),
    };
    out_of_range(context, what, allowed, said(value), expr)
}

/// Writes a number as it may be read: very large and very small ones with an exponent.
fn said(value: f64) -> String {
    if value == 0.0 || (1e-6..1e9).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

/// Returns a truth value; a key that stands alone is true.
pub(super) fn switch(context: &mut Context, expr: Option<&Expr>) -> Option<bool> {
    let Some(expr) = expr else { return Some(true) };
    match evaluate(context, expr)? {
        Value::Bool(value) => Some(value),
        other @ (Value::Int(_) | Value::Float(_)) => wrong_kind(context, "`true` or `false`", other, expr),
    }
}

/// Returns any number.
fn number(context: &mut Context, expr: &Expr) -> Option<f64> {
    match evaluate(context, expr)? {
        Value::Int(value) => Some(value as f64),
        Value::Float(value) => Some(value),
        other @ Value::Bool(_) => wrong_kind(context, "a number", other, expr),
    }
}

fn wrong_kind<T>(context: &mut Context, wanted: &'static str, found: Value, expr: &Expr) -> Option<T> {
    context.problems.push(WrongKind { wanted, found: format!("`{found}`"), at: expr.span() });
    None
}

/// Reports a value outside what it may be.
pub(super) fn out_of_range<T>(
    context: &mut Context,
    what: &'static str,
    allowed: &'static str,
    found: String,
    expr: &Expr,
) -> Option<T> {
    context.problems.push(OutOfRange { what, allowed, found, at: expr.span() });
    None
}
