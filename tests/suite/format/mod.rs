//! `gemc fmt`: one style. Of every text that parses, the formatted one is the same network, keeps every comment, and is formatted.

mod scramble;
mod style;

use std::fs;
use std::path::PathBuf;

use gemc::Options;
use gemc::compile::{formatted, stages};
use gemc::diag::Problems;
use gemc::syntax::ast::Ast;
use gemc::syntax::parse;

use self::scramble::{comments, scrambled, without_comments};
use crate::docs::whole;
use crate::pages::{pages, repository};
use crate::properties::networks::{Kind, draw};

/// Networks that are drawn, and how often each is written in another way.
const NETWORKS: u64 = 400;
const WAYS: u64 = 25;

fn tree(text: &str) -> Option<Ast> {
    let mut problems = Problems::new();
    parse(text, &mut problems).filter(|_| !problems.has_errors())
}

/// Formats a text that parses, and checks all that holds of that.
fn held(name: &str, text: &str) -> String {
    let new = formatted(name, text).unwrap_or_else(|report| panic!("{name}\n{text}\n{report}"));
    assert_eq!(tree(&new), tree(text), "{name}\n{text}\n----\n{new}");
    assert_eq!(comments(&new), comments(text), "{name}\n{text}\n----\n{new}");
    let again = formatted(name, &new).unwrap_or_else(|report| panic!("{name}\n{new}\n{report}"));
    assert_eq!(again, new, "{name}\n{text}");
    let code = without_comments(&new);
    let untidy = code.lines().zip(new.lines()).find(|(code, line)| code == line && line.trim_end() != *line);
    assert_eq!(untidy, None, "{name}: blanks at a line's end");
    // comments may hold anything
    let plain = comments(&new).is_empty();
    assert!(!plain || (!new.contains("\n\n\n") && new.ends_with("}\n")), "{name}\n{new}");
    new
}

/// Returns every `.gem` file in these folders with its text.
fn files(folders: &[&str]) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in folders {
        paths.extend(fs::read_dir(repository(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    paths.retain(|path| path.extension().is_some_and(|end| end == "gem"));
    paths.sort();
    paths.into_iter().map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_case_is_formatted_or_left_alone() {
    let (mut good, mut bad) = (0, 0);
    for (name, text) in files(&["models", "tests/cases/ok", "tests/cases/bad", "tests/cases/parse"]) {
        if tree(&text).is_some() {
            held(&name, &text);
            good += 1;
        } else {
            assert!(formatted(&name, &text).unwrap_err().has_errors(), "{name}");
            bad += 1;
        }
    }
    assert!(good > 100 && bad > 5, "{good} {bad}");
}

#[test]
fn every_snippet_is_formatted_or_left_alone() {
    let mut good = 0;
    for page in pages() {
        for snippet in page.snippets().iter().filter(|snippet| snippet.info.split(',').next() == Some("gem")) {
            let item = snippet.info.split(',').any(|word| word == "item");
            let text = if item { whole(&snippet.text) } else { snippet.text.clone() };
            let name = format!("{}, line {}", page.name, snippet.line);
            if tree(&text).is_some() {
                held(&name, &text);
                good += 1;
            }
        }
    }
    assert!(good > 100, "{good}");
}

#[test]
fn shipped_models_have_the_style() {
    for (name, text) in files(&["models"]) {
        assert_eq!(formatted(&name, &text).unwrap(), text, "{name}: run `gemc fmt` on it");
    }
}

#[test]
fn plans_stay_as_they_are() {
    let plan = |name: &str, text: &str| {
        let stages = stages(name, text, &Options::default()).unwrap_or_else(|report| panic!("{report}"));
        (stages.plan.to_string(), stages.plan.table().to_string())
    };
    let drawn = (0..40).map(|seed| (format!("drawn {seed}"), draw(seed, Kind::Any).text()));
    let compiles = |(name, text): &(String, String)| stages(name, text, &Options::default()).is_ok();
    let mut count = 0;
    for (name, text) in files(&["models", "tests/cases/ok"]).into_iter().chain(drawn).filter(compiles) {
        let other = scrambled(&without_comments(&text), 7);
        assert_eq!(plan(&name, &text), plan(&name, &formatted(&name, &other).unwrap()), "{name}");
        count += 1;
    }
    assert!(count > 60, "{count}");
}

#[test]
fn ten_thousand_texts_keep_tree_and_comments() {
    let good = files(&["models", "tests/cases/ok", "tests/cases/parse"]);
    let good = good.into_iter().map(|(name, text)| (name, without_comments(&text)));
    let drawn = (0..NETWORKS).map(|seed| (format!("drawn {seed}"), draw(seed, Kind::Any).text()));
    let mut count = 0;
    for (name, text) in good.chain(drawn) {
        let plain = held(&name, &text);
        for seed in 0..WAYS {
            let other = scrambled(&text, seed);
            assert_eq!(tree(&other), tree(&text), "{name}, seed {seed}\n{other}");
            // however it was written before, without its comments it is written in one way, but for empty lines
            let new = without_comments(&held(&name, &other));
            let full =
                |text: &str| text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<&str>>().join("\n");
            let lines = |text: &str| formatted(&name, &full(text));
            assert_eq!(lines(&new).unwrap(), lines(&plain).unwrap(), "{name}, seed {seed}");
            count += 1;
        }
    }
    assert!(count >= 10_000, "{count}");
}

#[test]
fn brackets_that_nest_and_lists_that_are_long_take_little_time() {
    let deep = format!("{}1{}", "(".repeat(60), ")".repeat(60));
    let calls =
        (0..60).fold("x".to_owned(), |inner, _| format!("f({inner}, g({inner_short}))", inner_short = "y".repeat(20)));
    let long = vec!["name: 1"; 20_000].join(", ");
    let text = format!("model m {{\nlet a = {deep}\npopulation b = {calls} {{ {long} }}\ninput b\n}}\n");
    let begun = std::time::Instant::now();
    held("deep", &text);
    held("one", &format!("model m {{\n{}}}\n", "population a = grid(3, 4) { g: free }\n".repeat(2_000)));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
