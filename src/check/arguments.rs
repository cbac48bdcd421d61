//! What stands in parentheses and braces, bound to what may stand there: missing, surplus, repeated and unknown ones are
//! faults.

use miette::Diagnostic;
use thiserror::Error;

use super::const_eval::describe;
use super::schema::{Owner, keys_of, understand};
use super::symbols::{Meaning, Symbols};
use crate::diag::{Fix, Problems, list, suggest};
use crate::span::{Name, Span};
use crate::syntax::ast::{Argument, Attribute, Call, Expr};

/// A key that nothing here understands.
#[derive(Debug, Error, Diagnostic)]
#[error("{owner} has no attribute `{key}`")]
#[diagnostic(code(gem::unknown_attribute))]
struct UnknownAttribute {
    owner: &'static str,
    key: Name,
    #[label(primary, "unknown")]
    at: Span,
    #[help]
    help: String,
}

/// A key that is set twice.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is set twice")]
#[diagnostic(code(gem::duplicate_attribute), help("remove one of the two"))]
struct DuplicateAttribute {
    key: Name,
    #[label(primary, "set again here")]
    at: Span,
    #[label("first set here")]
    first: Span,
}

/// An argument that is wanted and not there.
#[derive(Debug, Error, Diagnostic)]
#[error("`{callee}` lacks {wanted}")]
#[diagnostic(code(gem::missing_argument), help("write it as `{form}`"))]
struct MissingArgument {
    callee: String,
    wanted: &'static str,
    form: &'static str,
    #[label(primary, "{wanted} is missing here")]
    at: Span,
}

/// An argument that has no place.
#[derive(Debug, Error, Diagnostic)]
#[error("`{callee}` has no place for {argument}")]
#[diagnostic(code(gem::unknown_argument))]
struct UnknownArgument {
    callee: String,
    argument: String,
    #[help]
    help: String,
    #[label(primary, "no place for this")]
    at: Span,
}

/// What a call may be given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signature {
    /// How it is written, for help.
    pub(super) form: &'static str,
    /// What each positional argument is, those that must be there first.
    pub(super) positional: &'static [&'static str],
    /// How many of them must be there.
    pub(super) required: usize,
    /// Whose arguments may be given as `name: value`.
    pub(super) named: Option<Owner>,
}

impl Signature {
    /// Returns the word that was probably meant, or how it is all written.
    fn meant(self, word: &str, at: Span) -> (String, Option<Fix>) {
        let places = self.positional.iter().filter_map(|place| place.strip_prefix('`')?.strip_suffix('`'));
        suggest(word, at, self.names().into_iter().chain(places), || format!("write it as `{}`", self.form))
    }

    fn names(self) -> Vec<&'static str> {
        self.named.map_or(Vec::new(), |owner| keys_of(&[owner]))
    }

    /// Reports a positional argument that is not the word which may stand there.
    pub(super) fn refuse(self, call: &Call, argument: &Expr, problems: &mut Problems) {
        let (callee, argument, at) = (call.name.to_string(), describe(argument), argument.span());
        let (help, fix) = self.meant(argument.trim_matches('`'), at);
        problems.push_with(UnknownArgument { callee, argument, help, at }, fix);
    }
}

/// A call's arguments in their places.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    /// The positional ones that are there.
    pub(super) positional: Vec<&'a Expr>,
    named: Vec<(&'a str, &'a Expr)>,
}

impl<'a> Bound<'a> {
    /// Returns the argument given by name, or reports that `wanted` is missing.
    pub(super) fn needed(
        &self,
        name: &str,
        wanted: &'static str,
        (signature, call): (Signature, &Call),
        problems: &mut Problems,
    ) -> Option<&'a Expr> {
        let found = self.named(name);
        if found.is_none() {
            let (callee, form, at) = (call.name.to_string(), signature.form, call.span);
            problems.push(MissingArgument { callee, wanted, form, at });
        }
        found
    }

    /// Returns the argument given by name.
    pub(super) fn named(&self, name: &str) -> Option<&'a Expr> {
        self.named.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}

/// Puts `arguments` in the places of `signature`; nothing comes back where one that is needed is missing.
pub(super) fn bind<'a>(
    signature: Signature,
    callee: &Name,
    arguments: &'a [Argument],
    span: Span,
    problems: &mut Problems,
) -> Option<Bound<'a>> {
    let mut bound = Bound { positional: Vec::new(), named: Vec::new() };
    let (callee, form) = (callee.to_string(), signature.form);
    for argument in arguments {
        let at = argument.name.as_ref().map_or(argument.value.span(), |name| name.span.to(argument.value.span()));
        let mut unknown = |argument: String, word: Span| {
            let (help, fix) = signature.meant(argument.trim_matches('`'), word);
            problems.push_with(UnknownArgument { callee: callee.clone(), argument, help, at }, fix);
        };
        match &argument.name {
            Some(name) if bound.named(name.as_str()).is_some() => {
                let first = bound.named(name.as_str()).map_or(at, Expr::span);
                problems.push(DuplicateAttribute { key: name.clone(), at: name.span, first });
            }
            Some(name) if signature.named.is_some_and(|owner| understand(&[owner], name.as_str())) => {
                bound.named.push((name.as_str(), &argument.value));
            }
            Some(name) => unknown(format!("`{name}`"), name.span),
            None if bound.positional.len() < signature.positional.len() => bound.positional.push(&argument.value),
            None => unknown("another value".to_owned(), at),
        }
    }
    if bound.positional.len() < signature.required {
        let wanted = signature.positional[bound.positional.len()];
        problems.push(MissingArgument { callee, wanted, form, at: span });
        return None;
    }
    Some(bound)
}

/// Returns the attributes that stand in braces, each key once. The statement, called `owner` in faults, understands the keys of
/// its `owners` and, where `genomes` are given, their names.
pub(super) fn keys<'a>(
    (owner, owners): (&'static str, &[Owner]),
    attributes: &'a [Attribute],
    genomes: Option<&Symbols>,
    problems: &mut Problems,
) -> Vec<&'a Attribute> {
    let mut kept: Vec<&Attribute> = Vec::new();
    for attribute in attributes {
        let key = &attribute.key;
        let is_genome = genomes.and_then(|names| names.peek(key.as_str())).is_some_and(may_be_genome);
        if let Some(first) = kept.iter().find(|other| other.key == *key) {
            problems.push(DuplicateAttribute { key: key.clone(), at: key.span, first: first.key.span });
        } else if understand(owners, key.as_str()) || is_genome {
            kept.push(attribute);
        } else {
            let (help, fix) = known_keys(key, &keys_of(owners), genomes);
            problems.push_with(UnknownAttribute { owner, key: key.clone(), at: key.span, help }, fix);
        }
    }
    kept
}

/// Tells whether a name may stand before a colon as a genome; of a faulty declaration nobody knows.
fn may_be_genome(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Genome(_) | Meaning::Broken)
}

/// Returns the nearest key, or all of them.
fn known_keys(key: &Name, fixed: &[&str], genomes: Option<&Symbols>) -> (String, Option<Fix>) {
    let declared = genomes.into_iter().flat_map(Symbols::iter).filter(|(_, entry)| may_be_genome(entry.meaning));
    let all: Vec<&str> = fixed.iter().copied().chain(declared.map(|(name, _)| name)).take(20).collect();
    suggest(key.as_str(), key.span, all.iter().copied(), || format!("it has {}", list(all.iter().copied())))
}
