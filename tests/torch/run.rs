//! Whole runs: the loop, each run's own end, interruption, the best genome on disk and back.

use std::cell::Cell;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use gemc::emit::{Net, Place};
use gemc::plan::Plan;
use gemc::run_dir::{GenomeFile, Manifest, SnapshotFile, SnapshotSteps};
use gemc::train::{
    JobData, Metric, RunDir, RunFault, RunOutcome, Samples, State, Stopped, TrainConfig, TrainData, TrainJob, Watcher,
    accuracy, run,
};

use crate::stage::{DIRECT, Patterns, SMALL, plan, recipe, record};

/// Remembers what it hears; asks for an end after some step.
#[derive(Default)]
struct Notes<'a> {
    steps: u64,
    metrics: Vec<Metric>,
    stop: Option<(u64, &'a AtomicBool)>,
}

impl Watcher for Notes<'_> {
    fn stepped(&mut self, done: u64, losses: Option<&[f64]>) {
        self.steps += 1;
        assert!(losses.is_some_and(|losses| losses.iter().all(|loss| loss.is_finite())));
        if let Some((at, flag)) = self.stop
            && done == at
        {
            flag.store(true, Ordering::Relaxed);
        }
    }

    fn evaluated(&mut self, metrics: &[Metric]) {
        self.metrics.extend_from_slice(metrics);
    }
}

fn train(
    plan: &Plan,
    recipe: &TrainConfig,
    folder: Option<&mut RunDir>,
    watcher: &mut dyn Watcher,
    interrupt: &AtomicBool,
) -> Result<RunOutcome, RunFault> {
    let (learn, test) = (Patterns::new(400, 3), Patterns::new(200, 4));
    let time = Cell::new(0.0);
    let clock = || {
        time.set(time.get() + 1.0);
        time.get()
    };
    let data = JobData::Samples(TrainData { train: learn.pieces(), test: test.pieces() });
    let job = TrainJob { plan, recipe, start: &[], place: Place::CPU, data: &data, clock: &clock };
    let asked = || interrupt.load(Ordering::Relaxed).then_some(Stopped::Interrupted);
    run(&job, folder, None, watcher, &asked).map(|trained| trained.outcome)
}

#[test]
fn learns_and_keeps_its_best() {
    let (plan, recipe) = (plan(DIRECT), TrainConfig { runs: 2, length: 200, patience: Some(9), ..recipe() });
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("run");
    let mut folder = RunDir::create(&path, DIRECT, record(2, "abc")).unwrap();
    let mut notes = Notes::default();
    let outcome = train(&plan, &recipe, Some(&mut folder), &mut notes, &AtomicBool::new(false)).unwrap();
    assert_eq!((outcome.steps, outcome.stopped, notes.steps), (200, Some(Stopped::Length), 200));
    assert!(outcome.mean.unwrap() > 0.7, "{outcome:?}");

    // one line for each run and evaluation, and the best of them is what the outcome says
    let written = fs::read_to_string(path.join("metrics.jsonl")).unwrap();
    let heard = notes.metrics.iter().map(|metric| serde_json::to_string(metric).unwrap() + "\n");
    assert_eq!(written, heard.collect::<String>());
    let lines = notes.metrics;
    assert_eq!(lines.len(), 2 * 5);
    for (run, best) in outcome.best_accuracy.iter().enumerate() {
        let of_run = lines.iter().filter(|metric| metric.run == run).map(|metric| metric.accuracy);
        assert_eq!(of_run.fold(0.0, f64::max).to_bits(), best.unwrap().to_bits());
    }

    // a net that starts from anything else says the same once it has loaded the genome
    let genome = GenomeFile::open(&path, DIRECT.len()).unwrap();
    assert_eq!(genome.noted("graph"), Some("abc"));
    let mut net = Net::new(&plan, &[1_000, 1_001], Place::CPU).unwrap();
    net.load_stored(&genome.rows(&plan, 2).unwrap()).unwrap();
    let test = Samples::new(Patterns::new(200, 4).pieces(), Place::CPU).unwrap();
    let found: Vec<Option<f64>> = accuracy(&net, &test).unwrap().into_iter().map(Some).collect();
    assert_eq!(found, outcome.best_accuracy);
    // the record in the folder says the same
    let kept = Manifest::read(&path).unwrap().outcome;
    assert_eq!((kept.state, kept.stopped, kept.steps), (outcome.state, outcome.stopped, outcome.steps));
    assert_eq!((&kept.best_accuracy, &kept.best_step), (&outcome.best_accuracy, &outcome.best_step));
    assert_eq!((outcome.state, outcome.missing.len()), (Some(State::Finished), 0));
}

#[test]
fn a_run_stops_when_it_no_longer_improves() {
    // nothing improves by more than 1, so every run stops after the evaluations that its patience allows
    let recipe = TrainConfig { min_delta: 1.0, patience: Some(2), eval_every: 5, runs: 3, ..recipe() };
    let mut notes = Notes::default();
    let outcome = train(&plan(SMALL), &recipe, None, &mut notes, &AtomicBool::new(false)).unwrap();
    assert_eq!((outcome.steps, outcome.stopped), (15, Some(Stopped::Converged)));
    assert_eq!(notes.metrics.len(), 9);
    assert_eq!(notes.metrics.iter().map(|metric| metric.step).max(), Some(15));
}

#[test]
fn an_interrupted_run_is_saved() {
    let (flag, place) = (AtomicBool::new(false), tempfile::tempdir().unwrap());
    let path = place.path().join("run");
    let mut folder = RunDir::create(&path, SMALL, record(1, "abc")).unwrap();
    let mut notes = Notes { stop: Some((7, &flag)), ..Notes::default() };
    let outcome = train(&plan(SMALL), &recipe(), Some(&mut folder), &mut notes, &flag).unwrap();
    assert_eq!((outcome.steps, outcome.stopped), (7, Some(Stopped::Interrupted)));
    // it had not been evaluated yet, so it is now
    assert_eq!(notes.metrics.len(), 1);
    let genome = GenomeFile::open(&path, SMALL.len()).unwrap();
    assert_eq!(genome.rows(&plan(SMALL), recipe().runs).unwrap().len(), plan(SMALL).parameters().len());
}

#[test]
fn a_protocol_or_data_that_cannot_be_is_a_fault() {
    let fault = |source: &str, recipe: TrainConfig| {
        train(&plan(source), &recipe, None, &mut (), &AtomicBool::new(false)).unwrap_err().to_string()
    };
    assert_eq!(fault(SMALL, TrainConfig { batch: 0, ..recipe() }), "the batch is 0, must be at least 1");
    assert_eq!(
        fault(SMALL, TrainConfig { batch: 401, ..recipe() }),
        "the batch is 401, must be at most 400, the training set"
    );
    assert_eq!(fault(SMALL, TrainConfig { lr: -1.0, ..recipe() }), "the learning rate is -1, must be above 0");
    assert_eq!(fault(SMALL, TrainConfig { runs: 0, ..recipe() }), "the number of runs is 0, must be at least 1");
    let larger = SMALL.replace("grid(6, 6)", "grid(6, 7)");
    assert_eq!(fault(&larger, recipe()), "the data has 36 numbers in a sample, the model takes 42");
    let fewer = SMALL.replace("units(4)", "units(3)");
    assert_eq!(fault(&fewer, recipe()), "the data has 4 classes, the model takes 3");
}

#[test]
fn another_models_genome_is_refused() {
    let ours = Net::new(&plan(SMALL), &[1], Place::CPU).unwrap();
    let rows: Vec<_> = ours.named().map(|(name, row)| (name.to_owned(), row.detach())).collect();
    let refused = |source: &str, seeds: &[u64], rows: &[(String, tch::Tensor)]| {
        Net::new(&plan(source), seeds, Place::CPU).unwrap().load(rows).unwrap_err().to_string()
    };
    let wider = SMALL.replace("genes = 5", "genes = 6");
    assert!(refused(&wider, &[1], &rows).contains("in the genome"));
    assert!(refused(SMALL, &[1, 2], &rows).contains("in the genome"));
    assert!(refused(SMALL, &[1], &rows[1..]).contains("is not in the genome"));
}

/// Removes a folder, or puts a file where another is to be made, after some step.
struct Vandal(u64, std::path::PathBuf, bool);

impl Watcher for Vandal {
    fn stepped(&mut self, done: u64, _: Option<&[f64]>) {
        if done == self.0 {
            let _ = fs::remove_dir_all(&self.1);
            if self.2 {
                fs::write(&self.1, "in the way").unwrap();
            }
        }
    }
}

#[test]
fn snapshots_that_cannot_be_written_are_missed_and_training_goes_on() {
    let (plan, recipe) = (plan(SMALL), TrainConfig { runs: 2, length: 60, ..recipe() });
    let never = AtomicBool::new(false);
    let trained = |name: &str, vandal: &dyn Fn(&std::path::Path) -> Vandal| {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(name);
        let record = Manifest { snapshots: Some(SnapshotSteps::Every(20)), ..record(2, "abc") };
        let mut folder = RunDir::create(&path, SMALL, record).unwrap();
        let outcome = train(&plan, &recipe, Some(&mut folder), &mut vandal(&path), &never).unwrap();
        assert_eq!(outcome.stopped, Some(Stopped::Length));
        let steps: Vec<u64> = SnapshotFile::list(&path).unwrap_or_default().into_iter().map(|file| file.step).collect();
        (steps, folder.missing().map(|fault| fault.to_string()), Manifest::read(&path).unwrap().outcome.missing)
    };
    let (steps, missing, _) = trained("whole", &|path| Vandal(0, path.join("nothing"), false));
    assert_eq!((steps, missing), (vec![0, 20, 40, 60], None));
    let (steps, missing, told) = trained("blocked", &|path| Vandal(30, path.join("snapshots"), true));
    assert_eq!((steps, told), (vec![], vec!["snapshots".to_owned()]));
    assert!(missing.unwrap().contains("lacks snapshots: "));
    // what was there before the folder was removed is not made again
    let (steps, missing, told) = trained("removed", &|path| Vandal(30, path.to_owned(), false));
    assert_eq!((steps, told), (vec![40, 60], vec!["snapshots".to_owned()]));
    assert!(missing.unwrap().contains("lacks snapshots: the folder was removed"));
}

#[test]
fn a_snapshot_is_of_its_run_and_whole() {
    let (plan, recipe) = (plan(SMALL), TrainConfig { runs: 2, length: 60, ..recipe() });
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("run");
    let record = Manifest { snapshots: Some(SnapshotSteps::Log), ..record(2, "abc") };
    let source = record.source(SMALL);
    let mut folder = RunDir::create(&path, SMALL, record).unwrap();
    train(&plan, &recipe, Some(&mut folder), &mut Notes::default(), &AtomicBool::new(false)).unwrap();
    let file = SnapshotFile::list(&path).unwrap().remove(4);
    let read = file.read(&plan, &source).unwrap();
    assert_eq!((read.step, read.runs.as_slice()), (10, &[0, 1][..]));
    let learned = plan.parameters().iter().filter(|parameter| parameter.learned);
    assert!(learned.map(|parameter| parameter.name.as_str()).eq(read.rows.iter().map(|(name, _)| name.as_str())));
    assert!(file.read(&plan, "another").unwrap_err().to_string().contains("it is of another run"));
    let bytes = fs::read(&file.path).unwrap();
    let mut altered = bytes.clone();
    *altered.last_mut().unwrap() ^= 1;
    for (bytes, why) in [(&altered[..], "SHA-256"), (&bytes[..bytes.len() - 1], "whole safetensors"), (b"no", "cannot")]
    {
        fs::write(&file.path, bytes).unwrap();
        let fault = file.read(&plan, &source).unwrap_err().to_string();
        assert!(fault.contains(why), "{fault}");
    }
}
