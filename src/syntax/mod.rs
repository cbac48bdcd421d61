//! Text → [`Ast`](ast::Ast). What does not read is reported and left out; what reads is kept as written, nothing
//! resolved. Invariant: every place in an `Ast` lies within its text, on the borders of characters.

pub mod ast;
mod characters;
mod expected;
mod expr;
mod grammar;
mod items;
mod layout;
mod parse;
mod same;
mod show;
mod tokens;

pub use parse::parse;
pub use tokens::{Token, TokenKind};
