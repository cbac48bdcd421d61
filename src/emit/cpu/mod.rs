//! A program for a CPU, in single precision: launch by launch, each by a loop or a kernel of gemc's own, a library's product, or
//! libtorch. A step allocates nothing but what a library packs. No digit depends on threads, on other runs, or on where numbers lie.
#![allow(clippy::inline_always)] // only what is inlined into the dispatched call is compiled for its registers

mod batch_buffer;
pub(super) mod bilinear;
mod broadcast;
mod elementwise;
mod loops;
mod memory;
mod product;
mod reductions;
mod replicas;
mod steps;
mod update;
mod vector_math;

use tch::Tensor as Live;

pub use self::batch_buffer::BatchBuffer;
pub(super) use self::product::lanes_here;
pub(super) use self::replicas::{Made, Replicas};
pub(super) use self::update::{Rates, Row, update};

use self::bilinear::Operands;
use self::elementwise::Compute;
use self::loops::INPUTS;
use self::memory::{Memory, Reads, Slot};
use self::product::Scratch;
use super::fault::TorchFault;
use super::ffi::numbers;
use super::torch::{Frame, apply};
use crate::plan::{Bilinear, ConvGeometry, Op, Plan, SparsePattern, TensorId};
use crate::program::Product;

/// The program of one run, ready to run.
#[derive(Debug)]
struct Run {
    frame: Frame,
    threads: usize,
    memory: Memory,
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
    Samples {
        neurons: usize,
    },
    /// 1 / B for the right class of each sample, else 0.
    Labels {
        classes: usize,
    },
    Compute(Compute),
    Tiles(Product),
    Gemm(Product),
    Convolve {
        over: Bilinear,
        field: ConvGeometry,
        runs: usize,
        length: usize,
    },
    Sparse {
        over: Bilinear,
        pattern: SparsePattern,
        runs: usize,
        length: usize,
    },
    /// Numbers of pairs are gathered from a matrix, or scattered to one.
    Moved(fn(&SparsePattern, &[f32], &mut [f32]), SparsePattern),
    /// By libtorch: views of the operands, and of the result.
    Library {
        op: Op,
        operands: Vec<Live>,
        prepared: Option<Live>,
        out: Live,
    },
}

impl Run {
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
        let (frame, threads) = (self.frame, self.threads);
        for step in &self.steps {
            if let How::Library { op, operands, prepared, out } = &step.how {
                let done = by_library(op, operands, (prepared.as_ref(), frame), out);
                done.map_err(|fault| fault.during(&plan.words(step.make)))?;
            } else {
                let scratch = &mut self.scratch;
                let _ =
                    self.memory.write(step.out, batch.x, |reads, out| step.run(reads, (batch, threads), scratch, out));
            }
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
    fn run(&self, reads: Reads<'_>, (batch, threads): (Batch<'_>, usize), scratch: &mut Scratch, out: &mut [f32]) {
        let operand = |index: usize| self.operands.get(index).map_or(&[] as &[f32], |slot| reads.numbers(*slot));
        match &self.how {
            How::Samples { neurons } => transpose(batch, *neurons, out),
            How::Labels { classes } => weigh(batch, *classes, out),
            How::Compute(compute) => {
                let mut operands: [&[f32]; INPUTS] = [&[]; INPUTS];
                operands.iter_mut().enumerate().for_each(|(index, slice)| *slice = operand(index));
                compute.run(operands, out, threads);
            }
            How::Tiles(product) => product.by_tiles((operand(0), operand(1)), out, scratch),
            How::Gemm(product) => product.by_library((operand(0), operand(1)), out, threads),
            How::Convolve { over, field, runs, length } => {
                let operands = Operands { x: operand(0), y: operand(1), length: *length };
                bilinear::convolve(*over, field, operands, out, (*runs, threads));
            }
            How::Sparse { over, pattern, runs, length } => {
                let operands = Operands { x: operand(0), y: operand(1), length: *length };
                bilinear::sparse(*over, pattern, operands, out, (*runs, threads));
            }
            How::Moved(moved, pattern) => moved(pattern, operand(0), out),
            // runs without slices of this memory, as libtorch reads and writes it itself
            How::Library { .. } => {}
        }
    }
}

fn by_library(
    op: &Op,
    operands: &[Live],
    (prepared, frame): (Option<&Live>, Frame),
    out: &Live,
) -> Result<(), TorchFault> {
    let operands: Vec<&Live> = operands.iter().collect();
    let value = apply(op, &operands, prepared, frame).ok_or_else(|| TorchFault::bug("lacks an operand"))??;
    out.shallow_clone().f_copy_(&value)?;
    Ok(())
}

/// R × B × N → R × N × B, in squares that stay in the cache.
fn transpose(batch: Batch<'_>, neurons: usize, made: &mut [f32]) {
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
