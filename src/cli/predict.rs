//! `gemc predict`: images → classes and probabilities, by the reference interpreter.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use miette::Diagnostic;
use serde::Serialize;
use serde_json::json;
use thiserror::Error;

use super::exit::{Exit, Failure, Outcome};
use super::export::Exported;
use super::faults::Blame;
use super::numbers::percent;
use super::screen::Screen;
use crate::data::{DataError, DatasetName, image_files, image_sample};
use crate::diag::{Bug, in_line};
use crate::options::Facts;
use crate::plan::{Array, Interpreter};

/// Images that are computed at once.
const BATCH: usize = 128;

/// `gemc predict`.
#[derive(Debug, Args)]
pub(super) struct PredictArgs {
    /// The folder of the run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    run: PathBuf,
    /// Images, or folders of images: PNG or JPEG, of the size that the run was trained on
    #[arg(value_name = "IMAGE", required = true, value_hint = ValueHint::AnyPath)]
    images: Vec<PathBuf>,
    /// Which of several runs trained at once answers, counted from 0 [default: the best]
    #[arg(long = "run", value_name = "K")]
    which: Option<u32>,
    /// Print comma-separated values
    #[arg(long)]
    csv: bool,
}

/// A run that classifies no images.
#[derive(Debug, Error, Diagnostic)]
#[error("{} cannot classify images: {why}", run.display())]
#[diagnostic(code(run::no_classifier), help("{help}"))]
struct NoClassifier {
    run: PathBuf,
    why: &'static str,
    help: &'static str,
}

/// What is said of an image.
#[derive(Debug, Serialize)]
struct Prediction {
    file: String,
    /// The label of the most likely class.
    class: usize,
    /// Its name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Of each class.
    probabilities: Vec<f64>,
    /// The output before softmax.
    logits: Vec<f64>,
}

/// Classifies images.
pub(super) fn run(screen: &Screen, args: &PredictArgs) -> Outcome {
    let exported = Exported::open(screen, &args.run, args.which.map(|which| which as usize))?;
    let unfit = |why, help| Failure::input(NoClassifier { run: args.run.clone(), why, help });
    if exported.record.recipe.few_shot.is_some() {
        let help = "`gemc eval` measures it; `gemc export` writes the network that tasks start from";
        return Err(unfit("it learns its classes from samples of each task", help));
    }
    let facts = exported.record.facts.clone().or_else(|| crate::data::facts(&exported.record.data));
    let Some(facts) = facts else {
        return Err(unfit("its record does not say how large samples are", "train it again with this version of gemc"));
    };
    let names = DatasetName::find(&exported.record.data).map(|set| set.class_names()).unwrap_or_default();
    let files = image_files(&args.images).map_err(|fault| DataError::from(fault).failure())?;
    let mut interpreter = exported.interpreter()?;
    interpreter.hold(&[exported.plan.output()]).map_err(Blame::failure)?;
    let mut predictions = Vec::with_capacity(files.len());
    for files in files.chunks(BATCH) {
        let logits = answers(&exported, &mut interpreter, files, &facts)?;
        predictions.extend(files.iter().enumerate().map(|(sample, file)| prediction(file, sample, &logits, &names)));
    }
    shown(screen, args, &exported, &predictions)?;
    Ok(Exit::Done)
}

/// Returns the output for some images, 1 × classes × images.
fn answers(
    exported: &Exported,
    interpreter: &mut Interpreter<'_>,
    files: &[PathBuf],
    facts: &Facts,
) -> Result<Array, Failure> {
    let mut samples = Vec::new();
    for file in files {
        let bytes = image_sample(file, facts, exported.record.padding);
        let bytes = bytes.map_err(|fault| DataError::from(fault).failure())?;
        samples.extend(bytes.into_iter().map(|byte| f64::from(byte) / 255.0));
    }
    interpreter.set_batch(&samples, &vec![0; files.len()]).map_err(Blame::failure)?;
    let made = interpreter.compute(&[exported.plan.output()]).map_err(Blame::failure)?;
    made.into_iter().next().ok_or_else(|| bug(&"there is no output").failure())
}

/// Takes what is said of one image out of a batch.
fn prediction(file: &std::path::Path, sample: usize, answers: &Array, names: &[String]) -> Prediction {
    let count = answers.sizes().last().copied().unwrap_or(1).max(1);
    let logits: Vec<f64> = answers.numbers().iter().skip(sample).step_by(count).copied().collect();
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shares: Vec<f64> = logits.iter().map(|logit| (logit - most).exp()).collect();
    let sum: f64 = shares.iter().sum();
    // of equals the first
    let class = (0..logits.len()).rev().max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap_or(0);
    let probabilities = shares.into_iter().map(|share| share / sum).collect();
    Prediction { file: file.display().to_string(), class, name: names.get(class).cloned(), probabilities, logits }
}

fn shown(screen: &Screen, args: &PredictArgs, exported: &Exported, said: &[Prediction]) -> Result<(), Failure> {
    if args.csv {
        return screen.print(&csv(said, exported.plan.outputs())?);
    }
    if screen.is_json() {
        let run = args.run.display().to_string();
        return screen.object(&json!({ "run": run, "which": exported.which, "samples": said }));
    }
    let line = |said: &Prediction| {
        let name = said.name.clone().map(|name| format!(" {name}")).unwrap_or_default();
        let likely = said.probabilities.get(said.class).copied().unwrap_or(0.0);
        let line = format!("{}  {}{name}  {} %", said.file, said.class, percent(likely));
        in_line(&line).into_owned()
    };
    let lines: Vec<String> = said.iter().map(line).collect();
    screen.print(&(lines.join("\n") + "\n"))
}

/// Writes a line for each image: its file, its class and name, and the probability of each class.
fn csv(said: &[Prediction], classes: usize) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fixed = ["file", "class", "name"].map(str::to_owned).into_iter();
    let head: Vec<String> = fixed.chain((0..classes).map(|class| format!("p{class}"))).collect();
    writer.write_record(&head).map_err(|why| bug(&why).failure())?;
    for said in said {
        let own = [said.file.clone(), said.class.to_string(), said.name.clone().unwrap_or_default()];
        let likely = said.probabilities.iter().map(ToString::to_string);
        let line: Vec<String> = own.into_iter().chain(likely).collect();
        writer.write_record(&line).map_err(|why| bug(&why).failure())?;
    }
    let bytes = writer.into_inner().map_err(|why| bug(&why).failure())?;
    String::from_utf8(bytes).map_err(|why| bug(&why).failure())
}

fn bug(why: &dyn std::fmt::Display) -> Bug {
    Bug { pass: "predict", tensor: "output".to_owned(), why: why.to_string() }
}
