//! What populations receive: as `run.json` keeps it of the start, and what of it is far from healthy.

use super::doubt::{Doubt, NamedPopulations, When, Who};
use crate::emit::Arrival;
use crate::plan::Function;
use crate::run_dir::Signal;

/// Sums are too strong from this multiple of a healthy value on. By `start fan_in` a first hidden layer comes to four times, a second
/// one, which no longer learns reliably, to twenty and more.
const STRONG: f64 = 10.0;
/// Sums are too weak below this part of what is healthy. Direct weights start with a thousandth, and learn.
const WEAK: f64 = 1e-6;
/// The part of what is received that has to differ between samples.
const DIFFERS: f64 = 0.01;
/// The share of dead neurons above which something is said at the start; calibrated starts come to a fifth.
const DEAD_AT_FIRST: f64 = 0.5;
/// The same of networks that have learned: many kill half of their neurons and do well.
const DEAD_LATER: f64 = 0.9;
/// The share of what is received that has to lie where there is a gradient.
const ACTIVE: f64 = 0.2;

/// Runs times populations that are kept at most: some three megabytes.
const MOST: usize = 20_000;

/// Returns what is received as the record has it: population after population, from what each run's populations receive. Of very
/// many it has the first.
pub(super) fn signals(runs: &[Vec<Arrival>]) -> Vec<Signal> {
    let first = runs.first().map(Vec::as_slice).unwrap_or_default();
    let first = first.get(..MOST).unwrap_or(first);
    let runs = runs.get(..MOST / first.len().max(1)).unwrap_or(runs);
    let of = |place: usize, number: fn(&Arrival) -> f64| {
        let all = runs.iter().map(|run| run.get(place).map(number).and_then(six_digits));
        all.collect::<Vec<_>>()
    };
    let signal = |(place, one): (usize, &Arrival)| Signal {
        population: one.population.clone(),
        tick: one.tick,
        mean: of(place, |arrival| arrival.mean),
        sd: of(place, |arrival| arrival.sd),
        between_samples: of(place, |arrival| arrival.between_samples),
        active: of(place, |arrival| arrival.active),
        dead: of(place, |arrival| arrival.dead),
    };
    first.iter().enumerate().map(signal).collect()
}

/// Returns a number with six digits: how many threads have summed it does not show. `None` where it is not finite.
fn six_digits(number: f64) -> Option<f64> {
    if number.is_finite() { format!("{number:.5e}").parse().ok() } else { None }
}

/// Returns what is amiss with what one run's populations receive from `samples` samples after `step` steps.
pub(super) fn unhealthy(arrivals: &[Arrival], step: u64, samples: usize) -> Vec<Doubt> {
    let (who, when) = (Who::default(), When(step));
    let scaled = named(arrivals, |arrival| {
        let times = arrival.sd.max(arrival.mean.abs()) / arrival.wanted;
        step == 0 && !(WEAK..STRONG).contains(&times)
    });
    let scaled = scaled.map(|(population, arrival)| {
        let Arrival { sd, mean, wanted, .. } = *arrival;
        let (what, found) = if mean.abs() > sd { ("mean", mean) } else { ("standard deviation", sd) };
        Doubt::IllScaled { who: who.clone(), when, population, what, found, wanted }
    });
    let silent = named(arrivals, |arrival| part(arrival) < DIFFERS);
    let silent = silent.map(|(population, arrival)| {
        let part = part(arrival);
        Doubt::NoSignal { who: who.clone(), when, population, part }
    });
    let most = if step == 0 { DEAD_AT_FIRST } else { DEAD_LATER };
    let dead = named(arrivals, |arrival| arrival.activation == Some(Function::Relu) && arrival.dead > most);
    let dead = dead.and_then(|(population, arrival)| {
        let (dead, activation) = (arrival.dead, arrival.activation?);
        Some(Doubt::DeadNeurons { who: who.clone(), when, population, dead, activation, samples })
    });
    let bounded = |arrival: &Arrival| matches!(arrival.activation, Some(Function::Tanh | Function::Sigmoid));
    let saturated = named(arrivals, |arrival| bounded(arrival) && arrival.active < ACTIVE);
    let saturated = saturated.and_then(|(population, arrival)| {
        let (active, activation) = (arrival.active, arrival.activation?);
        Some(Doubt::Saturated { who: who.clone(), when, population, active, activation })
    });
    [scaled, silent, dead, saturated].into_iter().flatten().collect()
}

/// Returns the share of what a population receives that differs between samples.
fn part(arrival: &Arrival) -> f64 {
    let whole = arrival.mean.hypot(arrival.sd);
    if whole > 0.0 { arrival.between_samples / whole } else { 0.0 }
}

/// Returns the first population that something is true of, and how many others it is true of.
fn named(arrivals: &[Arrival], amiss: impl Fn(&Arrival) -> bool) -> Option<(NamedPopulations, &Arrival)> {
    let mut names: Vec<&str> = Vec::new();
    let mut first = None;
    for arrival in arrivals.iter().filter(|arrival| amiss(arrival)) {
        first = first.or(Some(arrival));
        if !names.contains(&arrival.population.as_str()) {
            names.push(&arrival.population);
        }
    }
    first.map(|arrival| (NamedPopulations { name: arrival.population.clone(), more: names.len() - 1 }, arrival))
}
