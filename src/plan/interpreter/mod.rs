//! The reference interpreter: a plan in double precision, one operation after the other as its definition says, without
//! libtorch. It is slow and simple: what it computes is what every other way of running a plan is held against.

mod apply;
mod array;
mod pairs;
mod start;

pub use self::array::Array;
use super::op::{Op, SampleSet, Scalar};
use super::parameter::Parameter;
use super::tensor::{Sizes, TensorId};
use super::verify::Plan;
use crate::diag::Bug;

/// What a plan computes with: every row of the parameter table, [R, …], and a batch.
#[derive(Debug, Clone)]
pub struct Interpreter<'a> {
    plan: &'a Plan,
    sizes: Sizes,
    rows: Vec<Array>,
    batch: Samples,
    support: Samples,
    learning_rate: f64,
    step: u64,
    /// Tensors that were computed before and stay, by their place in the plan; empty where none are.
    held: Vec<Option<Array>>,
}

/// Samples with their labels.
#[derive(Debug, Clone)]
struct Samples {
    /// R × N × k · B.
    numbers: Array,
    /// R × k · B.
    labels: Vec<usize>,
}

impl<'a> Interpreter<'a> {
    /// Takes a plan for the runs of `seeds`, each started from what its seed alone draws; there is no batch yet.
    ///
    /// # Errors
    ///
    /// A bug in gemc: a start that is taken from a tensor of the batch.
    pub fn new(plan: &'a Plan, seeds: &[u64]) -> Result<Self, Bug> {
        let rows = start::rows(plan, seeds)?;
        Ok(Self::with(plan, rows, seeds.len()))
    }

    /// Takes a plan for one of several runs, counted from 0: each row of `genome`, [R, …], by its name, in the order of the table.
    /// The state of the optimizer is 0; there is no batch.
    ///
    /// # Errors
    ///
    /// A bug in the caller: rows that are not the plan's, or a run that there is not.
    pub fn of_run(plan: &'a Plan, genome: &[(String, Array)], run: usize) -> Result<Self, Bug> {
        let own = |(place, parameter): (usize, &Parameter)| {
            let sizes = parameter.shape.at(Sizes { runs: 1, batch: 0 });
            if parameter.state {
                return Ok(Array::filled(&sizes, 0.0));
            }
            let found = genome.get(place).filter(|(name, _)| *name == parameter.name);
            let found = found.and_then(|(_, rows)| rows.run(run)).filter(|row| row.sizes() == sizes);
            found.ok_or_else(|| bug(&parameter.name, format!("is no such row of run {run}")))
        };
        let rows = plan.rows().iter().enumerate().map(own).collect::<Result<_, _>>()?;
        Ok(Self::with(plan, rows, 1))
    }

    fn with(plan: &'a Plan, rows: Vec<Array>, runs: usize) -> Self {
        let none = Samples { numbers: Array::filled(&[runs, plan.inputs(), 0], 0.0), labels: Vec::new() };
        let (batch, support) = (none.clone(), none);
        Self {
            plan,
            sizes: Sizes { runs, batch: 0 },
            rows,
            batch,
            support,
            learning_rate: 0.0,
            step: 0,
            held: Vec::new(),
        }
    }

    /// Sets the batch: `samples`, R × k · B × N, sample after sample, and the right class of each, R × k · B. Of tasks, these are the
    /// query samples: the first of each task, then the second of each, and so on.
    ///
    /// # Errors
    ///
    /// A bug in the caller: lengths that do not fit each other or the plan.
    pub fn set_batch(&mut self, samples: &[f64], labels: &[usize]) -> Result<(), Bug> {
        let [each, _] = self.plan.samples_each();
        self.batch = self.samples(samples, labels)?;
        self.sizes.batch = labels.len() / self.sizes.runs.max(1) / each.max(1);
        Ok(())
    }

    /// Sets the samples that tasks are learned from, in the same order.
    ///
    /// # Errors
    ///
    /// As for [`Interpreter::set_batch`].
    pub fn set_support(&mut self, samples: &[f64], labels: &[usize]) -> Result<(), Bug> {
        self.support = self.samples(samples, labels)?;
        Ok(())
    }

    fn samples(&self, samples: &[f64], labels: &[usize]) -> Result<Samples, Bug> {
        let (runs, neurons) = (self.sizes.runs, self.plan.inputs());
        let count = labels.len() / runs.max(1);
        if labels.len() != runs * count || samples.len() != labels.len() * neurons {
            let why =
                format!("{} numbers and {} labels are no batch of {neurons} neurons", samples.len(), labels.len());
            return Err(bug("batch", why));
        }
        let numbers = Array::from_fn(&[runs, neurons, count], |at| samples[(at[0] * count + at[2]) * neurons + at[1]]);
        Ok(Samples { numbers, labels: labels.to_vec() })
    }

    fn of(&self, set: SampleSet) -> &Samples {
        match set {
            SampleSet::Batch(_) => &self.batch,
            SampleSet::Support(_) => &self.support,
        }
    }

    /// Returns the rows of the parameter table, in its order.
    pub fn rows(&self) -> &[Array] {
        &self.rows
    }

    /// Returns the same to be changed; their sizes must stay.
    pub fn rows_mut(&mut self) -> &mut [Array] {
        self.held.clear();
        &mut self.rows
    }

    /// Makes one update of what is learned, by the batch that was set last.
    ///
    /// # Errors
    ///
    /// As for [`Interpreter::compute`].
    pub fn update(&mut self, learning_rate: f64) -> Result<(), Bug> {
        self.step += 1;
        self.held.clear();
        self.learning_rate = learning_rate;
        let values = self.compute(&self.plan.update_outputs())?;
        for ((row, _), value) in self.plan.updates().iter().zip(values) {
            self.rows[row.index()] = value;
        }
        Ok(())
    }

    /// Computes all that `wanted` are made of and that no batch changes, such as weights. It is read from then on, until rows change.
    ///
    /// # Errors
    ///
    /// As for [`Interpreter::compute`].
    pub fn hold(&mut self, wanted: &[TensorId]) -> Result<(), Bug> {
        let (batched, needed) = (self.plan.batched(), self.needed(wanted));
        let mut read = vec![false; batched.len()];
        for (_, tensor) in self.plan.numbered().filter(|(id, _)| needed[id.index()] && batched[id.index()]) {
            tensor.operands.iter().for_each(|operand| read[operand.index()] = !batched[operand.index()]);
        }
        let ids: Vec<TensorId> = self.plan.numbered().map(|(id, _)| id).filter(|id| read[id.index()]).collect();
        let made = self.compute(&ids)?;
        self.held.resize(batched.len(), None);
        for (id, array) in ids.into_iter().zip(made) {
            self.held[id.index()] = Some(array);
        }
        Ok(())
    }

    /// Tells for each tensor whether it has to be known for `wanted`: what is held needs nothing else.
    fn needed(&self, wanted: &[TensorId]) -> Vec<bool> {
        let mut needed = vec![false; self.plan.tensors().len()];
        for id in wanted {
            needed[id.index()] = true;
        }
        for (id, tensor) in self.plan.numbered().rev() {
            if needed[id.index()] && self.held_array(id).is_none() {
                tensor.operands.iter().for_each(|operand| needed[operand.index()] = true);
            }
        }
        needed
    }

    fn held_array(&self, id: TensorId) -> Option<&Array> {
        self.held.get(id.index()).and_then(Option::as_ref)
    }

    /// Computes the tensors that are asked for.
    ///
    /// # Errors
    ///
    /// A bug in gemc: an operation whose operands do not fit it, which a verified plan has not.
    pub fn compute(&self, wanted: &[TensorId]) -> Result<Vec<Array>, Bug> {
        let needed = self.needed(wanted);
        let mut made: Vec<Option<Array>> = self.plan.tensors().iter().map(|_| None).collect();
        for (id, tensor) in self.plan.numbered().filter(|(id, _)| needed[id.index()]) {
            if let Some(held) = self.held_array(id) {
                made[id.index()] = Some(held.clone());
                continue;
            }
            let operands: Option<Vec<&Array>> = tensor.operands.iter().map(|id| made[id.index()].as_ref()).collect();
            let result = operands.and_then(|operands| self.apply(&tensor.op, &operands));
            let result = result.ok_or_else(|| bug(&id.to_string(), "has no such operands".to_owned()))?;
            if result.sizes() != tensor.shape.at(self.sizes) {
                return Err(bug(&id.to_string(), format!("is {:?}, not {}", result.sizes(), tensor.shape)));
            }
            made[id.index()] = Some(result);
        }
        let found =
            |id: &TensorId| made[id.index()].clone().ok_or_else(|| bug(&id.to_string(), "was not made".to_owned()));
        wanted.iter().map(found).collect()
    }

    fn apply(&self, op: &Op, operands: &[&Array]) -> Option<Array> {
        match (op, operands) {
            (Op::Sample { set, .. }, []) => Some(self.of(*set).numbers.clone()),
            (Op::Labels { classes, set }, []) => {
                let (labels, count) = (&self.of(*set).labels, set.each() * self.sizes.batch);
                let weight = set.weight(self.sizes.batch);
                let of = |at: &[usize]| if labels.get(at[0] * count + at[2]) == Some(&at[1]) { weight } else { 0.0 };
                Some(Array::from_fn(&[self.sizes.runs, *classes, count], of))
            }
            (Op::Scalar(Scalar::LearningRate), []) => Some(Array::filled(&[1], self.learning_rate)),
            (Op::Scalar(Scalar::Step), []) => Some(Array::filled(&[1], self.step as f64)),
            (Op::Parameter(parameter), []) => self.rows.get(parameter.index()).cloned(),
            _ => apply::apply(op, operands, self.sizes),
        }
    }
}

fn bug(tensor: &str, why: String) -> Bug {
    Bug { pass: "interpret", tensor: tensor.to_owned(), why }
}
