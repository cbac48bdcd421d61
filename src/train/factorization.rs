//! X and O while they are fitted to a connectome: the loss by which they are judged, and its gradient by each, in closed form.

use tch::{Kind, Tensor as Live};

use super::fit::Measured;
use super::samples::as_size;
use crate::emit::{Place, TorchFault};
use crate::random::RandomStream;

/// Which pairs are joined, and what each weighs.
pub(super) struct LinkTarget {
    joined: Live,
    weights: Live,
}

impl LinkTarget {
    /// Weighs joined training pairs by half of one by their number, others alike, held-out ones by 0.
    pub(super) fn new(neurons: usize, joined: &[bool], held: &[bool], place: Place) -> Result<Self, TorchFault> {
        let square = |values: &[bool]| -> Result<Live, TorchFault> {
            let live = Live::f_from_slice(values)?.f_reshape([as_size(neurons), as_size(neurons)])?;
            Ok(live.f_to_device(place.device)?.f_to_kind(place.kind)?)
        };
        let joined = square(joined)?;
        let weights = square(held)?.f_mul_scalar(-1.0)?.f_add_scalar(1.0)?;
        let total = weights.f_sum(Kind::Double)?.f_double_value(&[])?;
        let edges = joined.f_mul(&weights)?.f_sum(Kind::Double)?.f_double_value(&[])?;
        let (edge, other) = (0.5 / edges.max(1.0), 0.5 / (total - edges).max(1.0));
        let weights = weights.f_mul(&joined.f_mul_scalar(edge - other)?.f_add_scalar(other)?)?;
        Ok(Self { joined, weights })
    }
}

/// X and O. Genes are divided by their root mean square, so that all are learned as fast; O is multiplied back at the end,
/// which parameters X O Xᵀ as it is.
pub(super) struct Factorization {
    identities: Live,
    interaction: Live,
    scales: Live,
    pub(super) learns_identities: bool,
}

impl Factorization {
    /// Starts O at 0 where X is given, for then the loss has one valley; else X standard normal, and O so that X O Xᵀ is.
    pub(super) fn new(measured: Measured<'_>, seed: u64, place: Place) -> Result<Self, TorchFault> {
        let Measured { neurons, genes, identities, .. } = measured;
        let live = |values: &[f64], rows: usize| -> Result<Live, TorchFault> {
            let live = Live::f_from_slice(values)?.f_reshape([as_size(rows), as_size(genes)])?;
            Ok(live.f_to_device(place.device)?.f_to_kind(place.kind)?)
        };
        let (start, units, interaction) = if let Some(given) = identities {
            let units = scales(given, genes);
            let divided: Vec<f64> = given.iter().zip(units.iter().cycle()).map(|(x, unit)| x / unit).collect();
            (divided, units, vec![0.0; genes * genes])
        } else {
            let interaction = RandomStream::new(seed, "O").normal(genes * genes, 1.0 / genes as f64);
            (RandomStream::new(seed, "X").normal(neurons * genes, 1.0), vec![1.0; genes], interaction)
        };
        let (identities, interaction, scales) = (live(&start, neurons)?, live(&interaction, genes)?, live(&units, 1)?);
        Ok(Self { identities, interaction, scales, learns_identities: measured.identities.is_none() })
    }

    /// Returns what is learned.
    pub(super) fn learned(&self) -> Vec<&Live> {
        if self.learns_identities { vec![&self.interaction, &self.identities] } else { vec![&self.interaction] }
    }

    /// Returns X O Xᵀ, N × N.
    pub(super) fn scores(&self) -> Result<Live, TorchFault> {
        Ok(self.identities.f_matmul(&self.interaction)?.f_matmul(&self.identities.f_transpose(0, 1)?)?)
    }

    /// Returns the gradients of the loss by what is learned, and the loss where it is asked for: with S = X O Xᵀ, M the weights
    /// and Y what is joined, L = Σ M (log(1 + eˢ) − Y S), ∂L/∂S = D = M (σ(S) − Y), ∂L/∂O = Xᵀ D X and
    /// ∂L/∂X = D X Oᵀ + Dᵀ X O.
    pub(super) fn loss_and_gradients(
        &self,
        target: &LinkTarget,
        look: bool,
    ) -> Result<(Vec<Live>, Option<f64>), TorchFault> {
        let (x, o) = (&self.identities, &self.interaction);
        let scores = self.scores()?;
        let loss = if look {
            let each = scores.f_softplus()?.f_sub(&scores.f_mul(&target.joined)?)?.f_mul(&target.weights)?;
            Some(each.f_sum(Kind::Double)?.f_double_value(&[])?)
        } else {
            None
        };
        let gradient = scores.f_sigmoid()?.f_sub_(&target.joined)?.f_mul_(&target.weights)?;
        let received = gradient.f_matmul(x)?;
        let mut gradients = vec![x.f_transpose(0, 1)?.f_matmul(&received)?];
        if self.learns_identities {
            let sent = gradient.f_transpose(0, 1)?.f_matmul(x)?;
            gradients.push(received.f_matmul(&o.f_transpose(0, 1)?)?.f_add(&sent.f_matmul(o)?)?);
        }
        Ok((gradients, loss))
    }

    /// Returns X and O as they were given and are to be used.
    pub(super) fn found(&self) -> Result<(Vec<f64>, Vec<f64>), TorchFault> {
        let identities = self.identities.f_mul(&self.scales)?;
        let interaction = self.interaction.f_div(&self.scales)?.f_div(&self.scales.f_transpose(0, 1)?)?;
        Ok((numbers(&identities.f_reshape(-1)?)?, numbers(&interaction.f_reshape(-1)?)?))
    }
}

/// Returns each gene's root mean square; 1 where that is 0.
fn scales(values: &[f64], genes: usize) -> Vec<f64> {
    let rows = (values.len() / genes.max(1)).max(1) as f64;
    let of = |gene: usize| (values.iter().skip(gene).step_by(genes).map(|x| x * x).sum::<f64>() / rows).sqrt();
    (0..genes).map(of).map(|scale| if scale > 0.0 { scale } else { 1.0 }).collect()
}

/// Copies a line of numbers out of libtorch.
pub(super) fn numbers<T: tch::kind::Element + Default + Clone>(live: &Live) -> Result<Vec<T>, TorchFault> {
    let live = live.f_to_device(tch::Device::Cpu)?.f_to_kind(T::KIND)?.f_contiguous()?;
    let mut values = vec![T::default(); live.numel()];
    let count = values.len();
    live.f_copy_data(&mut values, count)?;
    Ok(values)
}
