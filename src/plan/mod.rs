//! The tensor program: which operations, in which order, on tensors of which shapes, at what cost.
//!
//! A [`Plan`] is a list of [`Tensor`]s in an order in which each can be computed from those before it, a parameter
//! table of [`Leaf`] rows, and the tensors that are wanted: the output, R × B × classes, and the penalty, one number for
//! each run. Every learned tensor and every activation has a leading axis R, the runs trained at once. A `Plan` has
//! one maker, which verifies it: what holds a `Plan` need not check it.

mod builder;
mod cost;
mod express;
mod leaf;
mod lower;
mod op;
mod show;
mod table;
mod tensor;
mod verify;

pub use cost::Cost;
pub use leaf::{Leaf, Start};
pub use lower::lower;
pub use op::{Function, Op};
pub use table::{Table, TableRow};
pub use tensor::{Dim, LeafId, Shape, Sizes, TensorId};
pub use verify::{Counts, Plan, Tensor};
