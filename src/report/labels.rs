//! Numbers of genes over a grid: each at its centre or near it, within the frame, none over another.

use super::page::wide;

/// Pixels of a number's height.
const HIGH: f64 = 8.5;
/// Pixels that are free between a number and the frame.
const EDGE: f64 = 2.0;
/// Rings round a centre on which a number may stand, their distance in pixels, and places on the first.
const RINGS: usize = 12;
const APART: f64 = 6.0;
const PLACES: usize = 8;

/// Returns where the middle of each number stands over a square with sides of `side` pixels, in the order of the centres;
/// nothing where there is no room left near a centre.
pub(super) fn placed(centres: &[[f64; 2]], side: f64) -> Vec<Option<[f64; 2]>> {
    let mut taken: Vec<([f64; 2], f64)> = Vec::with_capacity(centres.len());
    let mut found = Vec::with_capacity(centres.len());
    for (index, centre) in centres.iter().enumerate() {
        let half = wide(index) / 2.0 + 0.5;
        let free = |place: &[f64; 2]| {
            let clear = |(other, reach): &([f64; 2], f64)| {
                (place[0] - other[0]).abs() >= half + reach || (place[1] - other[1]).abs() >= HIGH
            };
            taken.iter().all(clear)
        };
        let within = |[x, y]: [f64; 2]| {
            [x.clamp(half + EDGE, side - half - EDGE), y.clamp(HIGH / 2.0 + EDGE, side - HIGH / 2.0 - EDGE)]
        };
        let place = around(*centre).map(within).find(free);
        taken.extend(place.map(|place| (place, half)));
        found.push(place);
    }
    found
}

/// Returns a centre and the places around it, the nearest first.
fn around([x, y]: [f64; 2]) -> impl Iterator<Item = [f64; 2]> {
    let ring = move |ring: usize| {
        let (radius, places) = (APART * ring as f64, PLACES * ring);
        (0..places).map(move |place| {
            let angle = std::f64::consts::TAU * place as f64 / places as f64;
            [x + radius * angle.cos(), y + radius * angle.sin()]
        })
    };
    std::iter::once([x, y]).chain((1..=RINGS).flat_map(ring))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_lies_over_another_or_beyond_the_frame() {
        // all in one corner, and some outside
        let centres: Vec<[f64; 2]> =
            (0..60).map(|gene| [f64::from(gene % 7) - 2.0, 300.0 - f64::from(gene % 5)]).collect();
        let places = placed(&centres, 300.0);
        let there: Vec<(usize, [f64; 2])> =
            places.iter().enumerate().filter_map(|(index, place)| Some((index, (*place)?))).collect();
        assert!(there.len() > 15, "{}", there.len());
        for (index, [x, y]) in &there {
            assert!(*x >= wide(*index) / 2.0 && *x <= 300.0 - wide(*index) / 2.0 && (4.0..=296.0).contains(y));
            for (other, [right, down]) in there.iter().filter(|(other, _)| other < index) {
                let apart = (x - right).abs() >= f64::midpoint(wide(*index), wide(*other)) || (y - down).abs() >= 8.0;
                assert!(apart, "{index} lies over {other}");
            }
        }
    }

    #[test]
    fn a_number_stands_at_its_centre_where_it_can() {
        assert_eq!(placed(&[[100.0, 50.0], [200.0, 50.0]], 300.0), [Some([100.0, 50.0]), Some([200.0, 50.0])]);
    }
}
