//! A compiler for neural networks that are grown, not written: the weights of a connection are synthesized from the gene
//! expression of its two ends, `W = c · X_s O X_tᵀ`, or never made at all where going through the genes is cheaper.
//!
//! A `.gem` text goes in, a [`Plan`] comes out: a tensor program with a table of all parameters. Data flows one way
//! through the rooms, and each room has one product:
//!
//! ```text
//! span, diag, options, random, geometry, parallel, proto, statistics
//!                      the ground floor: every room may stand on it, it knows no room
//!
//! syntax ──► check ──► wire ──► plan ──► program ──► emit ──► train             report
//! text→Ast   →Model   →Wiring   →Plan   →Program    →Net     →a run's folder   numbers → pictures
//!
//! format   a text → the same text in one style
//! data     a name → samples as bytes; knows no tensor
//! editor   symbols, a partial model, a report → answers to an editor
//! run_dir  a run's folder → its record and its genome as plain numbers; needs no libtorch
//! export   a plan and a genome → files of other ecosystems; needs no libtorch
//! recipe   a recipe's text → the trials that it asks for
//! compile  calls syntax, check, wire and plan, in that order, and format
//! trainer  a plan, data and a protocol → runs that were trained
//! cli      the only room that reads arguments, prints, and decides where files go
//! ```
//!
//! - [`syntax::ast::Ast`] is the text as written: names unresolved, numbers unevaluated, every node with its place.
//! - [`check::Model`] is the network as meant: names resolved, sizes known, every rule of the language kept.
//! - [`wire::Wiring`] says who feeds whom, and in which order populations are evaluated.
//! - [`Plan`] is the tensor program: forward, loss and backward as one list, verified, costed, made cheaper, and the same on
//!   every machine. An activity is R × N × B: runs, neurons, batch. Nothing is allocated up to here.
//! - [`program::Program`] says how a plan is computed for given sizes on one target: launches, kernels, memory.
//! - `emit::Net` is a program made live, for one or more runs at once: libtorch's tensors, and on a CPU loops
//!   and kernels of our own. `train` makes it learn. Both need the feature `torch`, which is on by default;
//!   without it the crate needs no libtorch.
//!
//! # Compile a text
//!
//! What is wrong with a text comes back as one [`Report`], in the order of the text. A plan is printed with names from the
//! source and nothing that changes from run to run, so it can be kept in a snapshot. What stands after the loss is derived:
//! gradients bear the mark ∂, and what a row becomes in a step, by Adam, a prime behind its name. This one is checked with `insta`:
//!
//! ```
//! let source = "
//! model tiny {
//!     population pixels = grid(2, 2)
//!     population answer = units(3)
//!     connect pixels -> answer via direct
//!     input pixels
//!     output answer
//! }";
//! let plan = gemc::compile(source, &gemc::Options::default())?;
//! insta::assert_snapshot!(plan, @r"
//! plan tiny
//!   12 parameters, 12 synapses, 12 uncompressed, 1.0 times compressed
//!   a step costs 0.0 MFLOP and moves 0.0 MB at R = 1, B = 64
//! table
//!   pixels->answer.W       [R, 4, 3] learned, starts uniform(0.5000)
//!   pixels->answer.W.adam.m [R, 4, 3] state, starts 0.0000
//!   pixels->answer.W.adam.v [R, 4, 3] state, starts 0.0000
//! tensors
//!   pixels                 [R, 4, B] = input samples
//!   pixels->answer.W       [R, 4, 3] = parameter pixels->answer.W
//!   answer                 [R, 3, B] = pixels->answer.Wᵀ @ pixels  0.002 MFLOP
//!   labels                 [R, 3, B] = input labels
//!   loss.1                 [R, 3, B] = log softmax answer over axis 1  0.002 MFLOP
//!   loss.2                 [R, 3, B] = loss.1 * labels  0.000 MFLOP
//!   loss.3                 [R, 3] = sum loss.2 over axis 2  0.000 MFLOP
//!   loss.4                 [R] = sum loss.3 over axis 1  0.000 MFLOP
//!   loss                   [R] = -1.0 * loss.4  0.000 MFLOP
//!   ∂answer.5              [R, 3, B] = -1.0 * labels  0.000 MFLOP
//!   ∂answer.4              [R, 3, B] = softmax answer over axis 1  0.002 MFLOP
//!   ∂answer.3              [R, B] = sum ∂answer.5 over axis 1  0.000 MFLOP
//!   ∂answer.2              [R, 1, B] = unsqueeze ∂answer.3 at axis 1
//!   ∂answer.1              [R, 3, B] = ∂answer.4 * ∂answer.2  0.000 MFLOP
//!   ∂answer                [R, 3, B] = ∂answer.5 - ∂answer.1  0.000 MFLOP
//!   ∂pixels->answer.W      [R, 4, 3] = pixels @ ∂answerᵀ  0.002 MFLOP
//!   pixels->answer.W.adam.m [R, 4, 3] = parameter pixels->answer.W.adam.m
//!   pixels->answer.W.adam.v [R, 4, 3] = parameter pixels->answer.W.adam.v
//!   pixels->answer.W.adam.v'.1 [R, 4, 3] = square ∂pixels->answer.W  0.000 MFLOP
//!   pixels->answer.W.adam.m'.1 [R, 4, 3] = ∂pixels->answer.W - pixels->answer.W.adam.m  0.000 MFLOP
//!   pixels->answer.W.adam.m'.2 [R, 4, 3] = 0.1 * pixels->answer.W.adam.m'.1  0.000 MFLOP
//!   pixels->answer.W.adam.m' [R, 4, 3] = pixels->answer.W.adam.m + pixels->answer.W.adam.m'.2  0.000 MFLOP
//!   pixels->answer.W.adam.v'.2 [R, 4, 3] = pixels->answer.W.adam.v'.1 - pixels->answer.W.adam.v  0.000 MFLOP
//!   pixels->answer.W.adam.v'.3 [R, 4, 3] = 0.001 * pixels->answer.W.adam.v'.2  0.000 MFLOP
//!   pixels->answer.W.adam.v' [R, 4, 3] = pixels->answer.W.adam.v + pixels->answer.W.adam.v'.3  0.000 MFLOP
//!   learning-rate          [1] = input learning rate
//!   step                   [1] = input step
//!   adam.stride.1          [1] = -0.10536051565782628 * step  0.000 MFLOP
//!   adam.stride.2          [1] = exp minus 1 adam.stride.1  0.000 MFLOP
//!   adam.stride.3          [1] = -1.0 * adam.stride.2  0.000 MFLOP
//!   adam.stride            [1] = learning-rate / adam.stride.3  0.000 MFLOP
//!   adam.stride(2)         [1, 1] = unsqueeze adam.stride at axis 1
//!   adam.stride(3)         [1, 1, 1] = unsqueeze adam.stride(2) at axis 2
//!   adam.root.1            [1] = -0.0010005003335835344 * step  0.000 MFLOP
//!   adam.root.2            [1] = exp minus 1 adam.root.1  0.000 MFLOP
//!   adam.root.3            [1] = -1.0 * adam.root.2  0.000 MFLOP
//!   adam.root              [1] = square root adam.root.3  0.000 MFLOP
//!   adam.root(2)           [1, 1] = unsqueeze adam.root at axis 1
//!   adam.root(3)           [1, 1, 1] = unsqueeze adam.root(2) at axis 2
//!   pixels->answer.W'.1    [R, 4, 3] = square root pixels->answer.W.adam.v'  0.000 MFLOP
//!   pixels->answer.W'.2    [R, 4, 3] = pixels->answer.W'.1 / adam.root(3)  0.000 MFLOP
//!   pixels->answer.W'.3    [R, 4, 3] = 1.0 * pixels->answer.W'.2 + 1e-8  0.000 MFLOP
//!   pixels->answer.W'.4    [R, 4, 3] = pixels->answer.W.adam.m' * adam.stride(3)  0.000 MFLOP
//!   pixels->answer.W'.5    [R, 4, 3] = pixels->answer.W'.4 / pixels->answer.W'.3  0.000 MFLOP
//!   pixels->answer.W'      [R, 4, 3] = pixels->answer.W - pixels->answer.W'.5  0.000 MFLOP
//! output answer
//! loss loss
//! update pixels->answer.W = pixels->answer.W'
//! update pixels->answer.W.adam.m = pixels->answer.W.adam.m'
//! update pixels->answer.W.adam.v = pixels->answer.W.adam.v'
//! ");
//! # Ok::<(), gemc::Report>(())
//! ```
//!
//! # Train a model
//!
//! A `Trainer` takes a model's text, or a plan, data, and the numbers of a protocol. Callbacks hear what happens; a folder is kept
//! only where one is given. What comes back is what came of the runs, and the state in which they stopped: a value that can be
//! written, read, and gone on from.
//!
//! ```
//! # #[cfg(all(feature = "data", feature = "torch"))]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use gemc::train::TrainConfig;
//! use gemc::{Trainer, data::Glyphs};
//!
//! let text = "
//! model seven {
//!     genome g(5)
//!     population pixels = grid(28, 28) { g: gaussian }
//!     population digits = units(10)    { g: random }
//!     connect pixels -> digits via g
//!     input pixels
//!     output digits
//! }";
//! let digits = Glyphs { seed: 1, train: 640, test: 200 }.draw()?;
//! let config = TrainConfig { length: 20, eval_every: 10, runs: 2, ..TrainConfig::default() };
//!
//! let mut heard = Vec::new();
//! let trainer = Trainer::from_text(text, &digits, config.clone())?;
//! let trained = trainer.on_metrics(|metrics| heard.extend_from_slice(metrics)).run()?;
//! assert_eq!(heard.len(), 4);
//! assert_eq!((trained.outcome.steps, trained.state.step()), (20, 20));
//!
//! let longer = TrainConfig { length: 30, ..config };
//! let trained = Trainer::from_text(text, &digits, longer)?.from_state(&trained.state).run()?;
//! assert_eq!(trained.outcome.steps, 30);
//! # Ok(())
//! # }
//! # #[cfg(not(all(feature = "data", feature = "torch")))]
//! # fn main() {}
//! ```
//!
//! # What is stable
//!
//! [`compile()`] and `Trainer`, with the types that they take and return, are the library's interface: they are all that this
//! documentation shows. What else is public serves gemc's own programs and tests, and may change with any version. The feature
//! `unstable` shows it too: `cargo doc --features unstable`.
//!
//! `examples/` reads on from here: `1_parse.rs`, `2_wire.rs`, `3_plan.rs`, `4_train.rs`. The language is described in
//! `docs/language.md`, how a plan is made cheap in `docs/planning.md`, the rooms and their invariants in
//! `docs/architecture.md`, every fault in `docs/errors.md`.

#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod check;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[cfg(feature = "cli")]
pub mod cli;
pub mod compile;
#[cfg(feature = "data")]
pub mod data;
pub mod diag;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[cfg(feature = "editor")]
pub mod editor;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[cfg(feature = "torch")]
pub mod emit;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[cfg(feature = "export")]
pub mod export;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod format;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod geometry;
pub mod options;
mod parallel;
pub mod plan;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod program;
#[cfg(any(feature = "torch", feature = "export"))]
mod proto;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod random;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[cfg(feature = "cli")]
pub mod recipe;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[cfg(feature = "report")]
pub mod report;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[cfg(feature = "run_dir")]
pub mod run_dir;
pub mod span;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[cfg(feature = "statistics")]
pub mod statistics;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod syntax;
#[cfg(feature = "torch")]
pub mod train;
#[cfg(feature = "torch")]
mod trainer;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod wire;

pub use compile::compile;
pub use diag::Report;
#[cfg(feature = "torch")]
#[doc(inline)]
pub use emit::Place;
pub use options::Options;
pub use plan::Plan;
#[cfg(feature = "torch")]
pub use trainer::Trainer;
