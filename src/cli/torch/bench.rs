//! `gemc bench`: a model → the time of its training step, what of, and how close that is to the machine's limit.

use super::machine::{Machine, clock, stepper};
use crate::cli::args::{BenchArgs, Weights};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::faults::Blame;
use crate::cli::model::{compile, find, options, order};
use crate::cli::numbers::{columns, count, ratio};
use crate::cli::screen::{Ink, Screen};
use crate::cli::source::Source;
use crate::options::{Options, usual_batch_of};
use crate::train::{Bench, ClassBytes, ClassData, Compared, JobData, SampleBytes, TrainConfig, TrainData, bench};

/// Samples that are made up at least; their pixels do not matter.
const SAMPLES: usize = 1_000;

/// Measures a model's training step, and if asked the same with its products in every order.
pub(super) fn run(screen: &Screen, args: &BenchArgs) -> Outcome {
    let source = find(screen, &args.file)?;
    let machine = Machine::open(args.machine.device.as_deref(), args.machine.threads)?;
    let mut found = measured(screen, args, &source, &machine, args.model.weights)?;
    for weights in [Weights::Auto, Weights::Factored, Weights::Synthesize].into_iter().filter(|_| args.compare) {
        let other = measured(screen, args, &source, &machine, weights)?;
        let (ms_per_step, mflop_per_step) = (other.ms_per_step, other.mflop_per_step);
        found.compared.push(Compared { weights: weights.word(), ms_per_step, mflop_per_step });
    }
    let printed = if screen.is_json() { screen.object(&found) } else { screen.print(&told(screen, &found)) };
    printed.map(|()| Exit::Done)
}

/// Measures the step of a plan with its products in this order.
fn measured(
    screen: &Screen,
    args: &BenchArgs,
    source: &Source,
    machine: &Machine,
    weights: Weights,
) -> Result<Bench, Failure> {
    let asked = args.batch.map(|batch| batch as usize);
    let few_shot = args.few_shot.wanted();
    let options =
        Options { batch: asked, order: machine.order(order(weights)), few_shot, ..options(&args.model, None) };
    let stages = compile(screen, source, &options)?;
    let batch = asked.unwrap_or(usual_batch_of(stages.model().has_windows(), few_shot));
    let runs = args.runs as usize;
    let recipe = TrainConfig { batch, runs, few_shot, ..TrainConfig::default() };
    let (neurons, classes) = (stages.plan.inputs(), stages.plan.outputs());
    let samples = SAMPLES.max(batch).max(few_shot.map_or(0, |few_shot| few_shot.support() + few_shot.query()));
    machine.check_memory(&stages.plan, &recipe, samples.saturating_mul(neurons) as u64)?;
    let (pixels, labels) = made_up(samples, neurons, classes);
    let data = match few_shot {
        None => {
            let train = SampleBytes { pixels: &pixels, labels: &labels, neurons, classes };
            JobData::Samples(TrainData { train, test: train })
        }
        Some(few_shot) => {
            let each = few_shot.shots + few_shot.queries;
            let classes = (0..few_shot.ways).map(|class| class * each..(class + 1) * each).collect();
            let train = ClassBytes { pixels: &pixels, classes, neurons };
            JobData::Classes(ClassData { train: train.clone(), test: train })
        }
    };
    machine.choose_threads(&stages.plan, &recipe, &data)?;
    let mut stepper = stepper(&stages.plan, &recipe, &data, machine.place)?;
    bench(&mut stepper, batch, args.slowest as usize, &clock()).map_err(Blame::failure)
}

/// Makes up samples of evenly mixed brightness, every class as often.
fn made_up(samples: usize, neurons: usize, classes: usize) -> (Vec<u8>, Vec<u8>) {
    let byte = |number: usize| u8::try_from(number % 251).unwrap_or_default();
    let pixels = (0..samples * neurons).map(|pixel| byte(pixel.wrapping_mul(0x9E37_79B1) >> 7)).collect();
    (pixels, (0..samples).map(|sample| byte(sample % classes.max(1))).collect())
}

fn told(screen: &Screen, found: &Bench) -> String {
    let all: f64 = found.parts.iter().map(|part| part.ms).sum();
    // on a GPU parts are made one by one, and a step as a whole
    let whole = if found.device == "cpu" { found.ms_per_step } else { all };
    let share = |ms: f64| format!("{:.0} %", 100.0 * ms / whole);
    let cells: Vec<_> = found.parts.iter().map(|part| [format!("{:.3} ms", part.ms), share(part.ms)]).collect();
    let mut lines: Vec<(&str, String)> =
        found.parts.iter().map(|part| part.name).zip(columns(&cells, &[0, 1])).collect();
    let (gflops, peak) = (ratio(found.gflops), ratio(found.peak_gflops));
    lines.push(("arithmetic", format!("{} MFLOP a step, {gflops} GFLOP/s", ratio(found.mflop_per_step))));
    let efficiency = 100.0 * found.efficiency;
    lines.push(("limit", format!("{efficiency:.0} % of the {peak} GFLOP/s of a large matrix product")));
    let (runs, threads) = (count(found.runs as u64, "run"), count(found.threads as u64, "thread"));
    let title =
        format!("{:.3} ms a step, batch {}, {runs}, {threads} on {}", found.ms_per_step, found.batch, found.device);
    for Compared { weights, ms_per_step, mflop_per_step } in &found.compared {
        lines.push(("order", format!("{weights}: {ms_per_step:.3} ms a step, {} MFLOP", ratio(*mflop_per_step))));
    }
    let tensors = if found.slowest.is_empty() { String::new() } else { format!("\n{}", slowest(found)) };
    format!("{}: {title}\n\n{}{tensors}", screen.paint(Ink::Strong, &found.model), screen.block(&lines))
}

/// Lists the slowest tensors, one a line, with what each achieves.
fn slowest(found: &Bench) -> String {
    let cells: Vec<_> = found
        .slowest
        .iter()
        .map(|slow| {
            let speed = format!("{:.1} GFLOP/s", slow.mflop / slow.ms.max(1e-9));
            [format!("{:.4} ms", slow.ms), speed, slow.tensor.clone(), slow.made.clone()]
        })
        .collect();
    columns(&cells, &[0, 1]).into_iter().fold(String::new(), |text, line| text + "  " + line.trim_end() + "\n")
}
