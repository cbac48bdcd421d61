//! A plan on a CPU in single precision: every tensor has its place in memory before the first step, and a step allocates
//! nothing but what a library packs. What is element by element is computed here, receptive fields by the kernel, products of thin matrices here and of
//! others by a library, straight into place; the few operations that are none of these, which move numbers or add them up in
//! one order, go through libtorch's table. So no digit depends on threads, on other runs, or on where numbers lie.
#![allow(clippy::inline_always)] // only what is inlined into the dispatched call is compiled for its registers

mod broadcast;
mod compute;
mod fuse;
mod make;
mod maps;
mod pixels;
mod product;
mod room;
mod runs;
mod sums;
mod update;

use tch::Tensor as Live;

pub use self::pixels::Canvas;
pub(super) use self::runs::{Made, Runs};
pub(super) use self::update::{Rates, Row, update};

use self::compute::Compute;
use self::fuse::INPUTS;
use self::product::{Product, Scratch};
use self::room::{Room, Slot};
use super::abi::numbers;
use super::fault::TorchFault;
use super::kernel::{self, Operands};
use super::ops::{Frame, apply, words};
use crate::plan::{Bilinear, ConvGeometry, Op, Plan, SparsePattern, TensorId};

/// The steps of one run to some wanted tensors for one B, and the memory they work in.
#[derive(Debug)]
struct Program {
    frame: Frame,
    threads: usize,
    room: Room,
    scratch: Scratch,
    steps: Vec<Step>,
    /// What is wanted and could not be made where it is wanted: as it lies here, and there.
    copies: Vec<(Live, Live)>,
}

#[derive(Debug)]
struct Step {
    make: TensorId,
    out: Slot,
    operands: Vec<Slot>,
    how: How,
}

/// How one tensor is made.
#[derive(Debug)]
enum How {
    /// The batch comes in, and is laid out as a plan has it.
    Sample {
        neurons: usize,
    },
    /// 1 / B for the right class of each sample, else 0.
    Labels {
        classes: usize,
    },
    Compute(Compute),
    /// Of matrices: thin ones are ours to multiply, others a library's.
    Product {
        product: Product,
        ours: bool,
        factors: [Side; 2],
    },
    Window {
        over: Bilinear,
        field: ConvGeometry,
        runs: usize,
        length: usize,
    },
    Joined {
        over: Bilinear,
        wires: SparsePattern,
        runs: usize,
        length: usize,
    },
    Gather(SparsePattern),
    Scatter(SparsePattern),
    /// By the table; views of the operands, and of the result.
    Torch {
        operands: Vec<Live>,
        prepared: Option<Live>,
        out: Live,
    },
}

/// One side of a product.
#[derive(Debug, Clone, Copy)]
enum Side {
    Kept(Slot),
    /// The sample as it comes, R × B × N, which is the transpose of what the plan has.
    Sample,
}

impl Program {
    /// Makes all tensors for `x`, 1 × B × N, and the right classes `labels`, B; calls `made` after each.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    #[allow(unsafe_code)]
    fn run(&mut self, plan: &Plan, (x, labels): (&Live, &[i64]), made: Made<'_>) -> Result<(), TorchFault> {
        let x = x.f_contiguous()?;
        // SAFETY: nobody writes the batch while a step is made of it.
        let batch = Batch { x: unsafe { numbers(&x) }, labels, size: self.frame.sizes.batch };
        for step in &self.steps {
            let (frame, scratch) = (self.frame, &mut self.scratch);
            let one = |room: &Room, out: &mut [f32]| step.run(plan, (room, frame, self.threads), (batch, scratch), out);
            let done = self.room.write(step.out, one).unwrap_or(Ok(()));
            done.map_err(|fault| fault.during(&words(plan, step.make)))?;
            made(step.make);
        }
        for (from, to) in &self.copies {
            to.shallow_clone().f_copy_(from)?;
        }
        Ok(())
    }
}

/// What comes in.
#[derive(Debug, Clone, Copy)]
struct Batch<'a> {
    /// R × B × N.
    x: &'a [f32],
    /// R · B.
    labels: &'a [i64],
    /// B.
    size: usize,
}

impl Step {
    fn run(
        &self,
        plan: &Plan,
        (room, frame, threads): (&Room, Frame, usize),
        (batch, scratch): (Batch<'_>, &mut Scratch),
        made: &mut [f32],
    ) -> Result<(), TorchFault> {
        let operand = |index: usize| self.operands.get(index).map_or([].as_slice(), |slot| room.read(*slot));
        match &self.how {
            How::Sample { neurons } => turn(batch, *neurons, made),
            How::Labels { classes } => weigh(batch, *classes, made),
            How::Compute(compute) => {
                let mut operands: [&[f32]; INPUTS] = [&[]; INPUTS];
                operands.iter_mut().enumerate().for_each(|(index, slice)| *slice = operand(index));
                compute.run(operands, made, threads);
            }
            How::Product { product, ours, factors } => {
                let [left, right] = factors.map(|side| side.numbers(room, batch));
                if *ours {
                    product.make((left, right), made, scratch);
                } else {
                    product.by_library((left, right), made, threads);
                }
            }
            How::Window { over, field, runs, length } => {
                let operands = Operands { x: operand(0), y: operand(1), length: *length };
                kernel::windows(*over, field, operands, made, (*runs, threads));
            }
            How::Joined { over, wires, runs, length } => {
                let operands = Operands { x: operand(0), y: operand(1), length: *length };
                kernel::joined(*over, wires, operands, made, (*runs, threads));
            }
            How::Gather(wires) => kernel::gather(wires, operand(0), made),
            How::Scatter(wires) => kernel::scatter(wires, operand(0), made),
            How::Torch { operands, prepared, out } => {
                let operands: Vec<&Live> = operands.iter().collect();
                let op: &Op = &plan.tensor(self.make).op;
                let missing = || TorchFault { message: "an operand is missing: a bug in gemc".to_owned() };
                let value = apply(op, &operands, prepared.as_ref(), frame).ok_or_else(missing)??;
                out.shallow_clone().f_copy_(&value)?;
            }
        }
        Ok(())
    }
}

impl Side {
    fn numbers<'a>(self, room: &'a Room, batch: Batch<'a>) -> &'a [f32] {
        match self {
            Self::Kept(slot) => room.read(slot),
            Self::Sample => batch.x,
        }
    }
}

/// R × B × N → R × N × B, in squares that stay in the cache.
fn turn(batch: Batch<'_>, neurons: usize, made: &mut [f32]) {
    const SIDE: usize = 16;
    let whole = neurons * batch.size;
    for (made, x) in made.chunks_exact_mut(whole).zip(batch.x.chunks_exact(whole)) {
        for (first, rows) in made.chunks_mut(SIDE * batch.size).enumerate() {
            for sample in 0..batch.size {
                let from = &x[sample * neurons + first * SIDE..];
                rows.iter_mut().skip(sample).step_by(batch.size).zip(from).for_each(|(to, from)| *to = *from);
            }
        }
    }
}

/// R · B classes → R × C × B.
fn weigh(batch: Batch<'_>, classes: usize, made: &mut [f32]) {
    made.fill(0.0);
    let share = 1.0 / batch.size.max(1) as f32;
    let runs = made.chunks_exact_mut(classes * batch.size).zip(batch.labels.chunks_exact(batch.size.max(1)));
    for (made, labels) in runs {
        for (sample, class) in labels.iter().enumerate() {
            let at = usize::try_from(*class).unwrap_or(usize::MAX).saturating_mul(batch.size).saturating_add(sample);
            made.get_mut(at).into_iter().for_each(|number| *number = share);
        }
    }
}
