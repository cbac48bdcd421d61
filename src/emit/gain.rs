//! The constant c with which synthesized weights start at the spread that training wants, without making the weights.

use tch::{Device, Kind, Tensor as Live};

use super::fault::TorchFault;
use super::torch::local_conv::local_conv;
use super::torch::size;
use super::torch::sparse;
use crate::plan::{Bilinear, ConvGeometry, SparsePattern};

/// Which pairs of neurons have a weight.
#[derive(Debug, Clone, Copy)]
pub(super) enum There<'a> {
    /// All.
    Everywhere,
    /// Those within receptive fields.
    Windows(&'a ConvGeometry),
    /// Those where a mask, 1 × `N_s` × `N_t`, is 1.
    Mask(&'a Live),
    /// Those that are listed.
    SparsePattern(&'a SparsePattern),
}

/// A spread below this part of the root mean square is rounding, not spread.
const ROUNDING: f64 = 1e-12;

/// Returns c = √(2 / `fan_in`) / std(`X_s O X_tᵀ`) for one run: `X_s` 1 × `N_s` × G, O 1 × G × G, `X_t` 1 × `N_t` × G, in
/// double precision.
///
/// Where all weights are equal the root mean square stands in for the deviation, and 1 where that is 0 as well.
pub(super) fn gain(ends: [&Live; 3], fan_in: f64, there: There<'_>) -> Result<f64, TorchFault> {
    let [source, interaction, target] = ends;
    let (mean, deviation) = match there {
        There::Everywhere => spread(source, interaction, target)?,
        There::Windows(field) => spread_within(field, source, interaction, target)?,
        There::Mask(mask) => {
            let weights = source.f_bmm(interaction)?.f_bmm(&target.f_transpose(1, 2)?)?;
            spread_there(&weights, mask)?
        }
        There::SparsePattern(wires) => spread_along(wires, source, interaction, target)?,
    };
    let root_mean_square = mean.hypot(deviation);
    let scale = if deviation > ROUNDING * root_mean_square { deviation } else { root_mean_square };
    let wanted = (2.0 / fan_in.max(1.0)).sqrt();
    Ok(if scale > 0.0 { wanted / scale } else { wanted })
}

/// Returns the mean and the population standard deviation of the entries of `X_s O X_tᵀ`.
///
/// With x̄ the mean identity of a side and S the covariance of its identities, W's mean is `x̄_s O x̄_t`, and its variance
/// the sum of three parts that cannot cancel: `tr(Oᵀ S_s O S_t)`, `(O x̄_t)ᵀ S_s (O x̄_t)` and
/// `(x̄_s O) S_t (x̄_s O)ᵀ`.
fn spread(source: &Live, interaction: &Live, target: &Live) -> Result<(f64, f64), TorchFault> {
    let (source_mean, source_covariance) = moments(source)?;
    let (target_mean, target_covariance) = moments(target)?;
    let by_source = source_mean.f_bmm(interaction)?;
    let by_target = interaction.f_bmm(&target_mean.f_transpose(1, 2)?)?;
    let mean = total(&by_source.f_bmm(&target_mean.f_transpose(1, 2)?)?)?;
    let both = total(&source_covariance.f_bmm(interaction)?.f_bmm(&target_covariance)?.f_mul(interaction)?)?;
    let along_source = total(&source_covariance.f_bmm(&by_target)?.f_mul(&by_target)?)?;
    let along_target = total(&by_source.f_bmm(&target_covariance)?.f_mul(&by_source)?)?;
    Ok((mean, (both + along_source + along_target).max(0.0).sqrt()))
}

/// Returns the same of the weights within receptive fields. Those are few, so they are made.
fn spread_within(
    field: &ConvGeometry,
    source: &Live,
    interaction: &Live,
    target: &Live,
) -> Result<(f64, f64), TorchFault> {
    let weights = local_conv(Bilinear::WeightGradient, field, target, &source.f_bmm(interaction)?)?;
    // beyond the edge there is no neuron, and no weight
    let ones = |count: usize| Live::f_ones([1, size(count), 1], (Kind::Double, Device::Cpu));
    let there = local_conv(Bilinear::WeightGradient, field, &ones(field.targets())?, &ones(field.sources())?)?;
    spread_there(&weights, &there)
}

/// Returns the same of the weights of joined pairs, of which no others are made.
fn spread_along(
    wires: &SparsePattern,
    source: &Live,
    interaction: &Live,
    target: &Live,
) -> Result<(f64, f64), TorchFault> {
    let ends = sparse::ends(wires)?;
    let weights = sparse::sparse(Bilinear::WeightGradient, wires, &ends, [target, &source.f_bmm(interaction)?])?;
    spread_there(&weights, &weights.f_ones_like()?)
}

/// Returns the mean and the standard deviation of the weights that are `there`.
fn spread_there(weights: &Live, there: &Live) -> Result<(f64, f64), TorchFault> {
    let count = total(there)?.max(1.0);
    let mean = total(&weights.f_mul(there)?)? / count;
    let squares = total(&weights.f_sub_scalar(mean)?.f_mul(there)?.f_square()?)?;
    Ok((mean, (squares / count).sqrt()))
}

/// Returns the mean identity, 1 × 1 × G, and the identities' covariance, 1 × G × G.
fn moments(identities: &Live) -> Result<(Live, Live), TorchFault> {
    let count = identities.size().get(1).copied().unwrap_or(1).max(1) as f64;
    let mean = identities.f_mean_dim(1_i64, true, None)?;
    let centred = identities.f_sub(&mean)?;
    let covariance = centred.f_transpose(1, 2)?.f_bmm(&centred)?.f_div_scalar(count)?;
    Ok((mean, covariance))
}

fn total(values: &Live) -> Result<f64, TorchFault> {
    Ok(values.f_sum(Kind::Double)?.f_double_value(&[])?)
}
