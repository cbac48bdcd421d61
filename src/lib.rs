//! A compiler for neural networks that are grown, not written: the weights of a connection are synthesized from the gene
//! expression of its two ends, `W = c · X_s O X_tᵀ`, or never made at all where going through the genes is cheaper.
//!
//! A `.gem` text goes in, a [`Plan`] comes out: a tensor program with a table of every learned number. Data flows one way
//! through the rooms, and each room has one product:
//!
//! ```text
//! span, diag, options, random, geometry            the ground floor: every room may stand on it, it knows no room
//!
//! syntax ──► check ──► wire ──► plan ──► program ──► emit ──► train             report
//! text→Ast   →Model   →Wiring   →Plan   →Program    →Net     →a run's folder   numbers → pictures
//!
//! data     a name → samples as bytes; knows no tensor
//! compile  calls syntax, check, wire and plan, in that order
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
//! source and nothing that changes from run to run, so it can be kept in a snapshot. What stands after the loss is derived, and
//! gradients bear the mark ∂. This one is checked with `insta`:
//!
//! ```
//! let source = "
//! model tiny {
//!     population pixels = grid(2, 2)
//!     population answer = units(3) { bias: free }
//!     connect pixels -> answer via direct
//!     input pixels
//!     output answer
//! }";
//! let plan = gemc::compile(source, &gemc::Options::default())?;
//! insta::assert_snapshot!(plan, @r"
//! plan tiny
//!   15 parameters, 12 synapses, 15 uncompressed, 1.0 times compressed
//!   a step costs 0.0 MFLOP and moves 0.0 MB at R = 1, B = 64
//! table
//!   pixels->answer.W       [R, 4, 3] learned, starts uniform(0.5000)
//!   answer.bias            [R, 3] learned, starts 0.0000
//! tensors
//!   pixels                 [R, 4, B] = input samples
//!   pixels->answer.W       [R, 4, 3] = parameter pixels->answer.W
//!   answer.1               [R, 3, B] = pixels->answer.Wᵀ @ pixels  0.002 MFLOP
//!   answer.bias            [R, 3] = parameter answer.bias
//!   answer.2               [R, 3, 1] = unsqueeze answer.bias at axis 2
//!   answer                 [R, 3, B] = answer.1 + answer.2  0.000 MFLOP
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
//!   ∂answer.bias.2         [R, 3] = sum ∂answer over axis 2  0.000 MFLOP
//!   ∂answer.bias.1         [R, 3, 1] = unsqueeze ∂answer.bias.2 at axis 2
//!   ∂answer.bias           [R, 3] = squeeze ∂answer.bias.1 at axis 2
//!   ∂pixels->answer.W      [R, 4, 3] = pixels @ ∂answerᵀ  0.002 MFLOP
//! output answer
//! loss loss
//! update pixels->answer.W by adam along ∂pixels->answer.W
//! update answer.bias by adam along ∂answer.bias
//! ");
//! # Ok::<(), gemc::Report>(())
//! ```
//!
//! `examples/` reads on from here: `1_parse.rs`, `2_wire.rs`, `3_plan.rs`, `4_train.rs`. The language is described in
//! `docs/language.md`, how a plan is made cheap in `docs/planning.md`, the rooms and their invariants in
//! `docs/architecture.md`, every fault in `docs/errors.md`.

pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compile;
#[cfg(feature = "data")]
pub mod data;
pub mod diag;
#[cfg(feature = "torch")]
pub mod emit;
pub mod geometry;
pub mod options;
mod parallel;
pub mod plan;
pub mod program;
pub mod random;
#[cfg(feature = "report")]
pub mod report;
pub mod span;
pub mod syntax;
#[cfg(feature = "torch")]
pub mod train;
pub mod wire;

pub use compile::compile;
pub use diag::Report;
pub use options::Options;
pub use plan::Plan;
