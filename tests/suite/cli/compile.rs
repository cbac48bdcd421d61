//! `gemc compile` without training: summary, stages, overrides, gemc's own models.

use std::fs;

use super::{assert_shown, folder, gemc_in, program_in, repository, run, run_in};

#[test]
fn summary_is_short_and_true() {
    let said = run(&["compile", "sgem_mlp.gem"]);
    assert_shown("summary", &said.shown(&[]));
    let object = run(&["compile", "sgem_mlp.gem", "--format", "json"]).object();
    assert_eq!(object["model"], "sgem_mlp");
    assert_eq!(object["parameters"], 616);
    assert_eq!(object["synapses"], 622_496);
    assert_eq!(object["uncompressed"], 622_496);
    assert!((object["compression"].as_f64().unwrap() - 1010.5).abs() < 0.1);
    assert_eq!(object["populations"][0]["neurons"], 784);
    assert_eq!(object["connections"][1]["synapses"], 7840);
    assert_eq!(object["step"]["batch"], 64);
    assert_eq!(object["settings"][0]["value"], 22);
}

#[test]
fn every_stage_prints() {
    let mut text = String::new();
    for stage in ["ast", "model", "wiring", "plan", "params", "dot"] {
        let said = run(&["compile", "good.gem", "--emit", stage]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{stage}");
        // what a plan looks like is for its own room to say
        if stage != "plan" {
            text.extend(["==== ", stage, "\n", &said.out]);
        }
        let object = run(&["compile", "good.gem", "--emit", stage, "--format", "json"]).object();
        assert_eq!(object["model"], "small", "{stage}");
        if stage != "params" {
            assert_eq!(object["text"], said.out, "{stage}");
            assert_eq!(object["stage"], stage);
        }
    }
    assert_shown("stages", &text);
}

#[test]
fn picture_is_a_picture() {
    let said = run(&["compile", "good.gem", "--emit", "svg"]);
    assert!(said.out.contains("<svg") && said.out.contains("</svg>"), "{}", said.out);
}

#[test]
fn params_keep_their_fields() {
    let object = run(&["compile", "good.gem", "--emit", "params", "--format", "json"]).object();
    for field in ["model", "parameters", "synapses", "uncompressed", "compression", "tensors"] {
        assert!(!object[field].is_null(), "{field}");
    }
    for field in ["name", "shape", "count", "shared_by"] {
        assert!(!object["tensors"][0][field].is_null(), "{field}");
    }
}

#[test]
fn graph_is_whole() {
    let object = run(&["compile", "good.gem", "--emit", "json"]).object();
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    let wanted = "model settings genomes interactions populations projections schedule parts ticks input intake output params plan";
    assert_eq!(keys, wanted.split(' ').collect::<Vec<_>>());
    let tensors = object["plan"]["tensors"].as_array().unwrap();
    let ids: Vec<&str> = tensors.iter().map(|tensor| tensor["id"].as_str().unwrap()).collect();
    for tensor in tensors {
        for operand in tensor["operands"].as_array().unwrap() {
            assert!(ids.contains(&operand.as_str().unwrap()), "{tensor}");
        }
    }
    assert!(ids.contains(&object["plan"]["output"].as_str().unwrap()));
    let printed = run(&["compile", "good.gem", "--emit", "plan"]).out;
    for tensor in tensors {
        let line = format!("\n  {:<22} [", tensor["name"].as_str().unwrap());
        assert!(printed.contains(&line), "{tensor} is not in\n{printed}");
    }
}

#[test]
fn parameters_are_set() {
    let object = run(&["compile", "good.gem", "--set", "genes=5", "--set", " genes = 9 ", "--format", "json"]).object();
    assert_eq!(object["settings"][0]["value"], 9, "the last one counts");
    assert_eq!(object["settings"][0]["origin"], "set");
    let said = run(&["compile", "good.gem", "--set", "gnes=9"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("gem::unknown_parameter") && said.err.contains("did you mean `genes`?"), "{}", said.err);
}

#[test]
fn faults_go_to_standard_error_and_are_one() {
    let said = run(&["compile", "bad.gem"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("bad.gem:5"), "{}", said.err);
    let object = run(&["compile", "bad.gem", "--format", "json"]).object();
    assert_eq!(object["files"][0]["path"], "bad.gem");
    assert!(object["files"][0]["diagnostics"][0]["code"].as_str().unwrap().starts_with("gem::"));
}

#[test]
fn data_gives_its_facts() {
    let said = run(&["compile", "good.gem", "--data", "glyphs"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("gem::sample_mismatch") && said.err.contains("gem::class_mismatch"), "{}", said.err);
    assert_eq!(run(&["compile", "sgem_mlp.gem", "--data", "mnist"]).code, 0);
    let said = run(&["compile", "sgem_mlp.gem", "--data", "mnits"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("did you mean `mnist`?"), "{}", said.err);
    let object = run(&["compile", "sgem_mlp.gem", "--data", "mnits", "--format", "json"]).object();
    assert_eq!(object["error"]["code"], "data::unknown");
}

#[test]
fn what_the_data_settles_is_said() {
    let folder = folder();
    let text = "model wide(classes = 4) {\n    population a = grid(32, 32)\n    population b = units(classes)\n    \
                connect a -> b via direct\n    input a\n    output b\n}\n";
    std::fs::write(folder.path().join("wide.gem"), text).unwrap();
    let said = run_in(folder.path(), &["compile", "wide.gem", "--data", "glyphs", "--emit", "params"]);
    let expected = "classes = 10, from glyphs\na sample of glyphs is 28 × 28 × 1: with 2 zeros on each side it fills grid(32, 32)\n";
    assert_eq!((said.code, said.err.as_str()), (0, expected));
    let said = run_in(folder.path(), &["compile", "wide.gem", "--data", "glyphs", "--set", "classes=10"]);
    assert!(!said.err.contains("classes"), "what is set from outside is no fact: {}", said.err);
    let said = run_in(folder.path(), &["compile", "wide.gem"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
}

#[test]
fn memory_limit_is_obeyed() {
    let said = run(&["compile", "sgem_mlp.gem", "--memory-limit", "0.001"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("gem::too_large"), "{}", said.err);
}

#[test]
fn a_copy_of_the_program_has_its_models_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let copy = program_in(folder.path());
    for name in ["sgem_mlp.gem", "models/sgem_mlp.gem"] {
        let done = std::process::Command::new(&copy).args(["compile", name]).current_dir(folder.path()).output();
        let done = done.unwrap();
        assert!(done.status.success());
        assert!(String::from_utf8_lossy(&done.stderr).contains("gemc's own copy is used"));
        assert!(String::from_utf8_lossy(&done.stdout).starts_with("sgem_mlp: 616 parameters"));
    }
}

#[test]
fn a_file_here_wins_over_the_own_copy() {
    let folder = folder();
    fs::write(folder.path().join("sgem_mlp.gem"), super::GOOD).unwrap();
    let said = run_in(folder.path(), &["compile", "sgem_mlp.gem"]);
    assert!(said.out.starts_with("small:") && said.err.is_empty(), "{}{}", said.out, said.err);
    let said = run_in(folder.path(), &["compile", "elsewhere/sgem_mlp.gem"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("there is no folder `elsewhere`"), "{}", said.err);
}

#[test]
fn every_model_that_ships_compiles() {
    for entry in fs::read_dir(repository("models")).unwrap() {
        let path = entry.unwrap().path();
        // recipes have a folder of their own
        if path.is_dir() {
            continue;
        }
        let done = gemc_in(&repository("")).arg("compile").arg(&path).output().unwrap();
        assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn json_keeps_to_standard_output() {
    let said = run(&["compile", "slp.gem", "--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
}
