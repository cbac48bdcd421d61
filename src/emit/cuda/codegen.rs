//! A program as the text of kernels, one for each launch: its blocks are shared out among the tensors that it makes.
#![allow(clippy::wildcard_enum_match_arm)] // what holds of few operations

use super::c_writer::{Split, Writer, literal};
use crate::plan::{Bilinear, Op, Plan, TensorId};
use crate::program::{AdamUpdate, Home, Kernel, Program};

/// Threads of a block.
pub(super) const THREADS: usize = 256;
/// Threads that a tensor gets where that only takes sharing out its sums: a few times as many as a GPU runs at once.
const MANY: usize = 1 << 17;
/// Terms that a thread adds up at least.
const TERMS: usize = 4;
/// Threads whose reads of neighbouring numbers are one access to memory.
const ACCESS: usize = 8;

/// What every kernel takes: the program's memory; the addresses of what is given; the learning rate and the
/// number of the update; a batch as numbers, or all samples as bytes and
/// which of them are meant; labels; the samples that tasks are learned from, with their labels.
const TAKES: &str = "\
#define TAKES float* m, const float* const* given, const float* scalars, const float* x, const unsigned char* pixels, const long long* labels, const long long* index, const float* support, const long long* support_labels
#define TAKEN m, given, scalars, x, pixels, labels, index, support, support_labels
";

/// What kernels have in common on a GPU, where `THREADS` is defined.
pub(super) const PRELUDE: &str = r#"
#define INFINITY __int_as_float(0x7f800000)
#define NAN __int_as_float(0x7fffffff)
#define LAUNCH(name) extern "C" __global__ void __launch_bounds__(THREADS) name(TAKES)
#define BEGIN const int t = threadIdx.x; int block = blockIdx.x;
template <int S> __device__ float across(float mine) {
  __shared__ float parts[THREADS];
  const int t = threadIdx.x;
  __syncthreads();
  parts[t] = mine;
  for (int half = S / 2; half > 0; half /= 2) {
    __syncthreads();
    if (t < half * (THREADS / S)) parts[t] += parts[t + half * (THREADS / S)];
  }
  __syncthreads();
  return parts[t % (THREADS / S)];
}
template <int S> __device__ float beside(float mine) {
  for (int half = S / 2; half > 0; half /= 2) mine += __shfl_xor_sync(0xffffffffu, mine, half);
  return mine;
}
"#;

/// A kernel of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KernelText {
    pub(super) name: String,
    pub(super) blocks: usize,
}

/// What the kernels are written for.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeGen<'a> {
    pub(super) plan: &'a Plan,
    pub(super) program: &'a Program,
    /// Which place of the table of addresses each tensor has.
    pub(super) tables: &'a [Option<usize>],
    /// Threads for one number at most.
    pub(super) slices: usize,
}

impl CodeGen<'_> {
    /// Writes the kernels of all launches, without what they have in common; a launch of libtorch's alone has none. `None`
    /// where an operation is not written here.
    pub(super) fn write(self) -> Option<(String, Vec<Option<KernelText>>)> {
        let (mut text, mut kernels) = (TAKES.to_owned(), Vec::new());
        for (number, launch) in self.program.launches().iter().enumerate() {
            let (mut calls, mut blocks) = (String::new(), 0);
            for make in launch.makes.iter().filter(|make| make.kernel != Kernel::Library) {
                let id = make.tensor;
                let (body, own) =
                    if let Kernel::Adam(update) = &make.kernel { self.update(id, update)? } else { self.tensor(id)? };
                text.push_str(&body);
                calls.push_str(&format!("  if (block < {own}) return {id}(block, t, TAKEN);\n  block -= {own};\n"));
                blocks += own;
            }
            if blocks > 0 {
                text.push_str(&format!("LAUNCH(launch{number}) {{\n  BEGIN\n{calls}}}\n"));
            }
            kernels.push((blocks > 0).then(|| KernelText { name: format!("launch{number}"), blocks }));
        }
        Some((text, kernels))
    }

    /// Writes what makes one tensor; returns how many blocks it takes.
    fn tensor(self, id: TensorId) -> Option<(String, usize)> {
        let (split, sizes) = (self.split(id), self.program.shape(id));
        let (count, at_once) = (sizes.iter().product::<usize>(), THREADS / split.slices);
        let Home::Memory { start, .. } = self.program.home(id) else { return None };
        let mut writer = Writer::new(self, split);
        let [own, slice] = if split.beside {
            [format!("t / {}", split.slices), format!("t % {}", split.slices)]
        } else {
            [format!("t % {at_once}"), format!("t / {at_once}")]
        };
        writer.line(&format!("const int own = block * {at_once} + {own};"));
        writer.line(&format!("const int slice = {slice};"));
        writer.line(&format!("const int at = own < {count} ? own : {};", count.saturating_sub(1)));
        let at = writer.unfold(sizes, "at");
        let value = writer.made(id, &at)?;
        writer.line(&format!("if (slice == 0 && own < {count}) m[{start} + own] = {value};"));
        let head = "(const int block, const int t, TAKES)";
        let text = format!("static __device__ void {id}{head} {{\n{}}}\n", writer.finish());
        Some((text, count.div_ceil(at_once)))
    }

    /// Writes what updates a row and its moments in place; returns how many blocks it takes.
    fn update(self, id: TensorId, update: &AdamUpdate) -> Option<(String, usize)> {
        let sizes = self.program.shape(id);
        let count: usize = sizes.iter().product();
        let mut writer = Writer::new(self, Split { slices: 1, beside: true });
        writer.line(&format!("const int own = block * {THREADS} + t;"));
        writer.line(&format!("if (own >= {count}) return;"));
        let at = writer.unfold(sizes, "own");
        let mut rows = Vec::new();
        for row in update.rows {
            let (table, name) = (self.tables[row.index()]?, writer.name('p'));
            writer.line(&format!("float* {name} = (float*)given[{table}] + own;"));
            rows.push(name);
        }
        let gradient = writer.value(update.gradient, &at)?;
        let number = vec!["0".to_owned(); sizes.len()];
        let [stride, root] = [writer.value(update.scalars[0], &number)?, writer.value(update.scalars[1], &number)?];
        let [first, second, epsilon] = [update.first, update.second, update.epsilon].map(literal);
        let [value, m, v] = rows.as_slice() else { return None };
        writer.line(&format!("*{m} += {first} * ({gradient} - *{m});"));
        writer.line(&format!("*{v} += {second} * ({gradient} * {gradient} - *{v});"));
        writer.line(&format!("*{value} -= {stride} * *{m} / (sqrtf(*{v}) / {root} + {epsilon});"));
        let head = "(const int block, const int t, TAKES)";
        let text = format!("static __device__ void {id}{head} {{\n{}}}\n", writer.finish());
        Some((text, count.div_ceil(THREADS)))
    }

    /// Settles how many threads share the sums of one number.
    fn split(self, id: TensorId) -> Split {
        let mut found = (0, true);
        self.longest(id, id, &mut found);
        let (length, beside) = found;
        let count: usize = self.program.shape(id).iter().product();
        let least = if beside { ACCESS } else { 1 };
        let mut slices = 1;
        while 2 * slices <= self.slices
            && length >= 2 * slices * TERMS
            && (2 * slices <= least || 2 * slices * count <= MANY)
        {
            slices *= 2;
        }
        Split { slices, beside }
    }

    /// Finds the longest sum in the making of a number of `root`, and whether the terms of all lie side by side.
    fn longest(self, root: TensorId, id: TensorId, found: &mut (usize, bool)) {
        if id != root && self.program.home(id) != Home::Nowhere {
            return;
        }
        let tensor = self.plan.tensor(id);
        let sizes = |place: usize| self.program.shape(tensor.operands[place]);
        let sum = match &tensor.op {
            Op::Sum { axis } => (sizes(0)[*axis], axis + 1 == sizes(0).len()),
            Op::MatMul { transpose_left: true, .. } => (sizes(0)[1], false),
            Op::MatMul { transpose_right, .. } => (sizes(0)[2], *transpose_right),
            Op::LocalConv(Bilinear::WeightGradient, _) => (sizes(1)[2], true),
            Op::LocalConv(Bilinear::Forward | Bilinear::InputGradient, field) => (field.size * field.size, false),
            _ => (0, true),
        };
        *found = (found.0.max(sum.0), found.1 && sum.1);
        if !tensor.op.is_reduction() {
            tensor.operands.iter().for_each(|operand| self.longest(root, *operand, found));
        }
    }
}
