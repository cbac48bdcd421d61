//! Runs of no recipe → groups by data set, and in these series by model and by settings that do not change the number of parameters.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::collect::{Collected, ReportedRun};
use super::group::{RunGroup, RunSeries, SeriesPoint};

/// Names with their values.
type Traits = BTreeMap<String, String>;
/// What seeds of one point have in common: the traits, parameters, the state, the hashes of graph and data.
type PointKey = (Traits, u64, &'static str, [String; 2]);

/// Returns a group for each data set.
pub(super) fn groups(collected: &Collected) -> Vec<RunGroup> {
    let mut by_data: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for run in collected.plain() {
        by_data.entry(collected.runs[run].record.data.as_str()).or_default().push(run);
    }
    let on_split = |run: &usize| collected.runs[*run].record.held_out.unwrap_or(0) > 0;
    let group = |(data, runs): (&str, Vec<usize>)| {
        let mixed = runs.iter().any(on_split) && !runs.iter().all(on_split);
        let mut by_model: IndexMap<&str, Vec<usize>> = IndexMap::new();
        for run in runs {
            by_model.entry(collected.runs[run].record.model.as_str()).or_default().push(run);
        }
        let series = by_model.into_iter().flat_map(|(model, runs)| of_model(collected, model, &runs, mixed)).collect();
        RunGroup {
            title: format!("Runs on {data}"),
            protocol: None,
            series,
            claims: Vec::new(),
            has_own_accuracies: false,
            recipe: None,
        }
    };
    by_data.into_iter().map(group).collect()
}

/// Makes the series of one model; where runs of the data set are evaluated on other samples, series say on which.
fn of_model(collected: &Collected, model: &str, runs: &[usize], mixed: bool) -> Vec<RunSeries> {
    let run = |index: &usize| &collected.runs[*index];
    let traits: Vec<Traits> = runs.iter().map(|index| traits(run(index))).collect();
    let sizes: BTreeSet<String> =
        sizes(&traits, &runs.iter().map(|index| run(index).record.parameters).collect::<Vec<_>>());
    let varied: Vec<&String> = names(&traits).into_iter().filter(|name| varies(&traits, name)).collect();
    let mut series: IndexMap<String, IndexMap<PointKey, SeriesPoint>> = IndexMap::new();
    for (index, own) in runs.iter().zip(&traits) {
        let said = |is_size: bool| {
            let chosen = varied.iter().filter(|name| sizes.contains(**name) == is_size);
            chosen.filter_map(|name| Some(format!("{name}={}", own.get(*name)?))).collect::<Vec<String>>().join(" ")
        };
        let on_split = run(index).record.held_out.unwrap_or(0) > 0;
        let on = if on_split { " (validation split)" } else { " (test samples)" };
        let label = format!("{} {}", model, said(false)).trim_end().to_owned() + if mixed { on } else { "" };
        let (record, state) = (&run(index).record, run(index).state);
        let (parameters, hashes) = (record.parameters, [record.graph.clone(), record.data_hash.clone()]);
        let point =
            series.entry(label).or_default().entry((own.clone(), parameters, state, hashes)).or_insert_with(|| {
                SeriesPoint { name: said(true), parameters, state: state.to_owned(), ..SeriesPoint::default() }
            });
        point.take(*index, run(index));
    }
    let whole = |(label, points): (String, IndexMap<PointKey, SeriesPoint>)| {
        let mut points: Vec<SeriesPoint> = points.into_values().collect();
        points.sort_by_key(|point| point.parameters);
        RunSeries { label, points }
    };
    series.into_iter().map(whole).collect()
}

/// Returns what a run was made by, seeds aside: the model's parameters, and options of `gemc train`.
fn traits(run: &ReportedRun) -> Traits {
    let (record, recipe) = (&run.record, &run.record.recipe);
    let mut all: Traits = record.settings.clone().into_iter().collect();
    let mut add = |name: &str, value: String| all.insert(format!("--{name}"), value);
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
