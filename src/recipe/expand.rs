//! A recipe → its trials: every value of every parameter and axis combined with every other.

use super::fault::{BadValue, TooManyTrials};
use super::read::{Axis, Group, Recipe, RecipeOption};
use crate::diag::Problems;
use crate::span::{Name, Span};

/// Trials of a recipe at most.
const MOST: usize = 10_000;

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

impl Recipe {
    /// Returns its trials in order, the values of the last name changing first, `quick` ones where that is wanted; pushes what is
    /// wrong with its axes.
    pub fn trials(&self, quick: bool, problems: &mut Problems) -> Vec<TrialText> {
        for axis in self.axes.iter().filter(|axis| Place::of(axis).is_none()) {
            let why = "an axis is an option of training or a parameter of the model".to_owned();
            let help = Some("write `train.NAME` or `set.NAME`, such as `train.lr`".to_owned());
            problems.push(BadValue { key: axis.name.text.to_string(), why, at: axis.name.span, help });
        }
        let mut trials = Vec::new();
        for group in &self.groups {
            let places: Vec<Place<'_>> =
                group.set.iter().map(Place::Set).chain(self.axes.iter().filter_map(Place::of)).collect();
            let count = places.iter().fold(1_usize, |count, axis| count.saturating_mul(axis.axis().values.len()));
            if count.saturating_add(trials.len()) > MOST {
                let found = count.saturating_add(trials.len()).to_string();
                problems.push(TooManyTrials { found, most: MOST, at: group.at });
                return Vec::new();
            }
            trials.extend((0..count).map(|index| self.trial(group, &places, (index, quick))));
        }
        trials
    }

    /// Returns the combination number `index` of a group.
    fn trial(&self, group: &Group, places: &[Place<'_>], (index, quick): (usize, bool)) -> TrialText {
        let (mut rest, mut chosen) = (index, Vec::new());
        for place in places.iter().rev() {
            let axis = place.axis();
            let value = axis.values.get(rest % axis.values.len().max(1)).cloned().unwrap_or_default();
            rest /= axis.values.len().max(1);
            chosen.push((place, RecipeOption { name: place.name(), value, at: axis.at }));
        }
        chosen.reverse();
        let varied: Vec<String> = chosen
            .iter()
            .filter(|(place, _)| place.axis().values.len() > 1)
            .map(|(_, option)| format!("{}={}", option.name.as_str(), option.value))
            .collect();
        let (mut set, mut options) = (Vec::new(), self.options.clone());
        group.options.iter().for_each(|option| put(&mut options, option.clone()));
        for (place, option) in chosen {
            put(if matches!(place, Place::Set(_) | Place::SetAxis(..)) { &mut set } else { &mut options }, option);
        }
        self.quick.iter().filter(|_| quick).for_each(|option| put(&mut options, option.clone()));
        let (label, model) = (group.label().to_owned(), group.model.clone());
        TrialText { label, model, set, options, varied: varied.join(" "), at: group.at }
    }
}

/// Puts an option in place of the one of its name, or last.
fn put(options: &mut Vec<RecipeOption>, option: RecipeOption) {
    match options.iter_mut().find(|other| other.name == option.name) {
        Some(other) => *other = option,
        None => options.push(option),
    }
}

/// Where the values of an axis go.
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
