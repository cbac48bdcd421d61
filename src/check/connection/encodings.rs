//! What stands after `via`: a genome, an interaction, or an encoding that needs no genes.

use miette::Diagnostic;
use thiserror::Error;

use super::weight_generators::{SUBSPACE, gnetwork, sine};
use crate::check::Context;
use crate::check::arguments::{Signature, bind};
use crate::check::genomes::GeneSets;
use crate::check::model::{Encoding, InteractionId};
use crate::check::numeric::count;
use crate::check::symbols::Meaning;
use crate::diag::{list, suggest};
use crate::span::{Name, Span};
use crate::syntax::ast::Call;

const BASIS: Signature = Signature { form: "basis(32)", positional: &["the number of rows"], required: 1, named: None };
const DIRECT: Signature = Signature { form: "direct", positional: &[], required: 0, named: None };
const GENES: Signature = Signature { form: "via genome", positional: &[], required: 0, named: None };

/// Encodings that need no genes, by name.
pub(in crate::check) const WORDS: &[&str] = &["direct", "basis", "gnetwork", "subspace", "sine"];

/// Nothing by this name can make weights.
#[derive(Debug, Error, Diagnostic)]
#[error("nothing called `{word}` can make weights")]
#[diagnostic(code(gem::unknown_encoding))]
struct UnknownEncoding {
    word: Name,
    found: &'static str,
    #[label(primary, "{found}")]
    at: Span,
    #[help]
    help: String,
}

/// Returns the encoding that `call` names.
pub(in crate::check) fn encoding(context: &mut Context, call: &Call, genes: &GeneSets) -> Option<Encoding> {
    let arguments = call.arguments.as_deref().unwrap_or_default();
    match call.name.as_str() {
        "direct" => bind(DIRECT, &call.name, arguments, call.span, context.problems).map(|_| Encoding::Direct),
        "basis" => {
            let bound = bind(BASIS, &call.name, arguments, call.span, context.problems)?;
            count(context, bound.positional[0], "the number of rows").map(Encoding::Basis)
        }
        "gnetwork" => gnetwork(context, call).map(Encoding::GNetwork),
        "sine" => sine(context, call).map(Encoding::Sine),
        "subspace" => {
            let bound = bind(SUBSPACE, &call.name, arguments, call.span, context.problems)?;
            count(context, bound.positional[0], "the dimension of the subspace").map(Encoding::Subspace)
        }
        _ => {
            let interaction = interaction(context, &call.name, genes.genomes.len())?;
            bind(GENES, &call.name, arguments, call.span, context.problems)?;
            genes.interactions.get(interaction)?.as_ref().map(|_| Encoding::Genes(InteractionId(interaction)))
        }
    }
}

/// Returns the place of the O that a genome's or interaction's name stands for.
fn interaction(context: &mut Context, name: &Name, genomes: usize) -> Option<usize> {
    let meaning = context.symbols.refer(name);
    let found = match meaning {
        Some(Meaning::Genome(index)) => return Some(index),
        Some(Meaning::Interaction(index)) => return Some(genomes + index),
        Some(Meaning::Broken) => return None,
        Some(Meaning::Population(_)) => "this is a population",
        Some(Meaning::Parameter(_) | Meaning::Let(_)) => "this is a number",
        None => "not declared",
    };
    let makes = |meaning| matches!(meaning, Meaning::Genome(_) | Meaning::Interaction(_));
    let declared = context.symbols.iter().filter(|(_, entry)| makes(entry.meaning)).map(|(name, _)| name);
    let fitting: Vec<&str> = declared.chain(WORDS.iter().copied()).take(12).collect();
    let otherwise = || format!("after `via` stands {}", list(fitting.iter().copied()));
    let (help, fix) = suggest(name.as_str(), name.span, fitting.iter().copied(), otherwise);
    context.problems.push_with(UnknownEncoding { word: name.clone(), found, at: name.span, help }, fix);
    None
}
