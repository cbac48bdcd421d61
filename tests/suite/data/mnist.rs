//! The real MNIST, where this machine has it: byte for byte the published files, and read as everyone reads them.

use std::env;
use std::path::{Path, PathBuf};

use gemc::data::known::known;
use gemc::data::locate::locate;
use gemc::data::read::{read, verify};
use gemc::data::{Standing, load};

use super::Outcome;
use crate::skips::{Lack, lacking};

/// Returns the folders in which a checkout's real data may lie.
pub(super) fn roots() -> Vec<PathBuf> {
    let named = env::var_os("GEMC_DATA").map(PathBuf::from);
    named.into_iter().chain([Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data")]).collect()
}

#[test]
fn reads_the_published_mnist() -> Outcome {
    let known = known("mnist").ok_or("mnist is not in the table")?;
    let Ok(located) = locate(&known, &roots()) else {
        lacking(Lack::Mnist);
        return Ok(());
    };
    assert_eq!(verify(&known, &located)?, Standing::Whole);
    let mnist = read(&known, &located)?;
    assert_eq!((mnist.train.len(), mnist.test.len()), (60_000, 10_000));
    assert_eq!(mnist.train.labels()[..8], [5, 0, 4, 1, 9, 2, 1, 3]);
    let mut counts = [0; 10];
    mnist.test.labels().iter().for_each(|&label| counts[usize::from(label)] += 1);
    assert_eq!(counts, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    let mean = mnist.train.pixels().iter().map(|&pixel| u64::from(pixel)).sum::<u64>() as f64 / 47_040_000.0 / 255.0;
    assert!((mean - 0.1307).abs() < 1e-4, "the mean pixel is {mean}");
    assert_eq!(load("mnist", &roots(), None)?.hash, mnist.hash);
    Ok(())
}
