//! g-networks: weights as what a small network makes of the labels of their two neurons.
//!
//! A first layer of sines needs no number for each pair of neurons: with a and t what a unit receives from the labels of source
//! and target, v sin(a + t) = (v sin a) cos t + (v cos a) sin t, two products of matrices. So one hidden layer is never
//! computed pair by pair, and a batch may go through its units without any weight being made.

use super::builder::{Builder, Row, dotted};
use super::codes::Codes;
use super::function::Function;
use super::op::Op;
use super::parameter::Init;
use super::tensor::{Dim, Shape, TensorId};
use crate::check::{GNetwork, Layout};
use crate::diag::Bug;

/// How far what a unit receives is spread at the start, in radians: several turns of its sine from label to label.
pub(super) const SPREAD: f64 = 3.0;
/// The same of the second layer.
pub(super) const SECOND: f64 = 1.5;

/// The g-network of one connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Maker<'a> {
    /// Its sizes.
    pub(super) network: GNetwork,
    /// The connection's name.
    pub(super) name: &'a str,
    /// Where the source's neurons lie, and the target's.
    pub(super) ends: [&'a Layout; 2],
    /// Whether it stays as it starts.
    pub(super) frozen: bool,
}

/// Sines and cosines of what the hidden units receive from each end, R × N × h: all that a first layer needs.
#[derive(Clone, Copy)]
struct Waves {
    /// Of the source's labels and the units' phases.
    sent: [TensorId; 2],
    /// Of the target's labels.
    received: [TensorId; 2],
}

impl Maker<'_> {
    /// Appends matrices R × `N_s` × `N_t` whose sum is W.
    pub(super) fn weights(self, builder: &mut Builder) -> Result<Vec<TensorId>, Bug> {
        let hidden = self.network.hidden;
        let waves = self.waves(builder)?;
        // sin² is a half in the mean, v standard normal: with this constant W starts with the variance 2 / N_s
        let gain = 2.0 / (self.ends[0].neurons() as f64 * hidden as f64).sqrt();
        let read = builder.parameter(self.row("v", &[hidden], NORMAL, "weights of the output"), self.name)?;
        let read = builder.scale(gain, read)?;
        if self.network.layers == 1 {
            let read = builder.push(Op::Unsqueeze { axis: 1 }, &[read], "")?;
            return waves.pairs(builder, |builder, sent| builder.push(Op::Multiply, &[sent, read], ""));
        }
        self.second(builder, waves, read).map(|weights| vec![weights])
    }

    /// Appends W of two hidden layers: v · sin(U sin(a + t) + d), pair by pair, the units of the second between source and
    /// target: R × `N_s` h × `N_t`.
    fn second(self, builder: &mut Builder, waves: Waves, read: TensorId) -> Result<TensorId, Bug> {
        let hidden = self.network.hidden;
        let [sources, targets] = self.ends.map(Layout::neurons);
        let start = Init::Normal { deviation: SECOND * (2.0 / hidden as f64).sqrt() };
        let between =
            builder.parameter(self.row("U", &[hidden, hidden], start, "weights of the second layer"), self.name)?;
        let between = builder.push(Op::Unsqueeze { axis: 1 }, &[between], "")?;
        let rows = Box::new(Shape::per_run(&[sources.saturating_mul(hidden), hidden]));
        let parts = waves.pairs(builder, |builder, sent| {
            let sent = builder.push(Op::Unsqueeze { axis: 2 }, &[sent], "")?;
            let all = builder.push(Op::Multiply, &[sent, between], "")?;
            builder.push(Op::Reshape { shape: rows.clone() }, &[all], "")
        })?;
        let received = builder.push(Op::Add, &parts, "")?;
        let shape = Box::new(Shape::per_run(&[sources, hidden, targets]));
        let received = builder.push(Op::Reshape { shape }, &[received], "")?;
        let phase = builder.parameter(self.row("d", &[hidden], PHASE, "phases of the second layer"), self.name)?;
        let [phase, read] = [phase, read].map(|unit| along(builder, unit));
        let received = builder.push(Op::Add, &[received, phase?], "")?;
        let active = builder.map(Function::Sine, received, "")?;
        let weighed = builder.push(Op::Multiply, &[active, read?], "")?;
        builder.push(Op::Sum { axis: 2 }, &[weighed], &format!("{}.W", self.name))
    }

    /// Appends what the first layer needs.
    fn waves(self, builder: &mut Builder) -> Result<Waves, Bug> {
        let codes = self.ends.map(|layout| Codes { axes: layout.axes().to_vec() });
        let bits = codes.each_ref().map(Codes::bits);
        let deviation = SPREAD / (bits[0].saturating_add(bits[1]) as f64).sqrt();
        let mut side = |part: &str, index: usize, holds| {
            let labels = builder.push(Op::Codes(codes[index].clone()), &[], "")?;
            let labels = builder.push(Op::Expand { axis: 0, length: Dim::Runs }, &[labels], "")?;
            let row = self.row(part, &[bits[index], self.network.hidden], Init::Normal { deviation }, holds);
            let weights = builder.parameter(row, self.name)?;
            builder.product(labels, weights, "")
        };
        let sent = side("A", 0, "weights of the source's label")?;
        let received = side("B", 1, "weights of the target's label")?;
        let phase =
            builder.parameter(self.row("b", &[self.network.hidden], PHASE, "phases of the hidden units"), self.name)?;
        let phase = builder.push(Op::Unsqueeze { axis: 1 }, &[phase], "")?;
        let sent = builder.push(Op::Add, &[sent, phase], "")?;
        let mut both = |angle| Ok([builder.map(Function::Sine, angle, "")?, builder.map(Function::Cosine, angle, "")?]);
        Ok(Waves { sent: both(sent)?, received: both(received)? })
    }

    fn row(self, part: &str, sizes: &[usize], start: Init, holds: &'static str) -> Row {
        let (name, shape) = (dotted(self.name, part), Shape::per_run(sizes));
        Row { name, shape, start, learned: !self.frozen, rate: 1.0, holds }
    }
}

impl Waves {
    /// Appends (f sin a) cos tᵀ and (f cos a) sin tᵀ, with `f` what is made of the source's side.
    fn pairs(
        self,
        builder: &mut Builder,
        mut of: impl FnMut(&mut Builder, TensorId) -> Result<TensorId, Bug>,
    ) -> Result<Vec<TensorId>, Bug> {
        let [sine, cosine] = self.sent;
        let [received_sine, received_cosine] = self.received;
        let mut pair = |sent, received| {
            let sent = of(builder, sent)?;
            builder.product_with(sent, received, "")
        };
        Ok(vec![pair(sine, received_cosine)?, pair(cosine, received_sine)?])
    }
}

/// How what is read of a unit starts.
const NORMAL: Init = Init::Normal { deviation: 1.0 };
/// How a unit's phase starts: anywhere on the circle.
const PHASE: Init = Init::Uniform { bound: std::f64::consts::PI };

/// Appends R × h as R × 1 × h × 1.
fn along(builder: &mut Builder, units: TensorId) -> Result<TensorId, Bug> {
    let units = builder.push(Op::Unsqueeze { axis: 1 }, &[units], "")?;
    builder.push(Op::Unsqueeze { axis: 3 }, &[units], "")
}
