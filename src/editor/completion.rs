//! What may be written at a place: keywords, attributes with what they mean, values, names. Words come from the tables that the
//! checker reads by.

use gen_lsp_types::{CompletionItem, CompletionItemKind, CompletionItemTextEdit, Documentation, Position, TextEdit};

use super::context::{Context, Place, having};
use super::document::Document;
use crate::check::{SchemaRow, SymbolKind, Vocabulary};
use crate::span::Span;
use crate::syntax::Token;
use crate::syntax::ast::Item;

/// Names that stand for values.
const VALUES: &[SymbolKind] = &[SymbolKind::Parameter, SymbolKind::Let];
/// Names that connections go via.
const GENES: &[SymbolKind] = &[SymbolKind::Genome, SymbolKind::Interaction];

/// Returns all that may be written at a place.
pub fn completion(document: &Document, position: Position) -> Vec<CompletionItem> {
    let tokens = Token::all(&document.text);
    let context = Context::at(&document.text, &tokens, document.offset(position));
    let mut list = List { document, word: context.word, items: Vec::new() };
    match &context.place {
        Place::Nowhere => {}
        Place::Above => {
            list.add("model", CompletionItemKind::Keyword, "model NAME(PARAMETER = DEFAULT) { STATEMENTS }", "");
        }
        Place::Statement(before) => list.statement(before),
        Place::Attribute(statement, None) => {
            list.keys(&context.place);
            if *statement == "population" {
                list.names(&[SymbolKind::Genome]);
            }
        }
        Place::Attribute(statement, Some(key)) => list.value(&context.place, statement, key),
        Place::Argument(_, Some(_)) => {
            list.names(VALUES);
            list.words_of_value(&context.place);
        }
        Place::Argument(call, None) => list.arguments(&context.place, call),
    }
    list.items
}

/// Items for a word.
struct List<'d> {
    document: &'d Document,
    word: Span,
    items: Vec<CompletionItem>,
}

impl List<'_> {
    fn add(&mut self, label: &str, kind: CompletionItemKind, detail: &str, meaning: &str) {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let range = self.document.range(self.word);
        self.items.push(CompletionItem {
            label: label.to_owned(),
            kind: Some(kind),
            detail: said(detail),
            documentation: said(meaning).map(Documentation::String),
            text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text: label.to_owned() })),
            ..CompletionItem::default()
        });
    }

    fn names(&mut self, kinds: &[SymbolKind]) {
        for symbol in self.document.names(kinds) {
            let (kind, detail) = match symbol.kind {
                SymbolKind::Population => (CompletionItemKind::Class, "population"),
                SymbolKind::Genome => (CompletionItemKind::Struct, "genome"),
                SymbolKind::Interaction => (CompletionItemKind::Struct, "interaction"),
                SymbolKind::Parameter => (CompletionItemKind::Constant, "parameter"),
                SymbolKind::Let | SymbolKind::Broken => (CompletionItemKind::Variable, "let"),
            };
            self.add(symbol.name, kind, detail, "");
        }
    }

    fn words(&mut self, code: &str, kind: CompletionItemKind) {
        for known in Vocabulary::all().iter().filter(|known| known.code == code) {
            for word in &known.words {
                self.add(word, kind, "", "");
            }
        }
    }

    /// Adds what may follow the words and signs of a statement.
    fn statement(&mut self, before: &[&str]) {
        let last = before.last().copied().unwrap_or_default();
        match (before, last) {
            ([], _) => {
                for (keyword, form) in Item::FORMS {
                    self.add(keyword, CompletionItemKind::Keyword, form, "");
                }
            }
            (["population", ..], "=") => self.words("gem::unknown_shape", CompletionItemKind::Function),
            (["connect", ..], "connect" | "->") | (["input" | "output"], _) => self.names(&[SymbolKind::Population]),
            (["connect", ..], "via") => {
                self.names(GENES);
                self.words("gem::unknown_encoding", CompletionItemKind::Function);
            }
            (["connect", ..], _) if !before.contains(&"via") => {
                self.add("via", CompletionItemKind::Keyword, "the encoding follows", "");
            }
            (["interaction", _], _) => self.add("over", CompletionItemKind::Keyword, "a genome follows", ""),
            (["interaction", ..], "over") => self.names(&[SymbolKind::Genome]),
            (["start"], _) => {
                self.add("calibrated", CompletionItemKind::Value, "from the first samples", "");
                self.add("fan_in", CompletionItemKind::Value, "by the number of inputs", "");
            }
            (["unroll"] | ["let", _, "=", ..], _) => self.names(VALUES),
            _ => {}
        }
    }

    /// Adds the keys of attributes or named arguments.
    fn keys(&mut self, place: &Place<'_>) {
        let owners = having(place);
        for row in SchemaRow::all().iter().filter(|row| owners.contains(&row.owner)) {
            self.add(row.key, CompletionItemKind::Property, &row.values.replace('`', ""), row.doc);
        }
    }

    /// Adds what may stand behind an attribute's colon.
    fn value(&mut self, place: &Place<'_>, statement: &str, key: &str) {
        let is_genome = self.document.names(&[SymbolKind::Genome]).any(|symbol| symbol.name == key);
        if statement == "population" && is_genome {
            return self.words("gem::unknown_expression", CompletionItemKind::Function);
        }
        self.words_of_value(place);
        if self.items.is_empty() {
            self.names(VALUES);
        }
    }

    /// Adds the words that the schema lists as values.
    fn words_of_value(&mut self, place: &Place<'_>) {
        let (Place::Attribute(_, Some(key)) | Place::Argument(_, Some(key))) = place else { return };
        let owners = having(place);
        for row in SchemaRow::all().iter().filter(|row| owners.contains(&row.owner) && row.key == *key) {
            let mut words: Vec<&str> = row.values.split('`').skip(1).step_by(2).collect();
            words.dedup();
            words.truncate(if words.first() == Some(&"true") { 2 } else { words.len() });
            for word in words {
                self.add(word, CompletionItemKind::EnumMember, "", row.doc);
            }
        }
    }

    /// Adds what an argument may be or begin with.
    fn arguments(&mut self, place: &Place<'_>, call: &str) {
        match call {
            "average_pool" => self.names(&[SymbolKind::Population]),
            "split" => self.words("gem::unknown_expression", CompletionItemKind::Function),
            "expressed" => self.names(&[SymbolKind::Genome]),
            _ => {
                self.keys(place);
                self.names(VALUES);
            }
        }
    }
}
