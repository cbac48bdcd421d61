//! Bytes → the wanted files of an unpacked tar archive.

#![no_main]

use std::path::Path;

use gemc::data::{DataError, archive};
use gemc_fuzz::timed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    timed(|| {
        let names = ["a/data_batch_1.bin", "test_batch.bin"];
        let read = archive::entries(bytes, Path::new("fuzz"), (&names, 40), |_, entry, _| {
            let mut found = Vec::new();
            Ok::<usize, DataError>(entry.read_to_end(&mut found).map_or(0, |_| found.len()))
        });
        if let Ok(sizes) = read {
            assert!(sizes.len() == names.len() && sizes.iter().all(|size| *size <= bytes.len()));
        }
    });
});
