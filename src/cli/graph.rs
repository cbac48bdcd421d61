//! `--emit json`: a model and its tensor program as one object. Its fields are stable: none is renamed, new ones may come.

use serde::Serialize;
use serde_json::Value as Json;

use super::program::PlanRows;
use crate::check::{
    Identity, Interaction, Model, Origin, PopId, Population, Projection, Setting, Share, Value, Window,
};
use crate::compile::Stages;
use crate::geometry::Mask;
use crate::plan::Table;

/// The whole object.
#[derive(Debug, Serialize)]
pub(super) struct Graph {
    model: String,
    settings: Vec<SettingRow>,
    genomes: Vec<GenomeRow>,
    interactions: Vec<InteractionRow>,
    populations: Vec<PopulationRow>,
    projections: Vec<ProjectionRow>,
    /// Names of the populations, each after all that feed it, links backwards within a strongly connected part aside.
    schedule: Vec<String>,
    /// The strongly connected parts that hold a cycle.
    parts: Vec<Vec<String>>,
    /// The populations that are computed at each tick; empty where each is evaluated once.
    ticks: Vec<Vec<String>>,
    input: String,
    intake: IntakeRow,
    output: String,
    /// The same as `--emit params --format json`.
    params: Table,
    plan: PlanRows,
}

/// The input takes a sample's number x as (x − mean) / deviation.
#[derive(Debug, Serialize)]
struct IntakeRow {
    mean: f64,
    deviation: f64,
}

/// A parameter's value in this compilation.
#[derive(Debug, Serialize)]
pub(super) struct SettingRow {
    name: String,
    value: Json,
    /// `default`, `set` or `data`.
    origin: &'static str,
}

#[derive(Debug, Serialize)]
struct GenomeRow {
    name: String,
    genes: usize,
}

#[derive(Debug, Serialize)]
struct InteractionRow {
    name: String,
    genome: String,
    /// `free`, `symmetric`, `diagonal`, `frozen` or `rank(r)`.
    rule: String,
    sparse: f64,
    /// How fast O is learned, in learning rates.
    rate: f64,
}

#[derive(Debug, Serialize)]
struct PopulationRow {
    name: String,
    /// As in the source: `grid(28, 28)`.
    shape: String,
    axes: Vec<usize>,
    neurons: usize,
    /// How many coordinates a neuron has.
    dims: usize,
    learned_positions: bool,
    activation: String,
    bias: String,
    pool: Option<PoolRow>,
    identities: Vec<IdentityRow>,
}

#[derive(Debug, Serialize)]
struct IdentityRow {
    genome: String,
    expression: String,
    split: bool,
}

/// Where a pool's activity is from; `null` for a population that is no pool.
#[derive(Debug, Serialize)]
pub(super) struct PoolRow {
    source: String,
    size: usize,
}

/// Receptive fields; `null` for a connection that joins all neurons to all.
#[derive(Debug, Serialize)]
pub(super) struct WindowRow {
    size: usize,
    stride: usize,
    padding: usize,
    /// `maps`, or `null` where no neurons share weights.
    share: Option<&'static str>,
}

/// Which pairs of neurons are joined; `null` for a connection without a mask.
#[derive(Debug, Serialize)]
pub(super) struct MaskRow {
    within: Option<f64>,
    density: Option<f64>,
    seed: Option<u64>,
    acyclic: bool,
}

#[derive(Debug, Serialize)]
struct ProjectionRow {
    source: String,
    target: String,
    via: String,
    rows: usize,
    columns: usize,
    window: Option<WindowRow>,
    mask: Option<MaskRow>,
    /// `real`, `heaviside` or `nonnegative`.
    weights: String,
    synapses: u64,
    /// Times the usual deviation that synthesized weights start with.
    gain: f64,
    frozen: bool,
}

impl Graph {
    /// Describes what a text compiled to.
    pub(super) fn new(stages: &Stages) -> Self {
        let model = stages.model();
        let name = |id| model.population(id).name.to_string();
        let names = |ids: &[PopId]| ids.iter().map(|id| name(*id)).collect();
        Self {
            model: model.name().to_owned(),
            settings: model.settings().iter().map(SettingRow::new).collect(),
            genomes: model.genomes().iter().map(|g| GenomeRow { name: g.name.to_string(), genes: g.genes }).collect(),
            interactions: model.interactions().iter().map(|row| interaction(model, row)).collect(),
            populations: model.populations().iter().map(|row| population(model, row)).collect(),
            projections: model.projections().iter().map(|row| projection(model, row)).collect(),
            schedule: names(stages.wiring.schedule()),
            parts: stages.wiring.parts().iter().map(|part| names(part)).collect(),
            ticks: stages.wiring.ticks().iter().map(|tick| names(tick)).collect(),
            input: name(model.input()),
            intake: IntakeRow { mean: model.intake().mean, deviation: model.intake().deviation },
            output: name(model.output()),
            params: stages.plan.table(),
            plan: PlanRows::new(&stages.plan),
        }
    }
}

impl SettingRow {
    /// Describes a parameter.
    pub(super) fn new(setting: &Setting) -> Self {
        let value = match setting.value {
            Value::Int(value) => Json::from(value),
            Value::Float(value) => Json::from(value),
            Value::Bool(value) => Json::from(value),
        };
        let origin = match setting.origin {
            Origin::Default => "default",
            Origin::Set => "set",
            Origin::Data => "data",
        };
        Self { name: setting.name.clone(), value, origin }
    }
}

impl PoolRow {
    /// Describes where a pool's activity is from.
    pub(super) fn new(model: &Model, row: &Population) -> Option<Self> {
        let pool = row.pool?;
        Some(Self { source: model.population(pool.source).name.to_string(), size: pool.size })
    }
}

impl WindowRow {
    /// Describes receptive fields.
    pub(super) fn new(window: Window) -> Self {
        let share = match window.share {
            Share::Nothing => None,
            Share::Maps => Some("maps"),
        };
        Self { size: window.size, stride: window.stride, padding: window.padding, share }
    }
}

impl MaskRow {
    /// Describes a mask.
    pub(super) fn new(mask: &Mask) -> Self {
        let Mask { within, density, acyclic } = mask;
        let part = density.as_ref().map(|density| density.part);
        Self { within: *within, density: part, seed: density.as_ref().map(|density| density.seed), acyclic: *acyclic }
    }
}

fn interaction(model: &Model, row: &Interaction) -> InteractionRow {
    let genome = model.genome(row.genome).name.to_string();
    InteractionRow {
        name: row.name.to_string(),
        genome,
        rule: row.rule.to_string(),
        sparse: row.sparse,
        rate: row.rate,
    }
}

fn population(model: &Model, row: &Population) -> PopulationRow {
    let identity = |identity: &Identity| IdentityRow {
        genome: model.genome(identity.genome).name.to_string(),
        expression: identity.expression.to_string(),
        split: identity.split,
    };
    PopulationRow {
        name: row.name.to_string(),
        shape: row.shape.to_string(),
        axes: row.shape.axes().to_vec(),
        neurons: row.shape.neurons(),
        dims: row.shape.space().dims(),
        learned_positions: row.learned_positions,
        activation: row.activation.to_string(),
        bias: model.bias_name(row),
        pool: PoolRow::new(model, row),
        identities: row.identities.iter().map(identity).collect(),
    }
}

fn projection(model: &Model, row: &Projection) -> ProjectionRow {
    let (source, target) = (model.population(row.source), model.population(row.target));
    ProjectionRow {
        source: source.name.to_string(),
        target: target.name.to_string(),
        via: model.encoding_name(row),
        rows: source.shape.neurons(),
        columns: target.shape.neurons(),
        window: row.window.map(WindowRow::new),
        mask: row.mask.as_ref().map(MaskRow::new),
        weights: row.weights.to_string(),
        synapses: model.synapses(row),
        gain: row.gain,
        frozen: row.frozen,
    }
}
