//! A recipe → its trials: every value of every parameter and axis combined with every other.

use super::fault::{BadValue, TooManyTrials, UnequalTries};
use super::read::{Axis, Group, Recipe, RecipeOption};
use crate::diag::Problems;
use crate::span::{Name, Span};

/// Trials of a recipe at most.
const MOST: usize = 10_000;
/// The option that says how many seeds there are.
const RUNS: &str = "runs";

/// What is trained as one: a model with one value of everything.
#[derive(Debug, Clone)]
pub struct TrialText {
    /// What it is called in figures, together with others.
    pub label: String,
    /// The model's file.
    pub model: Name,
    /// The model's parameters, with the place of each value.
    pub set: Vec<RecipeOption>,
    /// Options of training.
    pub options: Vec<RecipeOption>,
    /// What tells it from the others of its label: `genes=3 lr=0.01`.
    pub varied: String,
    /// Where it is asked for.
    pub at: Span,
}

/// What has one place in the results: a trial, or the best of several.
#[derive(Debug, Clone)]
pub struct PointText {
    /// What tells it from the others of its label, without what is chosen.
    pub varied: String,
    /// The trials among which is chosen; one, where nothing is.
    pub choices: Vec<ChoiceText>,
}

/// A trial, and what it is chosen by.
#[derive(Debug, Clone)]
pub struct ChoiceText {
    /// The same settings on the validation split alone, where several are compared.
    pub attempt: Option<TrialText>,
    /// What is trained if they are the best.
    pub trial: TrialText,
}

impl Recipe {
    /// Returns its points in order, the values of the last name changing first, `quick` ones where that is wanted; pushes what is
    /// wrong with its axes.
    pub fn points(&self, quick: bool, problems: &mut Problems) -> Vec<PointText> {
        let searched = self.groups.iter().flat_map(|group| &group.search);
        for axis in self.axes.iter().chain(searched).filter(|axis| Place::of(axis).is_none()) {
            let why = "an axis is an option of training or a parameter of the model".to_owned();
            let help = Some("write `train.NAME` or `set.NAME`, such as `train.lr`".to_owned());
            problems.push(BadValue { key: axis.name.text.to_string(), why, at: axis.name.span, help });
        }
        self.unequal(problems);
        let (mut points, mut trials) = (Vec::new(), 0_usize);
        for group in &self.groups {
            let places: Vec<Place<'_>> =
                group.set.iter().map(Place::Set).chain(self.axes.iter().filter_map(Place::of)).collect();
            let (count, tries) = (combinations(&places), group.tries());
            trials = trials.saturating_add(count.saturating_mul(tries));
            if trials > MOST {
                problems.push(TooManyTrials { found: trials.to_string(), most: MOST, at: group.at });
                return Vec::new();
            }
            points.extend((0..count).map(|index| self.point(group, &places, (index, quick))));
        }
        points
    }

    /// Pushes a fault for a group whose settings are chosen among more or fewer tries than those of the first.
    fn unequal(&self, problems: &mut Problems) {
        let Some(first) = self.groups.first() else { return };
        for group in self.groups.iter().filter(|group| group.tries() != first.tries()) {
            let (label, tries) = (group.label().to_owned(), group.tries());
            let (other, others, first) = (first.label().to_owned(), first.tries(), first.at);
            problems.push(UnequalTries { label, tries, other, others, first, at: group.at });
        }
    }

    /// Returns the combination number `index` of a group.
    fn point(&self, group: &Group, places: &[Place<'_>], (index, quick): (usize, bool)) -> PointText {
        let searched: Vec<Place<'_>> = group.search.iter().filter_map(Place::of).collect();
        let all: Vec<Place<'_>> = places.iter().chain(&searched).copied().collect();
        let tries = combinations(&searched);
        let choice = |number: usize| {
            let trial = self.trial(group, &all, (index * tries + number, quick), false);
            let attempt = || self.trial(group, &all, (index * tries + number, quick), true);
            ChoiceText { attempt: (tries > 1).then(attempt), trial }
        };
        PointText { varied: varied(&chosen(places, index)), choices: (0..tries).map(choice).collect() }
    }

    /// Returns a trial of a group, or the attempt that it is chosen by.
    fn trial(&self, group: &Group, places: &[Place<'_>], (index, quick): (usize, bool), attempt: bool) -> TrialText {
        let chosen = chosen(places, index);
        let varied = varied(&chosen);
        let (mut set, mut options) = (Vec::new(), self.options.clone());
        let tries = self.tries.iter().filter(|_| attempt);
        group.options.iter().chain(tries).for_each(|option| put(&mut options, option.clone()));
        for (place, option) in chosen {
            put(if matches!(place, Place::Set(_) | Place::SetAxis(..)) { &mut set } else { &mut options }, option);
        }
        self.quick.iter().filter(|_| quick).for_each(|option| put(&mut options, option.clone()));
        if attempt {
            let runs = self.tries.iter().find(|option| option.name.as_str() == RUNS);
            let own = |name: &str, value: &str| RecipeOption {
                name: Name::new(name, group.at),
                value: value.to_owned(),
                at: group.at,
            };
            put(&mut options, runs.cloned().unwrap_or_else(|| own(RUNS, "1")));
            put(&mut options, own("protocol", "validation"));
        }
        let (label, model) = (group.label().to_owned(), group.model.clone());
        TrialText { label, model, set, options, varied, at: group.at }
    }
}

impl Group {
    /// Returns the settings among which is chosen; 1 where nothing is.
    fn tries(&self) -> usize {
        self.search.iter().fold(1, |count, axis| count.saturating_mul(axis.values.len()))
    }
}

fn combinations(places: &[Place<'_>]) -> usize {
    places.iter().fold(1, |count, place| count.saturating_mul(place.axis().values.len()))
}

/// Returns the values of the combination number `index`.
fn chosen<'p, 'r>(places: &'p [Place<'r>], index: usize) -> Vec<(&'p Place<'r>, RecipeOption)> {
    let (mut rest, mut chosen) = (index, Vec::new());
    for place in places.iter().rev() {
        let axis = place.axis();
        let value = axis.values.get(rest % axis.values.len().max(1)).cloned().unwrap_or_default();
        rest /= axis.values.len().max(1);
        chosen.push((place, RecipeOption { name: place.name(), value, at: axis.at }));
    }
    chosen.reverse();
    chosen
}

/// Tells a combination from the others: what has several values, as `genes=3 lr=0.01`.
fn varied(chosen: &[(&Place<'_>, RecipeOption)]) -> String {
    let several = chosen.iter().filter(|(place, _)| place.axis().values.len() > 1);
    let words: Vec<String> = several.map(|(_, option)| format!("{}={}", option.name.as_str(), option.value)).collect();
    words.join(" ")
}

/// Puts an option in place of the one of its name, or last.
fn put(options: &mut Vec<RecipeOption>, option: RecipeOption) {
    match options.iter_mut().find(|other| other.name == option.name) {
        Some(other) => *other = option,
        None => options.push(option),
    }
}

/// Where the values of an axis go.
#[derive(Clone, Copy)]
enum Place<'r> {
    /// A trial's own parameter of the model.
    Set(&'r Axis),
    /// A parameter that every model is given, and its name.
    SetAxis(&'r Axis, &'r str),
    /// An option of training, and its name.
    Train(&'r Axis, &'r str),
}

impl<'r> Place<'r> {
    fn of(axis: &'r Axis) -> Option<Self> {
        match axis.name.as_str().split_once('.')? {
            ("train", name) if !name.is_empty() => Some(Self::Train(axis, name)),
            ("set", name) if !name.is_empty() => Some(Self::SetAxis(axis, name)),
            _ => None,
        }
    }

    fn axis(&self) -> &'r Axis {
        match self {
            Self::Set(axis) | Self::SetAxis(axis, _) | Self::Train(axis, _) => axis,
        }
    }

    fn name(&self) -> Name {
        match self {
            Self::Set(axis) => axis.name.clone(),
            Self::SetAxis(axis, name) | Self::Train(axis, name) => Name::new(*name, axis.name.span),
        }
    }
}
