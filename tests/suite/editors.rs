//! The grammar by which an editor colours texts without the language server has the words of the language, and no others.

use std::collections::BTreeSet;
use std::fs;

use gemc::check::{SchemaRow, Vocabulary};
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
