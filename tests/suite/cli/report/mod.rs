//! `report` from outside: runs that are made by hand, and the page about them taken apart.

mod browser;
mod confusion;
mod genes;
mod limits;
mod page;

use std::fs;
use std::path::Path;

use gemc::run_dir::{Manifest, RunOutcome, State};
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::json;

use super::draw::keep;
use super::{Said, gemc_in};

/// The middle of a day, so that the page has one date.
const NOON: &str = "1796040000";

/// Writes the folder of a run with these accuracies of its seeds, and their learning curves.
fn made(folder: &Path, name: &str, accuracies: &[Option<f64>], change: impl FnOnce(&mut Manifest)) {
    let mut record = keep(&folder.join("made"));
    let seeds = accuracies.len();
    record.seeds = (0..seeds as u64).collect();
    record.recipe.runs = seeds;
    let known: Vec<f64> = accuracies.iter().flatten().copied().collect();
    let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
    let state = Some(State::Finished);
    record.outcome =
        RunOutcome { best_accuracy: accuracies.to_vec(), mean, state, steps: 20, ..RunOutcome::none(seeds) };
    change(&mut record);
    let run = folder.join(name);
    fs::create_dir_all(&run).unwrap();
    fs::write(run.join("run.json"), serde_json::to_string(&record).unwrap()).unwrap();
    let line = |step: u64, seed: usize, accuracy: f64| {
        let part = step as f64 / 20.0;
        json!({ "run": seed, "step": step, "loss": 2.0 - part, "accuracy": accuracy * part, "seconds": 1.0 })
            .to_string()
            + "\n"
    };
    let known = || accuracies.iter().enumerate().filter_map(|(seed, accuracy)| Some((seed, (*accuracy)?)));
    let metrics: String =
        [10, 20].into_iter().flat_map(|step| known().map(move |(seed, accuracy)| line(step, seed, accuracy))).collect();
    fs::write(run.join("metrics.jsonl"), metrics).unwrap();
}

/// Makes a run with this number of genes.
fn grown(folder: &Path, genes: u64, accuracies: &[Option<f64>]) {
    made(folder, &format!("runs/slp/genes={genes}"), accuracies, |record| {
        record.settings = [("genes".to_owned(), genes.to_string())].into_iter().collect();
        record.parameters = genes * (genes + 3);
    });
}

fn report(folder: &Path, arguments: &[&str]) -> Said {
    let mut command = gemc_in(folder);
    Said::of(command.arg("report").args(arguments).env("SOURCE_DATE_EPOCH", NOON).output().unwrap())
}

/// Reads a page as XML.
fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(page, options).unwrap_or_else(|why| panic!("{why}"))
}

fn page(folder: &Path) -> String {
    fs::read_to_string(folder.join("runs/report.html")).unwrap()
}

/// Returns what the elements of a name say, each in one line.
fn said<'a>(document: &'a Document, name: &'a str) -> Vec<String> {
    let words =
        |node: Node| node.descendants().filter(Node::is_text).filter_map(|part| part.text()).collect::<String>();
    document.descendants().filter(|node| node.has_tag_name(name) || node.tag_name().name() == name).map(words).collect()
}

fn with_class<'a, 'b>(document: &'a Document<'b>, class: &'a str) -> impl Iterator<Item = Node<'a, 'b>> {
    document
        .descendants()
        .filter(move |node| node.attribute("class").is_some_and(|all| all.split(' ').any(|own| own == class)))
}

/// Fails where the page would fetch something, or is no page of ours.
fn assert_alone(page: &str) {
    let document = parsed(page);
    for node in document.descendants() {
        for name in ["src", "href", "srcset", "action", "data", "poster"] {
            let Some(address) = node.attribute(name) else { continue };
            assert!(
                address.starts_with("data:") || address.starts_with('#'),
                "{name} of {}: {address}",
                node.tag_name().name()
            );
        }
        assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")), "{:?}", node.tag_name());
    }
    let counts = ["script", "style", "iframe", "object", "embed", "base"].map(|name| said(&document, name).len());
    assert_eq!(counts, [1, 1, 0, 0, 0, 0]);
    for word in ["@import", "url(", "fetch(", "XMLHttpRequest", "import("] {
        let style = said(&document, "style").concat() + &said(&document, "script").concat();
        assert!(!style.contains(word), "{word}");
    }
    let foreign = page
        .match_indices("http")
        .filter(|(at, _)| !page[..*at].ends_with("xmlns=\"") && !page[*at..].starts_with("http-equiv"));
    assert_eq!(foreign.count(), 0, "an address outside of a namespace");
}
