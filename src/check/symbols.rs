//! The symbol table: who is called what, where that is declared, and where it is used. One name space holds parameters, lets, genomes, interactions and populations; every declaration
//! is entered before any reference is read, so that order in the text does not matter for them.

use compact_str::CompactString;
use indexmap::IndexMap;
use miette::Diagnostic;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;
use thiserror::Error;

use super::keywords::RESERVED;
use super::model::Value;
use crate::diag::{Fix, Problems, list, suggest};
use crate::span::{Name, Span};
use crate::syntax::ast::{Ast, Item};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meaning {
    /// A parameter with its value, once it is known.
    Parameter(Option<Value>),
    /// A let with its value, once it is known.
    Let(Option<Value>),
    /// A genome, by its place among genomes.
    Genome(usize),
    /// An interaction, by its place among further interactions.
    Interaction(usize),
    /// A population, by its place among populations.
    Population(usize),
    /// Something whose declaration is at fault: references to it are passed over in silence.
    Broken,
}

impl Meaning {
    fn noun(self) -> &'static str {
        match self {
            Self::Parameter(_) => "a parameter",
            Self::Let(_) => "a `let`",
            Self::Genome(_) => "a genome",
            Self::Interaction(_) => "an interaction",
            Self::Population(_) => "a population",
            Self::Broken => "something faulty",
        }
    }

    fn kind(self) -> SymbolKind {
        match self {
            Self::Parameter(_) => SymbolKind::Parameter,
            Self::Let(_) => SymbolKind::Let,
            Self::Genome(_) => SymbolKind::Genome,
            Self::Interaction(_) => SymbolKind::Interaction,
            Self::Population(_) => SymbolKind::Population,
            Self::Broken => SymbolKind::Broken,
        }
    }
}

/// One declaration.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) meaning: Meaning,
    pub(super) declared: Span,
    /// Most names are used once or twice.
    pub(super) uses: SmallVec<[Span; 2]>,
}

/// All declared names, in the order of the text.
#[derive(Debug, Default)]
pub struct Symbols {
    entries: IndexMap<CompactString, Entry, FxBuildHasher>,
}

/// What a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// A parameter of the model.
    Parameter,
    /// A `let`.
    Let,
    /// A genome.
    Genome,
    /// An interaction.
    Interaction,
    /// A population.
    Population,
    /// Its declaration is at fault.
    Broken,
}

/// One name of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// The name.
    pub name: &'a str,
    /// What it is.
    pub kind: SymbolKind,
    /// Where it is declared: the name itself.
    pub declared: Span,
    /// Where it is used, in the order in which the checker reads: the name itself.
    pub uses: &'a [Span],
}

/// A name is declared twice.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is declared twice")]
#[diagnostic(code(gem::duplicate_name), help("all names of a model share one space; give this one another name"))]
struct DuplicateName {
    name: Name,
    #[label(primary, "declared again here")]
    at: Span,
    #[label("first declared here, as {noun}")]
    first: Span,
    noun: &'static str,
}

/// A word of the language is used as a name.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is a word of the language and cannot be a name")]
#[diagnostic(code(gem::reserved_name), help("choose another name, for instance `{name}_1`"))]
struct ReservedName {
    name: Name,
    #[label(primary, "reserved")]
    at: Span,
}

/// A name that nothing declares, or that declares something else.
#[derive(Debug, Error, Diagnostic)]
#[error("no {wanted} is called `{name}`")]
#[diagnostic(code(gem::unknown_name))]
struct UnknownName {
    name: Name,
    wanted: &'static str,
    found: String,
    #[label(primary, "{found}")]
    at: Span,
    #[help]
    help: String,
}

impl Symbols {
    /// Enters every declaration of `ast`; the first of two with one name wins.
    pub(super) fn collect(ast: &Ast, problems: &mut Problems) -> Self {
        let count = ast.parameters.len() + ast.items.len();
        let mut names = Self { entries: IndexMap::with_capacity_and_hasher(count, FxBuildHasher) };
        for parameter in &ast.parameters {
            names.declare(&parameter.name, Meaning::Parameter(None), problems);
        }
        let (mut genomes, mut interactions, mut populations) = (0, 0, 0);
        for item in &ast.items {
            match item {
                Item::Let(item) => names.declare(&item.name, Meaning::Let(None), problems),
                Item::Genome(item) => names.declare(&item.name, Meaning::Genome(next(&mut genomes)), problems),
                Item::Interaction(item) => {
                    names.declare(&item.name, Meaning::Interaction(next(&mut interactions)), problems);
                }
                Item::Population(item) => {
                    names.declare(&item.name, Meaning::Population(next(&mut populations)), problems);
                }
                Item::Broken(item) => names.forgive(item.declares.as_ref()),
                Item::Connect(_) | Item::Unroll(_) | Item::Start(_) | Item::Input(_) | Item::Output(_) => {}
            }
        }
        names
    }

    fn declare(&mut self, name: &Name, meaning: Meaning, problems: &mut Problems) {
        if RESERVED.contains(&name.as_str()) {
            problems.push(ReservedName { name: name.clone(), at: name.span });
        }
        if let Some(entry) = self.entries.get(name.as_str()) {
            let (first, known) = (entry.declared, entry.meaning);
            problems.push(DuplicateName { name: name.clone(), at: name.span, first, noun: known.noun() });
            // of two things with one name nobody knows which is meant
            if std::mem::discriminant(&known) != std::mem::discriminant(&meaning) {
                self.entries[name.as_str()].meaning = Meaning::Broken;
            }
            return;
        }
        self.entries.insert(name.text.clone(), Entry { meaning, declared: name.span, uses: SmallVec::new() });
    }

    /// Enters the name of a statement whose fault has been reported.
    fn forgive(&mut self, name: Option<&Name>) {
        if let Some(name) = name {
            let entry = Entry { meaning: Meaning::Broken, declared: name.span, uses: SmallVec::new() };
            self.entries.entry(name.text.clone()).or_insert(entry);
        }
    }

    /// Gives a parameter or let its value, or marks it as broken where it has none.
    pub(super) fn set(&mut self, name: &Name, meaning: Meaning) {
        if let Some(entry) = self.entries.get_mut(name.as_str())
            && entry.declared == name.span
            && entry.meaning != Meaning::Broken
        {
            entry.meaning = meaning;
        }
    }

    /// Returns what `name` stands for, and enters its place as a use.
    pub(super) fn refer(&mut self, name: &Name) -> Option<Meaning> {
        let entry = self.entries.get_mut(name.as_str())?;
        entry.uses.push(name.span);
        Some(entry.meaning)
    }

    /// Returns where `name` is declared.
    pub(super) fn declared(&self, name: &Name) -> Option<Span> {
        self.entries.get(name.as_str()).map(|entry| entry.declared)
    }

    /// Returns the symbols in the order of the text.
    pub fn all(&self) -> impl Iterator<Item = Symbol<'_>> {
        self.entries.iter().map(|(name, entry)| Symbol {
            name,
            kind: entry.meaning.kind(),
            declared: entry.declared,
            uses: &entry.uses,
        })
    }

    /// Returns the symbol whose name stands at a byte of the text, declared or used there.
    pub fn at(&self, offset: usize) -> Option<Symbol<'_>> {
        let covers = |span: &Span| (span.start..span.end).contains(&offset);
        self.all().find(|symbol| covers(&symbol.declared) || symbol.uses.iter().any(covers))
    }

    /// Returns what `name` stands for, without counting that as a use.
    pub(super) fn peek(&self, name: &str) -> Option<Meaning> {
        self.entries.get(name).map(|entry| entry.meaning)
    }

    /// Tells whether `name` stands for the population at `index`.
    pub(super) fn is_population(&self, name: &Name, index: usize) -> bool {
        self.peek(name.as_str()) == Some(Meaning::Population(index))
    }

    /// Returns the entries in the order of the text.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// Resolves a reference. `pick` says what the meaning is good for; where it is good for nothing the fault says that
    /// a `wanted` was expected. Nothing comes back, and nothing is said, for a name whose declaration is at fault.
    pub(super) fn resolve<T>(
        &mut self,
        name: &Name,
        wanted: &'static str,
        pick: impl Fn(Meaning) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<T> {
        let found = match self.refer(name) {
            Some(Meaning::Broken) => return None,
            Some(meaning) => match pick(meaning) {
                Some(value) => return Some(value),
                None => format!("this is {}", meaning.noun()),
            },
            None => "not declared".to_owned(),
        };
        if problems.many() {
            let help = format!("declare a {wanted} of this name");
            problems.push(UnknownName { name: name.clone(), wanted, found, at: name.span, help });
            return None;
        }
        let fitting = self.iter().filter(|(_, entry)| pick(entry.meaning).is_some()).map(|(name, _)| name);
        let (help, fix) = suggestion(name, wanted, fitting);
        problems.push_with(UnknownName { name: name.clone(), wanted, found, at: name.span, help }, fix);
        None
    }
}

fn next(count: &mut usize) -> usize {
    *count += 1;
    *count - 1
}

/// Returns the nearest fitting name, or the fitting ones where they are few.
fn suggestion<'a>(name: &Name, wanted: &str, fitting: impl Iterator<Item = &'a str>) -> (String, Option<Fix>) {
    let fitting: Vec<&str> = fitting.collect();
    suggest(name.as_str(), name.span, fitting.iter().copied(), || match fitting.len() {
        0 => format!("the model declares no {wanted} yet"),
        1..=6 => format!("there is {}", list(fitting.iter().copied())),
        many => format!("the model declares {many} such names, none of them near to this"),
    })
}

/// Picks populations among meanings.
pub(super) fn as_population(meaning: Meaning) -> Option<usize> {
    if let Meaning::Population(index) = meaning { Some(index) } else { None }
}

/// Picks genomes among meanings.
pub(super) fn as_genome(meaning: Meaning) -> Option<usize> {
    if let Meaning::Genome(index) = meaning { Some(index) } else { None }
}
