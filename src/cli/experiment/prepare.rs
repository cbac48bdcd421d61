//! A recipe's text → trials in which nothing is left to be found wrong: each option read, each model checked, each data set loaded.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::arguments::{Arguments, Protocol, TrialCommand};
use super::bad_trial::{BadTrial, place, refused};
use super::graph::{Graph, graph};
use super::points::{Choice, Point, number};
use super::samples::{DataFacts, DataSets};
use super::trial::{Content, Trial, TrialStart};
use crate::cli::data_paths::task_facts;
use crate::cli::exit::Failure;
use crate::cli::model::task_options;
use crate::cli::protocol::recipe as train_config;
use crate::cli::screen::Screen;
use crate::cli::source::{self, Source};
use crate::cli::training::start_of;
use crate::cli::version::VERSION;
use crate::data::FewShotSplit;
use crate::diag::{Problems, Report};
use crate::recipe::{ChoiceText, Recipe, TrialText};
use crate::run_dir::{Kept, TrainConfig};

/// Of how many training samples one becomes a validation sample, where the protocol needs a split and none is given.
const VALIDATION: usize = 10;

/// A recipe that was read, and its trials.
pub(super) struct Prepared {
    pub(super) recipe: Recipe,
    pub(super) text: String,
    pub(super) points: Vec<Point>,
}

/// Where a recipe comes from.
pub(super) struct RecipeText<'a> {
    /// As which faults name it.
    pub(super) name: &'a str,
    pub(super) text: String,
    /// Where its models are looked for first.
    pub(super) folder: &'a Path,
    /// Where data is looked for first.
    pub(super) data_dir: Option<&'a Path>,
    /// Whether a quick look is wanted.
    pub(super) quick: bool,
}

/// A trial whose model and options are in order.
struct Checked<'t> {
    text: &'t TrialText,
    model: String,
    command: TrialCommand,
    /// The data set's name.
    data: String,
    graph: Graph,
}

/// Reads a recipe, and makes ready all that it asks for.
pub(super) fn prepare(screen: &Screen, from: RecipeText<'_>, quiet: bool) -> Result<Prepared, Failure> {
    let RecipeText { name, text, folder, data_dir, quick } = from;
    let mut problems = Problems::new();
    let Some(recipe) = Recipe::read(&text, &mut problems) else {
        return Err(Failure::text(name, Report::new(name, &text, problems)));
    };
    let points = recipe.points(quick, &mut problems);
    let mut check = Check {
        folder,
        data_dir,
        arguments: Arguments::new(),
        sources: HashMap::new(),
        graphs: HashMap::new(),
        told: HashSet::new(),
        problems,
    };
    let mut checked = Vec::with_capacity(points.len());
    for point in &points {
        checked.push(point.choices.iter().map(|choice| check.choice(choice)).collect::<Result<Vec<_>, Failure>>()?);
    }
    let mut problems = check.problems;
    let mut ready = Vec::with_capacity(points.len());
    // a data set is downloaded only where nothing is wrong
    if !problems.has_errors() {
        let mut sets = DataSets::new(screen, quiet);
        for (point, choices) in points.iter().zip(checked) {
            let mut choices_ready = Vec::with_capacity(choices.len());
            for (attempt, trial) in choices {
                let attempt = finished(attempt, &mut sets, &mut problems)?;
                let trial = finished(trial, &mut sets, &mut problems)?;
                choices_ready.extend(trial.map(|trial| Choice { attempt, trial }));
            }
            ready.push(Point { varied: point.varied.clone(), choices: choices_ready });
        }
    }
    if problems.has_errors() {
        return Err(Failure::text(name, Report::new(name, &text, problems)));
    }
    number(&mut ready);
    Ok(Prepared { recipe, text, points: ready })
}

/// Settles what depends on the data, and pushes what is wrong with it.
fn finished(
    checked: Option<Checked<'_>>,
    sets: &mut DataSets<'_>,
    problems: &mut Problems,
) -> Result<Option<Trial>, Failure> {
    let Some(checked) = checked else { return Ok(None) };
    let facts = sets.facts(&checked.data, &checked.command.args)?;
    Ok(checked.finish(&facts).map_err(|fault| problems.push(fault)).ok())
}

/// Checks trials, and remembers what they share.
struct Check<'a> {
    folder: &'a Path,
    data_dir: Option<&'a Path>,
    arguments: Arguments,
    /// The models that were read; nothing for one that cannot be.
    sources: HashMap<String, Option<Source>>,
    /// What models compile to, by their paths and all that compiling depends on.
    graphs: HashMap<(String, String), Graph>,
    /// What was refused, and where.
    told: HashSet<(usize, String)>,
    problems: Problems,
}

/// An attempt and the trial that it may choose; nothing for one that is at fault, or not there.
type CheckedChoice<'t> = (Option<Checked<'t>>, Option<Checked<'t>>);

impl Check<'_> {
    /// Checks a trial, and the attempt that it is chosen by.
    fn choice<'t>(&mut self, choice: &'t ChoiceText) -> Result<CheckedChoice<'t>, Failure> {
        let trial = self.trial(&choice.trial)?;
        let Some(attempt) = &choice.attempt else { return Ok((None, trial)) };
        if trial.as_ref().is_some_and(|trial| trial.command.protocol != Protocol::Strict) {
            let what = "`search` chooses by the validation split, so it needs `protocol: strict`".to_owned();
            let help = Some("write `train: { protocol: strict, … }`".to_owned());
            self.refuse(BadTrial { what, at: place(&choice.trial, "protocol"), help });
            return Ok((None, trial));
        }
        Ok((self.trial(attempt)?, trial))
    }

    /// Checks one. Nothing comes back where it is at fault.
    fn trial<'t>(&mut self, text: &'t TrialText) -> Result<Option<Checked<'t>>, Failure> {
        let path = self.model_path(text.model.as_str());
        let model = path.display().to_string();
        let command = self.arguments.command(text, &model, &mut self.problems);
        self.source(text, &path);
        let (Some(mut command), Some(Some(source))) = (command, self.sources.get(&model)) else { return Ok(None) };
        let Some(data) = command.args.train.clone() else { return Ok(None) };
        let training = &mut command.args.training;
        if training.data_dir.is_none()
            && let Some(folder) = self.data_dir
        {
            training.data_dir = Some(folder.to_path_buf());
            command.options.push(format!("--data-dir={}", folder.display()));
        }
        let few_shot = command.args.few_shot.wanted();
        let facts = match task_facts(&data, few_shot) {
            Ok(facts) => facts,
            Err(failure) => {
                self.refuse(refused(&failure, place(text, "data"), None));
                return Ok(None);
            }
        };
        let options = task_options(&command.args, facts);
        let key = (model.clone(), format!("{options:?}"));
        let graph = match self.graphs.get(&key) {
            Some(known) => known.clone(),
            None => match graph(text, source, &options)? {
                Ok(graph) => graph,
                Err(fault) => {
                    self.refuse(fault);
                    return Ok(None);
                }
            },
        };
        self.graphs.insert(key, graph.clone());
        Ok(Some(Checked { text, model, command, data, graph }))
    }

    /// Pushes a fault, once for all trials that share it.
    fn refuse(&mut self, fault: BadTrial) {
        if self.told.insert((fault.at.start, fault.what.clone())) {
            self.problems.push(fault);
        }
    }

    /// Returns where a model lies: beside the recipe, or where the command is given.
    fn model_path(&self, model: &str) -> PathBuf {
        let beside = self.folder.join(model);
        if beside.exists() { beside } else { PathBuf::from(model) }
    }

    /// Reads a model, once.
    fn source(&mut self, text: &TrialText, path: &Path) {
        let name = path.display().to_string();
        if self.sources.contains_key(&name) {
            return;
        }
        let found = source::find(path);
        if let Err(report) = &found {
            let what = report.problems().first().map(ToString::to_string).unwrap_or_default();
            let help = report.problems().first().and_then(|fault| fault.help()).map(|help| help.to_string());
            self.problems.push(BadTrial { what, at: text.model.span, help });
        }
        self.sources.insert(name, found.ok());
    }
}

impl Checked<'_> {
    /// Settles what depends on the data.
    fn finish(self, facts: &DataFacts) -> Result<Trial, BadTrial> {
        let (held_out, config) = self.config(facts)?;
        let start = self.start()?;
        let Self { text, model, command, data, graph: Graph { hash, parameters, uncompressed, .. } } = self;
        let TrialCommand { options, args, protocol } = command;
        let content = Content {
            graph: &hash,
            data: &data,
            data_hash: &facts.hash,
            config: &config,
            held_out,
            split: args.classes.split.filter(|_| config.few_shot.is_some()).map(FewShotSplit::name),
            rotations: args.classes.rotations,
            weights: &args.model.weights.word(),
            start,
            snapshots: args.training.snapshots,
        };
        let key = content.key(VERSION);
        let (label, varied, data_bytes) = (text.label.clone(), text.varied.clone(), facts.bytes);
        Ok(Trial {
            number: 0,
            label,
            varied,
            model,
            options,
            args,
            protocol,
            config,
            held_out,
            data,
            data_bytes,
            parameters,
            uncompressed,
            key,
        })
    }

    /// Returns the size of the validation split, and the protocol.
    fn config(&self, facts: &DataFacts) -> Result<(usize, TrainConfig), BadTrial> {
        let TrialCommand { args, protocol, .. } = &self.command;
        let (few_shot, split) = (args.few_shot.wanted(), *protocol != Protocol::Paper);
        if split && few_shot.is_some() {
            let what = format!("`protocol: {}` is for samples with labels", protocol.word());
            let help = "choose few-shot settings with `split: paper-validated`, and report with `split: paper`";
            return Err(BadTrial { what, at: place(self.text, "protocol"), help: Some(help.to_owned()) });
        }
        let usual = if split { facts.samples / VALIDATION } else { 0 };
        let held_out = args.training.hold_out.map_or(usual, |count| count as usize);
        let samples = facts.samples.saturating_sub(held_out);
        let config = train_config(&args.training, few_shot, self.graph.windows, samples)
            .map_err(|fault| BadTrial::of(&fault, self.text.at))?;
        Ok((held_out, config))
    }

    /// Returns what it starts from besides its seeds.
    fn start(&self) -> Result<Option<TrialStart>, BadTrial> {
        let Some(asked) = &self.command.args.training.from else { return Ok(None) };
        let (run, rows) = start_of(asked);
        let kept = Kept::open(&run).map_err(|fault| BadTrial {
            what: fault.to_string(),
            at: place(self.text, "from"),
            help: None,
        })?;
        Ok(Some((kept.genome_sum().map(str::to_owned), rows)))
    }
}
