//! What each word of a text is, for an editor that colours it: names by what they stand for, words of the language by their place.

use gen_lsp_types::SemanticToken;
use rustc_hash::FxHashMap;

use super::document::Document;
use crate::check::{SymbolKind, Vocabulary};
use crate::syntax::ast::Item;
use crate::syntax::{Token, TokenKind};

/// The kinds of tokens, in the protocol's names; a token has the number of its kind in this list.
pub const LEGEND: &[&str] = &[
    "keyword",
    "comment",
    "number",
    "operator",
    "parameter",
    "variable",
    "struct",
    "class",
    "property",
    "function",
    "enumMember",
    "namespace",
];

/// Words of the language that begin no statement.
const WORDS: &[&str] = &["model", "via", "over"];

/// Returns every token of the text that is coloured; a comment over several lines gives one a line.
pub fn tokens(document: &Document) -> Vec<SemanticToken> {
    let mut names = FxHashMap::default();
    for symbol in document.known.symbols.all() {
        for at in std::iter::once(symbol.declared).chain(symbol.uses.iter().copied()) {
            names.insert(at.start, of_symbol(symbol.kind));
        }
    }
    if let Some(ast) = &document.known.ast {
        names.insert(ast.name.span.start, "namespace");
    }
    let functions: Vec<&str> = Vocabulary::all()
        .into_iter()
        .filter(|known| {
            ["gem::unknown_shape", "gem::unknown_expression", "gem::unknown_encoding"].contains(&known.code)
        })
        .flat_map(|known| known.words)
        .collect();
    let all = Token::all(&document.text);
    let mut coloured = Coloured { document, found: Vec::new(), last: (0, 0) };
    for (index, token) in all.iter().enumerate() {
        let next = all.get(index + 1).map_or("", |next| next.text);
        let kind = match token.kind {
            TokenKind::Comment => Some("comment"),
            TokenKind::Number => Some("number"),
            TokenKind::Sign => ["->", "+", "-", "*", "/", "="].contains(&token.text).then_some("operator"),
            TokenKind::Word => Some(match names.get(&token.span.start) {
                Some(kind) => kind,
                None if next == ":" => "property",
                None if is_keyword(token.text, next) => "keyword",
                None if next == "(" || functions.contains(&token.text) => "function",
                None => "enumMember",
            }),
        };
        if let Some(kind) = kind {
            coloured.add(token, kind);
        }
    }
    coloured.found
}

fn is_keyword(word: &str, next: &str) -> bool {
    let begins = Item::FORMS.iter().any(|(keyword, _)| *keyword == word);
    WORDS.contains(&word)
        || (begins && next.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_'))
}

fn of_symbol(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Parameter => "parameter",
        SymbolKind::Let | SymbolKind::Broken => "variable",
        SymbolKind::Genome | SymbolKind::Interaction => "struct",
        SymbolKind::Population => "class",
    }
}

/// Tokens, each placed relative to the one before it.
struct Coloured<'d> {
    document: &'d Document,
    found: Vec<SemanticToken>,
    last: (u32, u32),
}

impl Coloured<'_> {
    fn add(&mut self, token: &Token<'_>, kind: &str) {
        let number = LEGEND.iter().position(|known| *known == kind).unwrap_or(0);
        let mut start = token.span.start;
        for line in token.text.split_inclusive(['\n', '\r']) {
            let text = line.trim_end_matches(['\n', '\r']);
            let at = self.document.lines.position(&self.document.text, start);
            start += line.len();
            let length = self.document.lines.width(text);
            if length == 0 {
                continue;
            }
            let delta_line = at.line - self.last.0;
            let delta_start = if delta_line == 0 { at.character - self.last.1 } else { at.character };
            self.last = (at.line, at.character);
            self.found.push(SemanticToken {
                delta_line,
                delta_start,
                length,
                token_type: u32::try_from(number).unwrap_or(0),
                token_modifiers_bitset: 0,
            });
        }
    }
}
