//! The parser of `.gem` files for editors, and the making of its files.

use std::path::{Path, PathBuf};

use tree_sitter_generate::{OptLevel, generate_parser_in_directory};
use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_gem() -> *const ();
}

/// The grammar, as editors load it.
#[allow(unsafe_code)]
// SAFETY: the parser in src/parser.c has a function of this name and type
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_gem) };

/// The binary interface that the parser is made for: Neovim since 0.6 and Helix load it.
const ABI: usize = 14;

/// Captures that Helix calls otherwise than Neovim.
const HELIX: &[(&str, &str)] = &[
    ("@boolean", "@constant.builtin.boolean"),
    ("@module", "@namespace"),
    ("@number", "@constant.numeric"),
    ("@property", "@variable.other.member"),
];

/// Returns the folder of this package.
pub fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Writes the parser that a grammar means into a folder: one in JavaScript needs `node`, one in JSON nothing.
///
/// # Errors
///
/// Says why no parser could be made.
pub fn generate(grammar: &Path, out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let (no_symbol, node, whole) = (None, None, true);
    let mut remarks = Vec::new();
    let (root, out, grammar) = (here(), Some(out), Some(grammar));
    generate_parser_in_directory(root, out, grammar, ABI, no_symbol, node, whole, OptLevel::default(), &mut remarks)?;
    if remarks.is_empty() { Ok(()) } else { Err(format!("{remarks:?}").into()) }
}

/// Returns the query by which Helix colours, out of Neovim's.
pub fn for_helix(query: &str) -> String {
    HELIX.iter().fold(query.to_owned(), |text, (from, to)| text.replace(from, to))
}
