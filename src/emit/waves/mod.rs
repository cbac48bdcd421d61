//! A plan on a GPU in single precision: what depends on nothing but what earlier launches have made is made by one kernel,
//! written and compiled for the plan, for these numbers of runs and samples. Element-by-element operations are made where they are
//! read, so a step of a hundred tensors is some twenty launches. Large products, and what is not written here, are libtorch's.

mod room;
mod schedule;
mod sum;
mod text;
mod value;
mod writer;

use tch::{Device, Kind, Tensor as Live};

use self::room::settle;
use self::schedule::{Schedule, Wave};
use self::text::{Kernel, PRELUDE, THREADS, Task};
use self::writer::Home;
use super::abi::{Arguments, Kernels, Module};
use super::fault::TorchFault;
use super::ops::{Frame, apply, size, words};
use super::walk::{Given, Walk};
use crate::plan::{Op, Plan, TensorId};

/// Tensors from which on compiling kernels would take too long.
const TENSORS: usize = 5_000;
/// Threads that share one number's sums at most: those that run in step.
const SLICES: usize = 32;

/// The waves to some wanted tensors for one R and B, and the memory they work in.
#[derive(Debug)]
pub(super) struct Program<M = Module> {
    frame: Frame,
    memory: Live,
    module: M,
    waves: Vec<Launch>,
    /// What is wanted, as libtorch sees it, in the order of ids.
    views: Vec<(TensorId, Live)>,
    /// What the kernels read that never moves.
    _guests: Vec<Live>,
}

/// A batch as kernels read it, all of it contiguous: `x`, R × B × N, and `labels`, R · B whole numbers of 64 bits; or the bytes
/// and the labels of all samples, and in `index`, R · B, which of them are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reads<'a> {
    pub(super) x: Option<&'a Live>,
    pub(super) pixels: Option<&'a Live>,
    pub(super) labels: &'a Live,
    pub(super) index: Option<&'a Live>,
}

/// One wave.
#[derive(Debug)]
struct Launch {
    kernel: Option<Kernel>,
    torch: Vec<Step>,
}

/// What libtorch makes.
#[derive(Debug)]
struct Step {
    make: TensorId,
    operands: Vec<Live>,
    prepared: Option<Live>,
    out: Live,
}

impl Program {
    /// Writes and compiles the program to `wanted` for the R and B of `given`. `None` where that cannot be had: no GPU, double
    /// precision, no compiler beside libtorch, a plan of too many tensors.
    pub(super) fn new(given: Given<'_>, walk: &Walk, wanted: &[TensorId]) -> Option<Self> {
        let Device::Cuda(gpu) = given.frame.place.device else { return None };
        let gpu = i32::try_from(gpu).ok()?;
        let compile = |text: &str, names: &[&str]| {
            Module::compile(&format!("#define THREADS {THREADS}{PRELUDE}{text}"), names, gpu)
        };
        Self::by(given, walk, wanted, SLICES, compile)
    }
}

impl<M: Kernels> Program<M> {
    /// Makes the program to `wanted`, of kernels that share each number among `slices` threads at most.
    pub(super) fn by(
        given: Given<'_>,
        walk: &Walk,
        wanted: &[TensorId],
        slices: usize,
        compile: impl FnOnce(&str, &[&str]) -> Option<M>,
    ) -> Option<Self> {
        let (plan, frame) = (given.plan, given.frame);
        if frame.place.kind != Kind::Float || walk.order().count() > TENSORS {
            return None;
        }
        let schedule = Schedule::new(plan, walk, wanted, frame.sizes);
        let (homes, numbers, guests) = settle(given, walk, wanted, &schedule)?;
        let memory = Live::f_empty([size(numbers)], frame.place.options()).ok()?;
        let task = Task { plan, schedule: &schedule, homes: &homes, frame: frame.sizes, slices };
        let (text, kernels) = task.write()?;
        let names: Vec<&str> = kernels.iter().flatten().map(|kernel| kernel.name.as_str()).collect();
        let module = compile(&text, &names)?;
        let view = |id: TensorId| match homes[id.index()] {
            Home::Own(start) => view(&memory, start, &schedule.sizes[id.index()]),
            Home::None | Home::Address(_) => given.known.get(id).map(Live::shallow_clone),
        };
        let launch = |(wave, kernel): (&Wave, Option<Kernel>)| {
            let torch = wave.torch.iter().map(|id| Step::new(given, *id, view)).collect::<Option<_>>()?;
            Some(Launch { kernel, torch })
        };
        let waves = schedule.waves.iter().zip(kernels).map(launch).collect::<Option<_>>()?;
        let mut views = wanted.iter().map(|id| Some((*id, view(*id)?))).collect::<Option<Vec<_>>>()?;
        views.sort_by_key(|(id, _)| *id);
        Some(Self { frame, memory, module, waves, views, _guests: guests })
    }

    /// Makes all tensors for a batch.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation is refused.
    #[allow(unsafe_code)]
    pub(super) fn run(&self, plan: &Plan, batch: Reads<'_>) -> Result<(), TorchFault> {
        let Reads { x, pixels, labels, index } = batch;
        let arguments = Arguments::new([Some(&self.memory), x, pixels, Some(labels), index]);
        let mut kernel = 0;
        for wave in &self.waves {
            if let Some(Kernel { blocks, name }) = &wave.kernel {
                // SAFETY: the kernels were written for this memory and for batches of this size; the arguments are borrowed, and
                // what the kernels write is read by later work of the same stream.
                let launched = unsafe { self.module.launch(kernel, (*blocks, THREADS), &arguments) };
                let refused = || TorchFault { message: format!("{name}: CUDA refused to launch it") };
                launched.then_some(()).ok_or_else(refused)?;
                kernel += 1;
            }
            for step in &wave.torch {
                step.run(plan, self.frame).map_err(|fault| fault.during(&words(plan, step.make)))?;
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

impl Step {
    fn new(given: Given<'_>, make: TensorId, view: impl Fn(TensorId) -> Option<Live>) -> Option<Self> {
        let operands = given.plan.tensor(make).operands.iter().map(|operand| view(*operand)).collect::<Option<_>>()?;
        Some(Self { make, operands, prepared: given.prepared.get(make).map(Live::shallow_clone), out: view(make)? })
    }

    fn run(&self, plan: &Plan, frame: Frame) -> Result<(), TorchFault> {
        let operands: Vec<&Live> = self.operands.iter().collect();
        let op = &plan.tensor(self.make).op;
        if let (Op::MatMul { transpose_left, transpose_right }, &[x, y]) = (op, operands.as_slice()) {
            let turned =
                |live: &Live, turned: bool| if turned { live.f_transpose(1, 2) } else { Ok(live.shallow_clone()) };
            drop(turned(x, *transpose_left)?.f_bmm_out(&self.out, &turned(y, *transpose_right)?)?);
            return Ok(());
        }
        let missing = || TorchFault { message: "an operand is missing: a bug in gemc".to_owned() };
        let value = apply(op, &operands, self.prepared.as_ref(), frame).ok_or_else(missing)??;
        Ok(self.out.shallow_clone().f_copy_(&value)?)
    }
}

fn view(memory: &Live, start: usize, sizes: &[usize]) -> Option<Live> {
    let (count, sizes): (usize, Vec<i64>) = (sizes.iter().product(), sizes.iter().copied().map(size).collect());
    memory.f_narrow(0, size(start), size(count)).and_then(|part| part.f_view(sizes.as_slice())).ok()
}
