//! Few-shot training: it learns, run k of R is its seed's alone, runs stop by themselves, and a state goes on bit by bit.

use std::cell::Cell;

use gemc::Trainer;
use gemc::compile::stages;
use gemc::data::{FewShotSet, load_few_shot};
use gemc::options::{Facts, FewShot, Options};
use gemc::plan::Plan;
use gemc::train::{JobData, LrSchedule, OtherData, RunFault, Stopped, TooManyShots, TrainConfig, TrainState, Trained};

const MODEL: &str = "
model tasks {
    genome g(6)
    population pixels = grid(28, 28) { g: gaussian(sigma: 0.2) }
    population hidden = grid(6, 6)   { g: gaussian, activation: relu }
    population answer = units(3)     { g: free }
    connect pixels -> hidden via g
    connect hidden -> answer via g { gain: 0.3 }
    input pixels
    output answer
}";

fn few_shot() -> FewShot {
    FewShot { ways: 3, shots: 2, queries: 2, ..FewShot::default() }
}

fn digits() -> FewShotSet {
    gemc::emit::Threads::set(1);
    load_few_shot("glyphs", None, false, &[], None).unwrap()
}

fn plan(digits: &FewShotSet) -> Plan {
    let facts = Facts { classes: 3, ..digits.facts.clone() };
    let options = Options { facts: Some(facts), few_shot: Some(few_shot()), batch: Some(16), ..Options::default() };
    stages("tasks.gem", MODEL, &options).unwrap().plan
}

fn config(runs: usize) -> TrainConfig {
    TrainConfig {
        batch: 16,
        length: 300,
        lr: 0.01,
        seed: 4,
        runs,
        eval_every: 60,
        schedule: LrSchedule::Constant,
        ..TrainConfig::usual_few_shot(few_shot())
    }
}

/// Trains up to a step at most.
fn train(config: &TrainConfig, from: Option<&TrainState>, stop: u64) -> Result<Trained, RunFault> {
    let digits = digits();
    let (plan, steps) = (plan(&digits), Cell::new(from.map_or(0, TrainState::step)));
    let asked = || {
        steps.set(steps.get() + 1);
        (steps.get() >= stop).then_some(Stopped::Interrupted)
    };
    let trainer = Trainer::new(&plan, &digits, config.clone()).interrupt(asked);
    match from {
        None => trainer.run(),
        Some(state) => trainer.from_state(state).run(),
    }
}

#[test]
fn tasks_are_learned_better_and_better() {
    let trained = train(&config(2), None, u64::MAX).unwrap();
    let best: Vec<f64> = trained.outcome.best_accuracy.iter().flatten().copied().collect();
    assert!(best.len() == 2 && best.iter().all(|best| *best > 0.6), "{best:?}");
    assert!(trained.outcome.warnings.is_empty(), "{:?}", trained.outcome.warnings);
    // 3 classes of 2 query samples in 640 tasks
    assert!(trained.outcome.chance.is_some_and(|chance| (0.33..0.37).contains(&chance)));
}

/// Every row to the last bit: the tasks of a run are those of its seed, and nothing else depends on what runs beside it.
#[test]
fn three_runs_are_three_single_ones() {
    let short = TrainConfig { length: 30, eval_every: 15, ..config(3) };
    let together = train(&short, None, u64::MAX).unwrap();
    for run in 0..3 {
        let alone = TrainConfig { runs: 1, seed: 4 + run as u64, ..short.clone() };
        let alone = train(&alone, None, u64::MAX).unwrap();
        assert_eq!(together.outcome.best_accuracy[run], alone.outcome.best_accuracy[0]);
        for ((name, all), (_, one)) in together.state.rows().iter().zip(alone.state.rows()) {
            assert_eq!(all.select(0, i64::try_from(run).unwrap()), one.select(0, 0), "{name} of run {run}");
        }
    }
}

#[test]
fn a_state_goes_on_as_if_nothing_had_happened() {
    let short = TrainConfig { length: 40, eval_every: 10, patience: Some(2), min_delta: 0.05, ..config(2) };
    let whole = train(&short, None, u64::MAX).unwrap();
    let first = train(&short, None, 17).unwrap();
    let state = TrainState::from_bytes(&first.state.to_bytes().unwrap()).unwrap();
    let rest = train(&short, Some(&state), u64::MAX).unwrap();
    assert_eq!(whole.outcome.best_accuracy, rest.outcome.best_accuracy);
    assert_eq!(whole.state.step(), rest.state.step());
    for ((name, one), (_, other)) in whole.state.rows().iter().zip(rest.state.rows()) {
        assert_eq!(one, other, "{name}");
    }
}

#[test]
fn what_does_not_go_together_is_said() {
    let digits = digits();
    let plan = plan(&digits);
    let of = |data: JobData<'_>, config: TrainConfig| Trainer::new(&plan, data, config).run().unwrap_err();
    let fault = of((&digits).into(), TrainConfig { few_shot: None, batch: 1, ..config(1) });
    assert!(matches!(fault, RunFault::OtherData(OtherData { .. })), "{fault}");
    let many = FewShot { queries: 2_000, ..few_shot() };
    let fault = of((&digits).into(), TrainConfig { few_shot: Some(many), ..config(1) });
    let RunFault::Episodes(fault) = fault else { panic!("{fault}") };
    assert!(matches!(fault, gemc::train::EpisodesFault::Samples(TooManyShots { wanted: 2_002, .. })), "{fault}");
}
