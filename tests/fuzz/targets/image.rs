//! Bytes → the look of a PNG or JPEG file, and its pixels in grey and in colour.

#![no_main]

use std::io::Cursor;
use std::path::Path;

use gemc::data::image_file::{look_at, pixels_of};
use gemc_fuzz::timed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = Path::new("fuzz");
    timed(|| {
        let Ok(seen) = look_at(Cursor::new(bytes), file) else { return };
        // what a set of images may be; more is refused before pixels are read
        if seen.height * seen.width > 1 << 16 {
            return;
        }
        for channels in [1, 3] {
            if let Ok((look, pixels)) = pixels_of(bytes, file, channels) {
                assert_eq!(pixels.len(), look.height * look.width * channels);
            }
        }
    });
});
