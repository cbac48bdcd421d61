//! The room `syntax`: what reads, how faults are told, and that no text whatever makes it panic.

mod faults;
mod hostile;
mod reads;
mod recovery;

use gemc::diag::{Problems, Report, Style};
use gemc::syntax::ast::Ast;
use gemc::syntax::parse;

/// Returns the tree, if there is one, and what was found.
fn read(text: &str) -> (Option<Ast>, Report) {
    let mut problems = Problems::new();
    let ast = parse(text, &mut problems);
    (ast, Report::new("model.gem", text, problems))
}

/// Returns the tree of a text that must be without fault.
fn read_well(text: &str) -> Ast {
    let (ast, report) = read(text);
    assert!(report.is_empty(), "{text}\n{report}");
    ast.unwrap()
}

/// Returns the text and, below it, what is reported.
fn reported(text: &str) -> String {
    format!("{}\n----\n{}", text.trim_end_matches('\n'), read(text).1.render(Style::Plain))
}

/// Returns every file of `tests/cases/{folder}` with its name.
fn cases(folder: &str) -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "gem"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    found
}
