//! Coloured digits: the same on every machine, each sample on its own, told from their ground, and not by a sum over pixels.

use gemc::data::checksum::sha256;
use gemc::data::glyphs_color::{SIDE, sample};
use gemc::data::{Glyphs, GlyphsColor, Split, load};

use super::Outcome;

#[test]
fn draws_the_same_everywhere() {
    let mut bytes = Vec::new();
    for index in 0..100 {
        let (label, pixels) = sample(1, index);
        bytes.push(label);
        bytes.extend(pixels);
    }
    // Whoever changes this sum changes the data set: raise `glyphs_color::VERSION` with it.
    assert_eq!(sha256(&bytes), "0dc029d525932dd3a8687edfa5f1abbec8b06f3c3c6e1e72c4754d76c43782d5");
}

#[test]
fn draws_each_sample_on_its_own() -> Outcome {
    let few = GlyphsColor { seed: 7, train: 30, test: 20 }.draw()?;
    let many = GlyphsColor { seed: 7, train: 45, test: 30 }.draw()?;
    assert_eq!(few.facts.sample_bytes(), SIDE * SIDE * 3);
    assert_eq!(few.train.pixels(), &many.train.pixels()[..30 * SIDE * SIDE * 3]);
    assert_eq!(few.test.pixels(), &many.test.pixels()[..20 * SIDE * SIDE * 3]);
    let (label, pixels) = sample(7, 44);
    assert_eq!((many.train.labels()[44], many.train.sample(44)), (label, &pixels[..]));
    let digits = |split: &Split| {
        let mut counts = [0; 10];
        split.labels().iter().for_each(|&label| counts[usize::from(label)] += 1);
        counts
    };
    assert_eq!(digits(&few.train), [3; 10]);
    assert_ne!(many.train.labels()[..30], Glyphs { seed: 7, train: 30, test: 0 }.draw()?.train.labels()[..]);
    assert_ne!(few.hash, many.hash);
    Ok(())
}

#[test]
fn draws_in_colour_of_every_brightness() -> Outcome {
    let set = load("glyphs-color", &[], None)?;
    assert_eq!((set.train.len(), set.test.len()), (20_000, 2_000));
    // neither brightness nor colour of a pixel tells much: the means of all classes are nearly those of all samples
    let mut sums = vec![[0_u64; 10]; SIDE * SIDE * 3];
    for (i, &label) in set.train.labels().iter().enumerate() {
        for (sum, &value) in sums.iter_mut().zip(set.train.sample(i)) {
            sum[usize::from(label)] += u64::from(value);
        }
    }
    let mean = |sum: u64| sum as f64 / 2_000.0;
    for (place, sums) in sums.iter().enumerate() {
        let all = mean(sums.iter().sum::<u64>()) / 10.0;
        assert!((100.0..156.0).contains(&all), "byte {place} has mean {all}");
        for &sum in sums {
            assert!((mean(sum) - all).abs() < 12.0, "byte {place} tells a class by its mean");
        }
    }
    Ok(())
}
