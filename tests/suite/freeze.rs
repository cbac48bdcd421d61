//! Rows that are frozen by name: not counted, not updated, and the same rows all the same.

use gemc::compile::{Stages, stages};
use gemc::data::checksum::sha256;
use gemc::options::{FewShot, Options};
use gemc::plan::{ParameterId, is_row_of, lower_unoptimized};
use gemc::run_dir::{Manifest, StartedFrom, TrainConfig};
use serde_json::json;

use crate::pages::repository;

fn compiled(model: &str, freeze: &[&str], few_shot: Option<FewShot>) -> Stages {
    let text = std::fs::read_to_string(repository(&format!("models/{model}.gem"))).unwrap();
    let freeze = freeze.iter().map(|name| (*name).to_owned()).collect();
    stages(model, &text, &Options { freeze, few_shot, ..Options::default() })
        .unwrap_or_else(|report| panic!("{report}"))
}

fn learned(stages: &Stages) -> Vec<&str> {
    stages.plan.parameters().iter().filter(|row| row.learned).map(|row| row.name.as_str()).collect()
}

#[test]
fn a_frozen_row_is_neither_counted_nor_updated() {
    let (usual, frozen) = (compiled("sgem_mlp", &[], None), compiled("sgem_mlp", &["g.O", "hidden.g.sigma"], None));
    assert_eq!(learned(&frozen), ["pixels.g.mu", "pixels.g.sigma", "hidden.g.mu"]);
    assert_eq!((usual.plan.counts().parameters, frozen.plan.counts().parameters), (616, 616 - 484 - 22));
    let names = |stages: &Stages| stages.plan.parameters().iter().map(|row| row.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&usual), names(&frozen));
    let row = |(row, _): &(ParameterId, _)| frozen.plan.rows()[row.index()].name.to_string();
    let updates: Vec<String> = frozen.plan.updates().iter().map(row).collect();
    assert!(updates.len() == 9 && !updates.iter().any(|name| name.starts_with("g.O")), "{updates:?}");
    let table = frozen.plan.table();
    assert!(table.tensors.iter().all(|row| row.name != "g.O") && table.parameters == 110);
    let [one, other] = [&usual, &frozen].map(|stages| lower_unoptimized(&stages.wiring, None).unwrap().to_string());
    assert_ne!(one, other, "two runs of which one is frozen have the same hash");
}

#[test]
fn a_genome_is_all_its_rows() {
    let frozen = compiled("sgem_mlp", &["g"], None);
    assert_eq!((learned(&frozen), frozen.plan.counts().parameters), (vec![], 0));
    assert!(frozen.plan.updates().is_empty());
    let model = frozen.model();
    for (row, name, meant) in [
        ("g.O", "g", true),
        ("pixels.g.mu", "g", true),
        ("g.O@start", "g", true),
        ("pixels->hidden.g.c", "g", false),
        ("pixels->hidden.g.c", "pixels->hidden.g.c", true),
        ("pixels.g.mu", "pixels.g", true),
        ("pixels.g.mu", "pixels", true),
        ("pixels->hidden.g.c", "pixels", false),
        ("pixels.g.mu", "pixels.g.m", false),
        ("pixels.gg.mu", "g", false),
        ("g.O", "G", false),
    ] {
        assert_eq!(is_row_of(model, row, name), meant, "{row} {name}");
    }
}

#[test]
fn tasks_are_learned_through_frozen_rows_too() {
    let few_shot = Some(FewShot::default());
    let (usual, frozen) = (compiled("omniglot_sgem", &[], few_shot), compiled("omniglot_sgem", &["g.O"], few_shot));
    assert!(learned(&usual).contains(&"g.O") && !learned(&frozen).contains(&"g.O"));
    assert_eq!(learned(&usual).len(), learned(&frozen).len() + 1);
}

#[test]
fn what_was_trained_has_the_hash_that_it_had() {
    let recipe = TrainConfig::default();
    let mut record: Manifest = serde_json::from_value(json!({
        "model": "m", "settings": { "genes": "5" }, "seeds": [0], "recipe": recipe, "data": "glyphs", "data_hash": "ab",
        "graph": "", "versions": { "gemc": "", "libtorch": "" }, "device": "cpu", "threads": 1, "parameters": 1,
        "uncompressed": 1, "best_accuracy": [null], "best_step": [null], "mean": null, "sd": null, "steps": 0,
        "seconds": 0.0, "ms_per_step": null, "stopped": null,
    }))
    .unwrap();
    let usual = record.source("text");
    assert_eq!(usual, sha256(b"text\0[{\"genes\":\"5\"},[0],\"glyphs\",\"ab\",null,0]"));
    record.freeze = vec!["g.O".to_owned()];
    let frozen = record.source("text");
    let from = |run: &str| StartedFrom { run: run.to_owned(), genome: "cd".to_owned(), which: None, rows: vec![] };
    record.from = Some(from("/here"));
    let started = record.source("text");
    assert!(usual != frozen && frozen != started);
    // the folder may be another one, with the same genome in it
    record.from = Some(from("/there"));
    assert_eq!(record.source("text"), started);
}
