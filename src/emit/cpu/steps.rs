//! A program for a CPU made ready to run: the slot of each tensor, and for each launch what it calls.

use tch::Tensor as Live;

use super::bilinear;
use super::elementwise::Compute;
use super::loops::ReadyLoop;
use super::memory::{Memory, Slot};
use super::product::Scratch;
use super::row_loop::RowLoop;
use super::{How, Run, Step};
use crate::emit::fault::TorchFault;
use crate::emit::torch::{EvalContext, size};
use crate::plan::{Bilinear, Op, TensorId};
use crate::program::{AdamUpdate, Home, Kernel, Launch, Make, Program};

impl Run {
    /// Makes `program` ready to run: what is wanted is made where the tensors of `results` lie, which are in the order of ids. It
    /// works in the memory that is `lent`, if any is; whoever else works there never does at the same time.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub(super) fn new(
        given: EvalContext<'_>,
        program: &Program,
        results: &[(TensorId, Live)],
        threads: usize,
        lent: Option<&Memory>,
    ) -> Result<Self, TorchFault> {
        let memory = Memory::new(program.memory(), lent)?;
        let slots = vec![None; given.plan.tensors().len()];
        let makes = program.launches().iter().flat_map(|launch| &launch.makes);
        let numbers = makes.filter(|make| make.kernel == Kernel::Number).map(|make| make.tensor.index()).collect();
        let mut making = Making { given, program, memory, slots, numbers };
        for (id, _) in given.plan.numbered() {
            making.place(id, results)?;
        }
        let (before, after) = program.launches().split_at(program.before_update());
        let mut steps = making.steps(before)?;
        let before = steps.len();
        let mut copies = Vec::new();
        for (id, live) in results.iter().filter(|(id, _)| program.home(*id) != Home::Result || program.is_alias(*id)) {
            copies.push((making.view(*id)?, live.shallow_clone()));
            // when rows are updated the memory is another run's already
            making.slots[id.index()] = Some(making.memory.take_in(live)?);
        }
        steps.extend(making.steps(after)?);
        Ok(Self {
            frame: given.frame,
            threads,
            memory: making.memory,
            scratch: Scratch::default(),
            numbers: vec![f64::NAN; making.numbers.len()],
            steps,
            before,
            copies,
        })
    }
}

/// A run while it is made ready.
struct Making<'a> {
    given: EvalContext<'a>,
    program: &'a Program,
    memory: Memory,
    slots: Vec<Option<Slot>>,
    /// The tensors that are numbers of double precision, in the order of ids.
    numbers: Vec<usize>,
}

impl Making<'_> {
    /// Finds where a tensor's numbers are.
    fn place(&mut self, id: TensorId, results: &[(TensorId, Live)]) -> Result<(), TorchFault> {
        let slot = match self.program.home(id) {
            // operands come first: the owner is settled
            _ if self.program.is_alias(id) => {
                let operand = self.given.plan.tensor(id).operands.first();
                operand.and_then(|operand| self.slots[operand.index()])
            }
            Home::Nowhere | Home::Of(_) => None,
            // rows come first
            Home::Row(row) => self.slots[row.index()],
            Home::Samples => Some(Slot::Samples),
            Home::Memory { start, count } => Some(Slot::Own { start, count }),
            Home::Prepared => self.given.known.get(id).map(|live| self.memory.take_in(live)).transpose()?,
            Home::Constant(value) => {
                let lengths: Vec<i64> = self.program.shape(id).iter().copied().map(size).collect();
                Some(self.memory.take_in(&Live::f_full(lengths, value, self.given.frame.place.options())?)?)
            }
            Home::Result => {
                let place = results.binary_search_by_key(&id, |(wanted, _)| *wanted).map_err(|_| missing())?;
                Some(self.memory.take_in(&results[place].1)?)
            }
        };
        self.slots[id.index()] = slot;
        Ok(())
    }

    fn steps(&self, launches: &[Launch]) -> Result<Vec<Step>, TorchFault> {
        launches.iter().flat_map(|launch| &launch.makes).map(|make| self.step(make)).collect()
    }

    fn step(&self, make: &Make) -> Result<Step, TorchFault> {
        let id = make.tensor;
        let operands = make.reads.iter().map(|id| self.slot(*id)).collect::<Result<_, _>>()?;
        let how = match &make.kernel {
            Kernel::Number => self.number(id),
            Kernel::Batch => batch(&self.given.plan.tensor(id).op)?,
            Kernel::Loop(found) => {
                let steps = ReadyLoop::new(self.given.plan, found).ok_or_else(missing)?;
                match RowLoop::new(steps.clone(), &found.inputs) {
                    Some(rows) => How::Rows(rows),
                    None => How::Compute(Compute::Fused(steps)),
                }
            }
            Kernel::Own => self.own_kernel(id)?,
            Kernel::Tiles(product) => How::Tiles(*product),
            Kernel::Gemm(product) => How::Gemm(*product),
            Kernel::Batched(product) => How::Batched(*product),
            Kernel::Pairs => self.pairs(id)?,
            Kernel::Adam(update) => self.adam(update)?,
            Kernel::Library | Kernel::Expression => self.library(id)?,
        };
        Ok(Step { make: id, out: self.slot(id)?, operands, how })
    }

    fn number(&self, id: TensorId) -> How {
        let tensor = self.given.plan.tensor(id);
        // operands that only name axes otherwise are the number itself
        let owner = |mut id: TensorId| {
            while let (true, Some(operand)) = (self.program.is_alias(id), self.given.plan.tensor(id).operands.first()) {
                id = *operand;
            }
            id.index()
        };
        let place = |id: TensorId| self.numbers.binary_search(&owner(id)).unwrap_or(usize::MAX);
        let operands = tensor.operands.iter().map(|id| place(*id)).collect();
        How::Number { op: tensor.op.clone(), operands, place: place(id) }
    }

    fn own_kernel(&self, id: TensorId) -> Result<How, TorchFault> {
        let tensor = self.given.plan.tensor(id);
        let operands: Vec<&[usize]> = tensor.operands.iter().map(|id| self.program.shape(*id)).collect();
        Compute::of(&tensor.op, &operands, self.program.shape(id)).map(How::Compute).ok_or_else(missing)
    }

    fn pairs(&self, id: TensorId) -> Result<How, TorchFault> {
        let (tensor, runs) = (self.given.plan.tensor(id), self.given.frame.sizes.runs);
        let behind = |over: Bilinear| {
            let rows = tensor.operands.get(usize::from(over != Bilinear::WeightGradient));
            rows.and_then(|id| self.program.shape(*id).last()).copied().unwrap_or(1)
        };
        // of all operations these four alone go pair by pair
        #[allow(clippy::wildcard_enum_match_arm)]
        match &tensor.op {
            Op::LocalConv(over, field) => {
                Ok(How::Convolve { over: *over, field: **field, runs, length: behind(*over) })
            }
            Op::Sparse(over, pattern) => {
                Ok(How::Sparse { over: *over, pattern: pattern.clone(), runs, length: behind(*over) })
            }
            Op::Gather(pattern) => Ok(How::Moved(bilinear::gather, pattern.clone())),
            Op::Scatter(pattern) => Ok(How::Moved(bilinear::scatter, pattern.clone())),
            _ => Err(missing()),
        }
    }

    fn library(&self, id: TensorId) -> Result<How, TorchFault> {
        let tensor = self.given.plan.tensor(id);
        let operands = tensor.operands.iter().map(|id| self.view(*id)).collect::<Result<_, _>>()?;
        let prepared = self.given.prepared.get(id).map(Live::shallow_clone);
        Ok(How::Library { op: tensor.op.clone(), operands, prepared, out: self.view(id)? })
    }

    fn adam(&self, update: &AdamUpdate) -> Result<How, TorchFault> {
        let [row, first, second] = update.rows;
        let rows = [self.slot(row)?, self.slot(first)?, self.slot(second)?];
        Ok(How::Adam { rows, update: *update })
    }

    fn slot(&self, id: TensorId) -> Result<Slot, TorchFault> {
        self.slots[id.index()].ok_or_else(missing)
    }

    /// Returns a tensor as libtorch sees it.
    fn view(&self, id: TensorId) -> Result<Live, TorchFault> {
        self.memory.view(self.slot(id)?, self.program.shape(id))
    }
}

// of all operations these alone take in the batch
#[allow(clippy::wildcard_enum_match_arm)]
fn batch(op: &Op) -> Result<How, TorchFault> {
    match op {
        Op::Sample { neurons, set } => Ok(How::Samples { neurons: *neurons, set: *set }),
        Op::Labels { classes, set } => Ok(How::Labels { classes: *classes, set: *set }),
        _ => Err(missing()),
    }
}

fn missing() -> TorchFault {
    TorchFault::bug("has no place, or no kernel")
}
