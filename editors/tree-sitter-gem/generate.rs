//! Writes src/ out of grammar.js, and the queries of Helix out of Neovim's. Needs `node`.

use std::error::Error;
use std::fs;

use tree_sitter_gem::{for_helix, generate, here};

fn main() -> Result<(), Box<dyn Error>> {
    generate(&here().join("grammar.js"), &here().join("src"))?;
    let queries = here().join("queries");
    fs::write(queries.join("helix/highlights.scm"), for_helix(&fs::read_to_string(queries.join("highlights.scm"))?))?;
    Ok(())
}
