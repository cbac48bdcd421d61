//! Bytes → the drawings in a zip archive.

#![no_main]

use std::path::Path;

use gemc::data::checksum::Checksum;
use gemc::data::drawings::zipped::entries;
use gemc::data::known::{Packing, Wanted};
use gemc_fuzz::timed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let wanted = Wanted { name: "back".into(), bytes: 300, checksum: Checksum::Unpublished, packing: Packing::Zip };
    timed(|| {
        if let Ok(drawings) = entries(&wanted, bytes, Path::new("fuzz")) {
            assert!(drawings.iter().map(|drawing| drawing.png.len()).sum::<usize>() <= 300);
            let is_within = |path: &str| path.starts_with("back/") && path.split('/').all(|part| part != "..");
            assert!(drawings.iter().all(|drawing| is_within(&drawing.path)));
        }
    });
});
