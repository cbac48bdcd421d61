//! What is known of a text → answers to an editor, in the types of the Language Server Protocol. A text at fault is answered for
//! as far as it was read: its tokens, its symbols and the parts of its model that are right.
//!
//! Invariant: an answer depends on nothing but the document and the place asked about. No place is outside the text.

mod completion;
mod context;
mod diagnostics;
mod document;
mod hints;
mod hover;
mod lines;
mod navigation;
mod outline;
mod sizes;
mod tokens;

pub use completion::completion;
pub use diagnostics::{actions, diagnostics};
pub use document::{Document, Knowledge};
pub use hints::{hints, lenses};
pub use hover::{Explain, hover};
pub use lines::{PositionEncoding, TextLines};
pub use navigation::{Unnameable, definition, highlights, references, rename, renamed};
pub use outline::outline;
pub use tokens::{LEGEND, tokens};
