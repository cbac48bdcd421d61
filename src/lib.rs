//! A compiler for neural networks that are grown, not written: the weights of a connection are synthesized from the gene
//! expression of its two ends, `W = c · X_s O X_tᵀ`.
//!
//! A `.gem` text goes in, a [`Plan`] comes out: a tensor program with a table of every learned number. Data flows one way
//! through the rooms, and each room has one product:
//!
//! ```text
//! span, diag, options, draw                   the ground floor: every room may stand on it, it knows no room
//!
//! syntax ──► check ──► wire ──► plan ──► emit ──► train
//! text→Ast   →Model   →Wiring   →Plan   →Net     →a run's folder
//!
//! data     a name → samples as bytes; knows no tensor
//! compile  calls syntax, check, wire and plan, in that order
//! cli      the only room that reads arguments, prints, and decides where files go
//! ```
//!
//! - [`syntax::ast::Ast`] is the text as written: names unresolved, numbers unevaluated, every node with its place.
//! - [`check::Model`] is the network as meant: names resolved, sizes known, every rule of the language kept.
//! - [`wire::Wiring`] says who feeds whom, and in which order populations are evaluated.
//! - [`Plan`] is the tensor program: verified, costed, and the same on every machine. Nothing is allocated up to here.
//! - `emit::Net` is a plan made live in libtorch, for one or more runs at once; `train` makes it learn. Both need the
//!   feature `torch`, which is on by default; without it the crate needs no libtorch.
//!
//! # Compile a text
//!
//! What is wrong with a text comes back as one [`Report`], in the order of the text. A plan is printed with names from the
//! source and nothing that changes from run to run, so it can be kept in a snapshot. This one is checked with `insta`:
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
//!   p0   pixels->answer.W [R, 4, 3] learned, starts uniform(0.5000)
//!   p1   answer.bias [R, 3] learned, starts 0.0000
//! tensors
//!   t0   [R, B, 4] = sample  # pixels
//!   t1   [R, 4, 3] = leaf p0  # pixels->answer.W
//!   t2   [R, B, 3] = t0 @ t1  0.002 MFLOP
//!   t3   [R, 3] = leaf p1  # answer.bias
//!   t4   [R, 1, 3] = insert axis 1 in t3
//!   t5   [R, B, 3] = t2 + t4  0.000 MFLOP  # answer
//! output t5
//! ");
//! # Ok::<(), gemc::Report>(())
//! ```
//!
//! `examples/` reads on from here: `1_parse.rs`, `2_wire.rs`, `3_plan.rs`, `4_train.rs`. The language is described in
//! `docs/language.md`, the rooms and their invariants in `docs/architecture.md`, every fault in `docs/errors.md`.

pub mod check;
pub mod cli;
pub mod compile;
pub mod data;
pub mod diag;
pub mod draw;
#[cfg(feature = "torch")]
pub mod emit;
pub mod options;
pub mod plan;
pub mod span;
pub mod syntax;
#[cfg(feature = "torch")]
pub mod train;
pub mod wire;

pub use compile::compile;
pub use diag::Report;
pub use options::Options;
pub use plan::Plan;
