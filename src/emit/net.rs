//! A plan made live: its rows as tensors for R runs, its operations as calls, forward and backward alike. What depends on
//! neither the batch nor anything learned is computed once, when the net is made.

use std::fmt;

use tch::{Tensor as Live, nn, no_grad_guard};

use super::constants;
use super::device::Place;
use super::fault::TorchFault;
use super::genome::{self, LoadFault};
use super::params;
use super::sample_batch::{PlanBatch, SampleBatch};
use super::step::Step;
use super::threads::OneThread;
use super::torch::{Batch, EvalContext, Frame, Values, prepare_all, size};
use crate::plan::{Array, Dim, Parameter, Plan, Sizes, TensorId};
use crate::program::Program;

/// What a net says of a batch.
#[derive(Debug)]
pub struct Output {
    /// R × B × classes, before softmax.
    pub logits: Live,
    /// What is added to the loss, one number a run, if anything is.
    pub penalty: Option<Live>,
}

/// A live network, R runs side by side.
pub struct Net {
    pub(super) plan: Plan,
    seeds: Vec<u64>,
    pub(super) place: Place,
    rows: Vec<Live>,
    /// Those of them that were taken from elsewhere at the start.
    taken: Vec<usize>,
    prepared: Values,
    pub(super) known: Values,
    /// What makes steps, for batches of the last size, and what it is given.
    pub(super) step: Step,
}

impl Net {
    /// Makes the net of a plan, run k starting from what `seeds[k]` alone draws.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory, mostly.
    pub fn new(plan: &Plan, seeds: &[u64], place: Place) -> Result<Self, TorchFault> {
        Self::start(plan, seeds, &[], place)
    }

    /// Makes the same, but for `rows` that are taken from elsewhere, by name, [R, …] each. Constants that are taken are not calibrated;
    /// those that are not taken are made for what is.
    ///
    /// # Errors
    ///
    /// Names a row that the plan has not, or of another shape.
    pub fn starting_from(
        plan: &Plan,
        seeds: &[u64],
        rows: &[(String, Array)],
        place: Place,
    ) -> Result<Self, LoadFault> {
        let taken = rows.iter().map(|row| genome::place_of(plan, seeds.len(), row));
        Ok(Self::start(plan, seeds, &taken.collect::<Result<Vec<_>, _>>()?, place)?)
    }

    fn start(plan: &Plan, seeds: &[u64], taken: &[(usize, &Array)], place: Place) -> Result<Self, TorchFault> {
        let rows = {
            let _guard = OneThread::new();
            params::start(plan, seeds, taken, place)?
        };
        let prepared = prepare_all(plan, place)?;
        let mut net = Self {
            plan: plan.clone(),
            seeds: seeds.to_vec(),
            place,
            rows,
            taken: taken.iter().map(|(row, _)| *row).collect(),
            prepared,
            known: Values::of(plan),
            step: Step::default(),
        };
        net.synchronise()?;
        Ok(net)
    }

    /// Returns the plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns the rows that were taken from elsewhere at the start.
    pub(super) fn taken(&self) -> &[usize] {
        &self.taken
    }

    /// Returns the runs' seeds.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }

    /// Returns R.
    pub fn runs(&self) -> usize {
        self.seeds.len()
    }

    /// Returns the device and the kind of number.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Computes the answer to `x`, R × B × N. Every tensor is let go after its last use, unless libtorch records gradients.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    pub fn forward(&self, x: &Live) -> Result<Output, TorchFault> {
        let laid_out = self.laid_out(x.into())?;
        let values = self.given(self.batch_of(x.into()), &laid_out).make(&self.plan.inference_outputs())?;
        let logits = self.find(&values, self.plan.output())?.f_transpose(1, 2)?;
        let penalty = self.plan.penalty().map(|id| self.find(&values, id)).transpose()?;
        Ok(Output { logits, penalty })
    }

    /// Computes every tensor that the loss is made of, without gradients, in the plan's order, for a batch with labels.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn trace<'a>(&self, batch: impl Into<SampleBatch<'a>>) -> Result<Vec<(TensorId, Live)>, TorchFault> {
        let batch = batch.into();
        let _guard = no_grad_guard();
        let needed = self.plan.needed(&[self.plan.losses()]);
        let all = self.plan.numbered().map(|(id, _)| id).filter(|id| needed.get(id.index()) == Some(&true));
        let all: Vec<TensorId> = all.collect();
        let mut rows = Values::of(&self.plan);
        self.know_rows(&mut rows);
        let laid_out = self.laid_out(batch)?;
        let values = EvalContext { known: &rows, ..self.given(self.batch_of(batch), &laid_out) }.make(&all)?;
        let find = |id: TensorId| values.get(id).or_else(|| rows.get(id)).map(|live| (id, live.shallow_clone()));
        Ok(all.into_iter().filter_map(find).collect())
    }

    /// Returns the first tensor in which `run` has a number that is not finite, for a batch with labels.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn first_bad<'a>(&self, batch: impl Into<SampleBatch<'a>>, run: usize) -> Result<Option<TensorId>, TorchFault> {
        for (id, live) in self.trace(batch)? {
            let own = match self.plan.tensor(id).shape.dims().first() {
                Some(Dim::Runs) => live.f_select(0, size(run))?,
                Some(Dim::Batch | Dim::Samples(_) | Dim::Size(_)) | None => live,
            };
            if own.f_isfinite()?.f_all()?.f_int64_value(&[])? == 0 {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Returns every row of the parameter table, [R, …], in the table's order, by its name.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Live)> {
        self.plan.parameters().iter().map(|parameter| parameter.name.as_str()).zip(&self.rows)
    }

    /// Returns every row of the parameter table, in the table's order.
    pub(super) fn rows(&self) -> &[Live] {
        &self.rows
    }

    /// Returns the rows that a step changes, in the table's order: learned ones, then the optimizer's state.
    pub fn changing(&self) -> impl Iterator<Item = &Live> {
        self.plan.rows().iter().zip(&self.rows).filter(|(row, _)| row.changes()).map(|(_, live)| live)
    }

    /// Returns the learned rows, [R, …], in the table's order.
    pub fn learned(&self) -> impl Iterator<Item = &Live> {
        self.plan.parameters().iter().zip(&self.rows).filter(|(parameter, _)| parameter.learned).map(|(_, live)| live)
    }

    /// Returns the optimizer's state, [R, …] each, in the table's order, by its name.
    pub fn named_state(&self) -> impl Iterator<Item = (&str, &Live)> {
        let state = self.plan.rows().iter().zip(&self.rows).filter(|(row, _)| row.state);
        state.map(|(row, live)| (row.name.as_str(), live))
    }

    /// Replaces the numbers of every row of the genome by those found under its name.
    ///
    /// # Errors
    ///
    /// Names the row that is missing or of another shape; then nothing is replaced.
    pub fn load(&mut self, named: &[(String, Live)]) -> Result<(), LoadFault> {
        self.replace(named, |row| !row.state)?;
        Ok(self.synchronise()?)
    }

    /// Replaces the optimizer's state likewise.
    ///
    /// # Errors
    ///
    /// As for [`Net::load`].
    pub fn load_state(&mut self, named: &[(String, Live)]) -> Result<(), LoadFault> {
        self.replace(named, |row| row.state)
    }

    fn replace(&self, named: &[(String, Live)], wanted: impl Fn(&Parameter) -> bool) -> Result<(), LoadFault> {
        let rows = self.plan.rows().iter().zip(&self.rows).filter(|(row, _)| wanted(row));
        let found = rows.map(|(parameter, row)| Ok((row.shallow_clone(), genome::source(parameter, row, named)?)));
        let found = found.collect::<Result<Vec<_>, LoadFault>>()?;
        let _guard = no_grad_guard();
        for (mut row, source) in found {
            row.f_copy_(source).map_err(TorchFault::from)?;
        }
        Ok(())
    }

    /// Goes on with these runs only, named by their places among the runs so far.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory, or a place that there is not.
    pub fn keep(&mut self, runs: &[usize]) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        let index = Live::f_from_slice(&runs.iter().copied().map(size).collect::<Vec<_>>())?.f_to(self.place.device)?;
        let kept = |row: &Live| row.f_index_select(0, &index).map_err(TorchFault::from);
        self.rows = self.rows.iter().map(kept).collect::<Result<_, _>>()?;
        self.seeds = runs.iter().filter_map(|run| self.seeds.get(*run).copied()).collect();
        self.synchronise()
    }

    /// Returns what an evaluation of `batch` starts from, B of which is `size`.
    pub(super) fn given<'a>(&'a self, size: usize, batch: &'a PlanBatch) -> EvalContext<'a> {
        let frame = Frame { sizes: Sizes { runs: self.runs(), batch: size }, place: self.place };
        let batch = Batch { scalars: self.step.scalars(), ..batch.given() };
        EvalContext { plan: &self.plan, known: &self.known, prepared: &self.prepared, frame, batch }
    }

    /// Returns what is made without a batch starts from.
    pub(super) fn given_nothing(&self) -> EvalContext<'_> {
        let frame = Frame { sizes: Sizes { runs: self.runs(), batch: 1 }, place: self.place };
        EvalContext { plan: &self.plan, known: &self.known, prepared: &self.prepared, frame, batch: Batch::default() }
    }

    pub(super) fn find(&self, values: &Values, id: TensorId) -> Result<Live, TorchFault> {
        values.get(id).or_else(|| self.known.get(id)).map(Live::shallow_clone).ok_or_else(|| missing(id))
    }

    fn know_rows(&self, values: &mut Values) {
        for (id, row) in params::parameter_tensors(&self.plan) {
            values.set(id, self.rows.get(row).map(Live::shallow_clone));
        }
    }

    /// Computes what never changes, and finds the way from there to the answer.
    pub(super) fn synchronise(&mut self) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        let mut known = Values::of(&self.plan);
        self.know_rows(&mut known);
        constants::make(self.given_nothing(), &mut known, &Program::constants(&self.plan))?;
        self.known = known;
        self.step.forget();
        Ok(())
    }
}

pub(super) fn missing(id: TensorId) -> TorchFault {
    TorchFault::bug(&format!("{id} was not made"))
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, seeds, place, rows, .. } = self;
        f.debug_struct("Net")
            .field("plan", &plan.name())
            .field("seeds", seeds)
            .field("place", place)
            .field("rows", rows)
            .finish_non_exhaustive()
    }
}

/// A net is a module: R × B × N in (or B × N for a single run), logits of the same rank out.
///
/// # Panics
///
/// The trait has no other way to tell of an error; [`Net::forward`] returns it.
impl nn::Module for Net {
    fn forward(&self, x: &Live) -> Live {
        let flat = x.dim() == 2;
        let batch = if flat { x.f_unsqueeze(0) } else { Ok(x.shallow_clone()) };
        let logits = batch.map_err(TorchFault::from).and_then(|batch| Net::forward(self, &batch)).map(|out| out.logits);
        match logits.and_then(|logits| Ok(if flat { logits.f_squeeze_dim(0)? } else { logits })) {
            Ok(logits) => logits,
            Err(fault) => panic!("{fault}"),
        }
    }
}
