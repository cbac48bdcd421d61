//! `gemc recipe`: the recipe of a run gives the same run.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{folder, run_in};

#[test]
fn a_run_has_a_recipe_that_repeats_it() {
    let folder = folder();
    for (name, arguments) in [
        (
            "samples",
            "train sgem_slp.gem --data glyphs --set genes=3 --runs 2 --seed 4 --steps 40 --eval-every 20 --validation 100 --lr 0.02 --snapshots 20",
        ),
        (
            "begun",
            "train sgem_slp.gem --data glyphs --set genes=3 --runs 2 --steps 20 --eval-every 10 --from samples --freeze g.O",
        ),
        (
            "tasks",
            "train omniglot_sgem.gem --data glyphs --few-shot --rotations --set genes=4 --batch 2 --steps 6 --eval-every 3 --adapt readout",
        ),
    ] {
        let arguments = format!("{arguments} --quiet --run-dir {name}");
        let said = run_in(folder.path(), &arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(said.code, 0, "{}", said.err);
        let written = run_in(folder.path(), &["recipe", name, "--out", &format!("{name}/again.yaml")]);
        assert_eq!(written.code, 0, "{}", written.err);
        let said = run_in(folder.path(), &["run", &format!("{name}/again.yaml"), "--out", "runs/points"]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        let genome = fs::read(folder.path().join(name).join("genome.safetensors")).unwrap();
        let results = fs::read_to_string(folder.path().join("runs/points/results.json")).unwrap();
        let results: Value = serde_json::from_str(&results).unwrap();
        let link = folder.path().join("runs/points").join(results["trials"][0]["run"].as_str().unwrap());
        let again = fs::read(link.join("genome.safetensors")).unwrap();
        assert!(again == genome, "{name}: the recipe gives another genome");
        if name == "samples" {
            for step in [0, 20, 40] {
                let snapshot = |run: &Path| fs::read(run.join(format!("snapshots/{step}.safetensors"))).unwrap();
                assert!(snapshot(&link) == snapshot(&folder.path().join(name)), "step {step}");
            }
        }
    }
}
