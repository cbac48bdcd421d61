//! A plan made live: its rows as tensors for R runs, its operations as calls. Gradients are libtorch's; what depends on
//! neither the batch nor anything learned is computed once, when the net is made.

use std::fmt;

use tch::{Tensor as Live, nn, no_grad_guard};

use super::device::Place;
use super::fault::TorchFault;
use super::genome::{self, LoadFault};
use super::ops::size;
use super::params;
use super::walk::{Given, Values, Walk};
use crate::plan::{Dim, Leaf, Op, Plan, TensorId};

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
    plan: Plan,
    seeds: Vec<u64>,
    place: Place,
    rows: Vec<Live>,
    prepared: Values,
    known: Values,
    walk: Walk,
}

impl Net {
    /// Makes the net of a plan, run k starting from what `seeds[k]` alone draws.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory, mostly.
    pub fn new(plan: &Plan, seeds: &[u64], place: Place) -> Result<Self, TorchFault> {
        let rows = params::start(plan, seeds, place)?;
        let prepared = params::prepare_all(plan, place)?;
        let mut net = Self {
            plan: plan.clone(),
            seeds: seeds.to_vec(),
            place,
            rows,
            prepared,
            known: Values::of(plan),
            walk: Walk::default(),
        };
        net.settle()?;
        Ok(net)
    }

    /// Returns the plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
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

    /// Computes the answer to `x`, R × B × N. Without gradients every tensor is let go after its last use.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    pub fn forward(&self, x: &Live) -> Result<Output, TorchFault> {
        let values = self.walk.run(self.given(x))?;
        let find = |id: TensorId| values.get(id).or_else(|| self.known.get(id)).map(Live::shallow_clone);
        let logits = find(self.plan.output()).ok_or_else(|| TorchFault { message: "no output".to_owned() })?;
        Ok(Output { logits, penalty: self.plan.penalty().and_then(find) })
    }

    /// Computes every tensor of the plan for `x`, R × B × N, without gradients, in the plan's order.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn trace(&self, x: &Live) -> Result<Vec<(TensorId, Live)>, TorchFault> {
        let _guard = no_grad_guard();
        let all: Vec<TensorId> = self.plan.numbered().map(|(id, _)| id).collect();
        let mut rows = Values::of(&self.plan);
        self.know_rows(&mut rows);
        let walk = Walk::new(&self.plan, &all, &rows, true);
        let values = walk.run(Given { known: &rows, ..self.given(x) })?;
        let find = |id: TensorId| values.get(id).or_else(|| rows.get(id)).map(|live| (id, live.shallow_clone()));
        Ok(all.into_iter().filter_map(find).collect())
    }

    /// Returns the first tensor in which `run` has a number that is not finite for `x`, R × B × N.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn first_bad(&self, x: &Live, run: usize) -> Result<Option<TensorId>, TorchFault> {
        for (id, live) in self.trace(x)? {
            let own = match self.plan.tensor(id).shape.dims().first() {
                Some(Dim::Runs) => live.f_select(0, size(run))?,
                Some(Dim::Batch | Dim::Size(_)) | None => live,
            };
            if own.f_isfinite()?.f_all()?.f_int64_value(&[])? == 0 {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Returns every row of the parameter table, [R, …], in the table's order, by its name.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Live)> {
        self.plan.leaves().iter().map(|leaf| leaf.name.as_str()).zip(&self.rows)
    }

    /// Returns the learned rows, [R, …], in the table's order.
    pub fn learned(&self) -> impl Iterator<Item = &Live> {
        self.plan.leaves().iter().zip(&self.rows).filter(|(leaf, _)| leaf.learned).map(|(_, live)| live)
    }

    /// Replaces the numbers of every row by those found under its name.
    ///
    /// # Errors
    ///
    /// Names the row that is missing or of another shape; then nothing is replaced.
    pub fn load(&mut self, named: &[(String, Live)]) -> Result<(), LoadFault> {
        let pairs: Vec<(&Leaf, &Live)> = self.plan.leaves().iter().zip(&self.rows).collect();
        let mut found = Vec::with_capacity(pairs.len());
        for (leaf, row) in pairs {
            found.push((row.shallow_clone(), genome::source(leaf, row, named)?));
        }
        let _guard = no_grad_guard();
        for (mut row, source) in found {
            row.f_copy_(source).map_err(TorchFault::from)?;
        }
        Ok(self.settle()?)
    }

    fn given<'a>(&'a self, x: &'a Live) -> Given<'a> {
        Given { plan: &self.plan, known: &self.known, prepared: &self.prepared, sample: Some(x) }
    }

    fn know_rows(&self, values: &mut Values) {
        for (id, row) in params::leaf_tensors(&self.plan) {
            values.set(id, self.rows.get(row).map(Live::shallow_clone));
        }
    }

    /// Computes what never changes, and finds the way from there to the answer.
    fn settle(&mut self) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        let mut known = Values::of(&self.plan);
        self.know_rows(&mut known);
        let changing = changing(&self.plan);
        let wanted: Vec<TensorId> = frontier(&self.plan, &changing);
        let walk = Walk::new(&self.plan, &wanted, &known, false);
        let given = Given { plan: &self.plan, known: &known, prepared: &self.prepared, sample: None };
        let values = walk.run(given)?;
        for id in wanted {
            if let Some(value) = values.get(id) {
                known.set(id, Some(value.shallow_clone()));
            }
        }
        let results: Vec<TensorId> = std::iter::once(self.plan.output()).chain(self.plan.penalty()).collect();
        self.walk = Walk::new(&self.plan, &results, &known, false);
        self.known = known;
        Ok(())
    }
}

/// Tells for each tensor whether it depends on the batch or on anything learned.
fn changing(plan: &Plan) -> Vec<bool> {
    let mut changing = plan.differentiated();
    for (id, tensor) in plan.numbered() {
        let sampled = matches!(tensor.op, Op::Sample { .. });
        let inherited = tensor.operands.iter().any(|id| changing.get(id.index()) == Some(&true));
        if let Some(place) = changing.get_mut(id.index()) {
            *place |= sampled || inherited;
        }
    }
    changing
}

/// Returns the tensors that never change and that something changing, or the answer, is made from.
fn frontier(plan: &Plan, changing: &[bool]) -> Vec<TensorId> {
    let fixed = |id: &TensorId| changing.get(id.index()) == Some(&false);
    let users = plan.numbered().filter(|(id, _)| !fixed(id)).flat_map(|(_, tensor)| tensor.operands.iter().copied());
    let mut wanted: Vec<TensorId> = users.chain([plan.output()]).chain(plan.penalty()).filter(fixed).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, seeds, place, rows, .. } = self;
        let name = plan.name();
        f.debug_struct("Net")
            .field("plan", &name)
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
