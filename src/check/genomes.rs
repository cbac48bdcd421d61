//! Genomes and interactions: how many genes, and which entries of O are learned.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::arguments::{Signature, bind, keys};
use super::const_eval::describe;
use super::model::{Genome, GenomeId, Interaction, Rule};
use super::numeric::{OutOfRange, count};
use super::schema::{GENOME_RATE, INTERACTION, Owner, SPARSE, WrongWord};
use super::symbols::as_genome;
use crate::diag::count as plural;
use crate::span::{Name, Span};
use crate::syntax::ast::{self, Ast, Attribute, Call, Expr, Item};

const GENOME: Signature =
    Signature { form: "genome g(genes)", positional: &["the number of genes"], required: 1, named: None };
const RANK: Signature = Signature { form: "rank(4)", positional: &["the rank"], required: 1, named: None };

/// A rule of O that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("`{word}` says nothing about an interaction")]
#[diagnostic(code(gem::unknown_rule))]
struct UnknownRule {
    word: String,
    #[label(primary, "unknown")]
    at: Span,
    #[help]
    help: String,
}

/// All genomes and all interactions: first each genome's own O, then the further ones.
#[derive(Debug)]
pub(super) struct GeneSets {
    pub(super) genomes: Vec<Genome>,
    pub(super) interactions: Vec<Option<Interaction>>,
}

/// Checks every genome and interaction. A genome at fault still has its place in the list, with one gene.
pub(super) fn gene_sets(context: &mut Context, ast: &Ast) -> GeneSets {
    let mut genomes = Vec::new();
    let mut known = Vec::new();
    let mut interactions = Vec::new();
    for item in &ast.items {
        if let Item::Genome(item) = item {
            let id = GenomeId(genomes.len());
            let genes = genes(context, item);
            genomes.push(Genome { name: item.name.clone(), genes: genes.unwrap_or(1) });
            let read = attributes(context, "a genome", &item.attributes);
            read.ranked(context, genes);
            known.push(genes);
            interactions.push(Some(read.of(&item.name, id)));
        }
    }
    for item in &ast.items {
        if let Item::Interaction(item) = item {
            let read = attributes(context, "an interaction", &item.attributes);
            let genome = context.symbols.resolve(&item.genome, "genome", as_genome, context.problems);
            read.ranked(context, genome.and_then(|genome| known[genome]));
            interactions.push(genome.map(|genome| read.of(&item.name, GenomeId(genome))));
        }
    }
    GeneSets { genomes, interactions }
}

fn genes(context: &mut Context, item: &ast::Genome) -> Option<usize> {
    let bound = bind(GENOME, &item.name, &item.arguments, item.arguments_span, context.problems)?;
    count(context, bound.positional[0], "the number of genes")
}

/// What attributes say of an O.
struct Read {
    rule: Rule,
    /// Where the rule stands.
    at: Span,
    sparse: f64,
    rate: f64,
}

impl Read {
    fn of(self, name: &Name, genome: GenomeId) -> Interaction {
        let Self { rule, at: _, sparse, rate } = self;
        Interaction { name: name.clone(), genome, rule, sparse, rate }
    }

    /// Reports a rank above the number of genes.
    fn ranked(&self, context: &mut Context, genes: Option<usize>) {
        if let (Rule::Rank(rank), Some(genes)) = (self.rule, genes)
            && rank > genes
        {
            let found = format!("{rank} for {}", plural(genes as u64, "gene"));
            context.problems.push(OutOfRange {
                what: "the rank",
                allowed: "at most the number of genes",
                found,
                at: self.at,
            });
        }
    }
}

fn attributes(context: &mut Context, owner: &'static str, attributes: &[Attribute]) -> Read {
    let mut read = Read { rule: Rule::Free, at: Span::default(), sparse: 0.0, rate: 1.0 };
    for attribute in keys((owner, &[Owner::Genome]), attributes, None, context.problems) {
        let key = attribute.key.as_str();
        match &attribute.value {
            Some(Expr::Call(call)) if key == "interaction" => {
                (read.rule, read.at) = (rule(context, call).unwrap_or(Rule::Free), call.span);
            }
            Some(value) if key == "sparse" => {
                read.sparse = SPARSE.read(context, Some(value)).unwrap_or(0.0);
            }
            Some(value) if key == "rate" => read.rate = GENOME_RATE.read(context, Some(value)).unwrap_or(1.0),
            Some(other) => unknown_rule(context, describe(other).trim_matches('`'), other.span()),
            None => unknown_rule(context, key, attribute.key.span),
        }
    }
    read
}

/// Reads what stands behind `interaction:`.
fn rule(context: &mut Context, call: &Call) -> Option<Rule> {
    let arguments = call.arguments.as_deref();
    match (INTERACTION.kind.look_up(call.name.as_str()), arguments) {
        (Some(Rule::Rank(_)), arguments) => {
            let bound = bind(RANK, &call.name, arguments.unwrap_or_default(), call.span, context.problems)?;
            count(context, bound.positional[0], "the rank").map(Rule::Rank)
        }
        (Some(found), None) => Some(found),
        _ => {
            unknown_rule(context, call.name.as_str(), call.span);
            None
        }
    }
}

fn unknown_rule(context: &mut Context, word: &str, at: Span) {
    let WrongWord { word, at, help, fix } = INTERACTION.kind.wrong(word.to_owned(), at);
    context.problems.push_with(UnknownRule { word, at, help }, fix);
}
