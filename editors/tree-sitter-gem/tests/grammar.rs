//! The grammar for editors: its parser is the one that it means, it reads what gemc reads, and it colours every word as told.
//!
//! `ACCEPT=1 cargo test` writes what is expected: the trees in test/corpus, the colours in test/colours.txt.

use std::fs;
use std::path::{Path, PathBuf};

use tree_sitter::{Parser, Query, Tree};
use tree_sitter_gem::{LANGUAGE, for_helix, generate, here};
use tree_sitter_highlight::{HighlightConfiguration, HighlightEvent, Highlighter};

/// Bad cases that are bad for the grammar too; the others only mean something wrong.
const UNREADABLE: &[&str] = &[
    "bad_character",
    "missing_end",
    "missing_model",
    "second_model",
    "text_after_model",
    "unexpected_token",
    "unterminated_comment",
];

fn root() -> PathBuf {
    here().join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|is| is == end)).collect();
    found.sort();
    found
}

fn parsed(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&LANGUAGE.into()).unwrap();
    parser.parse(text, None).unwrap()
}

/// Compares with a file, or writes it where that is asked for.
fn assert_is(path: &Path, text: &str) {
    if std::env::var_os("ACCEPT").is_some() {
        fs::write(path, text).unwrap();
    }
    assert!(read(path) == text, "{} differs: ACCEPT=1 writes it. It should be\n{text}", path.display());
}

#[test]
fn the_files_are_those_of_the_grammar() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("parser");
    generate(&here().join("src/grammar.json"), &out).unwrap();
    let told = "`make tree-sitter` writes it";
    for name in ["parser.c", "node-types.json", "tree_sitter/parser.h"] {
        assert!(read(&here().join("src").join(name)) == read(&out.join(name)), "src/{name} is old: {told}");
    }
    if std::process::Command::new("node").arg("--version").output().is_ok() {
        generate(&here().join("grammar.js"), &out).unwrap();
        assert!(read(&here().join("src/grammar.json")) == read(&out.join("grammar.json")), "grammar.js is new: {told}");
    } else {
        println!("skipped: grammar.js is not compared with src/grammar.json (no program `node`)");
    }
    let queries = here().join("queries");
    let ours = for_helix(&read(&queries.join("highlights.scm")));
    assert!(read(&queries.join("helix/highlights.scm")) == ours, "queries/helix/highlights.scm is old: {told}");
}

#[test]
fn queries_fit_the_grammar() {
    for folder in ["queries", "queries/helix"] {
        for path in files(&here().join(folder), "scm") {
            Query::new(&LANGUAGE.into(), &read(&path)).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        }
    }
}

#[test]
fn what_gemc_reads_is_read() {
    let mut texts = 0;
    for folder in ["models", "editors", "tests/cases/ok", "tests/cases/parse", "tests/cases/bad"] {
        for path in files(&root().join(folder), "gem") {
            let code = path.file_stem().unwrap().to_str().unwrap();
            let readable = folder != "tests/cases/bad" || !UNREADABLE.contains(&code);
            let tree = parsed(&read(&path));
            let shown = tree.root_node().to_sexp();
            assert_eq!(tree.root_node().has_error(), !readable, "{}: {shown}", path.display());
            texts += 1;
        }
    }
    assert!(texts > 100, "only {texts} texts");
}

#[test]
fn what_pages_show_is_read() {
    let mut pages = files(&root(), "md");
    for folder in ["docs", "docs/results", "tests"] {
        pages.extend(files(&root().join(folder), "md"));
    }
    let mut snippets = 0;
    for page in pages {
        let text = read(&page);
        for block in text.split("\n```gem").skip(1) {
            let (marks, rest) = block.split_once('\n').unwrap();
            let snippet = rest.split("\n```").next().unwrap();
            let unreadable = UNREADABLE.iter().any(|code| marks.contains(code));
            let whole = if marks.contains("item") { format!("model m {{\n{snippet}\n}}") } else { snippet.to_owned() };
            let tree = parsed(&whole);
            let shown = tree.root_node().to_sexp();
            assert_eq!(tree.root_node().has_error(), unreadable, "{}:\n{snippet}\n{shown}", page.display());
            snippets += 1;
        }
    }
    assert!(snippets > 100, "only {snippets} snippets");
}

/// Breaks a tree into lines, a node each.
fn lines(tree: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    let (mut last, mut quoted) = (' ', false);
    for letter in tree.chars() {
        quoted ^= letter == '\'' || letter == '"';
        match letter {
            _ if quoted => {}
            '(' => {
                if depth > 0 && last != ':' {
                    out = format!("{}\n{}", out.trim_end(), "  ".repeat(depth));
                }
                depth += 1;
            }
            ')' => depth -= 1,
            _ => {}
        }
        // a field stands before its node
        if !quoted && last == ' ' && letter.is_ascii_lowercase() && depth > 0 {
            out = format!("{}\n{}", out.trim_end(), "  ".repeat(depth));
        }
        out.push(letter);
        last = if letter == ' ' && last == ':' { ':' } else { letter };
    }
    out
}

/// Texts and their trees, in the form that the command line of tree-sitter reads: a title between lines of `=`, the text, `---`, the tree.
#[test]
fn trees_are_as_told() {
    let bar = "=".repeat(20);
    for path in files(&here().join("test/corpus"), "txt") {
        let mut shown = String::new();
        let file = read(&path);
        let bar_line = format!("{bar}\n");
        let mut parts = file.split(bar_line.as_str()).skip(1);
        while let (Some(title), Some(body)) = (parts.next(), parts.next()) {
            let (text, _) = body.split_once("\n---\n").unwrap();
            let tree = lines(&parsed(&format!("{}\n", text.trim())).root_node().to_sexp());
            shown += &format!("{bar}\n{title}{bar}\n\n{}\n\n---\n\n{tree}\n\n", text.trim());
        }
        assert_is(&path, &format!("{}\n", shown.trim_end()));
    }
}

/// A word or sign of a text, and the capture that colours it.
struct Coloured {
    at: usize,
    word: String,
    capture: String,
}

fn coloured(config: &HighlightConfiguration, names: &[String], text: &str) -> Vec<Coloured> {
    let mut highlighter = Highlighter::new();
    let events = highlighter.highlight(config, text.as_bytes(), None, None, |_| None).unwrap();
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for event in events {
        match event.unwrap() {
            HighlightEvent::HighlightStart(highlight) => open.push(names[highlight.0].clone()),
            HighlightEvent::HighlightEnd => drop(open.pop()),
            HighlightEvent::Source { start, end } => {
                let capture = open.last().cloned().unwrap_or_default();
                let mut at = start;
                for line in text[start..end].split_inclusive('\n') {
                    let word = line.trim().to_owned();
                    let begins = at + line.len() - line.trim_start().len();
                    found.extend((!word.is_empty()).then(|| Coloured { at: begins, word, capture: capture.clone() }));
                    at += line.len();
                }
            }
        }
    }
    found
}

fn configured() -> (HighlightConfiguration, Vec<String>) {
    let query = read(&here().join("queries/highlights.scm"));
    let mut config = HighlightConfiguration::new(LANGUAGE.into(), "gem", &query, "", "").unwrap();
    let names: Vec<String> =
        config.names().iter().filter(|name| !name.starts_with('_')).map(|&name| name.to_owned()).collect();
    config.configure(&names);
    (config, names)
}

#[test]
fn words_are_coloured_as_told() {
    let (config, names) = configured();
    let text = read(&root().join("editors/every_word.gem"));
    let all = coloured(&config, &names, &text);
    let (mut shown, mut start) = (String::new(), 0);
    for line in text.split_inclusive('\n') {
        // a line of the text, and below it what its words are
        shown += &format!("{}\n", line.trim());
        let end = start + line.len();
        for found in all.iter().filter(|found| (start..end).contains(&found.at)) {
            shown += &format!("    {}  @{}\n", found.word, found.capture);
        }
        start = end;
    }
    assert_is(&here().join("test/colours.txt"), &shown);
}

#[test]
fn no_word_is_without_a_colour() {
    let (config, names) = configured();
    for folder in ["models", "tests/cases/ok", "editors"] {
        for path in files(&root().join(folder), "gem") {
            let all = coloured(&config, &names, &read(&path));
            let plain: Vec<String> =
                all.into_iter().filter(|found| found.capture.is_empty()).map(|found| found.word).collect();
            assert!(plain.is_empty(), "{}: {plain:?}", path.display());
        }
    }
}
