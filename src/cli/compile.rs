//! `gemc compile`: a model → a summary, one of its stages, or a trained run.

use serde_json::json;

use super::args::CompileArgs;
use super::engine_launcher::Tensors;
use super::exit::{Exit, Failure, Outcome};
use super::graph::Graph;
use super::model::{compile, find, options};
use super::screen::{Ink, Screen, spelt};
use super::source::Source;
use super::stage::{On, Stage};
use super::summary::Summary;
use super::{atomic_file, data_paths};
use crate::compile::Stages;
use crate::diag::{Problems, Report};
use crate::options::{Options, usual_batch_of};
use crate::plan::Sizes;
use crate::program::{Program, Target};
use crate::syntax::parse;

/// Compiles a model, and prints or trains it.
pub(super) fn run(screen: &Screen, tensors: &Tensors, args: &CompileArgs) -> Outcome {
    if args.train.is_some() {
        return (tensors.here()?.train)(screen, args);
    }
    let few_shot = args.few_shot.wanted();
    let facts = args.data.as_deref().map(|set| data_paths::task_facts(set, few_shot)).transpose()?;
    let data = facts.as_ref().map(|facts| facts.name.clone());
    let source = find(screen, &args.file)?;
    let text = if args.emit == Some(Stage::Ast) {
        ast(screen, &source)?
    } else {
        let stages = compile(screen, &source, &Options { few_shot, ..options(&args.model, facts) })?;
        match args.emit {
            None => return summary(screen, stages, data.as_deref()),
            Some(stage) => show(screen, (stage, args.target), &stages),
        }
    };
    deliver(screen, args, &text)
}

fn summary(screen: &Screen, stages: Stages, data: Option<&str>) -> Outcome {
    let rows = if screen.is_json() { usize::MAX } else { Summary::SHOWN };
    let summary = Summary::new(&stages, data, rows);
    let printed = if screen.is_json() { screen.object(&summary) } else { screen.print(&summary.text(screen)) };
    // the program ends here: the plan of a large model is a million pieces, and nobody needs their memory any more
    std::mem::forget(stages);
    printed.map(|()| Exit::Done)
}

/// Prints the tree of a text, which needs no meaning: a text may be looked at that does not compile.
fn ast(screen: &Screen, source: &Source) -> Result<String, Failure> {
    let mut problems = Problems::new();
    let ast = parse(&source.text, &mut problems);
    let report = Report::new(&source.name, &source.text, problems);
    match ast {
        Some(ast) if !report.has_errors() => {
            screen.report(&report);
            Ok(wrapped(screen, Stage::Ast, ast.name.as_str(), ast.to_string()))
        }
        _ => Err(Failure::text(&source.name, report)),
    }
}

fn show(screen: &Screen, (stage, on): (Stage, On), stages: &Stages) -> String {
    let plan = &stages.plan;
    let text = match stage {
        Stage::Json => return spelt(&Graph::new(stages)),
        Stage::Params if screen.is_json() => return spelt(&plan.table()),
        Stage::Params => plan.table().to_string(),
        Stage::Ast => stages.ast.to_string(),
        Stage::Model => stages.model().to_string(),
        Stage::Wiring => stages.wiring.to_string(),
        Stage::Plan => plan.to_string(),
        Stage::Program => program(stages, on),
        Stage::Dot => stages.wiring.dot().to_string(),
        Stage::Svg => stages.wiring.svg(),
    };
    wrapped(screen, stage, plan.name(), text)
}

/// Returns how a training step of one run is made, for a batch of the usual size.
fn program(stages: &Stages, on: On) -> String {
    let batch = usual_batch_of(stages.model().has_windows(), stages.few_shot);
    let sizes = Sizes { runs: 1, batch };
    let target = match on {
        On::Cpu => Target::CPU,
        On::CpuAvx512 => Target::Cpu { lanes: 16 },
        On::Cuda => Target::Cuda,
        On::Torch => Target::Torch,
    };
    Program::step(&stages.plan, sizes, target).text(&stages.plan)
}

/// Puts a printed stage into an object where scripts read.
fn wrapped(screen: &Screen, stage: Stage, model: &str, text: String) -> String {
    let name = clap::ValueEnum::to_possible_value(&stage).map(|value| value.get_name().to_owned());
    if screen.is_json() { spelt(&json!({ "model": model, "stage": name, "text": text })) } else { text }
}

fn deliver(screen: &Screen, args: &CompileArgs, text: &str) -> Outcome {
    match &args.out {
        None => screen.print(text)?,
        Some(path) => {
            atomic_file::write(path, text)?;
            screen.remark(&screen.paint_remark(Ink::Faint, &format!("wrote {}", path.display())));
        }
    }
    Ok(Exit::Done)
}
