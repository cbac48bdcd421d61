//! The tensor program: which operations, in which order, on tensors of which shapes, at what cost.
//!
//! A [`Plan`] is a list of [`Tensor`]s in an order in which each can be computed from those before it, a parameter
//! table of [`Parameter`] rows, and the tensors that are wanted: the output, R × classes × B; the loss, one number for each run;
//! and its gradient by each learned row. Forward and backward are one list: `lower` writes the forward, `passes` puts its
//! products in the cheapest order, `derive` appends the backward, `passes` share what is computed twice and drop what nobody
//! reads. [`lower_unoptimized`] is the same without passes. Every learned tensor and every activation has
//! a leading axis R, the runs trained at once, and every activation the batch B as its last, so that the neurons that a
//! receptive field sees lie side by side. A `Plan` has one maker, which verifies it: what holds a `Plan` need not check it.

mod activity;
mod builder;
mod choice;
mod codes;
mod conv_geometry;
mod cost;
mod dependencies;
mod derive;
mod draft;
mod express;
mod field_change;
mod frozen;
mod function;
mod gaussian;
mod gnetwork;
mod grown;
mod interpreter;
mod labels;
mod lower;
mod meaning;
mod names;
mod objective;
mod op;
mod optimizer;
mod parameter;
mod passes;
mod random_weights;
mod received;
mod shape;
mod show;
mod sparse_pattern;
mod table;
mod tensor;
mod verify;
mod weights;

pub use choice::{Choice, Way};
pub use codes::Codes;
pub use conv_geometry::ConvGeometry;
pub use cost::Cost;
pub use frozen::is_row_of;
pub use function::Function;
pub use interpreter::{Array, Interpreter};
pub use labels::TensorNames;
pub use lower::{lower, lower_gradient_norm, lower_unoptimized};
pub use op::{Bilinear, Op, SampleSet, Scalar, Squares};
pub use parameter::{Extent, Init, Parameter};
pub use received::{Grown, Received};
pub use sparse_pattern::SparsePattern;
pub use table::{Table, TableRow};
pub use tensor::{Dim, ParameterId, Shape, Sizes, TensorId};
pub use verify::{Counts, Operands, Plan, Tensor};
