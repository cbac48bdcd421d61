//! What the page says: of all runs, of those without results, of recipes; that no name is markup.

use std::fs;

use gemc::run_dir::{Manifest, State, Trouble};
use roxmltree::Node;
use serde_json::json;

use super::{assert_alone, grown, made, page, parsed, report, said, with_class};
use crate::cli::draw::keep;
use crate::cli::{assert_shown, folder, run_in};

#[test]
fn runs_become_a_page() {
    let folder = folder();
    keep(folder.path());
    grown(folder.path(), 2, &[0.2, 0.25, 0.3, 0.22, 0.27].map(Some));
    grown(folder.path(), 10, &[Some(0.6), Some(0.7)]);
    grown(folder.path(), 40, &[Some(0.8)]);
    let done = report(folder.path(), &[]);
    assert_eq!((done.code, done.out.as_str()), (0, ""), "{}", done.err);
    assert!(done.err.ends_with("wrote runs/report.html\n"), "{}", done.err);
    let text = page(folder.path());
    assert_alone(&text);
    let document = parsed(&text);
    let names = ["h1", "h2", "h3", "figcaption", "p", "li", "dt", "dd", "caption", "th", "td", "summary", "pre"];
    let shown = document.descendants().filter(|node| node.is_element() && names.contains(&node.tag_name().name()));
    let line = |node: Node| {
        let words: String = node.descendants().filter(Node::is_text).filter_map(|part| part.text()).collect();
        format!("{}: {}\n", node.tag_name().name(), words.split_whitespace().collect::<Vec<&str>>().join(" "))
    };
    let shown: String = shown.map(line).collect();
    let version = run_in(folder.path(), &["--version"]).out.trim().to_owned();
    assert_shown("report_page", &shown.replace(&version, "gemc VERSION"));
    // outlines of densities where there are five seeds; a point a seed
    assert_eq!(with_class(&document, "violin").count(), 1);
    assert_eq!(with_class(&document, "picture").count(), 8);
    assert_eq!(with_class(&document, "drawing").count(), 1);

    report(folder.path(), &["--out", "again.html"]);
    assert_eq!(fs::read_to_string(folder.path().join("again.html")).unwrap(), text, "the same runs, the same bytes");
    let object = report(folder.path(), &["runs/slp", "--format", "json"]).object();
    assert_eq!(object["page"], "runs/slp/report.html");
    assert_eq!(object["runs"], json!(["runs/slp/genes=2", "runs/slp/genes=10", "runs/slp/genes=40"]));
}

#[test]
fn no_name_is_markup() {
    let folder = folder();
    let hostile = "</script><script>alert(1)</script>\"'&\u{202e}\u{1b}\u{ffff}<img src=x onerror=alert(1)>";
    made(folder.path(), "runs/a <b>&\"'", &[Some(0.5), Some(0.6)], |record| {
        record.model = hostile.to_owned();
        record.data = hostile.to_owned();
        record.settings = [(hostile.to_owned(), hostile.to_owned())].into_iter().collect();
        record.device = hostile.to_owned();
        record.outcome.error = Some(Trouble { code: hostile.to_owned(), message: hostile.to_owned() });
    });
    let recipe = json!({
        "title": hostile, "protocol": hostile,
        "trials": [{ "label": hostile, "parameters": 5, "accuracy": [0.5], "state": hostile }],
        "expect": [{ "label": hostile, "parameters": hostile, "accuracy": 0.5, "source": hostile, "verdict": hostile }],
    });
    fs::write(folder.path().join("runs/results.json"), recipe.to_string()).unwrap();
    fs::write(folder.path().join("runs/recipe.yaml"), hostile).unwrap();
    let done = report(folder.path(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let text = page(folder.path());
    assert_alone(&text);
    assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{ffff}']));
    let document = parsed(&text);
    assert_eq!(said(&document, "h1"), ["1 run"]);
    let shown = hostile.replace('\u{202e}', "\\u{202e}").replace('\u{1b}', "\\u{1b}").replace('\u{ffff}', "\\u{ffff}");
    assert!(said(&document, "h2").contains(&shown), "{:?}", said(&document, "h2"));
    assert!(said(&document, "pre").contains(&shown));
}

#[test]
fn runs_without_results_are_told_and_never_zero() {
    let folder = folder();
    grown(folder.path(), 2, &[Some(0.5), Some(0.6)]);
    let state = |state| move |record: &mut Manifest| record.outcome.state = Some(state);
    made(folder.path(), "runs/killed", &[Some(0.4), None], state(State::Running));
    made(folder.path(), "runs/failed", &[None, None], state(State::Failed));
    made(folder.path(), "runs/diverged", &[Some(0.3), Some(0.35)], state(State::Diverged));
    fs::create_dir(folder.path().join("runs/broken")).unwrap();
    fs::write(folder.path().join("runs/broken/run.json"), "{").unwrap();
    let done = report(folder.path(), &[]);
    assert_eq!(done.code, 1, "as `gemc runs`");
    assert!(done.err.contains("runs/broken is not shown: "), "{}", done.err);
    let text = page(folder.path());
    assert_alone(&text);
    let document = parsed(&text);
    let cells = said(&document, "td");
    for word in ["killed", "failed", "diverged", "finished"] {
        assert!(cells.iter().any(|cell| cell == word), "{word}");
    }
    assert!(said(&document, "li").iter().any(|line| line.starts_with("runs/broken is not shown: ")));
    assert!(said(&document, "p").iter().any(|line| line == "3 seeds without an accuracy left out."));
    let titles = said(&document, "title");
    assert!(titles.iter().all(|title| !title.contains(": 0.00 %")), "{titles:?}");
    // in the curve two settings, among the seeds three of them
    assert_eq!(with_class(&document, "open").filter(|node| node.tag_name().name() == "path").count(), 2 + 3);
}

#[test]
fn a_recipe_gives_labels_and_claims() {
    let folder = folder();
    let at = |path: &str| folder.path().join(path);
    made(folder.path(), "runs/store/a", &[Some(0.84), Some(0.86)], |record| record.parameters = 130);
    made(folder.path(), "runs/store/b", &[Some(0.5)], |record| record.parameters = 10);
    fs::create_dir_all(at("runs/fig")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../store/a", at("runs/fig/001")).unwrap();
    let trial = |label: &str, run: &str, accuracy: &[f64], parameters| json!({ "label": label, "varied": "genes=7", "run": run, "parameters": parameters, "state": "finished", "accuracy": accuracy });
    let results = json!({
        "title": "Few genes", "protocol": "strict",
        "trials": [trial("S-GEM", "../store/a", &[0.84, 0.86], 130), trial("direct", "../../elsewhere", &[0.9], 7840)],
        "expect": [
            { "label": "S-GEM", "parameters": "..156", "accuracy": "0.80..", "source": "Fig. 2c", "found": 0.85, "n": 2, "interval": [0.7, 0.9], "verdict": "holds" },
            { "label": "direct", "parameters": 7840, "accuracy": 0.95, "verdict": "fails" },
        ],
        "more": { "later": true },
    });
    fs::write(at("runs/fig/results.json"), results.to_string()).unwrap();
    fs::write(at("runs/fig/recipe.yaml"), "title: Few genes\ntrials: []\n").unwrap();
    let done = report(folder.path(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let text = page(folder.path());
    assert_alone(&text);
    let document = parsed(&text);
    assert_eq!(said(&document, "h2"), ["Few genes", "Runs on glyphs", "All runs", "Each run"]);
    assert!(said(&document, "p").iter().any(|line| line.starts_with("Protocol strict: ")));
    assert_eq!(with_class(&document, "star").count(), 3, "two claims, one key");
    assert_eq!(with_class(&document, "edge").count(), 1, "a claim of a range has an edge");
    let titles = said(&document, "title");
    assert!(
        titles.contains(
            &"S-GEM, parameters at most 156: accuracy at least 80.00 % (Fig. 2c), found 85.00 %: holds".to_owned()
        ),
        "{titles:?}"
    );
    assert!(said(&document, "td").contains(&"genes=7".to_owned()), "what varies is said");
    assert_eq!(said(&document, "summary").len(), 2, "a run that links lead to is told of once");
    assert!(said(&document, "pre").contains(&"title: Few genes\ntrials: []\n".to_owned()));

    fs::write(at("runs/fig/results.json"), "{\"trials\": 3}").unwrap();
    let done = report(folder.path(), &[]);
    assert!(done.code == 0 && done.err.contains("runs/fig/results.json is not used: "), "{}", done.err);
    let text = page(folder.path());
    assert_eq!(said(&parsed(&text), "summary").len(), 2);
}
