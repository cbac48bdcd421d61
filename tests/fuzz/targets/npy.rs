//! Bytes → an array of an npz archive.

#![no_main]

use std::path::Path;

use gemc::data::own::{NpyNumbers, npy_array};
use gemc_fuzz::timed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    timed(|| {
        if let Ok(array) = npy_array(bytes, Path::new("fuzz"), "x") {
            let count = match array.numbers {
                NpyNumbers::Bytes(numbers) | NpyNumbers::Truths(numbers) => numbers.len(),
                NpyNumbers::Whole(numbers) | NpyNumbers::Floats(numbers) => numbers.len(),
            };
            assert_eq!(count, array.sizes.iter().product::<usize>());
        }
    });
});
