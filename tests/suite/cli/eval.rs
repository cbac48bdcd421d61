//! Evaluations class by class, on test samples and on a validation split.

use serde_json::{Value, json};

use super::{Said, folder, run_in};

const SHORT: &[&str] =
    &["train", "sgem_slp.gem", "--data", "glyphs", "--threads", "1", "--steps", "60", "--eval-every", "20", "--quiet"];

fn trained(folder: &std::path::Path, more: &[&str]) -> Said {
    let said = run_in(folder, &[SHORT, more].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    said
}

#[test]
fn classes_are_told_one_by_one() {
    let folder = folder();
    trained(folder.path(), &["--runs", "3", "--run-dir", "a"]);
    let object = run_in(folder.path(), &["eval", "a", "--format", "json"]).object();
    let accuracy: Vec<f64> = serde_json::from_value(object["accuracy"].clone()).unwrap();
    let matrices: Vec<Vec<Vec<u64>>> = serde_json::from_value(object["confusion"].clone()).unwrap();
    let by_class: Vec<Vec<f64>> = serde_json::from_value(object["class_accuracy"].clone()).unwrap();
    assert_eq!((matrices.len(), matrices[0].len(), matrices[0][0].len()), (3, 10, 10));
    for (run, matrix) in matrices.iter().enumerate() {
        let right: u64 = (0..10).map(|class| matrix[class][class]).sum();
        let third = matrix[3][3] as f64 / matrix[3].iter().sum::<u64>() as f64;
        let wanted = [right as f64 / 2_000.0, third].map(f64::to_bits);
        assert_eq!(wanted, [accuracy[run], by_class[run][3]].map(f64::to_bits));
    }
    let mean = by_class.iter().map(|run| run[3]).sum::<f64>() / 3.0;
    assert!((object["class_mean"][3].as_f64().unwrap() - mean).abs() < 1e-12);
    assert!(object["class_sd"][3].is_number() && object["split"] == "test", "{object}");

    let said = run_in(folder.path(), &["eval", "a", "--confusion"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].contains("a on 2,000 test samples of glyphs: ") && lines[0].contains("n = 3"), "{}", said.out);
    assert_eq!(lines[2].split_whitespace().take(3).collect::<Vec<_>>(), ["class", "accuracy", "samples"]);
    let sum: u64 = matrices.iter().map(|matrix| matrix[0][0]).sum();
    let first = lines[lines.len() - 12].split_whitespace().collect::<Vec<_>>();
    assert_eq!((first.len(), first[0], first[1]), (11, "0", sum.to_string().as_str()), "{}", said.out);
    let said = run_in(folder.path(), &["eval", "a"]);
    assert_eq!((said.out.lines().count(), said.err.as_str()), (15, ""), "{}", said.out);
}

#[test]
fn what_is_found_is_kept_beside_the_run() {
    let folder = folder();
    let at = |name: &str| folder.path().join("a").join(name);
    let read = |name: &str| serde_json::from_slice::<Value>(&std::fs::read(at(name)).unwrap()).unwrap();
    trained(folder.path(), &["--validation", "500", "--runs", "2", "--run-dir", "a"]);
    let said = run_in(folder.path(), &["eval", "a"]);
    assert!(said.out.ends_with("\nsaved in a/eval-test.json\n"), "{}", said.out);
    let object = run_in(folder.path(), &["eval", "a", "--split", "validation", "--format", "json"]).object();
    assert_eq!(object["saved"], "a/eval-validation.json");
    let (test, validation, record) = (read("eval-test.json"), read("eval-validation.json"), read("run.json"));
    assert_eq!((&test["samples"], &validation["samples"]), (&json!(2_000), &json!(500)));
    for field in ["accuracy", "confusion"] {
        assert_eq!(validation[field], object[field], "{field}");
    }
    assert_eq!((&test["data_hash"], &validation["genome"]), (&record["data_hash"], &test["genome"]));
    let header = String::from_utf8_lossy(&std::fs::read(at("genome.safetensors")).unwrap()).into_owned();
    assert!(header.contains(&format!("\"sha256\":{}", test["genome"])), "the sum in the genome's header");

    // the page draws both, and says so where the genome is another
    let page = |folder: &std::path::Path| {
        assert_eq!(run_in(folder, &["report", "a"]).code, 0);
        std::fs::read_to_string(at("report.html")).unwrap()
    };
    assert_eq!(page(folder.path()).matches("class=\"chart matrix\"").count(), 2);
    let kept = std::fs::read_to_string(at("eval-test.json")).unwrap();
    std::fs::write(at("eval-test.json"), kept.replace(test["genome"].as_str().unwrap(), "0123")).unwrap();
    let other = page(folder.path());
    assert!(other.matches("class=\"chart matrix\"").count() == 1 && other.contains("is of another genome"));

    // a place that cannot be written to is no failure; other data is nothing of the run
    std::fs::remove_file(at("eval-test.json")).unwrap();
    std::fs::create_dir(at("eval-test.json")).unwrap();
    let said = run_in(folder.path(), &["eval", "a", "--split", "test"]);
    assert!(said.code == 0 && said.err.starts_with("not saved: ") && !said.out.contains("saved in"), "{}", said.err);
    std::fs::remove_dir(at("eval-test.json")).unwrap();
    let said = run_in(folder.path(), &["eval", "a", "--split", "test", "--data", "glyphs", "--format", "json"]);
    assert_eq!(said.object()["saved"], "a/eval-test.json", "the run's own data, named");
}

#[test]
fn the_split_is_told() {
    let folder = folder();
    trained(folder.path(), &["--validation", "500", "--run-dir", "a"]);
    let said = run_in(folder.path(), &["eval", "a"]);
    assert!(said.out.contains("a on 2,000 test samples of glyphs"), "{}", said.out);
    assert!(said.err.contains("a validation split of 500 samples: `--split validation`"), "{}", said.err);
    let said = run_in(folder.path(), &["eval", "a", "--split", "test"]);
    assert_eq!(said.err, "");
    let said = run_in(folder.path(), &["eval", "a", "--split", "validation"]);
    assert!(said.out.contains("a on 500 validation samples of glyphs"), "{}", said.out);
    let record: Value = serde_json::from_slice(&std::fs::read(folder.path().join("a/run.json")).unwrap()).unwrap();
    let object = run_in(folder.path(), &["eval", "a", "--split", "validation", "--format", "json"]).object();
    assert_eq!((&object["accuracy"], &object["split"]), (&record["best_accuracy"], &json!("validation")));

    trained(folder.path(), &["--run-dir", "b"]);
    let said = run_in(folder.path(), &["eval", "b", "--split", "validation"]);
    assert!(said.code == 1 && said.err.contains("run::no_validation"), "{}", said.err);
    let few =
        ["train", "omniglot_gem.gem", "--data", "glyphs", "--few-shot", "--steps", "2", "--batch", "2", "--quiet"];
    let said = run_in(folder.path(), &[&few[..], &["--threads", "1", "--run-dir", "c"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    for option in [&["--confusion"][..], &["--split", "test"]] {
        let said = run_in(folder.path(), &[&["eval", "c"], option].concat());
        assert!(said.code == 1 && said.err.contains("run::of_tasks"), "{}", said.err);
    }
}
