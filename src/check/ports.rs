//! Where data enters and leaves: one input and one output, two different populations, and an input that only holds the
//! sample.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::model::{Activation, Bias, Population};
use super::symbols::as_population;
use crate::span::{Name, Span};
use crate::syntax::ast::{Ast, Item, Port};

/// The model has no input or no output.
#[derive(Debug, Error, Diagnostic)]
#[error("the model has no {which}")]
#[diagnostic(code(gem::missing_port), help("add a line `{which} NAME` with the population's name"))]
struct MissingPort {
    which: &'static str,
    #[label(primary, "this model")]
    at: Span,
}

/// The model has several inputs or outputs.
#[derive(Debug, Error, Diagnostic)]
#[error("the model has two statements `{which}`")]
#[diagnostic(code(gem::duplicate_port), help("a model has one {which}: remove one of the two"))]
struct DuplicatePort {
    which: &'static str,
    #[label(primary, "again here")]
    at: Span,
    #[label("first here")]
    first: Span,
}

/// Input and output are the same population.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is input and output at once")]
#[diagnostic(code(gem::same_port), help("give the model a population of its own to be read"))]
struct SamePort {
    name: Name,
    #[label(primary, "already the input")]
    at: Span,
    #[label("the input")]
    input: Span,
}

/// The input population has an activation or a bias.
#[derive(Debug, Error, Diagnostic)]
#[error("the input `{name}` has {what}")]
#[diagnostic(
    code(gem::active_input),
    help("the input holds the sample as it is: remove it, or give it to the next population")
)]
struct ActiveInput {
    name: Name,
    what: &'static str,
    #[label(primary, "it has {what}")]
    at: Span,
    #[label("the input")]
    input: Span,
}

/// The input population is pooled from another.
#[derive(Debug, Error, Diagnostic)]
#[error("the input `{name}` is a pool")]
#[diagnostic(
    code(gem::pooled_input),
    help("the input holds the sample: declare it as a grid, and pool it into a population of its own")
)]
struct PooledInput {
    name: Name,
    #[label(primary, "averages another population")]
    at: Span,
    #[label("the input")]
    input: Span,
}

/// The places of input and output among populations, as far as they could be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) input: Option<usize>,
    pub(super) output: Option<usize>,
    /// Whether a port was lost to a fault, or is one.
    pub(super) gaps: bool,
}

/// Checks the statements `input` and `output`.
pub(super) fn ports(context: &mut Context, ast: &Ast, populations: &[Option<Population>]) -> Ports {
    let inputs: Vec<&Port> = ast.items.iter().filter_map(|item| as_input(item)).collect();
    let outputs: Vec<&Port> = ast.items.iter().filter_map(|item| as_output(item)).collect();
    let input = port(context, ast, "input", &inputs);
    let output = port(context, ast, "output", &outputs);
    if let (Some(same), true) = (input, input == output) {
        let name = outputs[0].name.clone();
        context.problems.push(SamePort { name, at: outputs[0].name.span, input: inputs[0].name.span });
        return Ports { input: Some(same), output: None, gaps: true };
    }
    if let Some(population) = input.and_then(|input| populations.get(input)?.as_ref()) {
        inactive(context, population, inputs[0].name.span);
        if population.pool.is_some() {
            let (name, at) = (population.name.clone(), population.name.span);
            context.problems.push(PooledInput { name, at, input: inputs[0].name.span });
            return Ports { input, output, gaps: true };
        }
    }
    Ports { input, output, gaps: input.is_none() || output.is_none() }
}

fn as_input(item: &Item) -> Option<&Port> {
    if let Item::Input(port) = item { Some(port) } else { None }
}

fn as_output(item: &Item) -> Option<&Port> {
    if let Item::Output(port) = item { Some(port) } else { None }
}

fn port(context: &mut Context, ast: &Ast, which: &'static str, ports: &[&Port]) -> Option<usize> {
    let Some(first) = ports.first() else {
        if !ast.items.iter().any(|item| is_broken(item, which)) {
            context.problems.push(MissingPort { which, at: ast.name.span });
        }
        return None;
    };
    for again in &ports[1..] {
        context.problems.push(DuplicatePort { which, at: again.span, first: first.span });
    }
    context.symbols.resolve(&first.name, "population", as_population, context.problems)
}

fn is_broken(item: &Item, which: &str) -> bool {
    if let Item::Broken(broken) = item {
        // `input a output b` on one line says both
        let says = |keyword: &str| keyword == which || (keyword == "input" && which == "output");
        broken.keyword.as_ref().is_none_or(|keyword| says(keyword.as_str()))
    } else {
        false
    }
}

fn inactive(context: &mut Context, population: &Population, input: Span) {
    let mut fault = |what| {
        let (name, at) = (population.name.clone(), population.name.span);
        context.problems.push(ActiveInput { name, what, at, input });
    };
    if population.activation != Activation::Identity {
        fault("an activation");
    }
    if population.bias != Bias::None {
        fault("a bias");
    }
}
