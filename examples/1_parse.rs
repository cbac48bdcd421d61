//! Parsing: text → `Ast`. Errors are collected, so one run finds all of them.
//!
//! `cargo run --example 1_parse --no-default-features`

use std::io::{self, Write};

use gemc::diag::{Problems, Report, Style};
use gemc::syntax::parse;

/// Three statements: too few for a network, but each of them parses.
const TEXT: &str = "\
model first(genes = 3 * 4) {
    genome g(genes) // a set of genes, and how they interact
    population pixels = grid(28, 28) { g: gaussian }
    population digits = units(10) { g: random }
}
";

/// Two statements that do not parse, and one between them that does.
const BROKEN: &str = "\
model second {
    genome g 12
    population pixels = grid(28, 28) { g: gaussian }
    conect pixels -> digits via g
}
";

/// Shows how texts are parsed.
///
/// # Errors
///
/// What cannot be written.
pub(crate) fn tour(out: &mut impl Write) -> io::Result<()> {
    // A rule that finds an error pushes it here and continues. An empty list means that there are none.
    let mut problems = Problems::new();
    let ast = parse(TEXT, &mut problems);

    // The tree is the text as written: nothing is resolved, `3 * 4` is still a product. It prints in one fixed style.
    if let Some(ast) = ast {
        writeln!(out, "`{}` has {} statements:\n\n{ast}", ast.name, ast.items.len())?;
    }

    // A statement that does not read is reported, and kept as `Item::Broken`, so that the rules that follow know that
    // something is missing and do not report what is only a consequence.
    let mut problems = Problems::new();
    if let Some(ast) = parse(BROKEN, &mut problems) {
        writeln!(out, "what is left of `{}`:\n\n{ast}", ast.name)?;
    }

    // A report joins the errors with their text, in the order of the text.
    write!(out, "{}", Report::new("second.gem", BROKEN, problems).render(Style::Plain))
}

fn main() -> io::Result<()> {
    tour(&mut io::stdout())
}
