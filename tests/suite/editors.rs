//! The grammars by which editors colour texts without the language server have the words of the language, and no others.

use std::collections::BTreeSet;
use std::fs;

use gemc::check::{Owner, SchemaRow, Vocabulary};
use gemc::syntax::ast::Item;
use serde_json::Value;

use crate::pages::repository;

fn grammar() -> Value {
    let text = fs::read_to_string(repository("editors/vscode/syntaxes/gem.tmLanguage.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns the words that a pattern of the grammar has as alternatives.
fn words(grammar: &Value, name: &str) -> BTreeSet<String> {
    let pattern = grammar["repository"][name]["match"].as_str().unwrap_or_else(|| panic!("{name}"));
    let (_, rest) = pattern.split_once('(').unwrap();
    rest.split_once(')').unwrap().0.split('|').map(str::to_owned).collect()
}

fn known(codes: &[&str]) -> BTreeSet<String> {
    let lists = Vocabulary::all().into_iter().filter(|known| codes.contains(&known.code));
    lists.flat_map(|known| known.words).map(str::to_owned).collect()
}

#[test]
fn the_grammar_has_the_words_of_the_language() {
    let grammar = grammar();
    let keywords: BTreeSet<String> = Item::FORMS.iter().map(|(word, _)| (*word).to_owned()).collect();
    assert_eq!(words(&grammar, "statements"), keywords);
    assert!(words(&grammar, "declarations").is_subset(&keywords));
    assert_eq!(words(&grammar, "shapes"), known(&["gem::unknown_shape"]));
    assert_eq!(words(&grammar, "expressions"), known(&["gem::unknown_expression"]));
    assert_eq!(words(&grammar, "encodings"), known(&["gem::unknown_encoding"]));
    let keys: BTreeSet<String> = SchemaRow::all().into_iter().map(|row| row.key.to_owned()).collect();
    assert_eq!(words(&grammar, "attributes"), keys);
    let reserved = known(&["gem::reserved_name"]);
    for name in ["words", "switches", "statements", "encodings"] {
        assert!(words(&grammar, name).is_subset(&reserved), "{name}");
    }
}

#[test]
fn the_grammar_has_the_values_of_the_schema() {
    let grammar = grammar();
    let listed = [
        "gem::unknown_activation",
        "gem::unknown_bias",
        "gem::unknown_rule",
        "gem::unknown_weights",
        "gem::unknown_share",
    ];
    let mut values = known(&listed);
    // those of `start` and of `positions`, which have no list of their own
    values.extend(["calibrated", "fan_in", "learned"].map(str::to_owned));
    let expressions = words(&grammar, "expressions");
    let attributes = words(&grammar, "attributes");
    values.retain(|word| !expressions.contains(word) && !attributes.contains(word));
    assert_eq!(words(&grammar, "values"), values);
}

/// Returns the words of each list in the tree-sitter grammar's query for colours, every list once.
fn queried() -> BTreeSet<BTreeSet<String>> {
    let query = fs::read_to_string(repository("editors/tree-sitter-gem/queries/highlights.scm")).unwrap();
    let lists = query.split("any-of? ").skip(1).filter_map(|rest| rest.split(')').next());
    lists.map(|list| list.split('"').skip(1).step_by(2).map(str::to_owned).collect()).collect()
}

#[test]
fn the_tree_sitter_grammar_has_the_same_words() {
    let text = fs::read_to_string(repository("editors/tree-sitter-gem/src/grammar.json")).unwrap();
    let tree: Value = serde_json::from_str(&text).unwrap();
    let statements: BTreeSet<String> = tree["rules"]["statement"]["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(statements, words(&grammar(), "statements"));
    for statement in &statements {
        assert_eq!(tree["rules"][statement]["members"][0]["value"], statement.as_str());
    }
    let row = |wanted: fn(&SchemaRow) -> bool| {
        SchemaRow::all().into_iter().filter(wanted).map(|row| row.key.to_owned()).collect::<BTreeSet<String>>()
    };
    // the values of attributes, and with them what `free` is where it is none of X
    let mut values = words(&grammar(), "values");
    values.extend(["free", "frozen"].map(str::to_owned));
    let starts: BTreeSet<String> = ["calibrated", "fan_in"].map(str::to_owned).into();
    values.retain(|word| !starts.contains(word));
    let expected: BTreeSet<BTreeSet<String>> = [
        known(&["gem::unknown_shape"]),
        known(&["gem::unknown_expression"]),
        known(&["gem::unknown_encoding"]),
        row(|row| row.owner == Owner::Population),
        row(|row| Owner::CALLS.contains(&row.owner) && row.values.contains("`true`")),
        values,
        starts,
    ]
    .into();
    assert_eq!(queried(), expected);
}

#[test]
fn one_text_has_every_word() {
    let text = fs::read_to_string(repository("editors/every_word.gem")).unwrap();
    let mut problems = gemc::diag::Problems::new();
    assert!(gemc::syntax::parse(&text, &mut problems).is_some() && !problems.has_errors());
    let letter = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
    let written: BTreeSet<&str> = text.split(letter).collect();
    let mut wanted: BTreeSet<&str> = Vocabulary::all().into_iter().flat_map(|known| known.words).collect();
    wanted.extend(SchemaRow::all().into_iter().map(|row| row.key));
    wanted.extend(["calibrated", "fan_in", "learned"]);
    let lacking: Vec<&&str> = wanted.difference(&written).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}
