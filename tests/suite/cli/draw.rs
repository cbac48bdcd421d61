//! `draw` from outside: the page of a run, and what is said of a folder that is none.

use std::fs;
use std::path::Path;

use gemc::compile::stages;
use gemc::data::checksum::sha256;
use gemc::data::facts;
use gemc::options::Options;
use gemc::plan::{Array, Interpreter, Plan, lower_unoptimized};
use gemc::run_dir::{
    GRAPH, Kept, Manifest, RunOutcome, SOURCE, SUM, SnapshotSteps, State, StoredEvaluation, StoredTensor, TrainConfig,
    Versions,
};
use roxmltree::Document;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};

#[cfg(unix)]
use super::program_in;
use super::{assert_shown, folder, run_in};

const MODEL: &str = "model small(genes = 6) {
    genome g(genes) { interaction: symmetric }
    population pixels = grid(28, 28, 1) { g: gaussian }
    population near   = grid(14, 14, 2) { g: split(gaussian), activation: relu }
    population pooled = average_pool(near, 2)
    population digits = units(10) { g: random }
    connect pixels -> near via g { window: 4, stride: 2, padding: 1 }
    connect pooled -> digits via direct
    connect pixels -> digits via g
    input pixels
    output digits
}
";

/// Makes the folder `runs/small-1` of two runs that are at their start, and returns its record.
pub(super) fn keep(folder: &Path) -> Manifest {
    let run = folder.join("runs/small-1");
    let facts = facts("glyphs");
    let set = vec![("genes".to_owned(), "5".to_owned())];
    let stages = stages("model.gem", MODEL, &Options { set, facts: facts.clone(), ..Options::default() }).unwrap();
    let graph = sha256(lower_unoptimized(&stages.wiring, None).unwrap().to_string().as_bytes());
    let best =
        RunOutcome { best_accuracy: vec![Some(0.5), Some(0.25)], best_step: vec![Some(4); 2], ..RunOutcome::none(2) };
    let record = Manifest {
        model: "small".to_owned(),
        settings: [("genes".to_owned(), "5".to_owned())].into_iter().collect(),
        recipe: TrainConfig { runs: 2, ..TrainConfig::default() },
        seeds: vec![0, 1],
        data: "glyphs".to_owned(),
        data_hash: String::new(),
        data_proven: None,
        facts,
        padding: 0,
        split: None,
        rotations: false,
        held_out: None,
        weights: "auto".to_owned(),
        graph,
        versions: Versions { gemc: "0.1.0".to_owned(), commit: None, libtorch: "none".to_owned() },
        device: "cpu".to_owned(),
        threads: 1,
        lanes: None,
        tensorboard: None,
        snapshots: None,
        from: None,
        freeze: Vec::new(),
        parameters: 1,
        uncompressed: 1,
        outcome: RunOutcome { state: Some(State::Finished), ..best },
    };
    fs::create_dir_all(&run).unwrap();
    fs::write(run.join("model.gem"), MODEL).unwrap();
    fs::write(run.join("run.json"), serde_json::to_string(&record).unwrap()).unwrap();
    fs::write(run.join("genome.safetensors"), genome(&stages.plan, &record)).unwrap();
    record
}

/// Writes snapshots of the runs that [`keep`] makes, at these steps: the learned rows of their start, larger from step to step.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn keep_snapshots(folder: &Path, steps: &[u64]) {
    let run = folder.join("runs/small-1");
    let mut record = Manifest::read(&run).unwrap();
    record.snapshots = Some(SnapshotSteps::Log);
    fs::write(run.join("run.json"), serde_json::to_string(&record).unwrap()).unwrap();
    let set = vec![("genes".to_owned(), "5".to_owned())];
    let options = Options { set, facts: facts("glyphs"), ..Options::default() };
    let plan = stages("model.gem", MODEL, &options).unwrap().plan;
    let start = Interpreter::new(&plan, &record.seeds).unwrap();
    fs::create_dir_all(run.join("snapshots")).unwrap();
    for (place, step) in steps.iter().enumerate() {
        let larger = 1.0 + place as f64 / 4.0;
        let learned = plan.parameters().iter().zip(start.rows()).filter(|(parameter, _)| parameter.learned);
        let rows: Vec<(&str, &[usize], Vec<u8>)> = learned
            .map(|(parameter, row)| {
                let bytes = row.numbers().iter().flat_map(|number| ((number * larger) as f32).to_le_bytes());
                (parameter.name.as_str(), row.sizes(), bytes.collect())
            })
            .collect();
        let views = rows
            .iter()
            .map(|(name, sizes, bytes)| (*name, TensorView::new(Dtype::F32, sizes.to_vec(), bytes).unwrap()));
        let notes = [("source", record.source(MODEL)), ("runs", "[0,1]".to_owned())];
        let notes = notes.into_iter().map(|(key, note)| (key.to_owned(), note)).collect();
        let bytes = safetensors::serialize(views, Some(notes)).unwrap();
        fs::write(run.join(format!("snapshots/{step}.safetensors")), bytes).unwrap();
    }
}

/// Writes what `gemc eval` keeps of these runs, of the genome with this sum or their own.
pub(super) fn keep_evaluation(folder: &Path, genome: Option<&str>, class_names: &[&str]) {
    let run = folder.join("runs/small-1");
    let kept = Kept::open(&run).unwrap();
    // of the tenth class nothing is right, and nothing is taken for it
    let row = |class: usize| {
        let cell = |other: usize| match (class, other) {
            (9, 0) => 40,
            (9, _) | (_, 9) => 0,
            _ if class == other => 30 + class as u64,
            _ => u64::from((class + other).is_multiple_of(3)),
        };
        (0..10).map(cell).collect::<Vec<u64>>()
    };
    let matrix: Vec<Vec<u64>> = (0..10).map(row).collect();
    let evaluation = StoredEvaluation {
        data: "glyphs".to_owned(),
        data_hash: String::new(),
        split: "test".to_owned(),
        samples: matrix.iter().flatten().sum::<u64>().try_into().unwrap(),
        genome: genome.map_or_else(|| kept.genome_sum().unwrap().to_owned(), str::to_owned),
        accuracy: vec![0.5, 0.25],
        class_names: class_names.iter().map(|name| (*name).to_owned()).collect(),
        confusion: vec![matrix.clone(), matrix],
    };
    fs::write(run.join("eval-test.json"), serde_json::to_string(&evaluation).unwrap()).unwrap();
}

/// Writes the starting values of a plan's rows as training does: in single precision, with what they belong to in the header.
#[allow(clippy::cast_possible_truncation)]
fn genome(plan: &Plan, record: &Manifest) -> Vec<u8> {
    let start = Interpreter::new(plan, &record.seeds).unwrap();
    let bytes = |row: &Array| row.numbers().iter().flat_map(|number| (*number as f32).to_le_bytes()).collect();
    let bytes: Vec<Vec<u8>> = start.rows().iter().map(bytes).collect();
    let rows = plan.parameters().iter().zip(start.rows()).zip(&bytes).map(|((parameter, row), bytes)| {
        let view = TensorView::new(Dtype::F32, row.sizes().to_vec(), bytes).unwrap();
        StoredTensor { name: parameter.name.as_str(), view }
    });
    let rows: Vec<StoredTensor> = rows.collect();
    let notes = [(GRAPH, record.graph.clone()), (SOURCE, record.source(MODEL)), (SUM, StoredTensor::sum(&rows))];
    let notes = notes.into_iter().map(|(key, note)| (key.to_owned(), note)).collect();
    safetensors::serialize(rows.into_iter().map(|row| (row.name, row.view)), Some(notes)).unwrap()
}

#[test]
fn a_run_becomes_a_page() {
    let folder = folder();
    keep(folder.path());
    let said = run_in(folder.path(), &["draw", "runs/small-1", "--which", "1"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", "wrote runs/small-1/picture.svg\n"));
    let page = fs::read_to_string(folder.path().join("runs/small-1/picture.svg")).unwrap();
    assert!(page.contains("run 1 of 2, seed 1:"));
    assert_eq!(Document::parse(&page).unwrap().root_element().tag_name().name(), "svg");

    let again = ["draw", "runs/small-1", "--which", "1", "--out", "a.svg", "--format", "json"];
    let said = run_in(folder.path(), &again);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(folder.path().join("a.svg")).unwrap(), page, "the same run, the same bytes");
    let mut object = said.object();
    assert_eq!((&object["picture"], &object["which"]), (&json!("a.svg"), &json!(1)));
    for panel in object["panels"].as_array_mut().unwrap() {
        // how far a scale reaches is learned
        assert_eq!(panel["limit"].is_null(), panel["section"].as_str().unwrap().starts_with("X:"), "{panel}");
        panel["limit"] = Value::Null;
        panel["notes"].as_array_mut().unwrap().retain(|note| !note.as_str().unwrap().contains("beyond"));
    }
    assert_shown("draw", &format!("{MODEL}----\n{:#}\n", object["panels"]));
}

#[test]
fn what_is_no_run_is_said_to_be_none() {
    let folder = folder();
    let said = run_in(folder.path(), &["draw", "."]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("run::cannot_read") && said.err.contains("run.json"), "{}", said.err);

    keep(folder.path());
    let said = run_in(folder.path(), &["draw", "runs/small-1", "--which", "2", "--format", "json"]);
    assert_eq!((said.code, said.object()["error"]["code"].as_str()), (1, Some("run::no_such_run")));

    let genome = folder.path().join("runs/small-1/genome.safetensors");
    let bytes = fs::read(&genome).unwrap();
    fs::write(&genome, &bytes[..bytes.len() - 9]).unwrap();
    let said = run_in(folder.path(), &["draw", "runs/small-1"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("run::damaged") && said.err.contains("genome.safetensors"), "{}", said.err);
    assert!(!folder.path().join("runs/small-1/picture.svg").exists());

    fs::write(&genome, &bytes).unwrap();
    let said = run_in(folder.path(), &["draw", "runs/small-1", "--out", "nowhere/a.svg"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("cli::unwritable"), "{}", said.err);
}

/// Pictures need no engine, though one that is of no use is named.
#[cfg(unix)]
#[test]
fn no_engine_is_asked() {
    let folder = folder();
    keep(folder.path());
    let arguments = ["draw", "runs/small-1", "--device", "cpu", "--threads", "1"];
    let mut program = std::process::Command::new(program_in(folder.path()));
    let done = program.args(arguments).current_dir(folder.path()).env("GEMC_ENGINE", "/bin/false").output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(folder.path().join("runs/small-1/picture.svg").exists());
}
