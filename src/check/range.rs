//! Values of the right kind within their range: counts, positive numbers, switches.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::model::Value;
use super::value::{WrongKind, evaluate};
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

/// Returns a number greater than zero.
pub(super) fn positive(context: &mut Context, expr: &Expr, what: &'static str) -> Option<f64> {
    let value = number(context, expr)?;
    if value > 0.0 { Some(value) } else { out_of_range(context, what, "greater than 0", value.to_string(), expr) }
}

/// Returns how fast something is learned, in learning rates: 1 where nothing is said.
pub(super) fn rate(context: &mut Context, expr: Option<&Expr>) -> Option<f64> {
    expr.map_or(Some(1.0), |expr| positive(context, expr, "`rate`"))
}

/// Returns a part of a whole: a number greater than zero and at most one.
pub(super) fn part(context: &mut Context, expr: &Expr, what: &'static str) -> Option<f64> {
    let value = number(context, expr)?;
    let is_part = value > 0.0 && value <= 1.0;
    if is_part {
        Some(value)
    } else {
        out_of_range(context, what, "greater than 0 and at most 1", value.to_string(), expr)
    }
}

/// Returns a number of at least zero.
pub(super) fn not_negative(context: &mut Context, expr: &Expr, what: &'static str) -> Option<f64> {
    let value = number(context, expr)?;
    if value >= 0.0 { Some(value) } else { out_of_range(context, what, "0 or greater", value.to_string(), expr) }
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
pub(super) fn number(context: &mut Context, expr: &Expr) -> Option<f64> {
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

fn out_of_range<T>(
    context: &mut Context,
    what: &'static str,
    allowed: &'static str,
    found: String,
    expr: &Expr,
) -> Option<T> {
    context.problems.push(OutOfRange { what, allowed, found, at: expr.span() });
    None
}
