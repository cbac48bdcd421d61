//! A program for a GPU, in single precision: one kernel for each launch, written and compiled for the program. Large products, and
//! sums along lists of pairs, are libtorch's.

mod c_writer;
mod codegen;
mod expression;
mod graph;
mod reduction;

use tch::{Device, Kind, Tensor as Live};

use self::codegen::{CodeGen, KernelText, PRELUDE, THREADS};
pub use self::graph::Recording;
use super::fault::TorchFault;
use super::ffi::{Arguments, Kernels, Module};
use super::torch::{EvalContext, Frame, make_into, size};
use crate::plan::{Op, Plan, TensorId};
use crate::program::{Home, Kernel, Launch, Make, Program, Target};

/// Tensors from which on compiling kernels would take too long.
const TENSORS: usize = 5_000;
/// Threads that share one number's sums at most: those that run in step.
const SLICES: usize = 32;
/// Numbers that a program's memory, or a tensor that it reads, may hold: places are counted in 32 bits.
const MOST: usize = 1 << 31;

/// A program with its kernels compiled, and the memory it works in.
#[derive(Debug)]
pub(super) struct Compiled<M = Module> {
    frame: Frame,
    memory: Live,
    /// The addresses of what is given, in the order in which kernels know it.
    addresses: Live,
    /// How many launches write no row.
    before: usize,
    module: M,
    launches: Vec<Ready>,
    /// What is wanted, as libtorch sees it, in the order of ids.
    views: Vec<(TensorId, Live)>,
    /// What the kernels read that never moves.
    _given: Vec<Live>,
}

/// A batch as kernels read it, all of it contiguous: `x`, R × B × N, and `labels`, R · B whole numbers of 64 bits; or the bytes
/// and the labels of all samples, and in `index`, R · B, which of them are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reads<'a> {
    pub(super) x: Option<&'a Live>,
    pub(super) pixels: Option<&'a Live>,
    pub(super) labels: &'a Live,
    pub(super) index: Option<&'a Live>,
    /// The samples that tasks are learned from, and their labels, likewise.
    pub(super) support: Option<(&'a Live, &'a Live)>,
    /// Learning rate and number of the update, two numbers on the device.
    pub(super) scalars: &'a Live,
}

/// Which part of a step is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// All that writes no row.
    Compute,
    /// The update of rows, once all else is made.
    Update,
}

/// One launch.
#[derive(Debug)]
struct Ready {
    kernel: Option<KernelText>,
    torch: Vec<Call>,
}

/// What libtorch makes.
#[derive(Debug)]
struct Call {
    make: TensorId,
    operands: Vec<Live>,
    prepared: Option<Live>,
    out: Live,
}

impl Compiled {
    /// Writes and compiles the program to `wanted` for the R and B of `given`. `None` where that cannot be had: no GPU, double
    /// precision, no compiler beside libtorch, a plan of too many tensors.
    pub(super) fn new(given: EvalContext<'_>, wanted: &[TensorId]) -> Option<Self> {
        let Device::Cuda(gpu) = given.frame.place.device else { return None };
        let gpu = i32::try_from(gpu).ok()?;
        let compile = |text: &str, names: &[&str]| {
            Module::compile(&format!("#define THREADS {THREADS}{PRELUDE}{text}"), names, gpu)
        };
        Self::by(given, wanted, SLICES, compile)
    }
}

impl<M: Kernels> Compiled<M> {
    /// Makes the program to `wanted`, of kernels that share each number among `slices` threads at most.
    pub(super) fn by(
        given: EvalContext<'_>,
        wanted: &[TensorId],
        slices: usize,
        compile: impl FnOnce(&str, &[&str]) -> Option<M>,
    ) -> Option<Self> {
        let (plan, frame) = (given.plan, given.frame);
        if frame.place.kind != Kind::Float || plan.tensors().len() > TENSORS {
            return None;
        }
        let program = given.program(wanted, Target::Cuda);
        let (tables, tensors) = tables(given, &program)?;
        if program.memory() >= MOST {
            return None;
        }
        let memory = Live::f_empty([size(program.memory())], frame.place.options()).ok()?;
        let (text, kernels) = CodeGen { plan, program: &program, tables: &tables, slices }.write()?;
        let names: Vec<&str> = kernels.iter().flatten().map(|kernel| kernel.name.as_str()).collect();
        let module = compile(&text, &names)?;
        let addresses: Vec<i64> = tensors.iter().map(|live| (live.data_ptr() as u64).cast_signed()).collect();
        let addresses = Live::f_from_slice(&addresses).and_then(|live| live.f_to_device(frame.place.device)).ok()?;
        let view = |id: TensorId| match program.home(id) {
            Home::Memory { start, .. } => view(&memory, start, program.shape(id)),
            Home::Row(row) => given.known.get(row).map(Live::shallow_clone),
            Home::Nowhere | Home::Prepared | Home::Constant(_) | Home::Samples | Home::Result | Home::Of(_) => {
                given.known.get(id).map(Live::shallow_clone)
            }
        };
        let ready = |(launch, kernel): (&Launch, Option<KernelText>)| {
            let by_torch = launch.makes.iter().filter(|make| make.kernel == Kernel::Library);
            let torch = by_torch.map(|make| Call::new(given, make, view)).collect::<Option<_>>()?;
            Some(Ready { kernel, torch })
        };
        let launches = program.launches().iter().zip(kernels).map(ready).collect::<Option<_>>()?;
        // rows are updated in place
        let outside = program.results().iter().filter(|id| !matches!(program.home(**id), Home::Row(_)));
        let views = outside.map(|id| Some((*id, view(*id)?))).collect::<Option<Vec<_>>>()?;
        let before = program.before_update();
        Some(Self { frame, memory, addresses, before, module, launches, views, _given: tensors })
    }

    /// Makes all tensors of a phase for a batch.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation is refused.
    #[allow(unsafe_code)]
    pub(super) fn run(&self, plan: &Plan, batch: Reads<'_>, phase: Phase) -> Result<(), TorchFault> {
        let Reads { x, pixels, labels, index, support, scalars } = batch;
        let (support, support_labels) = (support.map(|(x, _)| x), support.map(|(_, labels)| labels));
        let (memory, addresses) = (Some(&self.memory), Some(&self.addresses));
        let arguments =
            Arguments::new([memory, addresses, Some(scalars), x, pixels, Some(labels), index, support, support_labels]);
        let (before, after) = self.launches.split_at(self.before);
        let kernels = |launches: &[Ready]| launches.iter().filter(|launch| launch.kernel.is_some()).count();
        let (launches, mut kernel) = match phase {
            Phase::Compute => (before, 0),
            Phase::Update => (after, kernels(before)),
        };
        for launch in launches {
            if let Some(KernelText { blocks, name }) = &launch.kernel {
                // SAFETY: the kernels were written for this memory and for batches of this size; the arguments are borrowed, and
                // what the kernels write is read by later work of the same stream.
                let done = unsafe { self.module.launch(kernel, (*blocks, THREADS), &arguments) };
                let refused = || TorchFault::refused(&format!("{name}: CUDA refused to launch it"));
                done.then_some(()).ok_or_else(refused)?;
                kernel += 1;
            }
            for call in &launch.torch {
                call.run(plan, self.frame).map_err(|fault| fault.during(&plan.words(call.make)))?;
            }
        }
        Ok(())
    }

    /// Returns a wanted tensor as libtorch sees it; the next run writes over it.
    pub(super) fn view(&self, id: TensorId) -> Option<Live> {
        let place = self.views.binary_search_by_key(&id, |(wanted, _)| *wanted).ok()?;
        self.views.get(place).map(|(_, live)| live.shallow_clone())
    }
}

impl Call {
    fn new(given: EvalContext<'_>, make: &Make, view: impl Fn(TensorId) -> Option<Live>) -> Option<Self> {
        let id = make.tensor;
        let operands = given.plan.tensor(id).operands.iter().map(|operand| view(*operand)).collect::<Option<_>>()?;
        Some(Self { make: id, operands, prepared: given.prepared.get(id).map(Live::shallow_clone), out: view(id)? })
    }

    fn run(&self, plan: &Plan, frame: Frame) -> Result<(), TorchFault> {
        let op = &plan.tensor(self.make).op;
        if let (Op::MatMul { transpose_left, transpose_right }, [x, y]) = (op, self.operands.as_slice()) {
            let turned =
                |live: &Live, turned: bool| if turned { live.f_transpose(1, 2) } else { Ok(live.shallow_clone()) };
            drop(turned(x, *transpose_left)?.f_bmm_out(&self.out, &turned(y, *transpose_right)?)?);
            return Ok(());
        }
        make_into(op, &self.operands, (self.prepared.as_ref(), frame), &self.out)
    }
}

/// Returns which place of the table of addresses each given tensor has, and the tensors in the table's order.
fn tables(given: EvalContext<'_>, program: &Program) -> Option<(Vec<Option<usize>>, Vec<Live>)> {
    let (mut places, mut tensors) = (vec![None; given.plan.tensors().len()], Vec::new());
    for (id, _) in given.plan.numbered().filter(|(id, _)| program.home(*id) == Home::Prepared) {
        let live = given.known.get(id)?.f_contiguous().ok().filter(|live| live.numel() < MOST)?;
        places[id.index()] = Some(tensors.len());
        tensors.push(live);
    }
    Some((places, tensors))
}

fn view(memory: &Live, start: usize, sizes: &[usize]) -> Option<Live> {
    let (count, sizes): (usize, Vec<i64>) = (sizes.iter().product(), sizes.iter().copied().map(size).collect());
    memory.f_narrow(0, size(start), size(count)).and_then(|part| part.f_view(sizes.as_slice())).ok()
}
