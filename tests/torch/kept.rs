//! A run's folder read back, thousands of times with bytes that were changed or cut off: a fault or the whole genome, nothing else.

use std::fs;

use gemc::emit::{Net, Place};
use gemc::plan::Array;
use gemc::random::RandomStream;
use gemc::run_dir::{GenomeFile, KeptFault};
use gemc::train::{RunDir, RunOutcome};
use tch::{Kind, Tensor};

use crate::stage::{SMALL, plan, record};

/// Draws a whole number below `most`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn below(draw: &mut RandomStream, most: usize) -> usize {
    ((draw.unit() * most as f64) as usize).min(most - 1)
}

#[test]
fn equal_genomes_are_equal_files() {
    let (place, plan) = (tempfile::tempdir().unwrap(), plan(SMALL));
    let net = Net::new(&plan, &[1, 2], Place::CPU).unwrap();
    let rows: Vec<(String, Tensor)> = net.named().map(|(name, row)| (name.to_owned(), row.detach())).collect();
    let written = |name: usize| {
        let mut folder = RunDir::create(&place.path().join(name.to_string()), SMALL, record(2, "abc")).unwrap();
        folder.keep(&[], Some(&rows), RunOutcome::none(2));
        fs::read(folder.path().join("genome.safetensors")).unwrap()
    };
    let first = written(0);
    // five notes stand in the header: by chance they are in the same order once in 120 times
    assert!((1..12).all(|name| written(name) == first));
}

#[test]
fn a_genome_is_read_whole_or_not_at_all() {
    let (place, plan) = (tempfile::tempdir().unwrap(), plan(SMALL));
    let net = Net::new(&plan, &[1, 2], Place::CPU).unwrap();
    let rows: Vec<(String, Tensor)> = net.named().map(|(name, row)| (name.to_owned(), row.detach())).collect();
    let mut folder = RunDir::create(&place.path().join("run"), SMALL, record(2, "abc")).unwrap();
    folder.keep(&[], Some(&rows), RunOutcome::none(2));
    assert_eq!(folder.missing(), None);
    let file = folder.path().join("genome.safetensors");
    let whole = fs::read(&file).unwrap();
    let read = || GenomeFile::open(folder.path(), SMALL.len())?.rows(&plan, 2);
    let same = |array: &Array, row: &Tensor| {
        let numbers: Vec<f64> = Vec::try_from(row.to_kind(Kind::Double).reshape(-1)).unwrap();
        row.size().into_iter().eq(array.sizes().iter().map(|size| i64::try_from(*size).unwrap()))
            && array.numbers() == numbers
    };
    let alike = |found: &[(String, Array)]| {
        found.len() == rows.len() && found.iter().zip(&rows).all(|((a, b), (c, d))| a == c && same(b, d))
    };
    assert!(alike(&read().unwrap()));
    assert!(matches!(
        GenomeFile::open(folder.path(), SMALL.len()).unwrap().rows(&plan, 3),
        Err(KeptFault::Mismatch(_))
    ));
    let mut draw = RandomStream::new(5, "tampering");
    let mut refused = 0;
    for round in 0..3_000 {
        let mut bytes = whole.clone();
        match round % 4 {
            0 => bytes.truncate(below(&mut draw, whole.len())),
            // the header's length and the header, where most can go wrong
            1 => bytes[below(&mut draw, 8)] ^= 1 << below(&mut draw, 8),
            2 => bytes[8 + below(&mut draw, 600)] = b"0123456789[]{},:\"-ex"[below(&mut draw, 20)],
            _ => bytes[below(&mut draw, whole.len())] ^= 1 << below(&mut draw, 8),
        }
        fs::write(&file, &bytes).unwrap();
        match read() {
            Ok(found) => assert!(alike(&found), "round {round}: other numbers were read"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 2_000, "only {refused} of 3,000 were refused");
}
