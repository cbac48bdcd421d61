//! An `npz` archive → samples: `x` and `y`, or both splits, checked number by number.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use zip::ZipArchive;

use super::fault::{BrokenNpz, MissingArray, OwnDataFault, WrongArray, WrongValue};
use super::npy::{NpyArray, NpyNumbers, npy_array};
use super::samples::{Labelled, OwnSamples, classes};
use crate::data::unpack::FileFault;
use crate::diag::list;

/// Entries of an archive at most.
const MOST_ENTRIES: usize = 1_000;
/// Names of the two splits, samples and labels.
const SPLITS: &[[&str; 2]] = &[["x", "y"], ["x_train", "y_train"]];
const TEST: [&str; 2] = ["x_test", "y_test"];

type Archive = ZipArchive<BufReader<File>>;

/// Reads an archive.
pub(super) fn read(file: &Path) -> Result<OwnSamples, OwnDataFault> {
    let open = File::open(file).map_err(|why| FileFault::new(file, why, 0, 0))?;
    let broken = |why: String| BrokenNpz { file: file.to_path_buf(), why };
    let mut archive = ZipArchive::new(BufReader::new(open)).map_err(|why| broken(why.to_string()))?;
    if archive.len() > MOST_ENTRIES || archive.has_duplicate_names() {
        return Err(broken("it has two arrays of one name, or more than 1,000".to_owned()).into());
    }
    let has = |archive: &Archive, name: &str| archive.index_for_name(&format!("{name}.npy")).is_some();
    let own = SPLITS.iter().find(|names| names.iter().any(|name| has(&archive, name))).unwrap_or(&SPLITS[0]);
    let (sizes, train) = split(&mut archive, file, *own)?;
    let test = if TEST.iter().any(|name| has(&archive, name)) {
        let (found, test) = split(&mut archive, file, TEST)?;
        if found != sizes {
            let [found, expected] =
                [found, sizes].map(|[rows, columns, maps]| format!("{rows} × {columns} × {maps} a sample"));
            let (file, name) = (file.to_path_buf(), TEST[0].to_owned());
            return Err(WrongArray { file, name, found, expected }.into());
        }
        Some(test)
    } else {
        None
    };
    let classes = classes(&train.1, test.as_ref().map_or(&[], |(_, labels)| labels), file)?;
    Ok(OwnSamples { sizes, classes, train, test, class_names: Vec::new() })
}

/// Reads samples and their labels.
fn split(archive: &mut Archive, file: &Path, [x, y]: [&str; 2]) -> Result<([usize; 3], Labelled), OwnDataFault> {
    let samples = array(archive, file, x)?;
    let sizes = match *samples.sizes.as_slice() {
        [_, width] => [1, width, 1],
        [_, height, width] => [height, width, 1],
        [_, height, width, channels] => [height, width, channels],
        _ => return Err(unlike(file, x, &samples.sizes, "two to four axes").into()),
    };
    let count = samples.sizes[0];
    if count == 0 || sizes.contains(&0) || sizes.iter().any(|size| *size > 1 << 16) {
        return Err(unlike(file, x, &samples.sizes, "no axis of length 0, and samples of at most 65,536 a side").into());
    }
    let labels = array(archive, file, y)?;
    if !matches!(*labels.sizes.as_slice(), [own] | [own, 1] if own == count) {
        return Err(
            unlike(file, y, &labels.sizes, &format!("one axis of {count}, a label for each sample of `{x}`")).into()
        );
    }
    Ok((sizes, (pixels(file, x, samples, sizes.iter().product())?, classes_of(file, y, labels)?)))
}

fn unlike(file: &Path, name: &str, sizes: &[usize], expected: &str) -> WrongArray {
    let (found, expected) = (format!("of sizes {sizes:?}"), expected.to_owned());
    WrongArray { file: file.to_path_buf(), name: name.to_owned(), found, expected }
}

fn array(archive: &mut Archive, file: &Path, name: &str) -> Result<NpyArray, OwnDataFault> {
    let entry = format!("{name}.npy");
    let Some(place) = archive.index_for_name(&entry) else {
        let plain = |name: std::borrow::Cow<'_, str>| name.trim_end_matches(".npy").to_owned();
        let mut names: Vec<String> = archive.file_names().filter_map(Result::ok).map(plain).collect();
        names.sort_unstable();
        let found = list(names.iter().map(String::as_str)).replace(" or ", " and ");
        return Err(MissingArray { file: file.to_path_buf(), name: name.to_owned(), found }.into());
    };
    let broken = |why: zip::result::ZipError| BrokenNpz { file: file.to_path_buf(), why: why.to_string() };
    npy_array(archive.by_index(place).map_err(broken)?, file, name)
}

/// Returns samples as bytes.
fn pixels(file: &Path, name: &str, array: NpyArray, each: usize) -> Result<Vec<u8>, OwnDataFault> {
    let place = |at: usize| format!("{name}, sample {}, number {}", at / each, at % each);
    let wrong = |at: usize, number: f64, expected: &'static str| WrongValue {
        file: file.to_path_buf(),
        place: place(at),
        found: format!("{number}"),
        expected,
    };
    let check = |numbers: &[f64], is: fn(f64) -> bool, expected| match numbers.iter().position(|number| !is(*number)) {
        Some(at) => Err(wrong(at, numbers[at], expected)),
        None => Ok(()),
    };
    Ok(match array.numbers {
        NpyNumbers::Bytes(bytes) => bytes,
        NpyNumbers::Truths(truths) => truths.into_iter().map(|truth| truth * 255).collect(),
        NpyNumbers::Whole(numbers) => {
            check(&numbers, is_byte, "a whole number from 0 to 255")?;
            numbers.into_iter().map(byte).collect()
        }
        NpyNumbers::Floats(numbers)
            if numbers.iter().all(|number| is_byte(*number)) && numbers.iter().any(|number| *number > 1.0) =>
        {
            numbers.into_iter().map(byte).collect()
        }
        NpyNumbers::Floats(numbers) => {
            check(
                &numbers,
                |number| (0.0..=1.0).contains(&number),
                "numbers from 0 to 1, or whole numbers from 0 to 255",
            )?;
            numbers.into_iter().map(|number| byte(number * 255.0)).collect()
        }
    })
}

/// Returns labels as bytes.
fn classes_of(file: &Path, name: &str, array: NpyArray) -> Result<Vec<u8>, OwnDataFault> {
    let numbers = match array.numbers {
        NpyNumbers::Bytes(labels) | NpyNumbers::Truths(labels) => return Ok(labels),
        NpyNumbers::Whole(numbers) => numbers,
        NpyNumbers::Floats(_) => {
            let (found, expected) = ("of numbers with a point".to_owned(), "whole numbers".to_owned());
            return Err(WrongArray { file: file.to_path_buf(), name: name.to_owned(), found, expected }.into());
        }
    };
    match numbers.iter().position(|number| !is_byte(*number)) {
        None => Ok(numbers.into_iter().map(byte).collect()),
        Some(at) => {
            let (file, place) = (file.to_path_buf(), format!("{name}, sample {at}"));
            Err(WrongValue { file, place, found: format!("{}", numbers[at]), expected: "a label from 0 to 255" }.into())
        }
    }
}

/// Tells whether a number is a byte.
pub(super) fn is_byte(number: f64) -> bool {
    (0.0..=255.0).contains(&number) && number.fract() == 0.0
}

/// Returns the byte that is nearest to a number from 0 to 255.
pub(super) fn byte(number: f64) -> u8 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let byte = number.round().clamp(0.0, 255.0) as u8;
    byte
}
