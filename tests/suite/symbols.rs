//! What the checker keeps of a text, be it at fault or not: symbols, a partial model, fixes.

use std::fs;
use std::path::{Path, PathBuf};

use gemc::check::{SymbolKind, Symbols};
use gemc::compile::{Analysis, analyse};
use gemc::diag::Replacement;
use gemc::options::Options;
use gemc::span::Span;

/// Returns every `.gem` text below these folders, by path.
fn texts(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut texts = Vec::new();
    for folder in folders {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.retain(|path| path.extension().is_some_and(|end| end == "gem"));
        texts.extend(paths.into_iter().filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?))));
    }
    assert!(!texts.is_empty());
    texts
}

fn read(text: &str) -> Analysis {
    analyse("m.gem", text, &Options::default())
}

/// Returns every word of a text outside comments, with its place: an independent reading, letter by letter.
fn words(text: &str) -> Vec<(&str, Span)> {
    let mut words = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split("//").next().unwrap();
        let in_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let mut rest = 0;
        for piece in code.split(|letter| !in_word(letter)) {
            let at = start + rest;
            if piece.starts_with(|letter: char| !letter.is_ascii_digit()) {
                words.push((piece, Span::new(at, at + piece.len())));
            }
            rest += piece.len() + code[rest + piece.len()..].chars().next().map_or(0, char::len_utf8);
        }
        start += line.len();
    }
    words
}

fn places(symbols: &Symbols) -> Vec<Span> {
    let mut places: Vec<Span> =
        symbols.all().flat_map(|symbol| [symbol.declared].into_iter().chain(symbol.uses.iter().copied())).collect();
    places.sort();
    places
}

#[test]
fn every_place_of_a_name_is_known_and_no_other() {
    for (path, text) in texts(&["models", "tests/cases/ok"]) {
        let symbols = read(&text).symbols;
        let genome = |word: &str| symbols.all().any(|symbol| symbol.name == word && symbol.kind == SymbolKind::Genome);
        // before a colon stands a genome, or a word of the language
        let before_colon = |at: &Span| text[at.end..].trim_start().starts_with(':');
        // behind a genome's colon stands an expression, which is a word of the language even where something is called so
        let expression = |(word, at): &(&str, Span)| *word == "free" && text[..at.start].trim_end().ends_with(':');
        // shapes are called, names are not, but where a genome is declared
        let shape = |at: &Span| text[at.end..].starts_with('(') && !text[..at.start].trim_end().ends_with("genome");
        let named = |found: &(&str, Span)| {
            let is_symbol =
                symbols.all().any(|symbol| symbol.name == found.0) && !expression(found) && !shape(&found.1);
            is_symbol && (!before_colon(&found.1) || genome(found.0))
        };
        let expected: Vec<Span> = words(&text).into_iter().filter(named).map(|(_, at)| at).collect();
        let head = text.find("model ").map_or(0, |at| at + 6);
        let of_model = Span::new(
            head,
            head + text[head..].find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap(),
        );
        let expected: Vec<Span> = expected.into_iter().filter(|at| *at != of_model).collect();
        assert_eq!(places(&symbols), expected, "{}", path.display());
    }
}

#[test]
fn a_symbol_is_found_at_any_of_its_letters() {
    let text = "model m(size = 3) {\n  genome g(size)\n  population a = units(size) { g: free }\n  population b = units(2) { g: free }\n  \
                connect a -> b via g\n  input a\n  output b\n}\n";
    let symbols = read(text).symbols;
    let at = text.find("units(size)").unwrap() + 8;
    let symbol = symbols.at(at).unwrap();
    assert_eq!((symbol.name, symbol.kind, symbol.uses.len()), ("size", SymbolKind::Parameter, 2));
    assert_eq!(&text[symbol.declared.start..symbol.declared.end], "size");
    assert_eq!(symbols.at(text.find("units").unwrap()), None);
    let kinds: Vec<(&str, SymbolKind, usize)> =
        symbols.all().map(|symbol| (symbol.name, symbol.kind, symbol.uses.len())).collect();
    assert_eq!(
        kinds,
        [
            ("size", SymbolKind::Parameter, 2),
            ("g", SymbolKind::Genome, 3),
            ("a", SymbolKind::Population, 2),
            ("b", SymbolKind::Population, 2),
        ]
    );
}

#[test]
fn a_text_at_fault_keeps_what_is_right_in_it() {
    let text = "model m {\n  genome g(4)\n  population a = units(3) { g: free }\n  population b = unit(2) { g: fre }\n  \
                population c = units(5) { g: free, activation: tanh }\n  connect a -> c via g\n  connect a -> b via g\n  \
                input a\n  output cc\n}\n";
    let Analysis { symbols, model, report, .. } = read(text);
    let partial = model.unwrap_err().unwrap();
    assert_eq!(report.counts(), [3, 0]);
    assert_eq!(symbols.all().count(), 4);
    let known: Vec<bool> = partial.populations.iter().map(Option::is_some).collect();
    assert_eq!(known, [true, false, true]);
    assert_eq!(partial.populations[2].as_ref().unwrap().shape.neurons(), 5);
    assert_eq!((partial.input.map(gemc::check::PopId::index), partial.output), (Some(0), None));
    assert_eq!(partial.projections.iter().filter(|link| link.is_some()).count(), 2);
    assert_eq!(partial.genomes[0].genes, 4);
}

/// Writes a replacement into a text.
fn mended(text: &str, fix: &Replacement) -> String {
    let line: usize = text.split_inclusive('\n').take(fix.line - 1).map(str::len).sum();
    let byte =
        |from: usize, characters: usize| text[from..].chars().take(characters).map(char::len_utf8).sum::<usize>();
    let start = line + byte(line, fix.column - 1);
    let end = start + byte(start, fix.length);
    format!("{}{}{}", &text[..start], fix.replacement, &text[end..])
}

#[test]
fn a_fix_mends_the_fault_that_offers_it() {
    let mut codes: Vec<String> = Vec::new();
    for (path, text) in texts(&["tests/cases/bad"]) {
        let before = read(&text).report.findings();
        for finding in before.iter().filter(|finding| finding.fix.is_some()) {
            let after = read(&mended(&text, finding.fix.as_ref().unwrap())).report.findings();
            let alike = |all: &[gemc::diag::Finding]| {
                all.iter().filter(|other| (&other.code, &other.message) == (&finding.code, &finding.message)).count()
            };
            assert!(alike(&after) < alike(&before), "{}: {}", path.display(), finding.message);
            codes.push(finding.code.clone());
        }
    }
    codes.sort();
    codes.dedup();
    let words = [
        "activation",
        "argument",
        "attribute",
        "bias",
        "encoding",
        "expression",
        "name",
        "positions",
        "rule",
        "shape",
        "share",
        "start",
        "weights",
    ];
    assert_eq!(codes, words.map(|word| format!("gem::unknown_{word}")));
}
