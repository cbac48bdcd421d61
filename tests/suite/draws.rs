//! Draws: the same numbers for ever, of the distributions that they should have.

use gemc::random::RandomStream;

fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt())
}

/// Compares up to what libraries of mathematics differ by.
fn near(found: &[f64], wanted: &[f64]) {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-14;
    assert!(found.len() == wanted.len() && found.iter().zip(wanted).all(close), "{found:?} {wanted:?}");
}

#[test]
fn numbers_never_change() {
    let mut draw = RandomStream::new(42, "hidden.g.mu");
    assert_eq!(draw.permutation(8), [6, 3, 2, 1, 4, 5, 7, 0]);
    near(&draw.uniform(2, 1.0), &[0.215_938_090_264_041_54, 0.510_816_016_398_752_7]);
    near(&draw.normal(3, 1.0), &[0.159_161_466_183_297_88, -0.433_590_225_146_235_46, 0.185_088_456_244_656_42]);
    near(&draw.atanh_uniform(2), &[1.110_331_843_503_39, -1.552_525_754_665_395_4]);
    let contrasts = [
        0.971_994_922_658_568_7,
        1.027_241_875_278_633_4,
        -1.375_615_021_151_746_8,
        0.328_151_357_732_494_43,
        0.403_620_098_493_178_1,
        -1.355_393_233_011_128,
    ];
    near(&draw.contrasts(6, 2), &contrasts);
}

#[test]
fn streams_are_apart() {
    let first = |seed, purpose| RandomStream::new(seed, purpose).unit().to_bits();
    assert_eq!(first(1, "a"), first(1, "a"));
    assert_ne!(first(1, "a"), first(2, "a"));
    assert_ne!(first(1, "a"), first(1, "b"));
}

#[test]
fn normal_has_its_deviation() {
    let values = RandomStream::new(1, "normal").normal(100_000, 3.0);
    let (mean, deviation) = moments(&values);
    assert!(mean.abs() < 0.05 && (deviation - 3.0).abs() < 0.03, "{mean} {deviation}");
    let beyond = values.iter().filter(|value| value.abs() > 6.0).count();
    assert!((4_200..4_900).contains(&beyond), "{beyond} of 100,000 beyond two deviations");
}

#[test]
fn contrasts_are_centred_of_mean_square_1_and_at_right_angles() {
    // 12 genes of 5 neurons: three times four that have room
    let values = RandomStream::new(1, "contrasts").contrasts(60, 12);
    let column = |index: usize| values.iter().skip(index).step_by(12).copied().collect::<Vec<f64>>();
    for first in 0..12 {
        assert!(column(first).iter().sum::<f64>().abs() < 1e-14);
        for second in first..12 {
            let shared: f64 = column(first).iter().zip(column(second)).map(|(a, b)| a * b / 5.0).sum();
            let wanted = if first == second { 1.0 } else { 0.0 };
            assert!(first / 4 != second / 4 || (shared - wanted).abs() < 1e-14, "{first} {second} {shared}");
        }
    }
    near(&RandomStream::new(1, "one").contrasts(3, 3), &RandomStream::new(1, "one").normal(3, 1.0));
}

#[test]
fn contrasts_lie_in_all_directions() {
    let firsts: Vec<f64> = (0..20_000).map(|seed| RandomStream::new(seed, "few").contrasts(4, 1)[0]).collect();
    let (mean, deviation) = moments(&firsts);
    assert!(mean.abs() < 0.03 && (deviation - 1.0).abs() < 0.02, "{mean} {deviation}");
}

#[test]
fn uniform_has_its_bound() {
    let values = RandomStream::new(1, "uniform").uniform(100_000, 2.0);
    let (mean, deviation) = moments(&values);
    assert!(values.iter().all(|value| (-2.0..2.0).contains(value)));
    assert!(mean.abs() < 0.02 && (deviation - 2.0 / 3.0_f64.sqrt()).abs() < 0.01, "{mean} {deviation}");
}

#[test]
fn atanh_uniform_is_uniform_after_tanh_and_bounded() {
    let values = RandomStream::new(1, "centres").atanh_uniform(100_000);
    let bound = 0.999_f64.atanh() + 1e-12;
    assert!(values.iter().all(|value| value.abs() <= bound));
    let centres: Vec<f64> = values.iter().map(|value| value.tanh()).collect();
    let (mean, deviation) = moments(&centres);
    assert!(mean.abs() < 0.01 && (deviation - 1.0 / 3.0_f64.sqrt()).abs() < 0.005, "{mean} {deviation}");
}

#[test]
fn permutations_are_permutations_and_evenly_spread() {
    let mut seen = [0_u32; 6];
    for seed in 0..6_000 {
        let order = RandomStream::new(seed, "order 0").permutation(3);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2]);
        let place = ["012", "021", "102", "120", "201", "210"];
        let text: String = order.iter().map(i64::to_string).collect();
        seen[place.iter().position(|name| *name == text).unwrap()] += 1;
    }
    assert!(seen.iter().all(|count| (850..1_150).contains(count)), "{seen:?}");
    assert_eq!(RandomStream::new(1, "").permutation(0), [0_i64; 0]);
}
