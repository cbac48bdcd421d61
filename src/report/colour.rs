//! The diverging scale: blue below 0, nearly white at 0, red above. Even steps in Oklab (Ottosson 2020), a space in which equal
//! distances look equally far, so that no number looks greater than it is; the two ends differ in hue for colour-blind readers too.

/// Steps on each side of 0.
pub(super) const STEPS: i32 = 50;

/// Of a number that is none.
const MISSING: [u8; 3] = [150, 150, 150];

/// Lightness, a and b of the middle and of the ends.
const MIDDLE: [f64; 3] = [0.97, 0.0, 0.0];
const BELOW: [f64; 3] = [0.40, -0.025, -0.14];
const ABOVE: [f64; 3] = [0.40, 0.145, 0.075];

/// Returns the colour of `value` on a scale from −`limit` to `limit`; what lies beyond has the colour of the end.
pub(super) fn of(value: f32, limit: f32) -> [u8; 3] {
    if !value.is_finite() {
        return MISSING;
    }
    let part = f64::from(value / limit).clamp(-1.0, 1.0);
    let step = (part * f64::from(STEPS)).round() / f64::from(STEPS);
    let end = if step < 0.0 { BELOW } else { ABOVE };
    let mixed: [f64; 3] = std::array::from_fn(|axis| MIDDLE[axis] + step.abs() * (end[axis] - MIDDLE[axis]));
    bytes(mixed)
}

/// Oklab → sRGB.
fn bytes([lightness, a, b]: [f64; 3]) -> [u8; 3] {
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let medium = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let linear = [
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
    ];
    linear.map(|part| {
        let part = part.clamp(0.0, 1.0);
        let curved = if part <= 0.003_130_8 { 12.92 * part } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
        // between 0 and 255 after the clamp
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let byte = (curved * 255.0).round() as u8;
        byte
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Brightness as the eye weighs it, roughly.
    fn brightness([red, green, blue]: [u8; 3]) -> f64 {
        0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)
    }

    #[test]
    fn further_from_zero_is_darker_on_both_sides() {
        for sign in [-1.0, 1.0] {
            let shades: Vec<f64> = (0..=10_u8).map(|part| brightness(of(sign * f32::from(part), 10.0))).collect();
            assert!(shades.windows(2).all(|pair| pair[1] < pair[0]), "{shades:?}");
        }
    }

    #[test]
    fn ends_are_blue_and_red_and_nothing_lies_beyond() {
        let [red, _, blue] = of(-1.0, 1.0);
        assert!(blue > red + 60);
        let [red, _, blue] = of(1.0, 1.0);
        assert!(red > blue + 60);
        assert_eq!(of(7.0, 1.0), of(1.0, 1.0));
        assert_eq!(of(0.0, 1.0), of(-0.0, 1.0));
        assert_eq!(of(f32::NAN, 1.0), MISSING);
    }
}
