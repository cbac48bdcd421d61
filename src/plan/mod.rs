//! The tensor program: which operations, in which order, on tensors of which shapes, at what cost.
//!
//! A [`Plan`] is a list of [`Tensor`]s in an order in which each can be computed from those before it, a parameter
//! table of [`Leaf`] rows, and the tensors that are wanted: the output, R × classes × B; the loss, one number for each run;
//! and its gradient by each learned row. Forward and backward are one list: `lower` writes the forward, `passes` puts its
//! products in the cheapest order, `derive` appends the backward, `passes` share what is computed twice and drop what nobody
//! reads. [`raw`] is the same without passes. Every learned tensor and every activation has
//! a leading axis R, the runs trained at once, and every activation the batch B as its last, so that the neurons that a
//! receptive field sees lie side by side. A `Plan` has one maker, which verifies it: what holds a `Plan` need not check it.

mod activity;
mod builder;
mod choice;
mod codes;
mod cost;
mod derive;
mod express;
mod field;
mod function;
mod gaussian;
mod gnetwork;
mod grown;
mod interpreter;
mod leaf;
mod life;
mod lower;
mod meaning;
mod op;
mod passes;
mod received;
mod shape;
mod show;
mod spare;
mod table;
mod tensor;
mod verify;
mod weights;
mod wires;

pub use choice::{Choice, Way};
pub use codes::Codes;
pub use cost::Cost;
pub use field::Field;
pub use function::Function;
pub use interpreter::{Array, Interpreter};
pub use leaf::{Extent, Leaf, Start};
pub use lower::{lower, raw, spare, steepness};
pub use op::{Op, Over, Squares};
pub use received::{Grown, Received};
pub use table::{Table, TableRow};
pub use tensor::{Dim, LeafId, Shape, Sizes, TensorId};
pub use verify::{Counts, Operands, Plan, Tensor};
pub use wires::Wires;
