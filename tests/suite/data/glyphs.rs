//! Drawn digits: the same on every machine, each sample on its own, every digit equally often, and worth learning.

use gemc::data::checksum::sha256;
use gemc::data::glyphs::{SIDE, sample};
use gemc::data::{Glyphs, Split, load};

use super::Outcome;

#[test]
fn draws_the_same_everywhere() {
    let mut bytes = Vec::new();
    for index in 0..100 {
        let (label, pixels) = sample(1, index);
        bytes.push(label);
        bytes.extend(pixels);
    }
    // Whoever changes this sum changes the data set: raise `glyphs::VERSION` with it.
    assert_eq!(sha256(&bytes), "59c4022c67980006cea9c5ee15762f2ddfb6a308014faf587933dea37dcb4979");
}

#[test]
fn draws_each_sample_on_its_own() -> Outcome {
    let few = Glyphs { seed: 7, train: 30, test: 20 }.draw()?;
    let many = Glyphs { seed: 7, train: 95, test: 40 }.draw()?;
    assert_eq!(few.train.pixels(), &many.train.pixels()[..30 * SIDE * SIDE]);
    assert_eq!(few.test.pixels(), &many.test.pixels()[..20 * SIDE * SIDE]);
    assert_eq!(many.train.labels()[..30], *few.train.labels());
    let (label, pixels) = sample(7, 94);
    assert_eq!((many.train.labels()[94], many.train.sample(94)), (label, &pixels[..]));
    Ok(())
}

#[test]
fn draws_every_digit_equally_often() -> Outcome {
    let glyphs = Glyphs { seed: 3, train: 1000, test: 500 }.draw()?;
    assert_eq!(counts(&glyphs.train), [100; 10]);
    assert_eq!(counts(&glyphs.test), [50; 10]);
    assert_ne!(glyphs.train.labels()[..10], glyphs.train.labels()[10..20], "the order is shuffled");
    Ok(())
}

fn counts(split: &Split) -> [usize; 10] {
    let mut counts = [0; 10];
    split.labels().iter().for_each(|&label| counts[usize::from(label)] += 1);
    counts
}

#[test]
fn draws_other_samples_from_other_seeds_and_for_tests() -> Outcome {
    let [one, two] = [1, 2].map(|seed| Glyphs { seed, train: 20, test: 20 }.draw());
    let (one, two) = (one?, two?);
    assert_ne!(one.train, two.train);
    assert_ne!(one.train, one.test);
    assert_ne!(one.hash, two.hash);
    assert_ne!(one.hash, Glyphs { seed: 1, train: 21, test: 20 }.draw()?.hash);
    Ok(())
}

#[test]
fn draws_ink_on_paper() -> Outcome {
    let glyphs = Glyphs { test: 600, train: 0, ..Glyphs::default() }.draw()?;
    for i in 0..glyphs.test.len() {
        let pixels = glyphs.test.sample(i);
        let dark = pixels.iter().filter(|&&pixel| pixel > 128).count();
        assert!((15..350).contains(&dark), "sample {i} has {dark} dark pixels");
        let edge = pixels[..SIDE].iter().chain(&pixels[SIDE * (SIDE - 1)..]).filter(|&&pixel| pixel > 128).count();
        assert!(edge < 8, "sample {i} runs off the page");
    }
    Ok(())
}

#[test]
fn loads_by_name() -> Outcome {
    let glyphs = load("glyphs", &[], None)?;
    assert_eq!((glyphs.train.len(), glyphs.test.len()), (12_000, 2_000));
    assert_eq!(glyphs.train.sample(11_999), sample(1, 11_999).1);
    Ok(())
}

/// Guesses test digits as the nearest of the classes' mean images; returns the share of right guesses.
fn nearest_mean(train: &Split, test: &Split) -> f64 {
    let mut means = vec![[0.0_f64; SIDE * SIDE]; 10];
    for i in 0..train.len() {
        let mean = &mut means[usize::from(train.labels()[i])];
        mean.iter_mut()
            .zip(train.sample(i))
            .for_each(|(sum, &pixel)| *sum += f64::from(pixel) * 10.0 / train.len() as f64);
    }
    let away =
        |mean: &[f64], pixels: &[u8]| mean.iter().zip(pixels).map(|(m, &p)| (m - f64::from(p)).powi(2)).sum::<f64>();
    let guess = |pixels: &[u8]| (0..10).min_by(|&a, &b| away(&means[a], pixels).total_cmp(&away(&means[b], pixels)));
    let right = (0..test.len()).filter(|&i| guess(test.sample(i)) == Some(usize::from(test.labels()[i]))).count();
    right as f64 / test.len() as f64
}

#[test]
fn is_neither_noise_nor_too_easy() -> Outcome {
    let glyphs = Glyphs { seed: 1, train: 2000, test: 300 }.draw()?;
    let share = nearest_mean(&glyphs.train, &glyphs.test);
    assert!((0.4..0.85).contains(&share), "mean images alone guess {share} of the digits");
    Ok(())
}
