//! IDX files: good ones are read, and whatever else comes is refused by name, without a panic and without much memory.

use std::error::Error;
use std::io::Read;
use std::path::Path;

use gemc::data::idx::{self, IdxFault, Images};
use gemc::data::unpack::{FileFault, Unpacked};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::Outcome;
use super::specimens::{SIDE, gzip, images, labels};

fn file() -> &'static Path {
    Path::new("some-file")
}

fn read_images(bytes: &[u8]) -> Result<Images, IdxFault> {
    let source = Unpacked::new(bytes).map_err(|why| broken(&why.to_string()))?;
    idx::images(source, file(), None)
}

fn read_labels(bytes: &[u8]) -> Result<Vec<u8>, IdxFault> {
    let source = Unpacked::new(bytes).map_err(|why| broken(&why.to_string()))?;
    idx::labels(source, file(), 3, None)
}

fn broken(why: &str) -> IdxFault {
    let (file, why) = (file().to_path_buf(), std::io::Error::other(why.to_owned()));
    FileFault::from(gemc::data::unpack::Unreadable { file, why }).into()
}

/// Returns the text of the fault that reading `bytes` as images must meet.
fn fault(bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    match read_images(bytes) {
        Ok(images) => Err(format!("{} images were read", images.count).into()),
        Err(fault) => Ok(fault.to_string()),
    }
}

#[test]
fn reads_images_packed_or_not() -> Outcome {
    let bytes = images(5);
    let plain = read_images(&bytes)?;
    assert_eq!((plain.count, plain.height, plain.width), (5, SIDE, SIDE));
    assert_eq!(plain.pixels, bytes[16..]);
    assert_eq!(read_images(&gzip(&bytes)?)?, plain);
    Ok(())
}

#[test]
fn reads_labels_packed_or_not() -> Outcome {
    assert_eq!(read_labels(&labels(5))?, [0, 1, 2, 0, 1]);
    assert_eq!(read_labels(&gzip(&labels(5))?)?, [0, 1, 2, 0, 1]);
    Ok(())
}

#[test]
fn names_file_expected_and_found() -> Outcome {
    assert_eq!(fault(&labels(5))?, "some-file: begins with 00000801, expected 00000803 (images)");
    assert_eq!(fault(b"")?, "some-file: ends after 0 unpacked bytes, expected 16");
    assert_eq!(fault(&images(5)[..9])?, "some-file: ends after 8 unpacked bytes, expected 16");
    assert_eq!(fault(&images(5)[..40])?, "some-file: ends after 40 unpacked bytes, expected 96");
    let longer = [images(5), vec![0]].concat();
    assert_eq!(fault(&longer)?, "some-file: goes on after the 96 unpacked bytes expected");
    let mut label = labels(5);
    label[10] = 3;
    let text = read_labels(&label).err().map(|fault| fault.to_string());
    let expected = "some-file: label 3 of sample 2 is not below 3, the number of classes";
    assert_eq!(text.as_deref(), Some(expected));
    Ok(())
}

#[test]
fn believes_no_header() -> Outcome {
    let mut bytes = images(5);
    bytes[4] = 0x03;
    assert_eq!(fault(&bytes)?, "some-file: ends after 96 unpacked bytes, expected 805306464");
    bytes[4] = 0xff;
    assert_eq!(fault(&bytes)?, "some-file: claims 4278190085 × 4 × 4, which is more than 1073741824 bytes");
    bytes[4..16].fill(0xff);
    assert!(fault(&bytes)?.contains("claims 4294967295 × 4294967295 × 4294967295"));
    Ok(())
}

#[test]
fn tells_broken_gzip_from_an_early_end() -> Outcome {
    let packed = gzip(&images(200))?;
    let text = fault(&packed[..packed.len() / 2])?;
    assert!(text.contains("ends after") && text.contains("expected 3216"), "{text}");
    let mut damaged = packed.clone();
    let sum = damaged.len() - 5;
    damaged[sum] ^= 1;
    let text = fault(&damaged)?;
    assert!(text.contains("broken gzip"), "{text}");
    let text = fault(&[packed, b"more".to_vec()].concat())?;
    assert!(text.contains("broken gzip") || text.contains("ends after"), "{text}");
    Ok(())
}

#[test]
fn refuses_every_shortened_file() -> Outcome {
    for bytes in [images(5), gzip(&images(5))?] {
        for length in 0..bytes.len() {
            assert!(read_images(&bytes[..length]).is_err(), "{length} of {} bytes were read", bytes.len());
        }
    }
    Ok(())
}

#[test]
fn survives_any_bytes() -> Outcome {
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    let specimens = [images(5), labels(9), gzip(&images(5))?, gzip(&labels(9))?];
    for turn in 0..20_000 {
        let mut bytes = specimens[turn % specimens.len()].clone();
        mutate(&mut bytes, &mut chance);
        if let Ok(images) = read_images(&bytes) {
            assert_eq!(images.pixels.len(), images.count * images.height * images.width);
        }
        if let Ok(labels) = read_labels(&bytes) {
            assert!(labels.iter().all(|&label| label < 3));
        }
    }
    Ok(())
}

/// Changes, removes, repeats or replaces some bytes.
fn mutate(bytes: &mut Vec<u8>, chance: &mut ChaCha8Rng) {
    let mut below = |count: usize| chance.next_u32() as usize % count.max(1);
    for _ in 0..=below(4) {
        let at = below(bytes.len());
        match below(5) {
            0 => bytes.truncate(at),
            1 => bytes.extend_from_within(at..),
            2 => drop(bytes.drain(..at.min(3))),
            // Most of what can go wrong is in the first bytes.
            3 => change(bytes, at % 24, below(256)),
            _ => change(bytes, at, below(256)),
        }
    }
}

fn change(bytes: &mut [u8], at: usize, to: usize) {
    if let (Some(byte), Ok(to)) = (bytes.get_mut(at), u8::try_from(to)) {
        *byte = to;
    }
}

#[test]
fn takes_no_memory_for_what_is_not_there() {
    // A header that claims a gigabyte, before a source that would count what is asked of it.
    struct Source<'a>(&'a [u8], usize);
    impl Read for Source<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            self.1 = self.1.max(into.len());
            self.0.read(into)
        }
    }
    let header = [0, 0, 8, 3, 0x04, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4];
    let mut source = Source(&header, 0);
    assert!(idx::images(&mut source, file(), None).is_err());
    assert!(source.1 < 1 << 20, "{} bytes were made room for", source.1);
}
