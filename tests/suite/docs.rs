//! The documentation does as it says: every snippet compiles or fails as marked, every plan is as printed, every path, model, command and option that
//! a page names is there. `tests/README.md` tells how snippets are marked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use gemc::compile::{faults, stages};
use gemc::options::{FewShot, Options, Order};
use gemc::plan::lower_unoptimized;

use crate::pages::{Page, Snippet, pages, repository};

/// What is no fault of a fragment: it is not a whole network.
const FORGIVEN: &[&str] = &["gem::unread", "gem::unreached", "gem::unused_name"];

/// What a fragment may use without declaring it.
const AROUND: &[(&str, &str)] = &[
    ("genome g(", "genome g(genes)"),
    ("population pixels =", "population pixels = grid(28, 28) { g: gaussian }"),
    ("population hidden =", "population hidden = grid(28, 28) { g: gaussian, activation: relu }"),
    ("population digits =", "population digits = units(10) { g: random }"),
    ("input ", "input pixels"),
    ("output ", "output digits"),
];

/// File names of models that pages may speak of although they do not ship.
/// And `source.gem`, which is what editors call the language.
const MADE_UP: &[&str] = &["net.gem", "model.gem", "source.gem"];

/// What the words behind a fence ask for.
#[derive(Default)]
struct Wanted {
    fragment: bool,
    codes: BTreeSet<String>,
    options: Options,
}

/// Reads `gem,item,fails(gem::a gem::b),data(mnist),set(genes=40)`; nothing for a block that is no model.
fn wanted(info: &str) -> Option<Wanted> {
    let mut words = info.split(',').map(str::trim);
    if words.next() != Some("gem") {
        return None;
    }
    let mut wanted = Wanted::default();
    for word in words {
        let (key, value) = word.split_once('(').map_or((word, ""), |(key, value)| (key, value.trim_end_matches(')')));
        match key {
            "item" => wanted.fragment = true,
            "fails" | "warns" => wanted.codes.extend(value.split_whitespace().map(str::to_owned)),
            "data" => wanted.options.facts = Some(gemc::data::facts(value).unwrap()),
            "few-shot" => {
                wanted.options.few_shot = Some(FewShot { ways: value.parse().unwrap(), ..FewShot::default() });
            }
            "set" => {
                let (name, value) = value.split_once('=').unwrap();
                wanted.options.set.push((name.to_owned(), value.to_owned()));
            }
            other => panic!("no such mark: {other}"),
        }
    }
    Some(wanted)
}

/// Makes a model of a fragment: what it does not declare itself is put around it.
pub(crate) fn whole(fragment: &str) -> String {
    let stated = |start: &str| fragment.lines().any(|line| line.trim_start().starts_with(start));
    let missing = AROUND.iter().filter(|(start, _)| !stated(start)).map(|(_, statement)| *statement);
    let missing: Vec<&str> = missing.collect();
    format!("model fragment(genes = 8) {{\n{fragment}\n{}\n}}\n", missing.join("\n"))
}

/// Tells what a snippet does that it does not say; nothing for a block that is no model.
fn check(page: &Page, snippet: &Snippet) -> Option<Result<(), String>> {
    let wanted = wanted(&snippet.info)?;
    let text = if wanted.fragment { whole(&snippet.text) } else { snippet.text.clone() };
    let report = faults(&page.name, &text, &wanted.options);
    let found: BTreeSet<String> = report
        .findings()
        .into_iter()
        .map(|finding| finding.code)
        .filter(|code| !wanted.fragment || wanted.codes.contains(code) || !FORGIVEN.contains(&code.as_str()))
        .collect();
    let (name, line) = (&page.name, snippet.line);
    Some(if found == wanted.codes { Ok(()) } else { Err(format!("{name}, line {line}: {found:?}\n{report}")) })
}

#[test]
fn snippets_do_as_they_say() {
    let check_all = |page: &Page| page.snippets().iter().filter_map(|snippet| check(page, snippet)).collect::<Vec<_>>();
    let checked: Vec<Result<(), String>> = pages().iter().flat_map(check_all).collect();
    let count = checked.len();
    let wrong: Vec<String> = checked.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 80, "only {count} snippets were found");
}

/// Prints the plan that `plan,of(sgem_mlp),weights(factored)` asks for; that of `text`, where no shipped model is named.
fn printed(info: &str, mut text: String) -> String {
    let (mut options, mut passes) = (Options::default(), true);
    for word in info.split(',').skip(1).map(str::trim) {
        match word.trim_end_matches(')').split_once('(') {
            Some(("of", name)) => text = fs::read_to_string(repository(&format!("models/{name}.gem"))).unwrap(),
            Some(("weights", "synthesize")) => options.order = Order::Synthesized,
            Some(("weights", "factored")) => options.order = Order::Factored,
            Some(("weights", "auto")) => options.order = Order::Cheapest,
            None if word == "raw" => passes = false,
            None if word == "few-shot" => options.few_shot = Some(FewShot::default()),
            _ => panic!("no such mark: {word}"),
        }
    }
    let stages = stages("model.gem", &text, &options).unwrap_or_else(|report| panic!("{report}"));
    if passes {
        stages.plan.to_string()
    } else {
        lower_unoptimized(&stages.wiring, options.few_shot).unwrap().to_string()
    }
}

#[test]
fn plans_are_as_printed() {
    let mut count = 0;
    for page in pages() {
        let mut text = String::new();
        for snippet in page.snippets() {
            if snippet.info == "gem" {
                text = snippet.text;
            } else if snippet.info.split(',').next() == Some("plan") {
                let plan = printed(&snippet.info, text.clone());
                let mut lines = plan.lines().map(str::trim);
                for line in snippet.text.lines().map(str::trim).filter(|line| *line != "…") {
                    let there = lines.any(|printed| printed == line);
                    assert!(there, "{}, line {}: `{line}` is not in\n{plan}", page.name, snippet.line);
                }
                count += 1;
            }
        }
    }
    assert!(count > 5, "only {count} plans were found");
}

#[test]
fn every_fault_of_a_text_is_shown_by_a_snippet() {
    let page = pages().into_iter().find(|page| page.name == "docs/errors.md").unwrap();
    let shows = |s: &Snippet| wanted(&s.info).is_some_and(|wanted| wanted.codes.contains(&s.heading));
    let seen: BTreeSet<String> = page.snippets().into_iter().filter(shows).map(|snippet| snippet.heading).collect();
    let told: BTreeSet<String> = page.headings().into_iter().filter(|code| code.starts_with("gem::")).collect();
    let silent: Vec<&String> = told.difference(&seen).collect();
    assert_eq!(silent, ["gem::not_utf8", "gem::unreadable_file"], "faults without a snippet that has them");
}

/// Returns the words of a page that could be paths.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let border = |c: char| c.is_whitespace() || "`()[],;\"'|".contains(c);
    text.split(border).map(|word| word.trim_end_matches(['.', ':', '/'])).filter(|word| !word.is_empty())
}

/// Tells whether a word stands for many names rather than being one.
fn is_pattern(word: &str) -> bool {
    word.contains(['*', '<', '…', '$', '{']) || ["NAME", "CODE", "MODEL", "VERB"].iter().any(|name| word.contains(name))
}

#[test]
fn every_path_is_there() {
    let roots = ["src/", "tests/", "docs/", "models/", "grammar/", "examples/", "scripts/", ".ci/", ".cargo/"];
    let files = ["Cargo.toml", "Makefile", "clippy.toml", "rustfmt.toml", "build.rs"];
    let mut lost = Vec::new();
    for page in pages() {
        let is_path = |word: &&str| roots.iter().any(|root| word.starts_with(root)) || files.contains(word);
        let plain = |word: &str| word.split('#').next().unwrap_or_default().to_owned();
        let paths = words(&page.text).filter(is_path).filter(|word| !is_pattern(word)).map(plain);
        lost.extend(paths.filter(|path| !repository(path).exists()).map(|path| format!("{}: {path}", page.name)));
    }
    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn every_link_leads_somewhere() {
    let mut lost = Vec::new();
    for page in pages() {
        let here = repository(&page.name);
        for target in page.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if !target.contains("://") && !path.is_empty() && !here.parent().unwrap().join(path).exists() {
                lost.push(format!("{}: {target}", page.name));
            }
        }
    }
    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn every_model_ships() {
    for page in pages() {
        let is_model =
            |word: &&str| word.strip_suffix(".gem").is_some_and(|stem| !stem.is_empty() && !stem.contains('/'));
        for word in words(&page.text).filter(|word| is_model(word) && !is_pattern(word)) {
            let ships = repository("models").join(word).exists();
            assert!(ships || MADE_UP.contains(&word), "{}: no model {word}", page.name);
        }
    }
}

#[test]
fn every_command_and_option_is_there() {
    let mut helps: BTreeMap<Vec<String>, String> = BTreeMap::new();
    for page in pages() {
        for snippet in page.snippets().iter().filter(|snippet| snippet.info == "sh") {
            for line in snippet.text.lines().filter_map(|line| line.strip_prefix("gemc ")) {
                let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
                let verb = words.iter().take(if words[0] == "data" { 2 } else { 1 }).map(|word| (*word).to_owned());
                let verb: Vec<String> = verb.collect();
                let help = helps.entry(verb.clone()).or_insert_with(|| {
                    let done = assert_cmd::cargo::cargo_bin_cmd!("gemc").args(&verb).arg("--help").output().unwrap();
                    assert!(done.status.success(), "{}: no command `gemc {}`", page.name, verb.join(" "));
                    String::from_utf8(done.stdout).unwrap()
                });
                for option in words.iter().filter(|word| word.starts_with("--")) {
                    assert!(help.contains(option), "{}, `{line}`: there is no {option}", page.name);
                }
            }
        }
    }
    assert!(!helps.is_empty());
}
