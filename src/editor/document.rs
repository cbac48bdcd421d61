//! A text that an editor holds, with what is known of it.

use gen_lsp_types::{Location, Position, Range, Uri};

use super::lines::TextLines;
use crate::check::{PartialModel, Population, Symbol, SymbolKind, Symbols};
use crate::diag::Report;
use crate::plan::Table;
use crate::span::Span;
use crate::syntax::ast::Ast;

/// What the compiler found out about a text.
#[derive(Debug)]
pub struct Knowledge {
    /// The tree, where the model's head was read.
    pub ast: Option<Ast>,
    /// Who is called what.
    pub symbols: Symbols,
    /// The model, or what is known of it.
    pub model: Option<PartialModel>,
    /// Faults and warnings.
    pub report: Report,
    /// The learned tensors, where the text was compiled.
    pub table: Option<Table>,
}

/// A text that an editor holds.
#[derive(Debug)]
pub struct Document {
    pub(super) uri: Uri,
    pub(super) text: String,
    pub(super) lines: TextLines,
    pub(super) known: Knowledge,
}

impl Document {
    /// Makes the document at `uri`; `known` was found out about `text`, whose lines are `lines`.
    pub fn new(uri: Uri, text: String, lines: TextLines, known: Knowledge) -> Self {
        Self { uri, text, lines, known }
    }

    /// Tells whether there is an error in it.
    pub fn has_errors(&self) -> bool {
        self.known.report.has_errors()
    }

    /// Adds the learned tensors that the text was compiled to.
    pub fn set_table(&mut self, table: Option<Table>) {
        self.known.table = table;
    }

    /// Returns its range from the first byte to the last.
    pub fn whole(&self) -> Range {
        self.range(Span::new(0, self.text.len()))
    }

    pub(super) fn range(&self, span: Span) -> Range {
        self.lines.range(&self.text, span)
    }

    pub(super) fn offset(&self, position: Position) -> usize {
        self.lines.offset(&self.text, position)
    }

    pub(super) fn location(&self, span: Span) -> Location {
        Location { uri: self.uri.clone(), range: self.range(span) }
    }

    /// Returns the symbol at a place, and where it stands there; a cursor behind the last letter counts.
    pub(super) fn symbol(&self, position: Position) -> Option<(Symbol<'_>, Span)> {
        let offset = self.offset(position);
        let symbol = self.known.symbols.at(offset).or_else(|| self.known.symbols.at(offset.checked_sub(1)?))?;
        let covers = |span: &&Span| (span.start..=span.end).contains(&offset);
        let at = std::iter::once(&symbol.declared).chain(symbol.uses).find(covers).copied()?;
        Some((symbol, at))
    }

    /// Returns the population of this name, where it was read without fault.
    pub(super) fn population(&self, name: &str) -> Option<&Population> {
        self.known.model.as_ref()?.populations.iter().flatten().find(|population| population.name.as_str() == name)
    }

    /// Returns the names of symbols of these kinds.
    pub(super) fn names(&self, kinds: &[SymbolKind]) -> impl Iterator<Item = Symbol<'_>> {
        self.known.symbols.all().filter(move |symbol| kinds.contains(&symbol.kind))
    }
}
