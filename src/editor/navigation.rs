//! Where a name is declared and used, and what changes where it gets another.

use gen_lsp_types::{DocumentHighlight, Location, Position, Range, TextEdit, WorkspaceEdit};
use thiserror::Error;

use super::document::Document;
use crate::check::Vocabulary;
use crate::span::Span;
use crate::syntax::ast::Item;

/// Returns where the name at a place is declared.
pub fn definition(document: &Document, position: Position) -> Option<Location> {
    document.symbol(position).map(|(symbol, _)| document.location(symbol.declared))
}

/// Returns where the name at a place is used, in the order of the text; and where it is declared, if that is asked for.
pub fn references(document: &Document, position: Position, with_declaration: bool) -> Vec<Location> {
    places(document, position, with_declaration).into_iter().map(|at| document.location(at)).collect()
}

/// Returns where the name at a place stands.
pub fn highlights(document: &Document, position: Position) -> Vec<DocumentHighlight> {
    let places = places(document, position, true).into_iter();
    places.map(|at| DocumentHighlight { range: document.range(at), kind: None }).collect()
}

fn places(document: &Document, position: Position, with_declaration: bool) -> Vec<Span> {
    let Some((symbol, _)) = document.symbol(position) else { return Vec::new() };
    let mut places: Vec<Span> = symbol.uses.to_vec();
    places.extend(with_declaration.then_some(symbol.declared));
    places.sort_unstable();
    places.dedup();
    places
}

/// Why something cannot be renamed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unnameable {
    /// Nothing at the place has a name of its own.
    #[error("nothing here has a name that can be changed")]
    Nothing,
    /// Some statements do not parse, and may use the name.
    #[error("a statement of this text does not parse: mend it first, for it may use the name")]
    Broken,
    /// It is no name.
    #[error(
        "`{0}` is no name: names are made of the letters a to z and A to Z, digits and `_`, and begin with no digit"
    )]
    NoName(String),
    /// It is a word of the language.
    #[error("`{0}` is a word of the language")]
    Reserved(String),
    /// Something else has this name.
    #[error("`{0}` is declared already")]
    Taken(String),
}

/// Returns the name that would be changed, and where it stands.
///
/// # Errors
///
/// Says why nothing can be renamed here.
pub fn renamed(document: &Document, position: Position) -> Result<(Range, String), Unnameable> {
    let (symbol, at) = document.symbol(position).ok_or(Unnameable::Nothing)?;
    let broken = |item: &Item| matches!(item, Item::Broken(_));
    if document.known.ast.as_ref().is_none_or(|ast| ast.items.iter().any(broken)) {
        return Err(Unnameable::Broken);
    }
    Ok((document.range(at), symbol.name.to_owned()))
}

/// Gives what stands at a place another name, everywhere.
///
/// # Errors
///
/// Says why it cannot be renamed, or not so.
pub fn rename(document: &Document, position: Position, name: &str) -> Result<WorkspaceEdit, Unnameable> {
    let (_, old) = renamed(document, position)?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    let reserved = Vocabulary::all().into_iter().find(|known| known.code == "gem::reserved_name");
    if !is_name {
        return Err(Unnameable::NoName(name.to_owned()));
    }
    if reserved.is_some_and(|known| known.words.contains(&name)) {
        return Err(Unnameable::Reserved(name.to_owned()));
    }
    if name != old && document.known.symbols.all().any(|symbol| symbol.name == name) {
        return Err(Unnameable::Taken(name.to_owned()));
    }
    let edit = |at: Span| TextEdit { range: document.range(at), new_text: name.to_owned() };
    let edits = places(document, position, true).into_iter().map(edit).collect();
    Ok(WorkspaceEdit { changes: Some([(document.uri.clone(), edits)].into()), ..WorkspaceEdit::default() })
}
