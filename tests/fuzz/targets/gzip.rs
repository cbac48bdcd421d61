//! Bytes, gzip-compressed or not → images of an IDX file.

#![no_main]

use std::path::Path;

use gemc::data::idx;
use gemc::data::unpack::Unpacked;
use gemc_fuzz::timed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    timed(|| {
        let Ok(unpacked) = Unpacked::new(bytes) else { return };
        if let Ok(images) = idx::images(unpacked, Path::new("fuzz"), None) {
            assert_eq!(images.pixels.len(), images.count * images.height * images.width);
        }
    });
});
