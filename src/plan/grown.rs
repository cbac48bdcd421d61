//! Weights that grow from genes, c · `X_s` O `X_tᵀ`, and their constant c.

use super::builder::{Builder, Row, dotted};
use super::express::{Express, Reader, Side};
use super::op::{Bilinear, Op};
use super::parameter::{Extent, Init};
use super::tensor::{Shape, TensorId};
use super::weights::Link;
use crate::check::{self, InteractionId, Weights};
use crate::diag::Bug;

impl Link<'_> {
    /// Returns what multiplies the sums that binary weights make. Half of them are 1, so that they deviate by ½; what is
    /// received shall be as by weights that deviate by √(2 / fan-in).
    pub(super) fn binary_scale(&self) -> f64 {
        (8.0 / self.fan_in().max(1.0)).sqrt()
    }

    /// Appends the constant c, R × 1 × 1; nothing for binary weights whose scale is no row.
    pub(super) fn gain(
        &self,
        builder: &mut Builder,
        express: &mut Express,
        interaction: InteractionId,
        mask: Option<TensorId>,
    ) -> Result<Option<TensorId>, Bug> {
        let binary = self.projection.weights == Weights::Heaviside;
        if binary && self.model.start() == check::Start::FanIn {
            return Ok(None);
        }
        let start = if binary {
            Init::Constant(self.binary_scale())
        } else {
            let [source, interaction, target] = self.factors(builder, express, interaction)?;
            let extent = match (self.field, mask) {
                (Some(field), _) => Extent::Windows(field),
                (None, Some(mask)) => Extent::Mask(mask),
                (None, None) => Extent::Whole,
            };
            Init::Gain { source, interaction, target, fan_in: self.fan_in(), gain: self.projection.gain, extent }
        };
        let row = Row {
            name: dotted(self.name, &dotted(self.model.interaction(interaction).name.as_str(), "c")),
            shape: Shape::per_run(&[1, 1]),
            start,
            learned: false,
            rate: 1.0,
            holds: "the constant c",
        };
        builder.parameter(row, self.name).map(Some)
    }

    /// Returns `X_s`, O and `X_t`.
    fn factors(
        &self,
        builder: &mut Builder,
        express: &mut Express,
        interaction: InteractionId,
    ) -> Result<[TensorId; 3], Bug> {
        let (model, projection) = (self.model, self.projection);
        let genome = model.interaction(interaction).genome;
        let reader = Reader { name: self.name, frozen: projection.frozen };
        let sent = express.identity(builder, model, (projection.source, genome, Side::Out), reader)?;
        let genes = express.interaction(builder, model, interaction, reader)?;
        let received = express.identity(builder, model, (projection.target, genome, Side::In), reader)?;
        Ok([sent, genes, received])
    }

    /// Appends c · `X_s` O `X_tᵀ`, or within windows c · `Y_r Oᵀ X_rᵀ` for each target neuron. The constant is multiplied
    /// into O, the smallest of the three; within windows, O into the target's end. A step asks for the sign alone, without c.
    pub(super) fn synthesized(
        &self,
        builder: &mut Builder,
        express: &mut Express,
        interaction: InteractionId,
        gain: Option<TensorId>,
    ) -> Result<TensorId, Bug> {
        let [sent, genes, received] = self.factors(builder, express, interaction)?;
        let scaled = match gain.filter(|_| self.projection.weights != Weights::Heaviside) {
            None => genes,
            Some(gain) => builder.push(Op::Multiply, &[genes, gain], "")?,
        };
        let label = self.label();
        match self.field {
            None => {
                let left = builder.product(sent, scaled, "")?;
                builder.product_with(left, received, &label)
            }
            Some(field) => {
                let received = builder.product_with(received, scaled, "")?;
                builder.push(Op::LocalConv(Bilinear::WeightGradient, Box::new(field)), &[received, sent], &label)
            }
        }
    }
}
