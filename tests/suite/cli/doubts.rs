//! Runs that start badly or learn nothing say so: what populations receive before the first step, and each doubt by a model that
//! earns it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Said, folder, run_in};

const TRAIN: &[&str] = &["--train", "glyphs", "--threads", "1", "--batch", "32", "--run-dir", "run"];

/// Trains a model in `folder/run`. Returns what was said, and the record.
fn trained(folder: &Path, model: &str, more: &[&str]) -> (Said, Value) {
    fs::write(folder.join("net.gem"), model).unwrap();
    let said = run_in(folder, &[&["compile", "net.gem"], TRAIN, more].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    (said, serde_json::from_str(&fs::read_to_string(folder.join("run/run.json")).unwrap()).unwrap())
}

/// Returns a perceptron whose hidden populations, as many as `hidden`, read on from another by `via`.
fn perceptron(start: &str, hidden: usize, attributes: &str, via: &str) -> String {
    let layer = |layer| format!("    population h{layer} = grid(28, 28) {{ g: gaussian, {attributes} }}\n");
    let layers: String = (1..=hidden).map(layer).collect();
    let names: Vec<String> = (1..=hidden).map(|layer| format!("h{layer}")).collect();
    format!(
        "model net(genes = 22) {{\n    genome g(genes)\n    start {start}\n    population pixels = grid(28, 28) {{ g: gaussian }}\n\
         {layers}    population digits = units(10) {{ g: random }}\n    connect pixels -> {} via g{via}\n    \
         connect h{hidden} -> digits via g\n    input pixels\n    output digits\n}}\n",
        names.join(" -> "),
    )
}

/// Returns the message of the first warning with this code, if there is one.
fn warning(record: &Value, code: &str) -> Option<String> {
    let warnings = record["warnings"].as_array().unwrap();
    let found = warnings.iter().find(|warning| warning["code"] == code)?;
    Some(found["message"].as_str().unwrap().to_owned())
}

/// Returns a number of the first run.
fn number(signal: &Value, name: &str) -> f64 {
    signal[name][0].as_f64().unwrap()
}

#[test]
fn what_populations_receive_is_in_the_record_before_the_first_step() {
    let folder = folder();
    let model = perceptron("calibrated", 2, "activation: relu", "");
    let (said, record) = trained(folder.path(), &model, &["--steps", "200", "--runs", "2"]);
    let received = record["received"].as_array().unwrap();
    let names: Vec<&str> = received.iter().map(|signal| signal["population"].as_str().unwrap()).collect();
    assert_eq!(names, ["h1", "h2", "digits"]);
    for signal in received {
        let wanted = if signal["population"] == "digits" { 16.0 } else { 1.0 };
        for run in 0..2 {
            assert!((signal["sd"][run].as_f64().unwrap() / wanted - 1.0).abs() < 1e-3, "{signal}");
        }
        assert!(number(signal, "between_samples") > 0.1 * wanted && number(signal, "dead") < 0.5, "{signal}");
        let active = number(signal, "active");
        assert!(
            if signal["population"] == "digits" { active >= 1.0 } else { (0.2..0.8).contains(&active) },
            "{signal}"
        );
    }
    assert!(!said.err.contains("run::"), "{}", said.err);
    assert_eq!(record["warnings"], serde_json::json!([]));
}

#[test]
fn a_start_that_is_far_too_strong_names_the_population() {
    let folder = folder();
    let model = perceptron("fan_in", 5, "activation: relu", "");
    let (said, record) = trained(folder.path(), &model, &["--steps", "2", "--runs", "2"]);
    let told = warning(&record, "run::ill_scaled").unwrap();
    assert!(told.contains("at the start h2 (and 4 more) receives inputs with standard deviation"), "{told}");
    assert_eq!(said.err.matches("run::ill_scaled").count(), 1, "{}", said.err);
    assert!(said.err.contains("runs 0 and 1: at the start") && said.err.contains("start calibrated"), "{}", said.err);
    let told = warning(&record, "run::high_first_loss").unwrap();
    assert!(told.contains("the loss of guessing"), "{told}");
}

#[test]
fn what_all_samples_have_in_common_must_not_drown_them() {
    let folder = folder();
    let model =
        perceptron("calibrated", 1, "activation: relu", "").replace("input pixels", "input pixels { mean: -500 }");
    let model = model.replace("g: gaussian ", "g: gaussian(centred: false) ");
    let (_, record) = trained(folder.path(), &model, &["--steps", "2"]);
    let told = warning(&record, "run::no_signal").unwrap();
    assert!(told.contains("h1") && told.contains("differs between samples"), "{told}");
}

/// All that the hidden neurons receive is negative: none answers, no sample tells itself from another, and nothing is learned.
#[test]
fn a_dead_population_is_told_of_before_and_by_what_comes_of_it() {
    let folder = folder();
    let model = perceptron("calibrated", 1, "activation: relu", " { weights: nonnegative }");
    let model = model.replace("input pixels", "input pixels { mean: 2 }");
    let (_, record) = trained(folder.path(), &model, &["--steps", "400", "--eval-every", "100"]);
    let told = warning(&record, "run::dead_neurons").unwrap();
    assert!(told.contains("at the start 100.0 % of the neurons of h1 are dead: relu has gradient 0"), "{told}");
    let told = warning(&record, "run::equal_outputs").unwrap();
    assert!(told.contains("2.302585"), "{told}");
    assert!(warning(&record, "run::one_answer").unwrap().contains("predicts one class"), "{record}");
    assert!(warning(&record, "run::at_chance").unwrap().contains("after 300 steps"), "{record}");
}

#[test]
fn saturated_neurons_are_told_of() {
    let folder = folder();
    let model = perceptron("calibrated", 1, "activation: tanh", " { gain: 200 }");
    let (_, record) = trained(folder.path(), &model, &["--steps", "2"]);
    let told = warning(&record, "run::saturated").unwrap();
    assert!(told.contains("h1 is saturated: tanh"), "{told}");
}

#[test]
fn neurons_that_die_while_they_learn_are_told_of() {
    let folder = folder();
    let model = perceptron("calibrated", 2, "activation: relu, bias: free", "");
    let (_, record) = trained(folder.path(), &model, &["--steps", "120", "--eval-every", "40", "--lr", "3"]);
    let told = warning(&record, "run::dead_neurons").unwrap();
    assert!(told.contains("after 40 steps") || told.contains("after 80 steps"), "{told}");
}

#[test]
fn a_run_that_learns_nothing_says_so() {
    let folder = folder();
    let train = ["compile", "sgem_slp.gem", "--train", "glyphs", "--threads", "1", "--patience", "9999"];
    let train = [&train[..], &["--steps", "400", "--eval-every", "100"]].concat();
    // a rate at which nothing moves
    let said = run_in(folder.path(), &[&train[..], &["--lr", "1e-12", "--runs", "2", "--run-dir", "run"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.err.matches("run::at_chance").count(), 1, "{}", said.err);
    let last = said.out.lines().last().unwrap();
    assert!(last.contains("no better than guessing"), "{}", said.out);
    let record: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("run/run.json")).unwrap()).unwrap();
    let warnings = record["warnings"].as_array().unwrap();
    let of: Vec<_> = warnings.iter().filter(|one| one["code"] == "run::at_chance").collect();
    assert!(!of.is_empty() && of.iter().all(|one| one["step"].is_u64() && one["message"].is_string()), "{warnings:?}");

    let said = run_in(folder.path(), &train);
    assert!(!said.err.contains("run::") && !said.out.contains("guessing"), "{}{}", said.err, said.out);
}
