//! Populations: shape, activation, bias, and their identity over each genome.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::arguments::{Signature, bind, keys};
use super::expressions::expression;
use super::genomes::as_genome;
use super::ids::GenomeId;
use super::names::Meaning;
use super::neurons::{Activation, Bias, Expression, Identity, Layout, Population};
use super::range::count;
use super::unsupported;
use super::value::describe;
use super::words::{ACTIVATIONS, look_up, words};
use crate::diag::{did_you_mean, list};
use crate::span::{Name, Span};
use crate::syntax::ast::{self, Attribute, Call, Expr};

const UNITS: Signature =
    Signature { form: "units(n)", positional: &["the number of neurons"], required: 1, named: &[] };
const GRID: Signature = Signature {
    form: "grid(height, width)` or `grid(height, width, channels)",
    positional: &["the height", "the width", "the number of channels"],
    required: 2,
    named: &[],
};
const KEYS: &[&str] = &["activation", "bias"];
const SHAPES: &[&str] = &["units", "grid"];
const BIASES: &[&str] = &["none", "free", "expressed"];

/// A shape that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no shape `{word}`")]
#[diagnostic(code(gem::unknown_shape))]
struct UnknownShape {
    word: Name,
    #[label(primary, "unknown shape")]
    at: Span,
    #[help]
    help: String,
}

/// An activation that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no activation {word}")]
#[diagnostic(code(gem::unknown_activation))]
struct UnknownActivation {
    word: String,
    #[label(primary, "unknown activation")]
    at: Span,
    #[help]
    help: String,
}

/// A bias that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no bias {word}")]
#[diagnostic(code(gem::unknown_bias))]
struct UnknownBias {
    word: String,
    #[label(primary, "unknown bias")]
    at: Span,
    #[help]
    help: String,
}

/// A bias that is to be expressed over genes the population does not express, or over one of several.
#[derive(Debug, Error, Diagnostic)]
#[error("`{population}` cannot express its bias: {why}")]
#[diagnostic(
    code(gem::unexpressed_bias),
    help("write `bias: expressed(genome)` with a genome that `{population}` expresses")
)]
struct UnexpressedBias {
    population: Name,
    why: &'static str,
    #[label(primary, "{why}")]
    at: Span,
}

/// Checks one population; nothing comes back where its shape is at fault.
pub(super) fn population(context: &mut Context, item: &ast::Population) -> Option<Population> {
    let shape = shape(context, &item.shape);
    let known: Vec<&str> = KEYS.iter().chain(unsupported::POPULATION_KEYS).copied().collect();
    let attributes = keys("a population", &item.attributes, &known, Some(&context.names), context.problems);
    let identities = identities(context, &attributes);
    let (mut activation, mut bias) = (Activation::Identity, Bias::None);
    for attribute in attributes {
        match attribute.key.as_str() {
            "activation" => activation = read_activation(context, attribute).unwrap_or(activation),
            "bias" => bias = read_bias(context, &item.name, attribute, &identities).unwrap_or(bias),
            key if unsupported::POPULATION_KEYS.contains(&key) => {
                unsupported::report(key, attribute.key.span, context.problems);
            }
            _ => {}
        }
    }
    Some(Population { name: item.name.clone(), shape: shape?, activation, bias, identities, pool: None })
}

fn shape(context: &mut Context, call: &Call) -> Option<Layout> {
    let arguments = call.arguments.as_deref().unwrap_or_default();
    let signature = match call.name.as_str() {
        "units" => UNITS,
        "grid" => GRID,
        word if unsupported::SHAPES.contains(&word) => {
            unsupported::report(word, call.span, context.problems);
            return None;
        }
        word => {
            let help = did_you_mean(word, SHAPES.iter().copied()).unwrap_or_else(|| {
                "shapes are `units(n)`, `grid(height, width)`, `grid(height, width, channels)`".into()
            });
            context.problems.push(UnknownShape { word: call.name.clone(), at: call.name.span, help });
            return None;
        }
    };
    let bound = bind(signature, &call.name, arguments, call.span, context.problems)?;
    let read = |(expr, what): (&&Expr, &&'static str)| count(context, expr, what);
    let axes: Vec<Option<usize>> = bound.positional.iter().zip(signature.positional).map(read).collect();
    let axes = axes.into_iter().collect::<Option<Vec<usize>>>()?;
    match axes.as_slice() {
        [neurons] => Some(Layout::Units(*neurons)),
        _ => Some(Layout::Grid(axes)),
    }
}

fn identities(context: &mut Context, attributes: &[&Attribute]) -> Vec<Identity> {
    let mut identities = Vec::new();
    for attribute in attributes {
        let Some(Meaning::Genome(_)) = context.names.peek(attribute.key.as_str()) else { continue };
        let genome = context.names.resolve(&attribute.key, "genome", as_genome, context.problems);
        let form = expression(context, attribute);
        if let Some(genome) = genome {
            let span = attribute.key.span;
            // a faulty form still counts as expressed, so that one fault does not raise others
            let (expression, split) = form.unwrap_or((Expression::Random, false));
            identities.push(Identity { genome: GenomeId(genome), expression, split, span });
        }
    }
    identities
}

fn read_activation(context: &mut Context, attribute: &Attribute) -> Option<Activation> {
    if let Some(Expr::Call(call)) = &attribute.value
        && call.arguments.is_none()
        && let Some(activation) = look_up(ACTIVATIONS, call.name.as_str())
    {
        return Some(activation);
    }
    let (word, at) = written(attribute);
    let help = did_you_mean(word.trim_matches('`'), words(ACTIVATIONS))
        .unwrap_or_else(|| format!("activations are {}", list(words(ACTIVATIONS))));
    context.problems.push(UnknownActivation { word, at, help });
    None
}

/// Returns what an attribute is set to, as text, and where.
fn written(attribute: &Attribute) -> (String, Span) {
    match &attribute.value {
        Some(expr) => (describe(expr), expr.span()),
        None => ("without a name".to_owned(), attribute.key.span),
    }
}

fn read_bias(context: &mut Context, owner: &Name, attribute: &Attribute, identities: &[Identity]) -> Option<Bias> {
    if let Some(Expr::Call(call)) = &attribute.value {
        match call.name.as_str() {
            "none" if call.arguments.is_none() => return Some(Bias::None),
            "free" if call.arguments.is_none() => return Some(Bias::Free),
            "expressed" => return expressed(context, owner, call, identities),
            word if unsupported::BIASES.contains(&word) => {
                unsupported::report(word, call.span, context.problems);
                return None;
            }
            _ => {}
        }
    }
    let (word, at) = written(attribute);
    let help = did_you_mean(word.trim_matches('`'), BIASES.iter().copied())
        .unwrap_or_else(|| "biases are `none`, `free`, `expressed(genome)`".to_owned());
    context.problems.push(UnknownBias { word, at, help });
    None
}

fn expressed(context: &mut Context, owner: &Name, call: &Call, identities: &[Identity]) -> Option<Bias> {
    let fault = |why| UnexpressedBias { population: owner.clone(), why, at: call.span };
    match (call.arguments.as_deref().unwrap_or_default(), identities) {
        ([], [only]) => Some(Bias::Expressed(only.genome)),
        ([], []) => {
            context.problems.push(fault("it expresses no genome"));
            None
        }
        ([], _) => {
            context.problems.push(fault("it expresses several genomes, so one must be named"));
            None
        }
        ([ast::Argument { name: None, value: Expr::Call(genome) }], _) if genome.arguments.is_none() => {
            let id = context.names.resolve(&genome.name, "genome", as_genome, context.problems).map(GenomeId)?;
            if !identities.iter().any(|identity| identity.genome == id) {
                context.problems.push(fault("it does not express this genome"));
                return None;
            }
            Some(Bias::Expressed(id))
        }
        _ => {
            context.problems.push(fault("one genome's name is wanted"));
            None
        }
    }
}
