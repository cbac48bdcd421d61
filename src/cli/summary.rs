//! What `gemc compile` says of a model when nothing else is asked: what it grows into, from how much, at what cost.

use serde::Serialize;

use super::graph::{MaskRow, PoolRow, SettingRow, WindowRow};
use super::model::given;
use super::numbers::{columns, count, grouped, ratio};
use super::screen::{Ink, Screen};
use crate::check::{Activation, Intake, Model, Origin, Population};
use crate::compile::Stages;
use crate::plan::Sizes;

/// The summary for people and scripts; the fields are stable.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    model: String,
    settings: Vec<SettingRow>,
    populations: Vec<PopulationRow>,
    connections: Vec<ConnectionRow>,
    /// How many ticks the network runs; `null` where each population is evaluated once.
    ticks: Option<usize>,
    parameters: u64,
    learned_tensors: usize,
    synapses: u64,
    uncompressed: u64,
    /// uncompressed / parameters; `null` where nothing is learned.
    compression: Option<f64>,
    step: StepCost,
    /// Populations and connections, whether they have a row or not.
    #[serde(skip)]
    in_all: [usize; 2],
    #[serde(skip)]
    settings_lines: Vec<String>,
}

#[derive(Debug, Serialize)]
struct PopulationRow {
    name: String,
    shape: String,
    neurons: u64,
    pool: Option<PoolRow>,
    #[serde(skip)]
    manner: String,
}

#[derive(Debug, Serialize)]
struct ConnectionRow {
    source: String,
    target: String,
    via: String,
    window: Option<WindowRow>,
    mask: Option<MaskRow>,
    weights: String,
    synapses: u64,
    frozen: bool,
    #[serde(skip)]
    manner: String,
}

/// What one training step costs, for a number of runs and samples.
#[derive(Debug, Serialize)]
struct StepCost {
    flop: u64,
    bytes: u64,
    runs: usize,
    batch: usize,
}

impl Summary {
    /// Rows of a list that people are shown; the rest is counted.
    pub(super) const SHOWN: usize = 12;

    /// Sums up what a text compiled to, for `data` if it was compiled for any, with at most `rows` rows of a list.
    pub(super) fn new(stages: &Stages, data: Option<&str>, rows: usize) -> Self {
        let (model, plan) = (stages.model(), &stages.plan);
        let (counts, cost) = (plan.counts(), plan.step_cost(Sizes::SHOWN));
        Self {
            model: model.name().to_owned(),
            settings: model.settings().iter().map(SettingRow::new).collect(),
            populations: model.populations().iter().take(rows).map(|row| population(model, row)).collect(),
            connections: connections(model, rows),
            ticks: (!stages.wiring.ticks().is_empty()).then(|| stages.wiring.ticks().len()),
            parameters: counts.parameters,
            learned_tensors: plan.learned().count(),
            synapses: counts.synapses,
            uncompressed: counts.uncompressed,
            compression: (counts.parameters > 0).then(|| counts.compression()),
            step: StepCost { flop: cost.flop, bytes: cost.bytes, runs: Sizes::SHOWN.runs, batch: Sizes::SHOWN.batch },
            in_all: [model.populations().len(), model.projections().len()],
            settings_lines: settings(model, data),
        }
    }

    /// Writes it for people.
    pub(super) fn text(&self, screen: &Screen) -> String {
        let (learned, grown) = (count(self.parameters, "parameter"), count(self.synapses, "synapse"));
        let mut lines = Vec::new();
        let mut section = |title, rows: Vec<String>| {
            lines.extend(rows.into_iter().enumerate().map(|(index, row)| (if index == 0 { title } else { "" }, row)));
        };
        section("settings", self.settings_lines.clone());
        section("populations", self.population_lines());
        section("connections", self.connection_lines());
        section("ticks", self.ticks.map(|ticks| ticks.to_string()).into_iter().collect());
        let tensors = count(self.learned_tensors as u64, "tensor");
        section("parameters", vec![format!("{} in {tensors}", grouped(self.parameters))]);
        section("compression", vec![self.compression_line()]);
        section("a step", vec![self.step_line()]);
        format!("{}: {learned} grow {grown}\n\n{}", screen.paint(Ink::Strong, &self.model), screen.block(&lines))
    }

    fn population_lines(&self) -> Vec<String> {
        let row = |row: &PopulationRow| {
            [row.name.clone(), row.shape.clone(), count(row.neurons, "neuron"), row.manner.clone()]
        };
        let rows: Vec<[String; 4]> = self.populations.iter().take(Self::SHOWN).map(row).collect();
        with_rest(columns(&rows, &[2]), self.in_all[0])
    }

    fn connection_lines(&self) -> Vec<String> {
        let row = |row: &ConnectionRow| {
            let link = format!("{} -> {}", row.source, row.target);
            let frozen = if row.frozen { "frozen" } else { "" };
            [link, row.manner.clone(), count(row.synapses, "synapse"), frozen.to_owned()]
        };
        let rows: Vec<[String; 4]> = self.connections.iter().take(Self::SHOWN).map(row).collect();
        with_rest(columns(&rows, &[2]), self.in_all[1])
    }

    fn compression_line(&self) -> String {
        let uncompressed = grouped(self.uncompressed);
        match self.compression {
            Some(compression) => format!("{} times, from {uncompressed} weights and biases", ratio(compression)),
            None => format!("none: no parameter is learned for {uncompressed} weights and biases"),
        }
    }

    fn step_line(&self) -> String {
        let StepCost { flop, bytes, batch, .. } = &self.step;
        let (flop, bytes) = (ratio(*flop as f64 / 1e6), ratio(*bytes as f64 / 1e6));
        format!("{flop} MFLOP, {bytes} MB moved, with {batch} samples in a batch")
    }
}

fn population(model: &Model, row: &Population) -> PopulationRow {
    let expressed =
        |identity: &crate::check::Identity| format!("{}: {}", model.genome(identity.genome).name, identity.form());
    let mut manner: Vec<String> = model.pool_name(row).into_iter().collect();
    manner.extend(row.identities.iter().map(expressed));
    if row.name == model.population(model.input()).name && model.intake() != Intake::PLAIN {
        manner.push(model.intake().to_string());
    }
    if row.activation != Activation::Identity {
        manner.push(row.activation.to_string());
    }
    if row.learned_positions {
        manner.push("positions learned".to_owned());
    }
    let bias = model.bias_name(row);
    if bias != "none" {
        manner.push(format!("bias {bias}"));
    }
    let (neurons, pool) = (row.shape.neurons() as u64, PoolRow::new(model, row));
    PopulationRow { name: row.name.to_string(), shape: row.shape.to_string(), neurons, pool, manner: manner.join(", ") }
}

fn connections(model: &Model, rows: usize) -> Vec<ConnectionRow> {
    let row = |link: &crate::check::Projection| {
        let (source, target) = (model.population(link.source), model.population(link.target));
        ConnectionRow {
            source: source.name.to_string(),
            target: target.name.to_string(),
            via: model.encoding_name(link),
            window: link.window.map(WindowRow::new),
            mask: link.mask.as_ref().map(MaskRow::new),
            weights: link.weights.to_string(),
            synapses: model.synapses(link),
            frozen: link.frozen,
            manner: manner(model, link),
        }
    };
    model.projections().iter().take(rows).map(row).collect()
}

fn manner(model: &Model, link: &crate::check::Projection) -> String {
    format!("via {}{}{}", model.encoding_name(link), link.described(), link.gain_said())
}

/// Writes the parameters' values: those that the data set gives apart, with its name.
fn settings(model: &Model, data: Option<&str>) -> Vec<String> {
    let own = model.settings().iter().filter(|setting| setting.origin != Origin::Data);
    let own: Vec<String> = own.map(|setting| format!("{} = {}", setting.name, setting.value)).collect();
    let own = (!own.is_empty()).then(|| own.join(", "));
    own.into_iter().chain(data.and_then(|data| given(model, data))).collect()
}

/// Adds a line that counts what is not shown.
fn with_rest(mut lines: Vec<String>, all: usize) -> Vec<String> {
    if all > lines.len() {
        lines.push(format!("… and {} more", grouped((all - lines.len()) as u64)));
    }
    lines
}
