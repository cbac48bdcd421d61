//! Few-shot learning as users ask for it: plans, training, evaluation, the bench, and what is said of wrong requests.

#[cfg(feature = "torch")]
use super::folder;
use super::{repository, run};

fn shipped(name: &str) -> String {
    repository(&format!("models/{name}.gem")).display().to_string()
}

#[test]
fn a_plan_of_tasks_is_printed() {
    let model = shipped("omniglot_sgem");
    let said = run(&["compile", &model, "--few-shot", "--queries", "3", "--emit", "plan"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for line in ["pixels.support", "[R, 784, 5·B]", "pixels.query", "[R, 784, 15·B]", "pixels->first.rate"] {
        assert!(said.out.contains(line), "{line}");
    }
    let said = run(&["compile", &model, "--few-shot", "--emit", "program"]);
    assert!(said.code == 0 && said.out.contains("side by side"), "{}", said.err);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (model, ten) = (shipped("omniglot_sgem"), shipped("sgem_mlp"));
    for (line, code, words) in [
        (vec!["compile", &model, "--ways", "5"], 2, "--few-shot"),
        (vec!["compile", &model, "--few-shot", "--ways", "1"], 2, "2 to 256"),
        (vec!["compile", &model, "--few-shot", "--inner-steps", "33"], 2, "0 to 32"),
        (vec!["train", &model, "--data", "omniglot", "--few-shot", "--split", "half"], 2, "lake"),
        (vec!["train", &model, "--data", "glyphs", "--few-shot", "--validation", "10"], 2, "--validation"),
        (vec!["train", &ten, "--data", "glyphs", "--few-shot", "--ways", "3"], 1, "gem::class_mismatch"),
        (vec!["train", &model, "--data", "omniglot"], 1, "--few-shot"),
    ] {
        if !cfg!(feature = "torch") && line[0] == "train" && code != 2 {
            continue;
        }
        let said = run(&line);
        assert!(said.code == code && said.err.contains(words), "{line:?}: {} {}", said.code, said.err);
    }
}

#[cfg(feature = "torch")]
#[test]
fn a_run_is_trained_evaluated_and_drawn() {
    let folder = folder();
    let (model, path) = (shipped("omniglot_sgem"), folder.path().join("run").display().to_string());
    let set = ["--set", "genes=6"];
    let few = ["--few-shot", "--ways", "4", "--shots", "2"];
    let short = ["--batch", "4", "--steps", "12", "--eval-every", "6", "--runs", "2", "--run-dir", &path];
    let line = [&["train", &model, "--data", "glyphs"][..], &set, &few, &short].concat();
    let said = run(&line);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("12 steps of 4 tasks"), "{}", said.err);
    let said = run(&["eval", &path, "--tasks", "100", "--queries", "3", "--format", "json"]);
    let found = said.object();
    assert_eq!((found["tasks"].as_u64(), found["few_shot"]["queries"].as_u64()), (Some(128), Some(3)));
    assert_eq!(found["interval"].as_array().map(Vec::len), Some(2));
    // nothing learned, nothing known
    let said = run(&["eval", &path, "--tasks", "64", "--inner-steps", "0"]);
    assert!(said.code == 0 && said.out.contains("0 inner steps"), "{} {}", said.out, said.err);
    // other characters: of a folder that the run has never seen all images of a class are used
    let characters = folder.path().join("characters");
    for class in 0..4_u8 {
        let class_folder = characters.join(format!("class{class}"));
        std::fs::create_dir_all(&class_folder).unwrap();
        for image in 0..5_u8 {
            let pixel = |x: u32, y: u32| image::Luma([if (x + y) % 4 == u32::from(class) { 255 - image } else { 0 }]);
            image::GrayImage::from_fn(28, 28, pixel).save(class_folder.join(format!("{image}.png"))).unwrap();
        }
    }
    let data = format!("folder:{}", characters.display());
    let said = run(&["eval", &path, "--data", &data, "--tasks", "64", "--queries", "3", "--format", "json"]);
    assert_eq!((said.code, said.object()["tasks"].as_u64()), (0, Some(64)), "{}", said.err);
    let said = run(&["eval", &path, "--data", &data, "--tasks", "64", "--queries", "4"]);
    assert!(said.code == 1 && said.err.contains("run::too_many_shots"), "{}", said.err);
    let said = run(&["draw", &path]);
    assert_eq!(said.code, 0, "{}", said.err);
    let said = run(&["bench", &model, "--few-shot", "--set", "genes=6", "--batch", "4", "--format", "json"]);
    assert!(said.object()["ms_per_step"].as_f64().is_some_and(|ms| ms > 0.0));
    // a split that there is not is not silently another one
    let record = folder.path().join("run/run.json");
    let text = std::fs::read_to_string(&record).unwrap().replacen('{', "{\n  \"split\": \"papers\",", 1);
    std::fs::write(&record, text).unwrap();
    let said = run(&["eval", &path]);
    assert!(said.code == 1 && said.err.contains("its split is `papers`"), "{}", said.err);
}
