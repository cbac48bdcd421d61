//! One mistake costs one statement: the others are read, and what the broken one declares stays known.

use gemc::syntax::ast::Item;

use super::read;

/// Returns the codes that are reported and the statements that are left.
fn left(body: &str) -> (Vec<String>, Vec<String>) {
    let (ast, report) = read(&format!("model m {{\n{body}\n}}\n"));
    let codes = report.findings().into_iter().map(|finding| format!("{}:{}", finding.line - 1, finding.column));
    let items = ast.map(|ast| ast.items).unwrap_or_default();
    (codes.collect(), items.iter().map(ToString::to_string).collect())
}

fn check(body: &str, places: &[&str], items: &[&str]) {
    let (found, rest) = left(body);
    assert_eq!(
        (found, rest),
        (places.iter().map(ToString::to_string).collect(), items.iter().map(ToString::to_string).collect()),
        "{body}"
    );
}

#[test]
fn an_unclosed_bracket_ends_before_the_next_statement() {
    for open in ["units(3", "units(3 {", "units(3) { g: random", "units((((3", "units(3) { g: split(a,\n b"] {
        let (places, items) = left(&format!("population a = {open}\ninput a\noutput b"));
        assert_eq!(places.len(), 1, "{open}: {places:?}");
        assert_eq!(items, ["// unreadable: population a", "input a", "output b"], "{open}");
    }
}

#[test]
fn braces_in_braces_do_not_end_the_model() {
    check("population a = units(3) { g: { s: 1 } }\ninput a", &["1:30"], &["// unreadable: population a", "input a"]);
}

#[test]
fn a_stray_bracket_is_one_fault() {
    check("population a = units(3))\ninput a", &["1:24"], &["// unreadable: population a", "input a"]);
    check("population a = units(3) } }\ninput a", &["1:27"], &["population a = units(3)", "input a"]);
}

#[test]
fn a_misspelt_keyword_still_declares_its_name() {
    check(
        "populaton a = units(3)\ngenme g(2)\noutptu a",
        &["1:1", "2:1", "3:1"],
        &["// unreadable: populaton a", "// unreadable: genme g", "// unreadable: outptu"],
    );
}

#[test]
fn a_line_that_goes_on_belongs_to_the_fault_before_it() {
    check("connect a\n -> b\n -> c via g\ninput a", &["1:10"], &["// unreadable: connect", "input a"]);
    check("connect a ->\n b via g\ninput a", &["1:13"], &["// unreadable: connect", "input a"]);
    check(
        "population a = units(3)\n  { g: random }\ninput a",
        &["2:3"],
        &["population a = units(3)", "// unreadable:", "input a"],
    );
}

#[test]
fn two_statements_on_a_line_are_one_fault() {
    check("input a output b\nunroll 2", &["1:9"], &["// unreadable: input", "unroll 2"]);
}

#[test]
fn each_broken_statement_is_told() {
    check(
        "let = 3\nlet x 3\nlet y = \ninput",
        &["1:5", "2:7", "3:8", "4:6"],
        &["// unreadable: let", "// unreadable: let x", "// unreadable: let y", "// unreadable: input"],
    );
}

#[test]
fn a_long_text_is_told_as_its_parts_are() {
    let part = "let x 3\nconnect a\n -> b\n -> c via g\ninput a\nlet z = 99999999999999999999\n";
    let (places, items) = left(part);
    assert_eq!((places.len(), items.len()), (3, 4), "{places:?} {items:?}");
    // long enough for several threads
    let times = 2_000;
    let (all, rest) = left(&part.repeat(times));
    let lines = part.lines().count();
    // of each kind the first hundred are kept: two of one a part, and one of the other
    let shifted = (0..times).flat_map(|time| {
        let kept = places.iter().zip([50, 50, 100]).filter(move |(_, parts)| time < *parts);
        kept.map(move |(place, _)| {
            let (line, column) = place.split_once(':').unwrap();
            format!("{}:{column}", line.parse::<usize>().unwrap() + time * lines)
        })
    });
    assert_eq!(all, shifted.collect::<Vec<String>>());
    assert_eq!(rest, vec![items; times].concat());
}

#[test]
fn a_number_too_large_breaks_its_statement_only() {
    check("let x = 99999999999999999999 + 1e999\nlet y = 1", &["1:9", "1:32"], &["// unreadable: let x", "let y = 1"]);
}

#[test]
fn a_strange_letter_is_told_once_and_the_name_kept() {
    check(
        "population naïve = units(3)\nconnect naïve → b via g",
        &["1:14", "2:15"],
        &["population naïve = units(3)", "connect naïve -> b via g"],
    );
}

#[test]
fn too_deep_a_statement_is_told_once() {
    let deep = format!("let x = {}1{}\nlet y = 1", "f(".repeat(70), ")".repeat(70));
    let (places, items) = left(&deep);
    assert_eq!(places, ["1:138"]);
    assert_eq!(items.last().unwrap(), "let y = 1");
}

#[test]
fn a_cut_text_says_that_statements_may_be_missing() {
    let (ast, report) = read("model m {\n    input a\n    /* output b\n}\n");
    assert_eq!(report.findings().len(), 1, "{report}");
    let items = ast.unwrap().items;
    assert!(matches!(&items[..], [Item::Input(_), Item::Broken(broken)] if broken.keyword.is_none()));
}

#[test]
fn a_broken_head_hides_no_fault_below_it() {
    let (ast, report) = read("model m(a = ) {\n    inptu a\n    output\n}\n");
    assert!(ast.is_none());
    assert_eq!(report.findings().len(), 3, "{report}");
    let (ast, report) = read("model m(a = 1)\n    input a\n    inptu b\n    output b { c: 1 }\n    output b\n}\n");
    assert!(ast.is_none());
    assert_eq!(report.findings().iter().map(|finding| finding.line).collect::<Vec<_>>(), [1, 3, 4], "{report}");
}

#[test]
fn a_text_without_a_head_is_read_for_its_faults() {
    let (ast, report) = read("genome g(3)\npopulation = 3\n");
    assert!(ast.is_none());
    assert_eq!(
        report.findings().iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
        ["gem::missing_model", "gem::unexpected_token"]
    );
}
