//! Each run is what its seed gives, to the last bit, whatever it runs beside and however many threads there are.

use std::collections::BTreeMap;

use gemc::compile::compile;
use gemc::emit::{Place, Threads};
use gemc::options::Options;
use gemc::plan::{Array, Plan};
use gemc::run_dir::GenomeFile;
use gemc::train::{JobData, Metric, RunDir, TrainConfig, TrainData, TrainJob, Watcher, run};

use crate::author::Author;
use crate::stage::{Patterns, record};

/// What came of one run: every row of its genome, bit by bit, and what was measured on the way.
#[derive(Debug, PartialEq)]
struct Came {
    rows: BTreeMap<String, Vec<u64>>,
    measured: Vec<(u64, u64, u64)>,
}

/// Keeps what is measured of each run.
struct Measured(Vec<Vec<(u64, u64, u64)>>);

impl Watcher for Measured {
    fn evaluated(&mut self, metrics: &[Metric]) {
        for metric in metrics {
            self.0[metric.run].push((metric.step, metric.loss.to_bits(), metric.accuracy.to_bits()));
        }
    }
}

struct Case {
    plan: Plan,
    learn: Patterns,
    judge: Patterns,
    steps: u64,
    batch: usize,
}

impl Case {
    fn new(text: &str, steps: u64, batch: usize) -> Option<Self> {
        let plan = compile(text, &Options { batch: Some(batch), ..Options::default() }).ok()?;
        let (learn, judge) = (Patterns::of(plan.inputs(), 3 * batch, 3), Patterns::of(plan.inputs(), 120, 4));
        Some(Self { plan, learn, judge, steps, batch })
    }

    /// Trains; nothing where a loss is not finite.
    fn come(&self, seed: u64, runs: usize, threads: usize) -> Option<Vec<Came>> {
        Threads::set(threads);
        let recipe = TrainConfig {
            seed,
            runs,
            batch: self.batch,
            length: self.steps,
            eval_every: 4,
            patience: Some(3),
            ..TrainConfig::default()
        };
        let (train, test) = (self.learn.pieces(), self.judge.pieces());
        let data = JobData::Samples(TrainData { train, test });
        let job =
            TrainJob { plan: &self.plan, recipe: &recipe, start: &[], place: Place::CPU, data: &data, clock: &|| 0.0 };
        let place = tempfile::tempdir().unwrap();
        let mut folder = RunDir::create(&place.path().join("run"), "", record(runs, "")).unwrap();
        let mut measured = Measured(vec![Vec::new(); runs]);
        let done = run(&job, Some(&mut folder), None, &mut measured, &|| None);
        Threads::set(1);
        done.ok()?;
        let genome = GenomeFile::open(folder.path(), 1 << 20).unwrap().rows(&self.plan, runs).unwrap();
        let bits = |row: &Array, run: usize| {
            let own = row.numbers().chunks(row.numbers().len() / runs).nth(run);
            own.unwrap().iter().map(|number| number.to_bits()).collect()
        };
        let came = |(run, measured)| Came {
            rows: genome.iter().map(|(name, row)| (name.clone(), bits(row, run))).collect(),
            measured,
        };
        Some((0..).zip(measured.0).map(came).collect())
    }

    /// Returns what differs between ways of training the same seeds; nothing where a loss is not finite.
    fn differences(&self) -> Option<Vec<String>> {
        let beside = self.come(5, 3, 1)?;
        let mut found = Vec::new();
        for (seed, beside) in (5..).zip(&beside) {
            for threads in [1, 2] {
                let alone = self.come(seed, 1, threads)?;
                if alone[0] != *beside {
                    let differs = |(name, row): &(&String, &Vec<u64>)| beside.rows.get(*name) != Some(*row);
                    let names: Vec<&String> = alone[0].rows.iter().filter(differs).map(|(name, _)| name).collect();
                    found.push(format!("seed {seed} alone, {threads} threads: {names:?}"));
                }
            }
        }
        if self.come(5, 3, 2)? != beside {
            found.push("three runs, two threads".to_owned());
        }
        Some(found)
    }
}

/// Draws texts by `text` until so many of them could be compared.
fn compare(wanted: usize, steps: u64, batch: usize, text: impl Fn(&mut Author) -> String) {
    let (mut compared, mut faults) = (0, Vec::new());
    for seed in 0.. {
        let text = text(&mut Author::new(seed));
        let Some(found) = Case::new(&text, steps, batch).and_then(|case| case.differences()) else { continue };
        if !found.is_empty() {
            faults.push(format!("{}\n{text}", found.join("\n")));
        }
        compared += 1;
        if compared == wanted {
            assert!(seed < 2 * wanted as u64, "most texts do not compile, or do not train");
            break;
        }
        assert!(seed < 10 * wanted as u64, "hardly any text compiles and trains");
    }
    assert!(faults.is_empty(), "{} of {compared} differ\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn drawn_networks_are_the_same_beside_others() {
    compare(45, 12, 16, Author::small);
}

/// Sizes at which a library multiplies and threads share the work.
#[test]
fn wide_networks_are_the_same_beside_others() {
    compare(15, 8, 64, Author::wide);
}
