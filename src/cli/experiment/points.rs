//! What has one place in the results: a trial, or the best of several settings by the validation split.

use super::prepare::Prepared;
use super::store::{FailedTrial, Standing, Store};
use super::trial::Trial;

/// A trial, or several among which is chosen.
pub(super) struct Point {
    /// What tells it from the others of its label, without what is chosen.
    pub(super) varied: String,
    /// At least one.
    pub(super) choices: Vec<Choice>,
}

/// A trial, and what it is chosen by.
pub(super) struct Choice {
    /// The same settings on the validation split alone, where several are compared.
    pub(super) attempt: Option<Trial>,
    pub(super) trial: Trial,
}

/// Which trial of a point is wanted.
pub(super) enum Chosen<'p> {
    /// This one.
    Trial(&'p Trial),
    /// That is not known yet: attempts are left.
    Open,
    /// None: all attempts failed, this one first.
    None(FailedTrial),
}

/// Counts trials from 1: attempts first, then points; the trials of a point have one number, since one of them is run.
pub(super) fn number(points: &mut [Point]) {
    let mut next = 1..;
    let mut take = |trial: &mut Trial| trial.number = next.next().unwrap_or_default();
    points
        .iter_mut()
        .flat_map(|point| &mut point.choices)
        .filter_map(|choice| choice.attempt.as_mut())
        .for_each(&mut take);
    for (number, point) in next.zip(points) {
        point.choices.iter_mut().for_each(|choice| choice.trial.number = number);
    }
}

impl Point {
    /// Returns the trial with the best attempt, the first of equals; an attempt that failed is none.
    pub(super) fn chosen(&self, store: &Store) -> Chosen<'_> {
        let (mut best, mut failed): (Option<(f64, &Trial)>, Option<FailedTrial>) = (None, None);
        for Choice { attempt, trial } in &self.choices {
            let Some(attempt) = attempt else { return Chosen::Trial(trial) };
            match store.look(attempt) {
                Standing::Finished(finished) => {
                    let reached = finished.reached().0.unwrap_or(0.0);
                    if best.is_none_or(|(other, _)| reached > other) {
                        best = Some((reached, trial));
                    }
                }
                Standing::Failed(why) => failed = failed.or(Some(why)),
                Standing::Held(_) | Standing::Stopped(_) | Standing::Trained(_) | Standing::New => return Chosen::Open,
            }
        }
        match (best, failed) {
            (Some((_, trial)), _) => Chosen::Trial(trial),
            (None, Some(why)) => Chosen::None(why),
            (None, None) => Chosen::Open,
        }
    }
}

impl Prepared {
    /// Returns the attempts by which settings are chosen.
    pub(super) fn attempts(&self) -> Vec<&Trial> {
        self.points.iter().flat_map(|point| &point.choices).filter_map(|choice| choice.attempt.as_ref()).collect()
    }

    /// Returns all that is run, with what tells each from the others of its label: the attempts, and one trial of each point.
    pub(super) fn listed(&self) -> Vec<(&str, &Trial)> {
        let attempts = self.attempts().into_iter().map(|attempt| (attempt.varied.as_str(), attempt));
        let points =
            self.points.iter().filter_map(|point| Some((point.varied.as_str(), &point.choices.first()?.trial)));
        attempts.chain(points).collect()
    }

    /// Returns the trials that are wanted, as far as that is known.
    pub(super) fn chosen(&self, store: &Store) -> Vec<&Trial> {
        let trial = |point| if let Chosen::Trial(trial) = Point::chosen(point, store) { Some(trial) } else { None };
        self.points.iter().filter_map(trial).collect()
    }
}
