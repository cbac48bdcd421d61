//! Weights within a random space: random bases, subspaces, and what a frozen network of sines makes.

use compact_str::format_compact;

use super::builder::{Builder, Row, dotted, frozen};
use super::function::Function;
use super::gnetwork::{SECOND, SPREAD};
use super::op::Op;
use super::parameter::Init;
use super::tensor::{Shape, TensorId};
use super::weights::Link;
use crate::check::SineNetwork;
use crate::diag::Bug;

impl Link<'_> {
    /// Appends R P.
    pub(super) fn basis(&self, builder: &mut Builder, size: usize) -> Result<TensorId, Bug> {
        let [rows, columns] = self.ends();
        let learned = Init::Normal { deviation: (2.0 / self.fan_in().max(1.0)).sqrt() };
        let basis = self.drawn(builder, "R", &[rows, size], 1.0 / (size as f64).sqrt())?;
        let parts = builder.parameter(self.row("P", &[size, columns], learned, "P"), self.name)?;
        builder.product(basis, parts, &self.label())
    }

    /// Appends W0 + R θ: all connections of one dimension share θ.
    pub(super) fn subspace(&self, builder: &mut Builder, dimension: usize) -> Result<TensorId, Bug> {
        let [rows, columns] = self.ends();
        let spread = (2.0 / rows as f64).sqrt();
        let start = self.drawn(builder, "W0", &[rows, columns], spread)?;
        let (weights, deviation) = (rows.saturating_mul(columns), spread / (dimension as f64).sqrt());
        let basis = self.drawn(builder, "R", &[weights, dimension], deviation)?;
        let common = Row {
            name: format_compact!("subspace({dimension}).theta"),
            shape: Shape::per_run(&[dimension]),
            start: Init::Constant(0.0),
            learned: true,
            rate: 1.0,
            holds: "θ",
        };
        let common = builder.parameter(if self.projection.frozen { frozen(common) } else { common }, self.name)?;
        let common = builder.push(Op::Unsqueeze { axis: 2 }, &[common], "")?;
        let moved = builder.product(basis, common, "")?;
        self.moved(builder, start, moved)
    }

    /// Appends W0 + β φ(α), chunk by chunk of the weights in the order of W's rows, after Thrash et al., "MCNC", ICLR 2025:
    /// φ(α) = sin(sin(α R1) R2) R3, with R1, R2 and R3 shared by the chunks of a connection.
    pub(super) fn sine(&self, builder: &mut Builder, network: SineNetwork) -> Result<TensorId, Bug> {
        let SineNetwork { inputs, chunks, hidden } = network;
        let [rows, columns] = self.ends();
        let spread = (2.0 / rows as f64).sqrt();
        let size = rows.saturating_mul(columns) / chunks.max(1);
        let normal = Init::Normal { deviation: 1.0 };
        let start = self.drawn(builder, "sine.W0", &[rows, columns], spread)?;
        let at = builder.parameter(self.row("sine.alpha", &[chunks, inputs], normal, "α"), self.name)?;
        let far = builder.parameter(self.row("sine.beta", &[chunks], Init::Constant(0.0), "β"), self.name)?;
        // sin² is a half in the mean: φ starts with the deviation of W0
        let of_sines = (2.0 / hidden as f64).sqrt();
        let layers = [
            ("sine.R1", [inputs, hidden], SPREAD / (inputs as f64).sqrt()),
            ("sine.R2", [hidden, hidden], SECOND * of_sines),
            ("sine.R3", [hidden, size], spread * of_sines),
        ];
        let mut made = at;
        for (index, (part, sizes, deviation)) in layers.into_iter().enumerate() {
            if index > 0 {
                made = builder.map(Function::Sine, made, "")?;
            }
            let weights = self.drawn(builder, part, &sizes, deviation)?;
            made = builder.product(made, weights, "")?;
        }
        let far = builder.push(Op::Unsqueeze { axis: 2 }, &[far], "")?;
        let moved = builder.push(Op::Multiply, &[made, far], "")?;
        self.moved(builder, start, moved)
    }

    /// Appends W0 + the numbers of `by`, in the order of W's rows.
    fn moved(&self, builder: &mut Builder, start: TensorId, by: TensorId) -> Result<TensorId, Bug> {
        let shape = Box::new(Shape::per_run(&self.ends()));
        let by = builder.push(Op::Reshape { shape }, &[by], "")?;
        builder.push(Op::Add, &[start, by], &dotted(self.name, "W"))
    }

    /// Enters a normal matrix that is drawn once and never learned.
    fn drawn(&self, builder: &mut Builder, part: &str, sizes: &[usize], deviation: f64) -> Result<TensorId, Bug> {
        let row = self.row(part, sizes, Init::Normal { deviation }, "drawn once");
        builder.parameter(Row { learned: false, ..row }, self.name)
    }
}
