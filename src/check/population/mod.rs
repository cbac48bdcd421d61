//! Populations: shape, activation, bias, and their identity over each genome, as far as each statement tells by itself.

pub(in crate::check) mod biases;
pub(in crate::check) mod expressions;
pub(in crate::check) mod pools;
mod positions;
mod reach;
pub(in crate::check) mod shapes;

use miette::Diagnostic;
use thiserror::Error;

use self::biases::BiasOwner;
use self::expressions::expression;
use self::reach::reach;
use self::shapes::{Shape, shape};
use crate::check::Context;
use crate::check::arguments::keys;
use crate::check::model::{Activation, Bias, Expression, Genes, GenomeId, Identity};
use crate::check::schema::{ACTIVATION, Owner, WrongWord};
use crate::check::symbols::Meaning;
use crate::check::symbols::as_genome;
use crate::span::{Name, Span};
use crate::syntax::ast::{self, Attribute, Expr};

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

/// A pool has an activation or a bias.
#[derive(Debug, Error, Diagnostic)]
#[error("the pool `{name}` has {what}")]
#[diagnostic(
    code(gem::active_pool),
    help("a pool is the mean of its source as it is: remove it, or give it to the source")
)]
struct ActivePool {
    name: Name,
    what: &'static str,
    #[label(primary, "a pool has no activation and no bias")]
    at: Span,
}

/// A population as its own statement has it.
#[derive(Debug)]
pub(in crate::check) struct Draft {
    pub(in crate::check) name: Name,
    pub(in crate::check) shape: Shape,
    pub(in crate::check) activation: Activation,
    pub(in crate::check) bias: Bias,
    /// Those that the statement names.
    pub(in crate::check) identities: Vec<Identity>,
    /// Whether its positions are learned.
    pub(in crate::check) learned_positions: bool,
}

/// Checks one population.
pub(in crate::check) fn population(context: &mut Context, item: &ast::Population) -> Draft {
    let shape = shape(context, &item.shape);
    let attributes =
        keys(("a population", &[Owner::Population]), &item.attributes, Some(&context.symbols), context.problems);
    let identities = identities(context, &attributes);
    reach(context, &shape, &identities);
    let (mut activation, mut bias, mut learned_positions) = (Activation::Identity, Bias::None, false);
    let pool = matches!(shape, Shape::Pool(_));
    for attribute in attributes {
        match attribute.key.as_str() {
            "activation" | "bias" if pool => idle(context, &item.name, attribute),
            "activation" => activation = read_activation(context, attribute).unwrap_or(activation),
            "bias" => {
                let owner = BiasOwner { name: &item.name, shape: &shape, identities: &identities };
                bias = biases::bias(context, owner, attribute).unwrap_or(bias);
            }
            "positions" => learned_positions = positions::learned(context, &item.name, &shape, attribute),
            _ => {}
        }
    }
    Draft { name: item.name.clone(), shape, activation, bias, identities, learned_positions }
}

/// Reports an attribute by which a pool would do something; that it does nothing may be said.
fn idle(context: &mut Context, name: &Name, attribute: &Attribute) {
    let (what, nothing) =
        if attribute.key.as_str() == "bias" { ("a bias", "none") } else { ("an activation", "identity") };
    let says = |call: &ast::Call| call.arguments.is_none() && call.name.as_str() == nothing;
    if !matches!(&attribute.value, Some(Expr::Call(call)) if says(call)) {
        let at = attribute.value.as_ref().map_or(attribute.key.span, |value| attribute.key.span.to(value.span()));
        context.problems.push(ActivePool { name: name.clone(), what, at });
    }
}

fn identities(context: &mut Context, attributes: &[&Attribute]) -> Vec<Identity> {
    let mut identities = Vec::new();
    for attribute in attributes {
        let Some(Meaning::Genome(_)) = context.symbols.peek(attribute.key.as_str()) else { continue };
        let genome = context.symbols.resolve(&attribute.key, "genome", as_genome, context.problems);
        let form = expression(context, attribute);
        if let Some(genome) = genome {
            let span = attribute.key.span;
            // a faulty form still counts as expressed, so that one fault does not raise others
            let (expression, split) = form.unwrap_or((Expression::Random { genes: Genes::AsDrawn }, false));
            identities.push(Identity { genome: GenomeId(genome), expression, split, span });
        }
    }
    identities
}

fn read_activation(context: &mut Context, attribute: &Attribute) -> Option<Activation> {
    let read = ACTIVATION.read(attribute);
    if let Err(WrongWord { word, at, help, fix }) = read {
        context.problems.push_with(UnknownActivation { word, at, help }, fix);
        return None;
    }
    read.ok()
}
