//! Samples as bytes with their labels → a data set: where there is no split to test with, samples of each class are held out.

use std::path::Path;

use super::fault::{OwnDataFault, WrongClasses};
use crate::data::checksum::{Standing, sha256};
use crate::data::dataset::{Dataset, Split};
use crate::options::Facts;
use crate::random::RandomStream;

/// Of how many samples of a class about one is held out.
const HELD_OUT: usize = 6;
/// The seed that chooses them.
const SEED: u64 = 1;

/// Bytes of samples, and a label for each.
pub(super) type Labelled = (Vec<u8>, Vec<u8>);

/// What was read of files.
#[derive(Debug)]
pub(super) struct OwnSamples {
    /// Rows, columns and channels.
    pub(super) sizes: [usize; 3],
    /// How many classes there are.
    pub(super) classes: usize,
    pub(super) train: Labelled,
    /// What to test with, where the files say.
    pub(super) test: Option<Labelled>,
    /// The names of the classes; empty where they have only numbers.
    pub(super) class_names: Vec<String>,
}

impl OwnSamples {
    /// Returns the sizes.
    pub(super) fn facts(&self, name: &str) -> Facts {
        let [height, width, channels] = self.sizes;
        Facts { name: name.to_owned(), height, width, channels, classes: self.classes }
    }

    /// Makes the data set.
    pub(super) fn dataset(self, name: &str, file: &Path) -> Result<Dataset, OwnDataFault> {
        let (facts, size) = (self.facts(name), self.sizes.iter().product::<usize>());
        let (train, test) = match self.test {
            Some(test) => (self.train, test),
            None => held_out(&self.train, size, self.classes),
        };
        for (samples, what) in [(&train, "train on"), (&test, "test with")] {
            if samples.1.is_empty() {
                let found = format!("no sample to {what}");
                return Err(WrongClasses { file: file.to_path_buf(), found, expected: "at least one" }.into());
            }
        }
        let sums = [&train.0, &train.1, &test.0, &test.1].map(|bytes| sha256(bytes));
        let hash = sha256(format!("{:?}\n{}\n{}", self.sizes, self.class_names.join("\n"), sums.join("\n")).as_bytes());
        let (train, test) = (Split::new(&facts, train.0, train.1)?, Split::new(&facts, test.0, test.1)?);
        Ok(Dataset { facts, train, test, hash, standing: Standing::Whole })
    }
}

/// Takes out about one sample of [`HELD_OUT`] of each class, never all of them.
fn held_out((pixels, labels): &Labelled, size: usize, classes: usize) -> (Labelled, Labelled) {
    let mut is_held = vec![false; labels.len()];
    for class in 0..classes {
        let own: Vec<usize> = (0..labels.len()).filter(|sample| usize::from(labels[*sample]) == class).collect();
        let count = ((own.len() + HELD_OUT / 2) / HELD_OUT).max(1).min(own.len().saturating_sub(1));
        let order = RandomStream::new(SEED, &format!("held out of class {class}")).permutation(own.len());
        let places = order.into_iter().take(count).filter_map(|place| usize::try_from(place).ok());
        places.for_each(|place| is_held[own[place]] = true);
    }
    let part = |held: bool| {
        let own = |sample: &usize| is_held[*sample] == held;
        let chosen: Vec<usize> = (0..labels.len()).filter(own).collect();
        let bytes = chosen.iter().flat_map(|sample| &pixels[sample * size..(sample + 1) * size]).copied().collect();
        (bytes, chosen.iter().map(|sample| labels[*sample]).collect())
    };
    (part(false), part(true))
}

/// Returns the number of classes, which labels count from 0; at least two of them have samples.
pub(super) fn classes(train: &[u8], test: &[u8], file: &Path) -> Result<usize, WrongClasses> {
    let all = || train.iter().chain(test);
    let most = all().max().map_or(0, |most| usize::from(*most) + 1);
    if all().max() == all().min() {
        let found = if most == 0 { "no sample".to_owned() } else { "samples of one class".to_owned() };
        return Err(WrongClasses { file: file.to_path_buf(), found, expected: "2 to 256 classes" });
    }
    Ok(most)
}
