//! Text → the same text in one style: a statement a line, four spaces of indentation, names, shapes and braces of populations that
//! follow one another below each other, at most one empty line. Comments stay where they are.
//!
//! Invariant: of a text that parses without a fault, what is written parses to the same tree, has the same comments in the same
//! order, and is written the same once more.

mod align;
mod lexer;
mod lines;
mod sink;
mod tree;

use self::lexer::lex;
use self::lines::write;
use self::tree::read;

/// Columns of a line; a statement that needs more is broken inside its brackets. Comments may be longer.
const WIDTH: usize = 130;
/// Columns of one level of indentation.
const STEP: usize = 4;

/// Writes `text` in the style of `.gem` files.
///
/// `text` must parse without a fault; of any other text the words are kept, but not what they would mean.
pub fn restyle(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    write(&read(lex(&text)))
}
