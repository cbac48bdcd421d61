//! Texts that nobody means: huge, cut, mutated. None may panic, overflow the stack or take long; every place must lie in
//! the text, on the borders of characters.

use gemc::diag::Report;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{cases, read, read_well};

const MEGABYTE: usize = 1 << 20;
const SIXTEENTH: usize = MEGABYTE / 16;

/// Reads `text`, and checks that every label lies in it.
fn survive(text: &str) -> Report {
    let (ast, report) = read(text);
    assert!(ast.is_some() || report.has_errors(), "{text}");
    for label in report.problems().iter().filter_map(|problem| problem.labels()).flatten() {
        assert!(text.get(label.offset()..label.offset() + label.len()).is_some(), "{label:?} in {text:?}");
    }
    if let Some(ast) = ast {
        let shown = ast.to_string();
        assert!(report.has_errors() || read_well(&shown) == ast, "{text}");
    }
    report
}

#[test]
fn a_megabyte_of_one_sign() {
    for sign in ["(", "{", "}", "-", "a", "\0", "\n"] {
        let many = sign.repeat(MEGABYTE);
        survive(&many);
        survive(&format!("model m {{\nlet x = {many}1\n}}\n"));
    }
}

#[test]
fn a_long_run_of_anything_anywhere() {
    for piece in [
        "(",
        ")",
        "{",
        "}",
        "+",
        " ",
        "9",
        "/*",
        "é",
        "→",
        ",",
        "f(",
        "{a:",
        "model m {",
        "let ",
        "()",
        "{}",
        "(}",
        "{)",
        "({",
        "(\n",
        "{\n",
        "}\n",
        "){",
        "a\n",
        "let\n",
        "let x = (\n",
        "input a {\n",
        "/**/",
        "//\n",
        "a \n",
    ] {
        let many = piece.repeat(SIXTEENTH / piece.len());
        for (before, after) in [
            ("", ""),
            ("model m {\nlet x = ", "1\n}\n"),
            ("model m(a = ", ") {\n}"),
            ("model m {\n", "}"),
            ("model m {\n}", ""),
        ] {
            survive(&format!("{before}{many}{after}"));
        }
    }
}

#[test]
fn a_megabyte_of_terms() {
    let sum = format!("model m {{\nlet x = {}1\n}}\n", "1+".repeat(MEGABYTE / 2));
    assert!(survive(&sum).is_empty());
    let product = format!("model m {{\nlet x = {}1\n}}\n", "2 * -x / ".repeat(MEGABYTE / 8));
    assert!(survive(&product).is_empty());
    let list = format!("model m {{\ninput a\npopulation x = f({})\n}}\n", "a: 1,".repeat(MEGABYTE / 5));
    assert!(survive(&list).is_empty());
}

#[test]
fn every_cut_of_a_model() {
    for (_, text) in cases("parse") {
        for end in 0..text.len() {
            let (_, report) = read(&text[..end]);
            assert!(report.findings().len() <= 2, "{}\n{report}", &text[..end]);
            survive(&text[..end]);
            survive(&text[end..]);
        }
    }
}

#[test]
fn thousands_of_mutations() {
    let pieces = [
        "(", ")", "{", "}", "->", ",", ":", "=", "-", "\n", "/*", "*/", "//", "é", "→", "\0", "1.", " let ", "via",
        "9e999",
    ];
    let texts: Vec<String> = cases("parse").into_iter().map(|(_, text)| text).collect();
    let mut random = ChaCha8Rng::seed_from_u64(0x6765_6d63);
    let mut below = |bound: usize| usize::try_from(random.next_u32()).unwrap() % bound.max(1);
    for round in 0..4000 {
        let mut letters: Vec<char> = texts[round % texts.len()].chars().collect();
        for _ in 0..=below(4) {
            let at = below(letters.len());
            match below(4) {
                0 => drop(letters.drain(at..letters.len().min(at + 1 + below(12)))),
                1 => drop(letters.splice(at..at, pieces[below(pieces.len())].chars())),
                2 => letters.swap(at, at / 2),
                _ => {
                    let copy: Vec<char> = letters[at..letters.len().min(at + below(60))].to_vec();
                    let to = below(letters.len());
                    drop(letters.splice(to..to, copy));
                }
            }
        }
        survive(&letters.into_iter().collect::<String>());
    }
}

#[test]
fn a_hundred_thousand_populations() {
    let text = large(100_000);
    assert_eq!(read_well(&text).items.len(), 200_003);
}

/// Returns a model of `count` populations in a chain.
fn large(count: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("model large {\n    genome g(8)\n");
    for index in 0..count {
        writeln!(text, "    population p{index} = units({index} + 1) {{ g: gaussian, activation: relu }}").unwrap();
        writeln!(text, "    connect p{index} -> p{} via g", index + 1).unwrap();
    }
    text.push_str("    input p0\n    output p9\n}\n");
    text
}
