//! Bytes → images and labels of an IDX file.

#![no_main]

use std::path::Path;

use gemc::data::idx;
use gemc_fuzz::timed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = Path::new("fuzz");
    timed(|| {
        if let Ok(images) = idx::images(bytes, file, None) {
            assert_eq!(images.pixels.len(), images.count * images.height * images.width);
        }
        if let Ok(labels) = idx::labels(bytes, file, 10, None) {
            assert!(labels.iter().all(|label| *label < 10));
        }
    });
});
