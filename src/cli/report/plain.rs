//! Runs of no recipe → groups by data set, and in these series by model and by settings that do not change the number of parameters.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::collect::{Collected, ReportedRun};
use super::group::{RunGroup, RunSeries, SeriesPoint};

/// Names with their values.
type Traits = BTreeMap<String, String>;

/// Returns a group for each data set.
pub(super) fn groups(collected: &Collected) -> Vec<RunGroup> {
    let mut by_data: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for run in collected.plain() {
        by_data.entry(collected.runs[run].record.data.as_str()).or_default().push(run);
    }
    let group = |(data, runs): (&str, Vec<usize>)| {
        let mut by_model: IndexMap<&str, Vec<usize>> = IndexMap::new();
        for run in runs {
            by_model.entry(collected.runs[run].record.model.as_str()).or_default().push(run);
        }
        let series = by_model.into_iter().flat_map(|(model, runs)| of_model(collected, model, &runs)).collect();
        RunGroup { title: format!("Runs on {data}"), protocol: None, series, claims: Vec::new(), recipe: None }
    };
    by_data.into_iter().map(group).collect()
}

/// Makes the series of one model.
fn of_model(collected: &Collected, model: &str, runs: &[usize]) -> Vec<RunSeries> {
    let run = |index: &usize| &collected.runs[*index];
    let traits: Vec<Traits> = runs.iter().map(|index| traits(run(index))).collect();
    let sizes: BTreeSet<String> =
        sizes(&traits, &runs.iter().map(|index| run(index).record.parameters).collect::<Vec<_>>());
    let varied: Vec<&String> = names(&traits).into_iter().filter(|name| varies(&traits, name)).collect();
    let mut series: IndexMap<String, IndexMap<(Traits, u64, bool), SeriesPoint>> = IndexMap::new();
    for (index, own) in runs.iter().zip(&traits) {
        let said = |is_size: bool| {
            let chosen = varied.iter().filter(|name| sizes.contains(**name) == is_size);
            chosen.filter_map(|name| Some(format!("{name}={}", own.get(*name)?))).collect::<Vec<String>>().join(" ")
        };
        let label = format!("{model} {}", said(false)).trim_end().to_owned();
        let (parameters, open) = (run(index).record.parameters, !run(index).is_finished());
        let point = series.entry(label).or_default().entry((own.clone(), parameters, open)).or_insert_with(|| {
            SeriesPoint { name: said(true), parameters, state: run(index).state.to_owned(), ..SeriesPoint::default() }
        });
        point.take(*index, run(index));
    }
    let whole = |(label, points): (String, IndexMap<_, SeriesPoint>)| {
        let mut points: Vec<SeriesPoint> = points.into_values().collect();
        points.sort_by_key(|point| point.parameters);
        RunSeries { label, points }
    };
    series.into_iter().map(whole).collect()
}

/// Returns what a run was made by, seeds aside.
fn traits(run: &ReportedRun) -> Traits {
    let (record, recipe) = (&run.record, &run.record.recipe);
    let mut all: Traits = record.settings.clone().into_iter().collect();
    let mut add = |name: &str, value: String| all.insert(name.to_owned(), value);
    add("batch", recipe.batch.to_string());
    add("steps", recipe.length.to_string());
    add("lr", recipe.lr.to_string());
    add("schedule", format!("{:?}", recipe.schedule).to_lowercase());
    add("eval-every", recipe.eval_every.to_string());
    add("patience", recipe.patience.map_or_else(|| "none".to_owned(), |patience| patience.to_string()));
    add("min-delta", recipe.min_delta.to_string());
    add("validation", record.held_out.unwrap_or(0).to_string());
    if let Some(tasks) = &recipe.few_shot {
        add("ways", tasks.ways.to_string());
        add("shots", tasks.shots.to_string());
        add("inner-steps", tasks.inner_steps.to_string());
        add("split", record.split.clone().unwrap_or_default());
        add("rotations", record.rotations.to_string());
    }
    all
}

fn names(traits: &[Traits]) -> BTreeSet<&String> {
    traits.iter().flat_map(Traits::keys).collect()
}

fn varies(traits: &[Traits], name: &str) -> bool {
    let mut values = traits.iter().map(|traits| traits.get(name));
    let first = values.next();
    values.any(|value| Some(value) != first)
}

/// Returns the names whose values alone change the number of parameters.
fn sizes(traits: &[Traits], parameters: &[u64]) -> BTreeSet<String> {
    let is_size = |name: &&String| {
        let mut found: BTreeMap<Vec<(&String, &String)>, u64> = BTreeMap::new();
        traits.iter().zip(parameters).any(|(traits, parameters)| {
            let others = traits.iter().filter(|(other, _)| other != name).collect();
            found.insert(others, *parameters).is_some_and(|before| before != *parameters)
        })
    };
    names(traits).into_iter().filter(|name| varies(traits, name)).filter(is_size).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traits(text: &str) -> Traits {
        let pair = |part: &str| part.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        text.split_whitespace().map(pair).collect()
    }

    #[test]
    fn what_alone_changes_the_parameters_is_a_size() {
        let all = ["genes=1 lr=0.1", "genes=2 lr=0.1", "genes=1 lr=0.2"].map(traits);
        assert_eq!(sizes(&all, &[10, 20, 10]), BTreeSet::from(["genes".to_owned()]));
        assert_eq!(sizes(&all[1..], &[20, 10]), BTreeSet::new(), "either may be the reason");
    }
}
