//! Pages, help and code use the field's words, as `docs/glossary.md` has them: each word below has a better one.

use std::fs;
use std::path::PathBuf;

use crate::pages::{pages, repository};

/// Words that neither pages nor help have, and what they say instead. Letters count without their case.
const OF_PROSE: &[(&str, &str)] = &[
    ("slope", "gradient"),
    ("slopes", "gradients"),
    ("hold-out", "validation split"),
    ("set aside", "validation split"),
    ("sets aside", "validation split"),
    ("samples aside", "validation split"),
    ("lesson", "training output"),
    ("lessons", "training outputs"),
    ("teach", "loss and gradients, or train step"),
    ("so many", "N"),
    ("goes r times as fast", "learning-rate multiplier"),
    ("unproven", "unverified"),
    ("yet to download", "downloaded on first use"),
    ("long story", "explanation"),
    ("stopped by you", "interrupted"),
    ("all that were asked for", "step limit reached"),
    ("no longer improving", "early stopping"),
    ("mean and deviation of", "mean ± SD, n ="),
    ("pairs are told", "classification metrics"),
    ("cohort", "gene padding"),
    ("seers", "input gradient, or SpMM transposed"),
];

/// Words that `src/` does not have, and the word for it there. Letters count with their case.
const OF_CODE: &[(&str, &str)] = &[
    ("slope", "gradient"),
    ("slopes", "gradients"),
    ("lesson", "training output"),
    ("lessons", "training outputs"),
    ("teach", "train step"),
    ("walk", "schedule or pass"),
    ("Given", "EvalContext"),
    ("course", "trainer state"),
    ("painter", "batch loader"),
    ("cohort", "gene padding"),
    ("settle", "synchronise, or what is decided"),
    ("Seen", "forward, or what is known"),
    ("Bell", "Gaussian"),
    ("Bells", "Gaussians"),
    ("errand", "file download"),
    ("stories", "explanations"),
    ("learned number", "parameter"),
    ("learned numbers", "parameters"),
    ("set aside", "validation split"),
    ("sets aside", "validation split"),
    ("so many", "N, or the name of the number"),
    ("unproven", "unverified"),
    ("Native", "Own"),
    ("Seers", "InputGradient"),
    ("Leaf", "Parameter"),
    ("LeafId", "ParameterId"),
    ("Triangle", "SymmetrizeGrad"),
    ("Wires", "SparsePattern"),
    ("Canvas", "batch buffer"),
    ("Spare", "gene padding"),
    ("hoist", "move_interaction"),
    ("steepen", "gradient norm objective"),
    ("long story", "explanation"),
    ("yet to download", "downloaded on first use"),
    ("stopped by you", "interrupted"),
    ("all that were asked for", "step limit reached"),
];

/// What is right all the same: where, in which words, and why.
const RIGHT: &[(&str, &str, &str)] = &[
    ("docs/guide.md", "`--hold-out N` is the same", "the older name of `--validation` is documented once"),
    ("CHANGELOG.md", "`--hold-out` remains", "the change of the name is told once"),
];

/// Tells whether a letter is part of a word.
fn in_word(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
}

/// Returns the lines of a text that have a word, from 1. A phrase may go on over the end of a line.
fn lines_with(text: &str, word: &str) -> Vec<usize> {
    let apart =
        |at: usize| !in_word(text[..at].chars().next_back()) && !in_word(text[at + word.len()..].chars().next());
    let places = text.match_indices(word).map(|(at, _)| at).filter(|at| apart(*at));
    places.map(|at| text[..at].matches('\n').count() + 1).collect()
}

/// Lists where a text has a word that it should not have.
fn found(place: &str, text: &str, words: &[(&str, &str)]) -> Vec<String> {
    let mut hits = Vec::new();
    // a line's end reads as a blank: both texts have the same length
    let flat = text.replace('\n', " ");
    for (word, better) in words {
        let whole = lines_with(text, word).into_iter().map(|line| format!("{place}:{line}"));
        let broken = lines_with(&flat, word).len() - lines_with(text, word).len();
        let over = (0..broken).map(|_| format!("{place}, over the end of a line"));
        hits.extend(whole.chain(over).map(|at| format!("{at}: `{word}`: write {better}")));
    }
    hits
}

/// Returns a text without what is right in it all the same.
fn without_right(place: &str, text: &str) -> String {
    let here = RIGHT.iter().filter(|(page, ..)| *page == place);
    here.fold(text.to_owned(), |text, (_, words, why)| {
        assert!(text.contains(words), "{place} has no `{words}` any more: take it off the list ({why})");
        text.replace(words, "")
    })
}

#[test]
fn pages_use_the_words_of_the_field() {
    let in_page = |name: &str, text: &str| found(name, &without_right(name, text).to_lowercase(), OF_PROSE);
    let hits: Vec<String> = pages().iter().flat_map(|page| in_page(&page.name, &page.text)).collect();
    assert!(hits.is_empty(), "{}", hits.join("\n"));
}

#[test]
fn help_uses_the_words_of_the_field() {
    let help = |words: &[&str]| {
        let done = assert_cmd::cargo::cargo_bin_cmd!("gemc").args(words).arg("--help").output().unwrap();
        assert!(done.status.success(), "{words:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    let whole = help(&[]);
    let (_, commands) = whole.split_once("Commands:\n").unwrap();
    let verbs: Vec<&str> = commands
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(verbs.contains(&"train") && verbs.contains(&"fit"), "{verbs:?}");
    let mut hits = found("gemc --help", &whole.to_lowercase(), OF_PROSE);
    for verb in verbs.into_iter().filter(|verb| *verb != "help") {
        hits.extend(found(&format!("gemc {verb} --help"), &help(&[verb]).to_lowercase(), OF_PROSE));
    }
    assert!(hits.is_empty(), "{}", hits.join("\n"));
}

#[test]
fn code_uses_the_words_of_the_field() {
    let (mut open, mut hits, mut files) = (vec![repository("src")], Vec::new(), 0);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let place: PathBuf = path.strip_prefix(repository("")).unwrap().to_owned();
            hits.extend(found(&place.display().to_string(), &fs::read_to_string(&path).unwrap(), OF_CODE));
            files += 1;
        }
    }
    hits.sort();
    assert!(files > 100, "only {files} files were looked at");
    assert!(hits.is_empty(), "{}", hits.join("\n"));
}

#[test]
fn a_word_is_found_where_it_stands_alone() {
    let words = [("set aside", "validation split"), ("slope", "gradient")];
    assert_eq!(found("page", "a slope\nslopes, sloped, steep_slope", &words), ["page:1: `slope`: write gradient"]);
    let broken = ["page, over the end of a line: `set aside`: write validation split"];
    assert_eq!(found("page", "samples are set\naside", &words), broken);
}
