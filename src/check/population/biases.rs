//! Biases: which one a population adds to what it receives, and whether it has the maps or genes for it.

use miette::Diagnostic;
use thiserror::Error;

use super::shapes::Shape;
use crate::check::Context;
use crate::check::const_eval::written;
use crate::check::grids::is_grid;
use crate::check::model::{Bias, GenomeId, Identity};
use crate::check::schema::{BIAS, WrongWord};
use crate::check::symbols::as_genome;
use crate::span::{Name, Span};
use crate::syntax::ast::{self, Attribute, Call, Expr};

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

/// Whose bias it is.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct BiasOwner<'a> {
    pub(in crate::check) name: &'a Name,
    pub(in crate::check) shape: &'a Shape,
    pub(in crate::check) identities: &'a [Identity],
}

/// Reads the bias that an attribute asks for.
pub(in crate::check) fn bias(context: &mut Context, owner: BiasOwner<'_>, attribute: &Attribute) -> Option<Bias> {
    if let Some(Expr::Call(call)) = &attribute.value {
        match call.name.as_str() {
            "none" if call.arguments.is_none() => return Some(Bias::None),
            "free" if call.arguments.is_none() => return Some(Bias::Free),
            "per_map" if call.arguments.is_none() => return per_map(context, owner, call.span),
            "expressed" => return expressed(context, owner, call),
            _ => {}
        }
    }
    let (word, at) = written(attribute);
    let WrongWord { word, at, help, fix } = BIAS.kind.wrong(word, at);
    context.problems.push_with(UnknownBias { word, at, help }, fix);
    None
}

fn per_map(context: &mut Context, owner: BiasOwner<'_>, at: Span) -> Option<Bias> {
    if let Shape::Own(shape) = owner.shape
        && !is_grid(context, owner.name, shape, "a bias per map", at)
    {
        return None;
    }
    Some(Bias::PerMap)
}

fn expressed(context: &mut Context, owner: BiasOwner<'_>, call: &Call) -> Option<Bias> {
    let fault = |why| UnexpressedBias { population: owner.name.clone(), why, at: call.span };
    match (call.arguments.as_deref().unwrap_or_default(), owner.identities) {
        ([], [only]) => Some(Bias::Expressed(only.genome)),
        ([], []) => {
            context.problems.push(fault("it expresses no genome"));
            None
        }
        ([], _) => {
            context.problems.push(fault("it expresses several genomes, so one must be named"));
            None
        }
        ([ast::Argument { name: None, value: Expr::Call(genome) }], identities) if genome.arguments.is_none() => {
            let id = context.symbols.resolve(&genome.name, "genome", as_genome, context.problems).map(GenomeId)?;
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
