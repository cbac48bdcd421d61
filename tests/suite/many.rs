//! Hundreds of faults of one kind: the first few places and a count, whatever the text; and of distant places never the lines
//! between.

use std::cell::Cell;

use gemc::compile::faults;
use gemc::diag::{Problems, Report, Style, did_you_mean, list};
use gemc::options::Options;
use gemc::span::Span;
use miette::Diagnostic;
use thiserror::Error;

/// Something that is there twice.
#[derive(Debug, Error, Diagnostic)]
#[error("`{what}` is there twice")]
#[diagnostic(code(test::twice), help("keep one"))]
struct Twice {
    what: String,
    #[label(primary, "again")]
    at: Span,
    #[label("first")]
    first: Span,
}

fn unknown(count: usize) -> String {
    let lines = (0..count)
        .map(|index| format!("    connect nobody{index} -> b via direct\n"))
        .collect::<Vec<String>>()
        .concat();
    format!(
        "model m {{\n    population a = units(2)\n    population b = units(2)\n    connect a -> b via direct\n{lines}    input a\n    output b\n}}\n"
    )
}

#[test]
fn thousands_of_faults_are_told_once_with_a_count() {
    let report = faults("m.gem", &unknown(3_000), &Options::default());
    let drawn = report.render(Style::Plain);
    assert!(drawn.lines().count() < 50, "{drawn}");
    assert!(drawn.contains("… and 2997 more of gem::unknown_name, the next on lines 8, 9, 10, 11, 12\n"), "{drawn}");
    assert_eq!(report.counts(), [3_000, 0]);
    let findings = report.findings();
    assert_eq!((findings.len(), findings[99].more, findings[98].more), (100, Some(2_900), None));
    assert_eq!((findings[0].line, findings[99].line), (5, 104));
}

#[test]
fn a_few_faults_of_a_kind_are_all_drawn() {
    let drawn = faults("m.gem", &unknown(20), &Options::default()).render(Style::Plain);
    assert_eq!(drawn.matches("no population is called").count(), 20, "{drawn}");
    assert!(!drawn.contains('…'), "{drawn}");
}

#[test]
fn lines_between_two_distant_places_are_not_drawn() {
    let text = (0..50_000).map(|line| format!("row {line}\n")).collect::<Vec<String>>().concat();
    let at = |line: usize| {
        let start = text.find(&format!("row {line}\n")).unwrap();
        Span::new(start, start + 3)
    };
    let mut problems = Problems::new();
    problems.push(Twice { what: "near".to_owned(), at: at(205), first: at(203) });
    problems.push(Twice { what: "far".to_owned(), at: at(49_000), first: at(100) });
    for line in 300..700 {
        problems.push(Twice { what: line.to_string(), at: at(line + 40_000), first: at(2) });
    }
    let report = Report::new("table.csv", &text, problems);
    let drawn = report.render(Style::Plain);
    assert!(drawn.lines().count() < 70, "{} lines", drawn.lines().count());
    assert!(drawn.contains("and 399 more of test::twice"), "{drawn}");
    // three lines around each place, and the near ones in one excerpt
    let [near, rest] = [drawn.find("`near`").unwrap(), drawn.find("`300`").unwrap()];
    assert!(drawn[near..rest].contains("row 204") && !drawn.contains("row 110\n"), "{drawn}");
}

#[test]
fn a_place_over_very_many_lines_is_marked_where_it_begins() {
    let text = "line\n".repeat(10_000);
    let mut problems = Problems::new();
    problems.push(Twice { what: "all".to_owned(), at: Span::new(10, 45_000), first: Span::new(0, 4) });
    let drawn = Report::new("m.gem", &text, problems).render(Style::Plain);
    assert!(drawn.lines().count() < 20 && drawn.contains("again") && drawn.contains("first"), "{drawn}");
}

#[test]
fn a_name_of_a_hundred_thousand_letters_is_no_work() {
    let long = "a".repeat(120_000);
    assert_eq!(did_you_mean(&long, ["b".repeat(120_000).as_str()]), None);
    assert_eq!(did_you_mean("short", [long.as_str(), "shorn"]), Some("did you mean `shorn`?".to_owned()));
    let text = format!("model m {{\ninput {long}\noutput {long}b\npopulation {long}c = units(3)\n}}\n");
    let report = faults("m.gem", &text, &Options::default());
    assert!(report.has_errors());
    // messages leave out the middle of such a name
    assert!(report.render(Style::Plain).len() < 10_000);
    assert!(report.findings().iter().all(|finding| finding.message.len() < 1_000));
}

#[test]
fn a_wrong_name_is_compared_with_a_few_hundred_others() {
    let names: Vec<String> = (0..10_000).map(|index| format!("name{index:05}")).collect();
    let looked_at = Cell::new(0);
    let seen = names.iter().map(|name| {
        looked_at.set(looked_at.get() + 1);
        name.as_str()
    });
    assert!(did_you_mean("mane00000", seen).is_some());
    assert!(looked_at.get() <= 501, "{}", looked_at.get());
    let listed = list(names.iter().map(String::as_str));
    assert!(listed.ends_with("`name00019` or 9980 more") && listed.len() < 400, "{listed}");
}
