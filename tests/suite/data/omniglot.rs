//! The real Omniglot, where this machine has it: every drawing is the published one, and its splits are the same everywhere.

use std::collections::BTreeSet;

use gemc::data::checksum::sha256;
use gemc::data::known::known;
use gemc::data::locate::locate;
use gemc::data::read::verify;
use gemc::data::{ClassSamples, FewShotSet, FewShotSplit, Standing, load_few_shot};

use super::Outcome;
use super::mnist::roots;
use crate::skips::{Lack, lacking};

/// Sums of samples that other code has made of the drawings, with fractions.
const SAMPLES: [(&str, usize, &str); 4] = [
    ("Alphabet_of_the_Magi/character01", 0, "c85179dd649b5b1e34bef05b526e6b8df8df3de65fd525d03f4bf002a7d5c9ee"),
    ("Korean/character07", 19, "f3d354eebd4ac9989c480233da6e6f35ca525bfb6cbde8fdb490baeac1903170"),
    ("Angelic/character01", 0, "0cfa16892855b7cdaf7ee4e318bb6f42a3292f469a871aca8e679b626924915a"),
    ("ULOG/character26", 19, "1afa508a15bf8c759f6bda7f7bceffdaf0f07ccc69e1cb63c38c3a85b5d63e01"),
];

/// Loads Omniglot, or notes that it is not here.
fn omniglot(split: FewShotSplit) -> Result<Option<FewShotSet>, Box<dyn std::error::Error>> {
    let known = known("omniglot").ok_or("omniglot is not in the table")?;
    if locate(&known, &roots()).is_err() {
        lacking(Lack::Omniglot);
        return Ok(None);
    }
    Ok(Some(load_few_shot("omniglot", Some(split), false, &roots(), None)?))
}

fn names(samples: &ClassSamples) -> Vec<&str> {
    (0..samples.classes()).map(|class| samples.name(class)).collect()
}

#[test]
fn reads_the_published_omniglot() -> Outcome {
    let Some(set) = omniglot(FewShotSplit::Lake)? else { return Ok(()) };
    let known = known("omniglot").ok_or("omniglot is not in the table")?;
    assert_eq!((set.standing, verify(&known, &locate(&known, &roots())?)?), (Standing::Whole, Standing::Whole));
    assert_eq!((set.train.classes(), set.test.classes(), set.facts.classes), (964, 659, 964));
    let alphabets = |samples: &ClassSamples| {
        names(samples).iter().filter_map(|name| name.split('/').next()).collect::<BTreeSet<_>>().len()
    };
    assert_eq!((alphabets(&set.train), alphabets(&set.test)), (30, 20));
    for samples in [&set.train, &set.test] {
        assert_eq!(samples.pixels().len(), samples.len() * 784);
        for class in 0..samples.classes() {
            assert_eq!(samples.samples(class), 20 * class..20 * (class + 1));
        }
        // most of a drawing is paper
        let mean = samples.pixels().iter().map(|pixel| u64::from(*pixel)).sum::<u64>() / samples.pixels().len() as u64;
        assert!((15..30).contains(&mean), "{mean}");
    }
    for (name, drawing, expected) in SAMPLES {
        let half = if names(&set.train).contains(&name) { &set.train } else { &set.test };
        let class = names(half).iter().position(|other| *other == name).ok_or(name)?;
        assert_eq!(sha256(half.sample(half.samples(class).start + drawing)), expected, "{name}");
    }
    Ok(())
}

#[test]
fn the_paper_s_split_names_its_characters() -> Outcome {
    let Some(set) = omniglot(FewShotSplit::PaperValidated)? else { return Ok(()) };
    let validation = set.validation.as_ref().ok_or("no validation split")?;
    assert_eq!((set.train.classes(), validation.classes(), set.test.classes()), (1100, 100, 423));
    assert_eq!((set.facts.classes, set.train.len(), set.train.pixels().len()), (1100, 22_000, 22_000 * 784));
    let parts = [names(&set.train), names(validation), names(&set.test)];
    assert_eq!(parts.concat().into_iter().collect::<BTreeSet<_>>().len(), 1623);
    let sums = [names(validation), names(&set.test)].map(|names| sha256(names.join("\n").as_bytes()));
    assert_eq!(sums.each_ref().map(|sum| &sum[..12]), ["082578bf1ec3", "f2f9f3f8d5d6"]);
    assert_eq!(set.hash, "16b459c78cdf1134b6da75b45c0002a8cce7870e82fb6dcbf9858ee23fffc927");
    Ok(())
}
