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

/// What a number may be that training computes with, in single precision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The smallest.
    pub(super) least: f64,
    /// The largest.
    pub(super) most: f64,
    /// Both, as a message says them.
    pub(super) said: &'static str,
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

/// Returns a number within bounds above zero.
pub(super) fn between(context: &mut Context, expr: &Expr, what: &'static str, bounds: Bounds) -> Option<f64> {
    let value = number(context, expr)?;
    if value <= 0.0 {
        return out_of_range(context, what, "greater than 0", said(value), expr);
    }
    let fits = (bounds.least..=bounds.most).contains(&value);
    if !fits {
        let (allowed, found, at) = (bounds.said, said(value), expr.span());
        context.problems.push(Unlearnable { what, allowed, found, at });
    }
    fits.then_some(value)
}

/// Returns how many times as fast or as large as usual something is.
pub(super) fn factor(context: &mut Context, expr: &Expr, what: &'static str) -> Option<f64> {
    between(context, expr, what, Bounds { least: 1e-6, most: 1e3, said: "from 1e-6 to 1000" })
}

/// Returns how fast something is learned, in learning rates: 1 where nothing is said.
pub(super) fn rate(context: &mut Context, expr: Option<&Expr>) -> Option<f64> {
    expr.map_or(Some(1.0), |expr| factor(context, expr, "`rate`"))
}

/// Writes a number as it may be read: very large and very small ones with an exponent.
fn said(value: f64) -> String {
    if value == 0.0 || (1e-6..1e9).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

/// Returns a part of a whole: a number greater than zero and at most one.
pub(super) fn part(context: &mut Context, expr: &Expr, what: &'static str) -> Option<f64> {
    let value = number(context, expr)?;
    let is_part = value > 0.0 && value <= 1.0;
    if is_part { Some(value) } else { out_of_range(context, what, "greater than 0 and at most 1", said(value), expr) }
}

/// Returns a number of at least zero and at most a thousand.
pub(super) fn weight(context: &mut Context, expr: &Expr, what: &'static str) -> Option<f64> {
    let value = number(context, expr)?;
    let allowed = if value < 0.0 { "0 or greater" } else { "at most 1000" };
    if (0.0..=1e3).contains(&value) { Some(value) } else { out_of_range(context, what, allowed, said(value), expr) }
}

/// Returns a number that is not very far from zero.
pub(super) fn moderate(context: &mut Context, expr: &Expr, what: &'static str) -> Option<f64> {
    let value = number(context, expr)?;
    let fits = value.abs() <= 1e4;
    if fits { Some(value) } else { out_of_range(context, what, "from -10,000 to 10,000", said(value), expr) }
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
