//! A program for a CPU, in single precision: launch by launch, each by a loop or a kernel of gemc's own, a library's product, or
//! libtorch. A step allocates nothing but what a library packs. No digit depends on threads, on other runs, or on where numbers lie.
#![allow(clippy::inline_always)] // only what is inlined into the dispatched call is compiled for its registers

mod batch_buffer;
mod batched_product;
pub(super) mod bilinear;
mod broadcast;
mod elementwise;
mod loops;
mod memory;
mod product;
mod reductions;
mod replicas;
mod row_loop;
mod steps;
mod update;
mod vector_math;

use tch::Tensor as Live;

pub use self::batch_buffer::BatchBuffer;
pub use self::product::{Multiplier, Scratch, lanes_here};
pub(super) use self::replicas::{Made, Replicas};

use self::bilinear::Operands;
use self::elementwise::Compute;
use self::loops::INPUTS;
pub(super) use self::memory::Memory;
use self::memory::{Reads, Slot};
use self::row_loop::RowLoop;
use self::update::{Rates, adam};
use super::fault::TorchFault;
use super::torch::{Frame, Scalars, make_into};
use crate::plan::{Bilinear, ConvGeometry, Op, Plan, SampleSet, SparsePattern, TensorId};
use crate::program::{AdamUpdate, BatchedProduct, Product};

/// The program of one run, ready to run.
#[derive(Debug)]
struct Run {
    frame: Frame,
    threads: usize,
    memory: Memory,
    scratch: Scratch,
    /// Those that depend on the step alone.
    numbers: Vec<f64>,
    steps: Vec<Step>,
    /// How many of them write no row.
    before: usize,
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
        set: SampleSet,
    },
    /// The weight of a sample for its right class, else 0.
    Labels {
        classes: usize,
        set: SampleSet,
    },
    /// One number of double precision, by its place among them, from those of others.
    Number {
        op: Op,
        operands: Vec<usize>,
        place: usize,
    },
    Compute(Compute),
    /// A loop that makes products of matrices row by row.
    Rows(RowLoop),
    /// A row and its moments, in place.
    Adam {
        rows: [Slot; 3],
        update: AdamUpdate,
    },
    Tiles(Product),
    Gemm(Product),
    Batched(BatchedProduct),
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
    /// Makes all tensors but rows for `x`, 1 × B × N, and the right classes `labels`, B; calls `made` after each.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    fn run(&mut self, plan: &Plan, batch: Batch<'_>, made: Made<'_>) -> Result<(), TorchFault> {
        let (frame, threads) = (self.frame, self.threads);
        for step in self.steps.iter().take(self.before) {
            if let How::Library { op, operands, prepared, out } = &step.how {
                let done = make_into(op, operands, (prepared.as_ref(), frame), out);
                done.map_err(|fault| fault.during(&plan.words(step.make)))?;
            } else {
                let scratch = (&mut self.scratch, self.numbers.as_mut_slice());
                let _ = self
                    .memory
                    .write(step.out, batch.x[0], |reads, out| step.run(reads, (batch, threads), scratch, out));
            }
            made(step.make);
        }
        for (from, to) in &self.copies {
            to.shallow_clone().f_copy_(from)?;
        }
        Ok(())
    }

    /// Updates the rows, once all else is made.
    ///
    /// # Errors
    ///
    /// A bug in gemc: a row that is not plain.
    fn update(&mut self, made: Made<'_>) -> Result<(), TorchFault> {
        for step in self.steps.iter().skip(self.before) {
            let (How::Adam { rows, update }, [.., gradient, stride, root]) = (&step.how, step.operands.as_slice())
            else {
                return Err(TorchFault::bug("is no update"));
            };
            self.memory.write_three(*rows, |reads, rows| {
                let number = |slot: Slot| reads.numbers(slot).first().copied().unwrap_or(f32::NAN);
                let rates = Rates::new(update, number(*stride), number(*root));
                adam(rows, reads.numbers(*gradient), rates, self.threads);
            })?;
            made(step.make);
        }
        Ok(())
    }
}

/// What comes in: the batch, and what tasks are learned from.
#[derive(Debug, Clone, Copy)]
struct Batch<'a> {
    /// k · B × N.
    x: [&'a [f32]; 2],
    /// k · B.
    labels: [&'a [i64]; 2],
    scalars: Scalars,
    /// B.
    size: usize,
}

/// Returns the place of a set.
fn place_of(set: SampleSet) -> usize {
    match set {
        SampleSet::Batch(_) => 0,
        SampleSet::Support(_) => 1,
    }
}

impl Step {
    fn run(
        &self,
        reads: Reads<'_>,
        (batch, threads): (Batch<'_>, usize),
        (scratch, numbers): (&mut Scratch, &mut [f64]),
        out: &mut [f32],
    ) {
        let operand = |index: usize| self.operands.get(index).map_or(&[] as &[f32], |slot| reads.numbers(*slot));
        match &self.how {
            How::Samples { neurons, set } => {
                transpose(batch.x[place_of(*set)], (set.each() * batch.size, *neurons), out);
            }
            How::Labels { classes, set } => {
                let weight = single(set.weight(batch.size));
                weigh(batch.labels[place_of(*set)], (set.each() * batch.size, *classes), weight, out);
            }
            // it is rounded once
            #[allow(clippy::cast_possible_truncation)]
            How::Number { op, operands, place } => {
                let operand = |at: usize| operands.get(at).and_then(|at| numbers.get(*at)).copied().unwrap_or(f64::NAN);
                let made = number(op, [operand(0), operand(1)], batch.scalars);
                numbers[*place] = made;
                out.fill(made as f32);
            }
            How::Compute(compute) => {
                let mut operands: [&[f32]; INPUTS] = [&[]; INPUTS];
                operands.iter_mut().enumerate().for_each(|(index, slice)| *slice = operand(index));
                compute.run(operands, out, threads);
            }
            How::Rows(rows) => {
                let mut operands: [&[f32]; 2 * INPUTS] = [&[]; 2 * INPUTS];
                operands.iter_mut().enumerate().for_each(|(index, slice)| *slice = operand(index));
                rows.run(&operands, out, threads);
            }
            How::Tiles(product) => {
                product.multiply(Multiplier::Tiles(scratch), (operand(0), operand(1)), out, threads);
            }
            How::Gemm(product) => product.multiply(Multiplier::Gemm, (operand(0), operand(1)), out, threads),
            How::Batched(product) => product.multiply((operand(0), operand(1)), out, threads),
            How::Convolve { over, field, runs, length } => {
                let operands = Operands { x: operand(0), y: operand(1), length: *length };
                bilinear::convolve(*over, field, operands, out, (*runs, threads));
            }
            How::Sparse { over, pattern, runs, length } => {
                let operands = Operands { x: operand(0), y: operand(1), length: *length };
                bilinear::sparse(*over, pattern, operands, out, (*runs, threads));
            }
            How::Moved(moved, pattern) => moved(pattern, operand(0), out),
            // run without slices of this memory: libtorch reads and writes it itself, and updates write rows
            How::Library { .. } | How::Adam { .. } => {}
        }
    }
}

/// Computes a number that depends on the step alone.
#[allow(clippy::wildcard_enum_match_arm)] // a program makes only such numbers by these
fn number(op: &Op, [x, y]: [f64; 2], scalars: Scalars) -> f64 {
    match op {
        Op::Scalar(scalar) => scalars.value(*scalar),
        Op::Unary(function) => function.value(x),
        Op::Affine { factor, offset } => factor * x + offset,
        Op::Add => x + y,
        Op::Subtract => x - y,
        Op::Multiply => x * y,
        Op::Divide => x / y,
        _ => f64::NAN,
    }
}

/// R × B × N → R × N × B, in squares that stay in the cache.
fn transpose(x: &[f32], (samples, neurons): (usize, usize), made: &mut [f32]) {
    const SIDE: usize = 16;
    let whole = (neurons * samples).max(1);
    for (made, x) in made.chunks_exact_mut(whole).zip(x.chunks_exact(whole)) {
        for (first, rows) in made.chunks_mut(SIDE * samples).enumerate() {
            for sample in 0..samples {
                let from = &x[sample * neurons + first * SIDE..];
                rows.iter_mut().skip(sample).step_by(samples).zip(from).for_each(|(to, from)| *to = *from);
            }
        }
    }
}

/// R · B classes → R × C × B.
fn weigh(labels: &[i64], (samples, classes): (usize, usize), weight: f32, made: &mut [f32]) {
    made.fill(0.0);
    let runs = made.chunks_exact_mut((classes * samples).max(1)).zip(labels.chunks_exact(samples.max(1)));
    for (made, labels) in runs {
        for (sample, class) in labels.iter().enumerate() {
            let at = usize::try_from(*class).unwrap_or(usize::MAX).saturating_mul(samples).saturating_add(sample);
            made.get_mut(at).into_iter().for_each(|number| *number = weight);
        }
    }
}

#[allow(clippy::cast_possible_truncation)] // it is rounded once
fn single(number: f64) -> f32 {
    number as f32
}
