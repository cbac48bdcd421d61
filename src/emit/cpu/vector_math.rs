//! Functions of one number in single precision, written so that a loop over them becomes vector instructions. Not-a-number
//! goes in and comes out.

/// Added and taken away again, it rounds to a whole number: 1.5 · 2²³.
const ROUND: f32 = 12_582_912.0;

/// x = n ln 2 + r: returns eʳ − 1, by a polynomial (Cephes, Moshier 1989), and n.
#[inline(always)]
fn split(x: f32) -> (f32, i32) {
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    // ln 2 in two parts, the first short enough to be multiplied exactly
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let mut sum = 1.987_569_1e-4;
    for next in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        sum = sum * r + next;
    }
    // the whole number stands in the lowest bits of `shifted`
    (sum * (r * r) + r, shifted.to_bits().wrapping_sub(ROUND.to_bits()).cast_signed())
}

/// 2ⁿ.
#[inline(always)]
fn power(n: i32) -> f32 {
    f32::from_bits(n.wrapping_add(127).cast_unsigned() << 23)
}

/// eˣ, to about one unit in the last place.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    const HIGHEST: f32 = 88.722_83;
    const LOWEST: f32 = -87.336_54;
    let held = if x > HIGHEST { HIGHEST } else { x };
    let held = if held < LOWEST { LOWEST } else { held };
    let (near, n) = split(held);
    // half the power twice, as 2¹²⁸ is no number
    let (one, other) = (n >> 1, n.wrapping_sub(n >> 1));
    let made = (near + 1.0) * power(one) * power(other);
    let made = if x > HIGHEST { f32::INFINITY } else { made };
    if x < LOWEST { 0.0 } else { made }
}

/// eˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1), for x that is neither far above 0 nor far below: nothing is lost near 0.
#[inline(always)]
fn growth(x: f32) -> f32 {
    let (near, n) = split(x);
    let power = power(n);
    near * power + (power - 1.0)
}

/// eˣ − 1.
#[inline(always)]
pub(super) fn exp_minus_one(x: f32) -> f32 {
    /// From here on it is −1.
    const LOWEST: f32 = -18.0;
    /// From here on 1 is lost in it.
    const HIGHEST: f32 = 60.0;
    let held = if x > HIGHEST { HIGHEST } else { x };
    let held = if held < LOWEST { LOWEST } else { held };
    let made = growth(held);
    if x > HIGHEST { exp(x) } else { made }
}

/// The hyperbolic tangent, m / (m + 2) with m = e²ˣ − 1.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    /// From here on it is 1.
    const HIGHEST: f32 = 10.0;
    let held = if x > HIGHEST { HIGHEST } else { x };
    let held = if held < -HIGHEST { -HIGHEST } else { held };
    let made = growth(2.0 * held);
    made / (made + 2.0)
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Φ(x), the normal distribution function, (1 + erf(x / √2)) / 2, to 3 · 10⁻⁷. erf(z) is z times a quotient
/// of two polynomials in z², fitted by least squares to the same relative error everywhere.
#[inline(always)]
pub(super) fn normal(x: f32) -> f32 {
    /// From here on erf is 1.
    const HIGHEST: f32 = 3.92;
    let z = x * std::f32::consts::FRAC_1_SQRT_2;
    let held = z.clamp(-HIGHEST, HIGHEST);
    let square = held * held;
    let (mut above, mut below) = (2.085_647_3e-6, 3.843_394_7e-5);
    for next in [2.843_531_2e-4, 3.677_83e-3, 5.247_966_3e-2, 1.881_641_4e-1, std::f32::consts::FRAC_2_SQRT_PI] {
        above = above * square + next;
    }
    for next in [1.144_013e-3, 1.479_114_7e-2, 1.132_074_8e-1, 5.000_890_5e-1, 1.0] {
        below = below * square + next;
    }
    let erf = (held * (above / below)).clamp(-1.0, 1.0);
    0.5 + 0.5 * erf
}

/// x · y. A product too small for full precision becomes 0: processors take up to a hundred times as long over such
/// numbers, and Gaussians far from their centres are full of them.
#[inline(always)]
pub(super) fn product(x: f32, y: f32) -> f32 {
    let made = x * y;
    if made.abs() < f32::MIN_POSITIVE { 0.0 } else { made }
}

/// x Φ(x).
#[inline(always)]
pub(super) fn gelu(x: f32) -> f32 {
    x * normal(x)
}

/// Numbers beyond which sines lose digits when their half turns are subtracted.
const FAR: f32 = 1e6;

/// x = n π / 2 + r: returns sin r and cos r, by their series, to 2 · 10⁻⁹, and n, of which only the lowest bits count.
#[inline(always)]
fn turned(x: f32) -> (f64, f64, u64) {
    /// Added and taken away again, it rounds to a whole number: 1.5 · 2⁵².
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let x = f64::from(x);
    let shifted = x * std::f64::consts::FRAC_2_PI + ROUND;
    let n = shifted - ROUND;
    // π / 2 in two parts, the first short enough to be multiplied exactly
    let r = x - n * 1.570_796_326_734_125_6 - n * 6.077_100_506_506_192e-11;
    let square = r * r;
    let mut sine = 1.0 / 362_880.0;
    for next in [-1.0 / 5_040.0, 1.0 / 120.0, -1.0 / 6.0, 1.0] {
        sine = sine * square + next;
    }
    let mut cosine = -1.0 / 3_628_800.0;
    for next in [1.0 / 40_320.0, -1.0 / 720.0, 1.0 / 24.0, -0.5, 1.0] {
        cosine = cosine * square + next;
    }
    (sine * r, cosine, shifted.to_bits())
}

/// Sine n quarters of a turn further.
#[allow(clippy::cast_possible_truncation)] // at most 1
#[inline(always)]
fn sine_at((sine, cosine, n): (f64, f64, u64)) -> f32 {
    let made = if n & 1 == 0 { sine } else { cosine };
    (if n & 2 == 0 { made } else { -made }) as f32
}

/// The sine, for numbers no further from 0 than [`FAR`].
#[inline(always)]
pub(super) fn sine(x: f32) -> f32 {
    sine_at(turned(x))
}

/// The cosine, likewise.
#[inline(always)]
pub(super) fn cosine(x: f32) -> f32 {
    let (sine, cosine, n) = turned(x);
    sine_at((sine, cosine, n.wrapping_add(1)))
}

/// Makes those of numbers beyond [`FAR`] by `of`, where there are any.
#[allow(clippy::cast_possible_truncation)]
#[inline(always)]
pub(super) fn far(x: &[f32], out: &mut [f32], of: fn(f64) -> f64) {
    // looked at all at once: a look at each would take as long as its sine
    if x.iter().fold(false, |far, x| far | (x.abs() > FAR)) {
        let beyond = out.iter_mut().zip(x).filter(|(_, x)| x.abs() > FAR);
        beyond.for_each(|(out, x)| *out = of(f64::from(*x)) as f32);
    }
}

/// max(x, 0).
#[inline(always)]
pub(super) fn relu(x: f32) -> f32 {
    if x < 0.0 { 0.0 } else { x }
}

/// 1 where x > 0, else 0.
#[inline(always)]
pub(super) fn step(x: f32) -> f32 {
    if x > 0.0 {
        1.0
    } else if x <= 0.0 {
        0.0
    } else {
        x
    }
}

/// −1, 0 or 1.
#[inline(always)]
pub(super) fn sign(x: f32) -> f32 {
    f32::from(x > 0.0) - f32::from(x < 0.0)
}

/// 1 / (1 + x²).
#[inline(always)]
pub(super) fn lorentzian(x: f32) -> f32 {
    1.0 / (1.0 + x * x)
}

#[cfg(test)]
mod tests {
    use super::{cosine, exp, exp_minus_one, far, gelu, normal, product, sigmoid, sine, tanh};

    /// Holds a function against the same in double precision, relative to the result.
    fn near(of: fn(f32) -> f32, wanted: fn(f64) -> f64, from: f32, to: f32) {
        let count = 100_000;
        for index in 0..=count {
            let x = from + (to - from) * index as f32 / count as f32;
            let (found, wanted) = (f64::from(of(x)), wanted(f64::from(x)));
            let error = (found - wanted).abs() / wanted.abs().max(1e-30);
            assert!(error < 3e-7, "of {x}: {found}, not {wanted}");
        }
    }

    #[test]
    fn functions_are_exact_to_single_precision() {
        near(exp, f64::exp, -87.0, 88.7);
        near(exp_minus_one, f64::exp_m1, -30.0, 88.0);
        near(exp_minus_one, f64::exp_m1, -1e-2, -1e-6);
        near(tanh, f64::tanh, -12.0, 12.0);
        near(tanh, f64::tanh, 1e-6, 1e-3);
        near(sigmoid, |x| 1.0 / (1.0 + (-x).exp()), -80.0, 80.0);
    }

    /// To a unit in the last place near zeros as well.
    #[test]
    fn sines_are_exact_to_single_precision() {
        near(sine, f64::sin, -8.0, 8.0);
        near(cosine, f64::cos, -8.0, 8.0);
        near(sine, f64::sin, -1e6, 1e6);
        near(cosine, f64::cos, 9e5, 1e6);
        near(sine, f64::sin, 0.0, 1e-30);
        let (x, mut out) = ([0.5, 3e9, f32::INFINITY, -1e30], [2.0_f32; 4]);
        far(&x, &mut out, f64::sin);
        assert!(out[2].is_nan() && sine(f32::NAN).is_nan() && cosine(f32::INFINITY).is_nan());
        assert_eq!(out[0].to_bits(), 2.0_f32.to_bits());
        assert!((f64::from(out[1]) - 3e9_f64.sin()).abs() < 1e-7 && out[3].abs() <= 1.0);
    }

    /// ½ + φ(x) Σ x²ᵏ⁺¹ / (2k + 1)!! (Marsaglia, Evaluating the normal distribution, 2004).
    fn distribution(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for k in 1..200 {
            term *= x * x / f64::from(2 * k + 1);
            sum += term;
        }
        0.5 + (-0.5 * x * x).exp() * sum * 0.398_942_280_401_432_7
    }

    #[test]
    fn the_normal_distribution_is_exact_to_single_precision() {
        for index in -80_000..=80_000_i32 {
            let x = index as f32 / 1e4;
            let wanted = distribution(f64::from(x));
            let (found, weighed) = (f64::from(normal(x)), f64::from(gelu(x)));
            assert!((0.0..=1.0).contains(&found) && (found - wanted).abs() < 3e-7, "of {x}: {found}, not {wanted}");
            assert!(
                (weighed - f64::from(x) * wanted).abs() < 3.5e-7 * f64::from(x).abs().max(1.0),
                "gelu of {x}: {weighed}"
            );
        }
    }

    #[test]
    fn products_have_full_precision_or_are_zero() {
        assert_eq!((product(1e-20, 1e-20), product(-1e-30, 1e-9)), (0.0, 0.0));
        assert_eq!((product(1e-20, 1e-17), product(3.0, -0.5)), (1e-20 * 1e-17, -1.5));
        assert!(product(f32::NAN, 0.0).is_nan() && product(f32::INFINITY, 0.0).is_nan());
    }

    #[test]
    fn what_is_not_finite_stays_so() {
        assert!(normal(f32::NAN).is_nan() && gelu(f32::NAN).is_nan());
        assert_eq!((normal(f32::INFINITY), normal(f32::NEG_INFINITY), normal(0.0)), (1.0, 0.0, 0.5));
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan() && sigmoid(f32::NAN).is_nan());
        assert!(super::relu(f32::NAN).is_nan() && super::lorentzian(f32::NAN).is_nan());
        assert_eq!((exp(f32::INFINITY), exp(f32::NEG_INFINITY), exp(0.0)), (f32::INFINITY, 0.0, 1.0));
        assert_eq!((tanh(f32::INFINITY), tanh(f32::NEG_INFINITY), tanh(0.0)), (1.0, -1.0, 0.0));
    }
}
