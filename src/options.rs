//! What a compilation is asked for besides the text: overrides, the data set's facts, limits.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// What is known of a data set before any of its files is read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Facts {
    /// The name a user writes, such as `mnist`.
    pub name: String,
    /// Rows of one sample, in pixels.
    pub height: usize,
    /// Columns of one sample, in pixels.
    pub width: usize,
    /// Bytes per pixel: 1 for grey, 3 for colour.
    pub channels: usize,
    /// How many classes there are; labels run from 0 to one below this.
    pub classes: usize,
}

impl Facts {
    /// Returns how many bytes one sample takes: height × width × channels.
    pub fn sample_bytes(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Returns the sizes of a sample as people read them: `28 × 28 × 1`.
    pub fn sample(&self) -> String {
        format!("{} × {} × {}", self.height, self.width, self.channels)
    }
}

/// How networks learn tasks of few samples, by steps down the gradient of each task's own weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct FewShot {
    /// Classes of a task.
    pub ways: usize,
    /// Samples of each class that a task is learned from.
    pub shots: usize,
    /// Samples of each class by which what was learned is judged.
    pub queries: usize,
    /// Steps down the gradient.
    pub inner_steps: usize,
    /// Whether the outer gradient takes the inner ones as they are, and does not go through them.
    pub first_order: bool,
    /// Which connections learn.
    pub adapt: Adapt,
}

/// Which connections learn a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "lowercase"))]
pub enum Adapt {
    /// All but frozen ones.
    #[default]
    All,
    /// Those to the output.
    Readout,
    /// None.
    None,
}

impl Adapt {
    /// Tells whether a connection learns tasks that is frozen or not, and leads to the output or not.
    pub fn includes(self, frozen: bool, to_output: bool) -> bool {
        match self {
            Self::All => !frozen,
            Self::Readout => !frozen && to_output,
            Self::None => false,
        }
    }
}

impl FewShot {
    /// Returns the samples that a task is learned from.
    pub fn support(&self) -> usize {
        self.ways.saturating_mul(self.shots)
    }

    /// Returns the samples by which it is judged.
    pub fn query(&self) -> usize {
        self.ways.saturating_mul(self.queries)
    }
}

impl Default for FewShot {
    /// The paper's: 5 classes of 1 sample, 2 steps of second order, all connections.
    fn default() -> Self {
        Self { ways: 5, shots: 1, queries: 1, inner_steps: 2, first_order: false, adapt: Adapt::All }
    }
}

/// In which order the products are computed that make weights and use them. The order changes what a step costs, not what
/// it computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The cheapest, connection by connection.
    #[default]
    Cheapest,
    /// The cheapest of those that keep weights under a mask in matrices: what a GPU wants, where sums along a list of pairs
    /// are slow, and not the same every time.
    Matrices,
    /// Weights are made, then used; under a mask those of all pairs.
    Synthesized,
    /// Weights are never made: the activity goes through genes; under a mask only those of joined pairs are made.
    Factored,
}

/// What a compilation is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Values for the model's parameters, as text, in the order given: `("genes", "40")`.
    pub set: Vec<(String, String)>,
    /// The data set that the network must fit, if there is one.
    pub facts: Option<Facts>,
    /// Bytes that the weights and parameters of one run may take while training.
    pub memory_limit: u64,
    /// Steps of a few nanoseconds that counting the synapses under masks may take, all masks together.
    pub work_limit: u64,
    /// In which order weights are made and used.
    pub order: Order,
    /// Samples a batch, for which the cheapest order is sought, if not the usual; the plan computes any number.
    pub batch: Option<usize>,
    /// How tasks are learned, where that is what the network is for.
    pub few_shot: Option<FewShot>,
    /// Rows of the parameter table, or genomes, that stay as they start, by name.
    pub freeze: Vec<String>,
}

impl Default for Options {
    /// No overrides, no data set, 16 GiB, 250 million steps, the usual batch: the same on every machine.
    fn default() -> Self {
        let (memory_limit, work_limit) = (16 << 30, 250_000_000);
        Self {
            set: Vec::new(),
            facts: None,
            memory_limit,
            work_limit,
            order: Order::Cheapest,
            batch: None,
            few_shot: None,
            freeze: Vec::new(),
        }
    }
}

/// Tasks that a batch usually has.
pub const USUAL_TASKS: usize = 32;

/// Returns how many samples a batch usually has, or tasks where the network learns such.
pub fn usual_batch_of(windows: bool, few_shot: Option<FewShot>) -> usize {
    if few_shot.is_some() { USUAL_TASKS } else { usual_batch(windows) }
}

/// Returns the samples that a batch usually has: the paper's 64 for perceptrons, 128 where there are receptive fields.
pub fn usual_batch(windows: bool) -> usize {
    if windows { 128 } else { 64 }
}
