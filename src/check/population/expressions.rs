//! The forms of X: which one a population has over a genome, and how it starts.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Context;
use crate::check::arguments::{Bound, Signature, bind};
use crate::check::const_eval::describe;
use crate::check::model::{Expression, Genes};
use crate::check::numeric::{Bounds, between, rate, switch};
use crate::diag::{did_you_mean, list};
use crate::span::Span;
use crate::syntax::ast::{Argument, Attribute, Call, Expr};

/// σ of a Gaussian at the start: seen to train well on 28 × 28 grids.
const SIGMA: f64 = 0.3;
/// Narrower Gaussians miss the neurons of most grids, wider ones are flat in single precision.
const SIGMAS: Bounds = Bounds { least: 1e-4, most: 1e3, said: "from 0.0001 to 1000" };
/// Deviation of an inverse square's σ at the start: seen to train well on the grids of LeNet-5.
const SCALE: f64 = 20.0;

/// Products of steeper ones are nothing in single precision, smaller ones are flat.
const SCALES: Bounds = Bounds { least: 1e-3, most: 1e4, said: "from 0.001 to 10,000" };

/// Expressions by name.
pub(in crate::check) const FORMS: &[&str] = &["free", "random", "gaussian", "inverse_square", "split"];
const FREE: Signature =
    Signature { form: "free", positional: &["`centred`"], required: 0, named: &["centred", "rate"] };
const RANDOM: Signature = Signature {
    form: "random(contrasts)",
    positional: &["`contrasts` or `centred`"],
    required: 0,
    named: &["contrasts", "centred"],
};
const GAUSSIAN: Signature = Signature {
    form: "gaussian(sigma: 0.3)",
    positional: &["`anisotropic`", "`centred`"],
    required: 0,
    named: &["sigma", "anisotropic", "centred", "rate"],
};
const INVERSE: Signature = Signature {
    form: "inverse_square(scale: 20)",
    positional: &["`centred`"],
    required: 0,
    named: &["scale", "centred", "rate"],
};
const SPLIT: Signature = Signature { form: "split(gaussian)", positional: &["an expression"], required: 1, named: &[] };

/// A form of X that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no expression {word}")]
#[diagnostic(code(gem::unknown_expression))]
struct UnknownExpression {
    word: String,
    #[label(primary, "unknown expression")]
    at: Span,
    #[help]
    help: String,
}

/// Returns the form of X that an attribute `genome: form` asks for, and whether it is split.
pub(in crate::check) fn expression(context: &mut Context, attribute: &Attribute) -> Option<(Expression, bool)> {
    let Some(value) = &attribute.value else {
        return unknown(context, "without a name", attribute.key.span);
    };
    if let Expr::Call(call) = value
        && call.name.as_str() == "split"
    {
        let arguments = call.arguments.as_deref().unwrap_or_default();
        let bound = bind(SPLIT, &call.name, arguments, call.span, context.problems)?;
        return form(context, bound.positional[0]).map(|expression| (expression, true));
    }
    form(context, value).map(|expression| (expression, false))
}

fn form(context: &mut Context, value: &Expr) -> Option<Expression> {
    let Expr::Call(call) = value else {
        return unknown(context, &describe(value), value.span());
    };
    let arguments = call.arguments.as_deref().unwrap_or_default();
    match call.name.as_str() {
        "free" => {
            let bound = bind(FREE, &call.name, arguments, call.span, context.problems)?;
            let [centred] = flags(context, (FREE, call), &bound, [("centred", false)])?;
            Some(Expression::Free { centred, rate: rate(context, bound.named("rate"))? })
        }
        "random" => {
            let bound = bind(RANDOM, &call.name, arguments, call.span, context.problems)?;
            let [contrasts, centred] =
                flags(context, (RANDOM, call), &bound, [("contrasts", false), ("centred", false)])?;
            // contrasts are centred
            let genes = if contrasts {
                Genes::Contrasts
            } else if centred {
                Genes::Centred
            } else {
                Genes::AsDrawn
            };
            Some(Expression::Random { genes })
        }
        "gaussian" => gaussian(context, call, arguments),
        "inverse_square" => {
            let bound = bind(INVERSE, &call.name, arguments, call.span, context.problems)?;
            let scale = bound.named("scale").map_or(Some(SCALE), |expr| between(context, expr, "`scale`", SCALES));
            let flags = flags(context, (INVERSE, call), &bound, [("centred", context.centred)]);
            let rate = rate(context, bound.named("rate"));
            let (scale, [centred], rate) = (scale?, flags?, rate?);
            Some(Expression::InverseSquare { scale, centred, rate })
        }
        word => unknown(context, &format!("`{word}`"), call.name.span),
    }
}

fn gaussian(context: &mut Context, call: &Call, arguments: &[Argument]) -> Option<Expression> {
    let bound = bind(GAUSSIAN, &call.name, arguments, call.span, context.problems)?;
    let sigma = bound.named("sigma").map_or(Some(SIGMA), |expr| between(context, expr, "`sigma`", SIGMAS));
    let flags = flags(context, (GAUSSIAN, call), &bound, [("anisotropic", false), ("centred", context.centred)]);
    let rate = rate(context, bound.named("rate"));
    let (sigma, [anisotropic, centred], rate) = (sigma?, flags?, rate?);
    Some(Expression::Gaussian { sigma, anisotropic, centred, rate })
}

/// Reads words that may stand alone, `anisotropic`, or with a value, `anisotropic: true`; each has a value if it is not said.
fn flags<const N: usize>(
    context: &mut Context,
    (signature, call): (Signature, &Call),
    bound: &Bound<'_>,
    words: [(&str, bool); N],
) -> Option<[bool; N]> {
    let mut said = words.map(|(_, usual)| usual);
    for (flag, (word, usual)) in said.iter_mut().zip(words) {
        *flag = bound.named(word).map_or(Some(usual), |expr| switch(context, Some(expr)))?;
    }
    for value in &bound.positional {
        let word = if let Expr::Call(word) = value { Some(word).filter(|word| word.arguments.is_none()) } else { None };
        let place = word.and_then(|word| words.iter().position(|(known, _)| *known == word.name.as_str()));
        let Some(flag) = place.and_then(|place| said.get_mut(place)) else {
            signature.refuse(call, value, context.problems);
            return None;
        };
        *flag = true;
    }
    Some(said)
}

fn unknown<T>(context: &mut Context, word: &str, at: Span) -> Option<T> {
    let help = did_you_mean(word.trim_matches('`'), FORMS.iter().copied())
        .unwrap_or_else(|| format!("expressions are {}", list(FORMS.iter().copied())));
    context.problems.push(UnknownExpression { word: word.to_owned(), at, help });
    None
}
