//! Trials as tasks of a batch system: stand-ins for `sbatch`, `squeue` and `hq` run them, one of which fails once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use super::{Said, folder, gemc_in, run_in};

const RECIPE: &str = "\
train: { data: glyphs, steps: 40, eval-every: 20 }
trials:
  - { model: sgem_slp.gem, label: S-GEM, set: { genes: 1..3 } }
";

/// Runs the tasks of an array job in the background. The second task of the first job is lost.
const SBATCH: &str = r#"#!/bin/sh
for last; do :; done
echo "$@" >> sbatch.log
tasks=$(sed -n 's/^#SBATCH --array=\([0-9,]*\).*/\1/p' "$last" | tr , ' ')
job=$(wc -l < sbatch.log)
( for task in $tasks; do
    if [ "$job $task" != "1 2" ]; then SLURM_ARRAY_TASK_ID=$task sh "$last" >> tasks.log 2>&1; fi
  done; touch "over-$job" ) > /dev/null 2>&1 &
echo "$job;cluster"
"#;

/// Lists a job until it is over; then Slurm does not know it.
const SQUEUE: &str = r#"#!/bin/sh
for job; do :; done
if [ -e "over-$job" ]; then echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; fi
echo RUNNING
"#;

/// Runs a task for each entry of a list, as `HyperQueue` does; tells of a job how many of its tasks are left.
const HQ: &str = r#"#!/bin/sh
if [ "$1" = submit ]; then
  echo "$@" >> hq.log
  entries=$(tr -d '[],' < "$4")
  while [ "$1" != -- ]; do shift; done
  shift
  ( for entry in $entries; do HQ_ENTRY=$entry "$@" >> tasks.log 2>&1; done; touch over-5 ) > /dev/null 2>&1 &
  echo 5
else
  if [ -e over-5 ]; then left=0; else left=1; fi
  echo "[{\"info\": {\"task_stats\": {\"running\": $left, \"waiting\": 0, \"finished\": 2}}}]"
fi
"#;

/// Makes a folder with a recipe and stand-ins.
fn place() -> tempfile::TempDir {
    let folder = folder();
    fs::create_dir(folder.path().join("bin")).unwrap();
    for (name, text) in [("sbatch", SBATCH), ("squeue", SQUEUE), ("hq", HQ)] {
        let path = folder.path().join("bin").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::write(folder.path().join("points.yaml"), RECIPE).unwrap();
    folder
}

/// Runs gemc where the stand-ins are found.
fn with_stand_ins(folder: &Path, arguments: &[&str]) -> Said {
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
    Said::of(gemc_in(folder).args(arguments).env("PATH", path).output().unwrap())
}

/// Returns results without times.
fn results(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("runs/points/results.json")).unwrap();
    let mut results: Value = serde_json::from_str(&text).unwrap();
    for trial in results["trials"].as_array_mut().unwrap() {
        trial.as_object_mut().unwrap().remove("seconds");
    }
    results
}

#[test]
fn batch_systems_give_what_this_machine_gives() {
    let here = place();
    assert_eq!(run_in(here.path(), &["run", "points.yaml"]).code, 0);
    for (engine, log) in [("slurm", "sbatch.log"), ("hq", "hq.log")] {
        let there = place();
        let arguments = ["run", "points.yaml", "--engine", engine, "--jobs", "2", "--engine-args=--time=5"];
        let said = with_stand_ins(there.path(), &arguments);
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(results(there.path()), results(here.path()), "{engine}");
        let submitted = fs::read_to_string(there.path().join(log)).unwrap();
        assert!(submitted.contains("--time=5"), "{submitted}");
        if engine == "slurm" {
            // the task that was lost is submitted again, alone
            let script = fs::read_to_string(there.path().join("runs/points/slurm-1.sh")).unwrap();
            assert!(script.contains("#SBATCH --array=2%2\n") && script.contains(" --retry --trial "), "{script}");
            assert!(said.err.contains("job 1: 3 trials") && said.err.contains("job 2: 1 trial"), "{}", said.err);
        }
        // all of it is there by now
        let again = with_stand_ins(there.path(), &arguments);
        assert_eq!(again.code, 0, "{}", again.err);
        assert_eq!(fs::read_to_string(there.path().join(log)).unwrap(), submitted, "{engine} is called again");
    }
}

#[test]
fn a_batch_system_that_is_not_there_is_said_to_be_missing() {
    let folder = place();
    fs::remove_file(folder.path().join("bin/hq")).unwrap();
    fs::write(folder.path().join("bin/sbatch"), "#!/bin/sh\necho 'sbatch: error: no such partition' >&2\nexit 1\n")
        .unwrap();
    let path = folder.path().join("bin").display().to_string();
    let engine = |engine: &str| {
        let arguments = ["run", "points.yaml", "--engine", engine];
        Said::of(gemc_in(folder.path()).args(arguments).env("PATH", format!("{path}:/usr/bin:/bin")).output().unwrap())
    };
    let said = engine("hq");
    assert!(
        said.code == 3 && said.err.contains("recipe::engine") && said.err.contains("no such program"),
        "{}",
        said.err
    );
    let said = engine("slurm");
    assert!(said.code == 3 && said.err.contains("no such partition"), "{}", said.err);
}
