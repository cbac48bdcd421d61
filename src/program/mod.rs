//! How a plan is computed: for given sizes and one target, which tensors go to memory, where they lie and how long, and which
//! launches make them, in which order and by which kernel. Made without libtorch, printed, the same on every machine.
//!
//! Each question has one owner: `legalize` (which kernel an operation gets), `fuse` (what never goes to memory), `schedule`
//! (launches), `aliases` (who shares numbers), `liveness` (how long), `buffers` (where).

mod aliases;
mod buffers;
mod fuse;
mod legalize;
mod liveness;
mod product;
mod schedule;
mod show;
mod stages;
mod target;
mod update;

pub use self::fuse::{Loop, LoopInput, LoopStep, ROW, Source};
pub use self::legalize::Kernel;
pub use self::product::{BatchedProduct, Product};
pub use self::target::Target;
pub use self::update::AdamUpdate;
use crate::plan::{Op, Plan, SampleSet, Sizes, TensorId};

/// What a program is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The tensors that are wanted.
    pub wanted: &'a [TensorId],
    /// For each tensor of the plan whether it is known before.
    pub given: &'a [bool],
    /// R and B.
    pub sizes: Sizes,
    /// What it is made for.
    pub target: Target,
}

/// How some tensors of a plan are computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    target: Target,
    sizes: Sizes,
    results: Vec<TensorId>,
    /// The sizes of each tensor of the plan.
    shapes: Vec<Vec<usize>>,
    /// Where the numbers of each are.
    homes: Vec<Home>,
    launches: Vec<Launch>,
    memory: usize,
}

/// Where a tensor's numbers are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Home {
    /// Nowhere: nobody needs them, or they are computed wherever they are read.
    Nowhere,
    /// They are known before.
    Prepared,
    /// They are all the same, and written before the first launch.
    Constant(f64),
    /// They are the samples of the batch, transposed, as they come: R × B × N.
    Samples,
    /// In the program's memory.
    Memory {
        /// The first number.
        start: usize,
        /// How many there are.
        count: usize,
    },
    /// In place of those of a row, which is named by its tensor.
    Row(TensorId),
    /// In memory of their own, which outlives the program.
    Result,
    /// They are those of another tensor.
    Of(TensorId),
}

/// What can be made at once: it reads only what earlier launches have made.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// The tensors that are made.
    pub makes: Vec<Make>,
    /// Those that nobody reads afterwards, with all that share their numbers.
    pub ends: Vec<TensorId>,
}

/// How one tensor is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Make {
    /// The tensor.
    pub tensor: TensorId,
    /// What makes it.
    pub kernel: Kernel,
    /// The tensors whose numbers are read.
    pub reads: Vec<TensorId>,
}

impl Program {
    /// Settles how the wanted tensors are made.
    pub fn new(plan: &Plan, request: &Request<'_>) -> Self {
        let shapes: Vec<Vec<usize>> = plan.tensors().iter().map(|tensor| tensor.shape.at(request.sizes)).collect();
        let mut wanted = vec![false; shapes.len()];
        request.wanted.iter().for_each(|id| wanted[id.index()] = true);
        let order = liveness::order(plan, request);
        let owners = aliases::owners(plan, request.target);
        let fused = fuse::fuse(plan, &order, (&shapes, &wanted, &owners), request.target);
        let mut homes = homes(plan, &order, (&owners, &wanted), request);
        for update in &fused.updates {
            update.values.iter().zip(update.rows).for_each(|(value, row)| homes[value.index()] = Home::Row(row));
        }
        let mut launches = schedule::launches(plan, &order, (&shapes, &fused, &homes), request.target);
        liveness::note_ends(&mut launches, &owners, request);
        let memory = buffers::place(&launches, |id| count(&shapes[id.index()]), &mut homes);
        let mut results = request.wanted.to_vec();
        results.sort_unstable();
        results.dedup();
        Self { target: request.target, sizes: request.sizes, results, shapes, homes, launches, memory }
    }

    /// Returns what it is made for.
    pub fn target(&self) -> Target {
        self.target
    }

    /// Returns R and B.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Returns the wanted tensors, in the order of ids.
    pub fn results(&self) -> &[TensorId] {
        &self.results
    }

    /// Returns a tensor's sizes.
    pub fn shape(&self, id: TensorId) -> &[usize] {
        &self.shapes[id.index()]
    }

    /// Returns where a tensor's numbers are.
    #[allow(clippy::wildcard_enum_match_arm)] // what is nobody else's is where it is
    pub fn home(&self, id: TensorId) -> Home {
        match self.homes[id.index()] {
            Home::Of(owner) => self.homes[owner.index()],
            _ => self.homes[id.index()],
        }
    }

    /// Tells whether a tensor's numbers are those of another one.
    pub fn is_alias(&self, id: TensorId) -> bool {
        matches!(self.homes[id.index()], Home::Of(_))
    }

    /// Returns the launches, in order.
    pub fn launches(&self) -> &[Launch] {
        &self.launches
    }

    /// Returns how many launches write no row: these can be made again. The others make the update.
    pub fn before_update(&self) -> usize {
        let updates = |launch: &Launch| launch.makes.iter().any(|make| matches!(make.kernel, Kernel::Adam(_)));
        self.launches.iter().position(updates).unwrap_or(self.launches.len())
    }

    /// Returns how many numbers its memory holds.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Returns the bytes of its memory and of what it makes outside of it; what is given is not counted.
    pub fn bytes(&self) -> u64 {
        const NUMBER: u64 = 4;
        let outside = |(home, shape): (&Home, &Vec<usize>)| match home {
            Home::Result | Home::Constant(_) => count(shape) as u64,
            Home::Nowhere | Home::Prepared | Home::Samples | Home::Memory { .. } | Home::Row(_) | Home::Of(_) => 0,
        };
        let outside: u64 = self.homes.iter().zip(&self.shapes).map(outside).fold(0, u64::saturating_add);
        outside.saturating_add(self.memory as u64).saturating_mul(NUMBER)
    }
}

/// Returns how many numbers a tensor of these sizes has; saturates rather than overflows.
fn count(shape: &[usize]) -> usize {
    shape.iter().fold(1, |count: usize, size| count.saturating_mul(*size))
}

/// Returns where the numbers of each tensor are, as far as memory does not matter.
#[allow(clippy::wildcard_enum_match_arm)] // what holds of few operations
fn homes(
    plan: &Plan,
    order: &[TensorId],
    (owners, wanted): (&[TensorId], &[bool]),
    request: &Request<'_>,
) -> Vec<Home> {
    let on_cpu = matches!(request.target, Target::Cpu { .. });
    let mut homes = vec![Home::Nowhere; plan.tensors().len()];
    for (id, tensor) in plan.numbered().filter(|(id, _)| request.given[id.index()]) {
        // a kernel of its own has the number in its text
        let written = request.target == Target::Cuda && matches!(tensor.op, Op::Constant { .. });
        homes[id.index()] = if written { Home::Nowhere } else { Home::Prepared };
    }
    let samples = on_cpu && only_multiplied(plan, order);
    for id in order {
        let owner = owners[id.index()];
        homes[id.index()] = match plan.tensor(*id).op {
            _ if owner != *id => Home::Of(owner),
            Op::Sample { set: SampleSet::Batch(_), .. } if samples => Home::Samples,
            Op::Constant { value, .. } if on_cpu => Home::Constant(value),
            _ if on_cpu && wanted[id.index()] => Home::Result,
            _ => Home::Nowhere,
        };
    }
    homes
}

/// Tells whether nothing but products of matrices reads the samples.
fn only_multiplied(plan: &Plan, order: &[TensorId]) -> bool {
    let is_sample = |id: &TensorId| matches!(plan.tensor(*id).op, Op::Sample { .. });
    let mut readers = order.iter().map(|id| plan.tensor(*id)).filter(|tensor| tensor.operands.iter().any(is_sample));
    readers.all(|tensor| matches!(tensor.op, Op::MatMul { .. }))
}
