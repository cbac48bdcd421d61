//! Programs of plans: what is printed, and that nothing is read that is not there, nor written over before its end.

use std::collections::BTreeSet;
use std::path::PathBuf;

use gemc::compile::compile;
use gemc::options::Options;
use gemc::plan::{Plan, Sizes, TensorId};
use gemc::program::{AdamUpdate, Home, Kernel, Launch, Program, Target};

use crate::cases::case;
use crate::pages::repository;

const TARGETS: [Target; 4] = [Target::CPU, Target::Cpu { lanes: 16 }, Target::Cuda, Target::Torch];

/// Returns every shipped model and every good case, compiled.
fn plans() -> Vec<(String, Plan)> {
    let folder = |folder: &str| std::fs::read_dir(repository(folder)).unwrap().map(|entry| entry.unwrap().path());
    let texts = folder("models").chain(folder("tests/cases/ok"));
    let mut paths: Vec<PathBuf> = texts.filter(|path| path.extension().is_some_and(|end| end == "gem")).collect();
    paths.sort();
    let plan = |path: &PathBuf| {
        let (name, text, options) = case(path);
        (name, compile(&text, &options).unwrap_or_else(|report| panic!("{report}")))
    };
    paths.iter().map(plan).collect()
}

#[test]
fn shipped_models_have_their_programs() {
    insta::with_settings!({ snapshot_path => "../snapshots/programs", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../../models", "*.gem", |path| {
            let (_, text, _) = case(path);
            let options = Options { facts: gemc::data::facts("mnist"), ..Options::default() };
            let plan = compile(&text, &options).unwrap_or_else(|report| panic!("{report}"));
            let of = |target| Program::step(&plan, Sizes::SHOWN, target).text(&plan);
            insta::assert_snapshot!(format!("{}\n{}", of(Target::CPU), of(Target::Cuda)));
        });
    });
}

/// What is there while launches are made one after the other.
struct Memory<'a> {
    program: &'a Program,
    /// Tensors whose numbers lie in the program's memory, with where that is.
    lying: Vec<(TensorId, usize, usize)>,
    made: BTreeSet<TensorId>,
}

impl Memory<'_> {
    /// Holds that a tensor can be read.
    fn holds(&self, plan: &Plan, id: TensorId, what: &str) {
        let there = match self.program.home(id) {
            Home::Prepared | Home::Constant(_) | Home::Samples => true,
            Home::Memory { start, count } => self.lying.iter().any(|(_, at, length)| (*at, *length) == (start, count)),
            Home::Result => self.made.contains(&id) || self.program.is_alias(id),
            // a row, once the update has written it
            Home::Row(row) => {
                let writes = |update: &AdamUpdate| update.values.contains(&id) && update.rows.contains(&row);
                let launches = self.program.launches().iter().flat_map(|launch| &launch.makes);
                launches.into_iter().any(|make| matches!(&make.kernel, Kernel::Adam(update) if writes(update)))
            }
            // libtorch keeps what it makes
            Home::Nowhere | Home::Of(_) => self.made.contains(&id),
        };
        assert!(there, "{what}: {id} of {} is not there", plan.name());
    }

    fn launch(&mut self, plan: &Plan, launch: &Launch, what: &str) {
        for make in &launch.makes {
            make.reads.iter().for_each(|id| self.holds(plan, *id, what));
        }
        for make in &launch.makes {
            let own = !self.program.is_alias(make.tensor);
            if let (true, Home::Memory { start, count }) = (own, self.program.home(make.tensor)) {
                let apart = |(_, at, length): &(TensorId, usize, usize)| at + length <= start || start + count <= *at;
                assert!(self.lying.iter().all(apart), "{what}: {} of {} lies over another", make.tensor, plan.name());
                assert!(start + count <= self.program.memory(), "{what}: {} lies outside", make.tensor);
                self.lying.push((make.tensor, start, count));
            }
            assert!(self.made.insert(make.tensor), "{what}: {} of {} is made twice", make.tensor, plan.name());
        }
        self.lying.retain(|(id, ..)| !launch.ends.contains(id));
        self.made.retain(|id| !launch.ends.contains(id));
    }
}

#[test]
fn nothing_is_read_that_is_not_there() {
    for (name, plan) in plans() {
        for (target, runs) in TARGETS.into_iter().flat_map(|target| [1, 3].map(|runs| (target, runs))) {
            for program in [
                Program::step(&plan, Sizes { runs, batch: 16 }, target),
                Program::inference(&plan, Sizes { runs, batch: 16 }, target),
            ] {
                let what = format!("{name} on {target}, {runs} runs");
                let mut memory = Memory { program: &program, lying: Vec::new(), made: BTreeSet::new() };
                program.launches().iter().for_each(|launch| memory.launch(&plan, launch, &what));
                program.results().iter().for_each(|id| memory.holds(&plan, *id, &what));
            }
        }
    }
}

/// A place is given out anew: a step needs less memory than all its tensors together.
#[test]
fn memory_is_used_again() {
    let (_, plan) = plans().into_iter().find(|(name, _)| name == "lenet.gem").unwrap();
    for target in [Target::CPU, Target::Cuda] {
        let program = Program::step(&plan, Sizes::SHOWN, target);
        let all = program.launches().iter().flat_map(|launch| &launch.makes);
        let all: usize = all.map(|make| program.shape(make.tensor).iter().product::<usize>()).sum();
        assert!(program.memory() * 4 < all * 3, "{target}: {} of {all}", program.memory());
    }
}

/// Every learned row of every model is updated in place, by the last launches.
#[test]
fn rows_are_updated_in_place_and_last() {
    for (name, plan) in plans() {
        for target in [Target::CPU, Target::Cuda] {
            let program = Program::step(&plan, Sizes::SHOWN, target);
            let (before, after) = program.launches().split_at(program.before_update());
            let is_update = |kernel: &Kernel| matches!(kernel, Kernel::Adam(_));
            assert!(before.iter().flat_map(|launch| &launch.makes).all(|make| !is_update(&make.kernel)));
            let updates: Vec<_> = after.iter().flat_map(|launch| &launch.makes).collect();
            assert!(updates.iter().all(|make| is_update(&make.kernel)), "{name} on {target}");
            assert_eq!(updates.len(), plan.learned().count(), "{name} on {target}");
        }
    }
}

#[test]
fn sizes_beyond_counting_are_no_panic() {
    let text = "model huge {\n    genome g(1099511627776) { interaction: symmetric }\n    \
                population a = grid(1099511627776, 1099511627776) { g: gaussian }\n    \
                population b = units(1099511627776) { g: random }\n    connect a -> b via g\n    input a\n    output b\n}\n";
    let plan = compile(text, &Options { memory_limit: u64::MAX, ..Options::default() }).unwrap();
    for target in TARGETS {
        assert!(Program::step(&plan, Sizes::SHOWN, target).bytes() > 1 << 60, "{target}");
    }
}
