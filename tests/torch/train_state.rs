//! The state of training as a value: written, read and gone on from; of some runs alone; damaged.

use std::cell::Cell;

use gemc::emit::Place;
use gemc::train::{
    JobData, Metric, RunFault, Stopped, TrainConfig, TrainData, TrainJob, TrainState, Trained, Watcher, run,
};

use crate::stage::{DIRECT, Patterns, SMALL, plan, recipe};

/// Keeps the metrics, and shares how far it is.
struct Heard<'a> {
    done: &'a Cell<u64>,
    metrics: Vec<Metric>,
}

impl Watcher for Heard<'_> {
    fn stepped(&mut self, done: u64, _: Option<&[f64]>) {
        self.done.set(done);
    }

    fn evaluated(&mut self, metrics: &[Metric]) {
        self.metrics.extend_from_slice(metrics);
    }
}

/// Trains from the seeds or from a state, at most up to the step `stop`.
fn train(
    source: &str,
    config: &TrainConfig,
    from: Option<&TrainState>,
    stop: u64,
) -> Result<(Trained, Vec<Metric>), RunFault> {
    let (plan, learn, test) = (plan(source), Patterns::new(400, 3), Patterns::new(200, 4));
    let (train, test) = (learn.pieces(), test.pieces());
    let data = JobData::Samples(TrainData { train, test });
    let job = TrainJob { plan: &plan, recipe: config, start: &[], place: Place::CPU, data: &data, clock: &|| 0.0 };
    let done = Cell::new(0);
    let mut heard = Heard { done: &done, metrics: Vec::new() };
    let asked = || (done.get() >= stop).then_some(Stopped::Interrupted);
    let trained = run(&job, None, from, &mut heard, &asked)?;
    Ok((trained, heard.metrics))
}

/// Three runs, evaluated every twenty steps, of which some stop early.
fn config() -> TrainConfig {
    TrainConfig { runs: 3, seed: 20, eval_every: 20, patience: Some(2), min_delta: 0.02, lr: 0.003, ..recipe() }
}

#[test]
fn a_state_that_was_written_goes_on_as_if_nothing_had_happened() {
    for source in [SMALL, DIRECT] {
        let (whole, metrics) = train(source, &config(), None, u64::MAX).unwrap();
        let best = &whole.outcome.best_accuracy;
        assert!(best.iter().flatten().any(|best| *best > 0.3), "nothing is learnt: {best:?}");
        // between two evaluations, and right after one
        for stop in [33, 60] {
            let (first, mut heard) = train(source, &config(), None, stop).unwrap();
            assert_eq!(first.state.step(), stop);
            let bytes = first.state.to_bytes().unwrap();
            drop(first);
            let state = TrainState::from_bytes(&bytes).unwrap();
            assert!(state.to_bytes().unwrap() == bytes, "what was read is written as other bytes");
            let (second, rest) = train(source, &config(), Some(&state), u64::MAX).unwrap();
            heard.extend(rest);
            assert_eq!(heard, metrics, "stopped after {stop} steps");
            assert_eq!(second.outcome, whole.outcome, "stopped after {stop} steps");
            assert!(second.state.to_bytes().unwrap() == whole.state.to_bytes().unwrap(), "stopped after {stop} steps");
        }
    }
}

#[test]
fn the_state_of_some_runs_is_that_of_these_runs_alone() {
    let (all, _) = train(SMALL, &config(), None, 50).unwrap();
    for (run, seed) in [(0, 20), (2, 22)] {
        let alone = TrainConfig { runs: 1, seed, ..config() };
        let (one, _) = train(SMALL, &alone, None, 50).unwrap();
        let selected = all.state.select(&[run]).unwrap();
        assert!(selected.to_bytes().unwrap() == one.state.to_bytes().unwrap(), "run {run}");
        // and it goes on as that one does
        let (ahead, heard) = train(SMALL, &alone, Some(&selected), u64::MAX).unwrap();
        let (wanted, metrics) = train(SMALL, &alone, Some(&one.state), u64::MAX).unwrap();
        assert_eq!((ahead.outcome, heard), (wanted.outcome, metrics));
    }
}

#[test]
fn a_copy_does_not_change_with_what_it_was_copied_of() {
    let (first, _) = train(SMALL, &config(), None, 30).unwrap();
    let copy = first.state.copied().unwrap();
    let before = copy.to_bytes().unwrap();
    for (_, row) in first.state.rows() {
        let _ = row.shallow_clone().fill_(1.0);
    }
    assert!(copy.to_bytes().unwrap() == before && first.state.to_bytes().unwrap() != before);
}

#[test]
fn a_state_of_something_else_is_refused() {
    let (trained, _) = train(SMALL, &config(), None, 30).unwrap();
    let told = |source: &str, config: &TrainConfig| {
        train(source, config, Some(&trained.state), u64::MAX).map(drop).unwrap_err().to_string()
    };
    let other = TrainConfig { seed: 21, ..config() };
    assert!(told(SMALL, &other).contains("runs with the seeds [20, 21, 22], these have [21, 22, 23]"));
    assert!(told(DIRECT, &config()).contains("is not of this model"));
    assert!(told(&SMALL.replace("genes = 5", "genes = 6"), &config()).contains("is not of this model"));
}

#[test]
fn bytes_that_are_no_state_are_refused() {
    let (trained, _) = train(SMALL, &config(), None, 30).unwrap();
    let bytes = trained.state.to_bytes().unwrap();
    for length in [0, 7, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        assert!(TrainState::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    let mut altered = bytes.clone();
    *altered.last_mut().unwrap() ^= 1;
    assert!(TrainState::from_bytes(&altered).unwrap_err().to_string().contains("was cut off or altered"));
    let text = String::from_utf8_lossy(&bytes[8..400]).replace("[20,21,22]", "[20,21]   ");
    assert!(text.contains("[20,21] "), "{text}");
    let mut fewer = bytes.clone();
    fewer[8..8 + text.len()].copy_from_slice(text.as_bytes());
    assert!(TrainState::from_bytes(&fewer).is_err());
}
