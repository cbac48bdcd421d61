//! How densely values lie: a Gaussian kernel density estimate with the bandwidth of Silverman (1986), eq. 3.31.

/// Places at which the density is computed.
const PLACES: u32 = 64;

/// Returns values with the density at each, as a fraction of the greatest; nothing where all values are the same.
pub(super) fn density(values: &[f64]) -> Option<Vec<[f64; 2]>> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    let mean = sorted.iter().sum::<f64>() / count;
    let sd = (sorted.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let quartiles = (quantile(&sorted, 0.75) - quantile(&sorted, 0.25)) / 1.34;
    let spread = if quartiles > 0.0 { sd.min(quartiles) } else { sd };
    let width = 0.9 * spread * count.powf(-0.2);
    if !(width > 0.0 && width.is_finite()) {
        return None;
    }
    let (from, to) = (low - 2.5 * width, high + 2.5 * width);
    let at = |place: u32| from + (to - from) * f64::from(place) / f64::from(PLACES - 1);
    let dense = |place: f64| sorted.iter().map(|value| (-0.5 * ((place - value) / width).powi(2)).exp()).sum::<f64>();
    let curve: Vec<[f64; 2]> = (0..PLACES).map(at).map(|place| [place, dense(place)]).collect();
    let greatest = curve.iter().map(|[_, dense]| *dense).fold(0.0, f64::max);
    Some(curve.into_iter().map(|[place, dense]| [place, dense / greatest]).collect())
}

/// Returns a quantile of sorted values, between two of them by a straight line.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len().saturating_sub(1)) as f64;
    // a place in the list
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let below = place.floor() as usize;
    let at = |index: usize| sorted.get(index).or(sorted.last()).copied().unwrap_or(0.0);
    at(below) + (place - place.floor()) * (at(below + 1) - at(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_greatest_where_values_lie() {
        let curve = density(&[0.1, 0.5, 0.51, 0.52, 0.53, 0.9]).unwrap();
        let [place, share] = curve.iter().copied().max_by(|one, other| one[1].total_cmp(&other[1])).unwrap();
        assert!((place - 0.515).abs() < 0.02 && (share - 1.0).abs() < 1e-12, "{place} {share}");
        assert_eq!(density(&[0.3; 6]), None);
        assert_eq!(density(&[]), None);
    }

    #[test]
    fn quantiles_lie_between() {
        let sorted = [1.0, 2.0, 3.0, 4.0];
        for (part, wanted) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (1.0, 4.0)] {
            assert!((quantile(&sorted, part) - wanted).abs() < 1e-12, "{part}");
        }
    }
}
