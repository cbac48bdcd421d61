//! Activity: carried along the schedule, each population once; or, where the wiring has cycles, tick by tick, each population
//! from the states of the tick before. Weights and biases are made once, however many ticks read them.

use compact_str::{CompactString, format_compact};
use rustc_hash::FxHashMap;

use super::builder::{Row, dotted};
use super::express::{Reader, Side};
use super::function::Function;
use super::lower::{Lowering, NetworkWeights};
use super::op::{Op, SampleSet, Squares};
use super::parameter::Init;
use super::received::{Grown, Received};
use super::tensor::{Dim, Shape, TensorId};
use super::weights::Synapses;
use crate::check::{Activation, Bias, Encoding, Intake, PopId, Population, ProjId};
use crate::diag::Bug;

/// The standard deviation that answers of a classifier are calibrated to. Adam's steps have a size of their own, so the larger c is, the
/// faster answers are learned; found on a validation split, see `docs/starting-values.md`.
pub(super) const ANSWERS: f64 = 16.0;

/// Each population's activity, by its place in the model; nothing for one that is zero, or not known yet.
type States = Vec<Option<TensorId>>;

/// A network being computed: of which samples, by which weights.
struct ForwardPass<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    weights: &'l mut NetworkWeights,
    samples: TensorId,
    /// Ends the labels of what is made.
    when: &'l str,
    /// What has been received through each projection, of which activity: its place in the list.
    received: FxHashMap<(ProjId, TensorId), usize>,
    carried: Vec<Carried>,
    /// Whether what populations receive is noted: of a network that is computed several times, the first time.
    noted: bool,
}

/// What is received through a projection, of one activity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carried {
    pub(super) link: ProjId,
    /// R × `N_s` × k · B.
    pub(super) active: TensorId,
    /// R × `N_t` × k · B.
    pub(super) part: TensorId,
}

impl Lowering<'_> {
    /// Appends samples, R × N × k · B, as the input takes their numbers.
    pub(super) fn samples(&mut self, set: SampleSet) -> Result<TensorId, Bug> {
        let model = self.wiring.model();
        let (population, intake) = (model.population(model.input()), model.intake());
        let neurons = population.shape.neurons();
        let label = population.name.text.clone() + set.suffix();
        if intake == Intake::PLAIN {
            return self.builder.push(Op::Sample { neurons, set }, &[], &label);
        }
        let Intake { mean, deviation } = intake;
        let samples = self.builder.push(Op::Sample { neurons, set }, &[], "")?;
        self.builder.push(Op::Affine { factor: 1.0 / deviation, offset: -mean / deviation }, &[samples], &label)
    }

    /// Appends every population's activity for `samples`, R × N × k · B, and returns the output's, and what each projection has
    /// carried; `when` ends their labels. Weights that are not there yet are made; those that are there are used as they are.
    pub(super) fn forward(
        &mut self,
        weights: &mut NetworkWeights,
        samples: TensorId,
        when: &str,
    ) -> Result<(TensorId, Vec<Carried>), Bug> {
        let noted = self.arrivals.is_empty();
        let (received, carried) = (FxHashMap::default(), Vec::new());
        let mut pass = ForwardPass { lowering: self, weights, samples, when, received, carried, noted };
        Ok((pass.output()?, pass.carried))
    }

    /// Makes the weights of a connection that are not there yet.
    pub(super) fn make_weights(&mut self, weights: &mut NetworkWeights, link: ProjId) -> Result<(), Bug> {
        let (model, slot) = (self.wiring.model(), &mut weights.synapses[link.index()]);
        if slot.is_none() {
            *slot = Some(Synapses::new(&mut self.builder, &mut self.express, model, model.projection(link))?);
        }
        Ok(())
    }
}

impl ForwardPass<'_, '_> {
    /// Appends every population's activity; returns the output's.
    fn output(&mut self) -> Result<TensorId, Bug> {
        let wiring = self.lowering.wiring;
        let mut states = vec![None; wiring.model().populations().len()];
        if wiring.ticks().is_empty() {
            for &id in wiring.schedule() {
                states[id.index()] = Some(self.state(id, &states, 0)?);
            }
        } else {
            let input = wiring.model().input();
            states[input.index()] = Some(self.state(input, &states, 0)?);
        }
        for (tick, computed) in (1..).zip(wiring.ticks()) {
            let before = states.clone();
            for &id in computed {
                states[id.index()] = Some(self.state(id, &before, tick)?);
            }
        }
        let output = wiring.model().output();
        let silent = || Bug { pass: "lower", tensor: output.to_string(), why: "says nothing".to_owned() };
        states[output.index()].ok_or_else(silent)
    }

    /// Appends a population's activity, R × N × B, from that of its sources, at a tick, or at 0 without ticks.
    fn state(&mut self, id: PopId, sources: &States, tick: usize) -> Result<TensorId, Bug> {
        let model = self.lowering.wiring.model();
        let population = model.population(id);
        let label = population.name.text.clone() + &at(tick) + self.when;
        if id == model.input() {
            return Ok(self.samples);
        }
        let Some(pool) = population.pool else {
            let received = self.received(id, sources, tick)?;
            return self.respond(id, population, received, &label);
        };
        let squares = Squares { grid: model.population(pool.source).shape.grid(), size: pool.size };
        let silent = || Bug { pass: "lower", tensor: id.to_string(), why: "pools nothing".to_owned() };
        let source = sources[pool.source.index()].ok_or_else(silent)?;
        self.lowering.builder.push(Op::Pool(squares), &[source], &label)
    }

    /// Appends the sum of what a population receives, R × N × B; nothing where all its sources are zero.
    fn received(&mut self, id: PopId, sources: &States, tick: usize) -> Result<Option<TensorId>, Bug> {
        let wiring = self.lowering.wiring;
        let (mut sum, mut fresh, mut grown) = (None, false, Vec::new());
        for &link in wiring.incoming(id) {
            let projection = wiring.model().projection(link);
            let Some(active) = sources[projection.source.index()] else { continue };
            let first = !std::mem::replace(&mut self.weights.used[link.index()], true);
            let part = self.part(link, active, &at(tick))?;
            if first {
                fresh = true;
                let constant = self.weights.synapses[link.index()].as_ref().and_then(Synapses::constant);
                let gain = projection.gain;
                grown.extend(constant.map(|constant| Grown { constant, part, gain, among: 0 }));
            }
            sum = Some(match sum {
                None => part,
                Some(sum) => self.lowering.builder.push(Op::Add, &[sum, part], "")?,
            });
        }
        if let Some(total) = sum.filter(|_| self.noted).filter(|_| fresh || tick == wiring.ticks().len().max(1)) {
            self.arrive(id, tick, total, grown);
        }
        Ok(sum)
    }

    /// Notes what a population receives, and whose constants are calibrated by it.
    fn arrive(&mut self, id: PopId, tick: usize, total: TensorId, mut grown: Vec<Grown>) {
        let model = self.lowering.wiring.model();
        let by_genes = |link: &&ProjId| matches!(model.projection(**link).encoding, Encoding::Genes(_));
        let among = self.lowering.wiring.incoming(id).iter().filter(by_genes).count();
        for grown in &mut grown {
            grown.among = among;
        }
        let population = model.population(id);
        let (population, activation) = (population.name.text.clone(), function(population.activation));
        let spread = if id == model.output() { self.lowering.answers } else { 1.0 };
        self.lowering.arrivals.push(Received { population, tick, activation, total, biased: total, spread, grown });
    }

    /// Returns what a population receives by one projection of `active`, made the first time: the input's activity stays what
    /// it is from tick to tick.
    fn part(&mut self, link: ProjId, active: TensorId, when: &str) -> Result<TensorId, Bug> {
        if let Some(known) = self.received.get(&(link, active)) {
            return Ok(self.carried[*known].part);
        }
        let model = self.lowering.wiring.model();
        self.lowering.make_weights(self.weights, link)?;
        let missing = || Bug { pass: "lower", tensor: link.to_string(), why: "has no weights".to_owned() };
        let synapses = self.weights.synapses[link.index()].as_ref().ok_or_else(missing)?;
        let label = match when {
            "" => CompactString::default(),
            when => model.link_name(model.projection(link)) + when + self.when,
        };
        let part = synapses.carry(&mut self.lowering.builder, active, &label)?;
        self.received.insert((link, active), self.carried.len());
        self.carried.push(Carried { link, active, part });
        Ok(part)
    }

    /// Appends bias and activation. What receives nothing is the same for every sample.
    fn respond(
        &mut self,
        id: PopId,
        population: &Population,
        received: Option<TensorId>,
        label: &str,
    ) -> Result<TensorId, Bug> {
        let biased = match (received, self.bias_of(id, population)?) {
            (Some(received), None) => received,
            (Some(received), Some(bias)) => self.lowering.builder.push(Op::Add, &[received, bias], "")?,
            (None, Some(bias)) => bias,
            (None, None) => {
                let shape = Box::new(Shape::per_run(&[population.shape.neurons(), 1]));
                self.lowering.builder.push(Op::Constant { value: 0.0, shape }, &[], "")?
            }
        };
        if let (Some(total), Some(arrival)) = (received, self.lowering.arrivals.last_mut())
            && arrival.total == total
        {
            arrival.biased = biased;
        }
        match (function(population.activation), received) {
            (None, Some(_)) => {
                self.lowering.builder.tensors[biased.index()].label = label.into();
                Ok(biased)
            }
            (Some(function), Some(_)) => self.lowering.builder.map(function, biased, label),
            (function, None) => {
                let one = function.map_or(Ok(biased), |function| self.lowering.builder.map(function, biased, ""))?;
                let length = self.lowering.builder.tensors[self.samples.index()].shape.dims()[2];
                self.lowering.builder.push(Op::Expand { axis: 2, length }, &[one], label)
            }
        }
    }

    /// Returns a population's bias, R × N × 1, made the first time.
    fn bias_of(&mut self, id: PopId, population: &Population) -> Result<Option<TensorId>, Bug> {
        if let Some(known) = self.weights.biases.get(&id) {
            return Ok(*known);
        }
        let made = self.bias(id, population)?;
        self.weights.biases.insert(id, made);
        Ok(made)
    }

    /// Appends a population's bias, R × N × 1.
    fn bias(&mut self, id: PopId, population: &Population) -> Result<Option<TensorId>, Bug> {
        let (model, reader) = (self.lowering.wiring.model(), Reader { name: population.name.as_str(), frozen: false });
        let neurons = population.shape.neurons();
        let row = |part: &str, size: usize, holds| Row {
            name: dotted(population.name.as_str(), part),
            shape: Shape::per_run(&[size]),
            start: Init::Constant(0.0),
            learned: true,
            rate: 1.0,
            holds,
        };
        match population.bias {
            Bias::None => Ok(None),
            Bias::Free => {
                let parameter = self.lowering.builder.parameter(row("bias", neurons, "the bias"), reader.name)?;
                self.lowering.builder.push(Op::Unsqueeze { axis: 2 }, &[parameter], "").map(Some)
            }
            Bias::PerMap => {
                let [rows, columns, maps] = population.shape.grid();
                let parameter = self.lowering.builder.parameter(row("bias", maps, "one bias a map"), reader.name)?;
                let parameter = self.lowering.builder.push(Op::Unsqueeze { axis: 1 }, &[parameter], "")?;
                let length = Dim::Size(rows.saturating_mul(columns));
                let places = self.lowering.builder.push(Op::Expand { axis: 1, length }, &[parameter], "")?;
                let shape = Box::new(Shape::per_run(&[neurons, 1]));
                self.lowering.builder.push(Op::Reshape { shape }, &[places], "").map(Some)
            }
            Bias::Expressed(genome) => {
                let wanted = (id, genome, Side::In);
                let identity = self.lowering.express.identity(&mut self.lowering.builder, model, wanted, reader)?;
                let (part, genes) = (format!("{}.b", model.genome(genome).name), model.genome(genome).genes);
                let parameter = self.lowering.builder.parameter(row(&part, genes, "one bias a gene"), reader.name)?;
                let parameter = self.lowering.builder.push(Op::Unsqueeze { axis: 2 }, &[parameter], "")?;
                self.lowering.builder.product(identity, parameter, &dotted(population.name.as_str(), "bias")).map(Some)
            }
        }
    }
}

/// Ends the label of what is made at a tick.
fn at(tick: usize) -> CompactString {
    if tick == 0 { CompactString::default() } else { format_compact!(" at tick {tick}") }
}

/// Returns what an activation does to each number, if it does anything.
fn function(activation: Activation) -> Option<Function> {
    match activation {
        Activation::Identity => None,
        Activation::Relu => Some(Function::Relu),
        Activation::Tanh => Some(Function::Tanh),
        Activation::Sigmoid => Some(Function::Sigmoid),
        Activation::Gelu => Some(Function::Gelu),
    }
}
