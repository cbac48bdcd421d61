//! The forms of X: which one a population has over a genome, and how it starts.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Context;
use crate::check::arguments::{Bound, Signature, bind};
use crate::check::const_eval::describe;
use crate::check::model::{Expression, Genes};
use crate::check::numeric::switch;
use crate::check::schema::{
    ANISOTROPIC, CONTRASTS, FREE_CENTRED, FREE_RATE, GAUSSIAN_CENTRED, GAUSSIAN_RATE, INVERSE_CENTRED, INVERSE_RATE,
    Owner, Property, RANDOM_CENTRED, SCALE, SIGMA, Switch,
};
use crate::diag::{list, suggest};
use crate::span::Span;
use crate::syntax::ast::{Argument, Attribute, Call, Expr};

/// Expressions by name.
pub(in crate::check) const FORMS: &[&str] = &["free", "random", "gaussian", "inverse_square", "split"];
const FREE: Signature = Signature { form: "free", positional: &["`centred`"], required: 0, named: Some(Owner::Free) };
const RANDOM: Signature = Signature {
    form: "random(contrasts)",
    positional: &["`contrasts` or `centred`"],
    required: 0,
    named: Some(Owner::Random),
};
const GAUSSIAN: Signature = Signature {
    form: "gaussian(sigma: 0.3)",
    positional: &["`anisotropic`", "`centred`"],
    required: 0,
    named: Some(Owner::Gaussian),
};
const INVERSE: Signature = Signature {
    form: "inverse_square(scale: 20)",
    positional: &["`centred`"],
    required: 0,
    named: Some(Owner::InverseSquare),
};
const SPLIT: Signature =
    Signature { form: "split(gaussian)", positional: &["an expression"], required: 1, named: None };

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
            let [centred] = flags(context, (FREE, call), &bound, [&FREE_CENTRED])?;
            Some(Expression::Free { centred, rate: FREE_RATE.read(context, bound.named(FREE_RATE.key))? })
        }
        "random" => {
            let bound = bind(RANDOM, &call.name, arguments, call.span, context.problems)?;
            let [contrasts, centred] = flags(context, (RANDOM, call), &bound, [&CONTRASTS, &RANDOM_CENTRED])?;
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
            let scale = SCALE.read(context, bound.named(SCALE.key));
            let flags = flags(context, (INVERSE, call), &bound, [&INVERSE_CENTRED]);
            let rate = INVERSE_RATE.read(context, bound.named(INVERSE_RATE.key));
            let (scale, [centred], rate) = (scale?, flags?, rate?);
            Some(Expression::InverseSquare { scale, centred, rate })
        }
        word => unknown(context, &format!("`{word}`"), call.name.span),
    }
}

fn gaussian(context: &mut Context, call: &Call, arguments: &[Argument]) -> Option<Expression> {
    let bound = bind(GAUSSIAN, &call.name, arguments, call.span, context.problems)?;
    let sigma = SIGMA.read(context, bound.named(SIGMA.key));
    let flags = flags(context, (GAUSSIAN, call), &bound, [&ANISOTROPIC, &GAUSSIAN_CENTRED]);
    let rate = GAUSSIAN_RATE.read(context, bound.named(GAUSSIAN_RATE.key));
    let (sigma, [anisotropic, centred], rate) = (sigma?, flags?, rate?);
    Some(Expression::Gaussian { sigma, anisotropic, centred, rate })
}

/// Reads words that may stand alone, `anisotropic`, or with a value, `anisotropic: true`; each has a value if it is not said.
fn flags<const N: usize>(
    context: &mut Context,
    (signature, call): (Signature, &Call),
    bound: &Bound<'_>,
    words: [&Property<Switch>; N],
) -> Option<[bool; N]> {
    let mut said = words.map(|word| word.default(context));
    for (flag, word) in said.iter_mut().zip(words) {
        if let Some(expr) = bound.named(word.key) {
            *flag = switch(context, Some(expr))?;
        }
    }
    for value in &bound.positional {
        let word = if let Expr::Call(word) = value { Some(word).filter(|word| word.arguments.is_none()) } else { None };
        let place = word.and_then(|word| words.iter().position(|known| known.key == word.name.as_str()));
        let Some(flag) = place.and_then(|place| said.get_mut(place)) else {
            signature.refuse(call, value, context.problems);
            return None;
        };
        *flag = true;
    }
    Some(said)
}

fn unknown<T>(context: &mut Context, word: &str, at: Span) -> Option<T> {
    let otherwise = || format!("expressions are {}", list(FORMS.iter().copied()));
    let (help, fix) = suggest(word.trim_matches('`'), at, FORMS.iter().copied(), otherwise);
    context.problems.push_with(UnknownExpression { word: word.to_owned(), at, help }, fix);
    None
}
