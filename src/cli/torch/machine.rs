//! What to compute with: the device that was asked for, the threads that measure best, the memory that is free, the time.

use std::thread;
use std::time::Instant;

use super::task_data::TaskData;
use crate::cli::exit::Failure;
use crate::cli::faults::Blame;
use crate::cli::free_memory::free_memory;
use crate::cli::model::quietly;
use crate::cli::numbers::{count, grouped};
use crate::cli::source::Source;
use crate::compile::Stages;
use crate::emit::{Net, Place, Threads, Wish, open};
use crate::options::{Options, Order};
use crate::plan::Plan;
use crate::run_dir::Needs;
use crate::train::{JobData, OtherData, Samples, StepFault, Stepper, TrainConfig, choose_threads};

/// Seconds that the steps take at least by which a number of threads is judged.
const GLIMPSE: f64 = 0.05;

/// A device, and how many threads serve it.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) place: Place,
    threads: Option<usize>,
}

impl Machine {
    /// Opens the device. Must come before anything else that touches libtorch.
    pub(super) fn open(device: Option<&str>, threads: Option<u16>) -> Result<Self, Failure> {
        let wish: Wish = device.unwrap_or("auto").parse().map_err(Failure::input)?;
        let place = open(wish).map_err(Failure::environment)?;
        let threads = threads.map(usize::from);
        Threads::set(threads.unwrap_or(1));
        Ok(Self { place, threads })
    }

    /// Returns the order of products for this device, where a user has asked for `order`.
    pub(super) fn order(&self, order: Order) -> Order {
        if self.place.device.is_cuda() && order == Order::Cheapest { Order::Matrices } else { order }
    }

    /// Returns what a text compiles to on this device, where it was compiled with `options` before that was known.
    pub(super) fn suit(&self, made: Stages, source: &Source, options: &Options) -> Result<Stages, Failure> {
        let order = self.order(options.order);
        if order == options.order {
            return Ok(made);
        }
        quietly(source, &Options { order, ..options.clone() })
    }

    /// Settles the number of threads: what was asked for, one beside a GPU, else what makes some steps fastest.
    pub(super) fn choose_threads(
        &self,
        plan: &Plan,
        recipe: &TrainConfig,
        data: &JobData<'_>,
    ) -> Result<usize, Failure> {
        if let Some(threads) = self.threads.or(self.place.device.is_cuda().then_some(1)) {
            Threads::set(threads);
            return Ok(threads);
        }
        let most = thread::available_parallelism().map_or(1, usize::from);
        if most == 1 {
            return Ok(1);
        }
        let mut stepper = stepper(plan, recipe, data, self.place)?;
        choose_threads(most, || glimpse(&mut stepper)).map_err(Blame::failure)
    }

    /// Makes ready to train on `data`: checks the memory, and settles the number of threads.
    pub(super) fn ready(&self, plan: &Plan, recipe: &TrainConfig, data: &TaskData) -> Result<usize, Failure> {
        self.check_memory(plan, recipe, data.bytes().saturating_mul(2))?;
        self.choose_threads(plan, recipe, &data.job_data())
    }

    /// Says what is to be done with how many threads: `1 run, at most 30,000 steps of 64 samples, 1 thread on cpu`.
    pub(super) fn told(&self, recipe: &TrainConfig, threads: usize) -> String {
        let (runs, steps) = (count(recipe.runs as u64, "run"), count(recipe.length, "step"));
        let (batch, threads) = (grouped(recipe.batch as u64), count(threads as u64, "thread"));
        let what = if recipe.few_shot.is_some() { "tasks" } else { "samples" };
        format!("{runs}, at most {steps} of {batch} {what}, {threads} on {}", self.place.name())
    }

    /// Checks that the machine has the memory that training takes.
    pub(super) fn check_memory(&self, plan: &Plan, recipe: &TrainConfig, data: u64) -> Result<(), Failure> {
        // what a GPU has free is for libtorch to say
        if self.place.device.is_cuda() {
            return Ok(());
        }
        Needs::of(plan, recipe, data).check(free_memory()).map_err(Failure::environment)
    }
}

/// Makes a net that trains.
pub(super) fn stepper(plan: &Plan, recipe: &TrainConfig, data: &JobData<'_>, place: Place) -> Result<Stepper, Failure> {
    let net = Net::new(plan, &recipe.seeds(), place).map_err(Blame::failure)?;
    match (data, recipe.few_shot) {
        (JobData::Classes(data), Some(few_shot)) => {
            Stepper::of_tasks(net, &data.train, (few_shot, recipe.batch), recipe.lr).map_err(Blame::failure)
        }
        (JobData::Samples(data), _) => {
            let samples = Samples::new(data.train, place).map_err(Blame::failure)?;
            Stepper::new(net, samples, recipe.batch, recipe.lr).map_err(Blame::failure)
        }
        (JobData::Classes(_), None) => Err(Failure::input(OtherData { found: "a list of classes", wanted: "samples" })),
    }
}

/// Returns the seconds that a step takes, by as few steps as can tell.
fn glimpse(stepper: &mut Stepper) -> Result<f64, StepFault> {
    stepper.step()?;
    let (began, mut steps) = (Instant::now(), 0);
    loop {
        stepper.step()?;
        steps += 1;
        let spent = began.elapsed().as_secs_f64();
        if spent > GLIMPSE {
            return Ok(spent / f64::from(steps));
        }
    }
}

/// Returns a clock, in seconds since now.
pub(super) fn clock() -> impl Fn() -> f64 {
    let began = Instant::now();
    move || began.elapsed().as_secs_f64()
}
