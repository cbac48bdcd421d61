//! A trial as a recipe writes it → the command line that trains it, every option looked at by the command line itself.

use std::collections::HashSet;
use std::error::Error as _;

use clap::error::ErrorKind;
use clap::{ArgAction, Command, CommandFactory, Parser};
use miette::Diagnostic;
use thiserror::Error;

use crate::cli::args::{CompileArgs, Line, Verb};
use crate::diag::{Problems, did_you_mean};
use crate::recipe::{RecipeOption, TrialText};
use crate::span::Span;

/// Options of `gemc train` that a recipe gives otherwise, or that are no matter of a recipe.
const ELSEWHERE: [(&str, &str); 7] = [
    ("set", "parameters of the model stand in `set` of a trial"),
    ("sweep", "values of a parameter stand in `set` of a trial, such as `genes: 1..30`"),
    ("run-dir", "the store keeps the run: `gemc run --store PATH`"),
    ("resume", "trials go on by themselves where they were stopped"),
    ("quiet", "give it to the command: `gemc run --quiet`"),
    ("format", "give it to the command: `gemc run --format json`"),
    ("help", "`gemc train --help` lists the options"),
];
/// The one key of `train` that is no option: by which protocol results are reported.
const PROTOCOL: &str = "protocol";

/// A recipe names an option that `gemc train` does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is no option of training")]
#[diagnostic(code(recipe::unknown_option))]
struct UnknownOption {
    name: String,
    #[label(primary, "unknown")]
    at: Span,
    #[help]
    help: String,
}

/// A recipe gives an option a value that it cannot have.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}`: {why}")]
#[diagnostic(code(recipe::bad_option), help("`gemc train --help` describes every option"))]
struct BadOption {
    name: String,
    why: String,
    #[label(primary, "here")]
    at: Span,
}

/// How results are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// Each run's best evaluation on the test samples.
    Paper,
    /// The test samples once, by what was best on a validation split.
    Strict,
    /// Each run's best evaluation on a validation split; no test sample is looked at.
    Validation,
}

impl Protocol {
    /// Returns the word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Strict => "strict",
            Self::Validation => "validation",
        }
    }
}

/// A trial as a command line.
pub(super) struct TrialCommand {
    /// What follows `gemc`, without the model, its parameters and where the run is kept.
    pub(super) options: Vec<String>,
    /// The same, and the model, read.
    pub(super) args: CompileArgs,
    pub(super) protocol: Protocol,
}

/// Makes command lines, and remembers which options were found faulty.
pub(super) struct Arguments {
    train: Command,
    seen: HashSet<(String, String, usize)>,
    told: HashSet<String>,
}

impl Arguments {
    pub(super) fn new() -> Self {
        let mut line = Line::command();
        line.build();
        let train = line.find_subcommand("train").cloned().unwrap_or_default();
        Self { train, seen: HashSet::new(), told: HashSet::new() }
    }

    /// Makes the command of a trial whose model is at `model`; pushes what is wrong with its options.
    pub(super) fn command(&mut self, trial: &TrialText, model: &str, problems: &mut Problems) -> Option<TrialCommand> {
        let (mut options, mut protocol) = (Vec::new(), Some(Protocol::Paper));
        for option in &trial.options {
            if option.name.as_str() == PROTOCOL {
                protocol = self.protocol(option, problems);
            } else {
                options.extend(self.option(option, problems));
            }
        }
        let sets = trial.set.iter().map(|option| format!("--set={}={}", option.name.as_str(), option.value));
        let whole = ["gemc", "train", model].map(str::to_owned).into_iter().chain(options.iter().cloned()).chain(sets);
        match Line::try_parse_from(whole) {
            Ok(Line { verb: Verb::Train(train), .. }) => {
                Some(TrialCommand { options, args: train.as_compile(), protocol: protocol? })
            }
            Ok(_) => None,
            Err(fault) => {
                let why = reason(&fault);
                // what is wrong with one option was told at its place
                if !problems.has_errors() && self.told.insert(why.clone()) {
                    problems.push(BadOption { name: "train".to_owned(), why, at: trial.at });
                }
                None
            }
        }
    }

    fn protocol(&mut self, option: &RecipeOption, problems: &mut Problems) -> Option<Protocol> {
        let protocol = match option.value.as_str() {
            "paper" => Some(Protocol::Paper),
            "strict" => Some(Protocol::Strict),
            "validation" => Some(Protocol::Validation),
            _ => None,
        };
        if protocol.is_none() && self.is_new(option) {
            let why = "a protocol is `paper`, the best evaluation on the test samples, `strict`, the test samples once, or \
                 `validation`, no test samples";
            problems.push(BadOption { name: PROTOCOL.to_owned(), why: why.to_owned(), at: option.at });
        }
        protocol
    }

    /// Returns an option as an argument; nothing for one that is off, or faulty.
    fn option(&mut self, option: &RecipeOption, problems: &mut Problems) -> Option<String> {
        let (name, value) = (option.name.as_str(), option.value.as_str());
        let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name);
        let known = self.train.get_arguments().find(|arg| arg.get_long() == Some(name));
        let (Some(arg), None) = (known, elsewhere) else {
            let names = self.train.get_arguments().filter_map(clap::Arg::get_long).chain([PROTOCOL]);
            let help = elsewhere.map(|(_, help)| (*help).to_owned()).or_else(|| did_you_mean(name, names));
            let help = help.unwrap_or_else(|| "`gemc train --help` lists the options".to_owned());
            if self.is_new(option) {
                problems.push(UnknownOption { name: name.to_owned(), at: option.name.span, help });
            }
            return None;
        };
        let flag = matches!(arg.get_action(), ArgAction::SetTrue);
        let (argument, fault) = match (flag, value) {
            (true, "true") => (Some(format!("--{name}")), None),
            (true, "false") => (None, None),
            (true, _) => (None, Some("write `true` or `false`".to_owned())),
            (false, _) => (Some(format!("--{name}={value}")), None),
        };
        if !self.is_new(option) {
            return argument;
        }
        if let Some(why) = fault.or_else(|| alone(argument.as_deref()?)) {
            problems.push(BadOption { name: name.to_owned(), why, at: option.at });
        }
        argument
    }

    /// Tells whether an option has not been looked at.
    fn is_new(&mut self, option: &RecipeOption) -> bool {
        self.seen.insert((option.name.text.to_string(), option.value.clone(), option.at.start))
    }
}

/// Says what is wrong with the value of one option, whatever others there are.
fn alone(argument: &str) -> Option<String> {
    let fault = Line::try_parse_from(["gemc", "train", "model.gem", argument]).err()?;
    let of_value = [ErrorKind::InvalidValue, ErrorKind::ValueValidation, ErrorKind::NoEquals, ErrorKind::InvalidUtf8];
    of_value.contains(&fault.kind()).then(|| reason(&fault))
}

/// Returns what clap says, without its frame.
fn reason(fault: &clap::Error) -> String {
    if let Some(source) = fault.source() {
        return source.to_string();
    }
    let text = fault.render().to_string();
    let lines =
        text.lines().take_while(|line| !line.starts_with("Usage")).map(str::trim).filter(|line| !line.is_empty());
    let said = lines.collect::<Vec<_>>().join(" ");
    said.strip_prefix("error: ").unwrap_or(&said).to_owned()
}
