//! Archives whose entries claim more than there is: refused after as many bytes as the set may have.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use miette::Diagnostic;

use super::Outcome;
use super::cifar::Small;
use super::specimens::gzip;

/// Returns the header of an entry.
fn header(kind: tar::EntryType, name: &str, size: u64) -> Result<Vec<u8>, std::io::Error> {
    let mut header = tar::Header::new_gnu();
    header.set_path(name)?;
    header.set_size(size);
    header.set_entry_type(kind);
    header.set_cksum();
    Ok(header.as_bytes().to_vec())
}

/// Returns an archive that begins with these bytes, followed by a gibibyte of zeros.
fn bomb(bytes: &[u8]) -> Result<Vec<u8>, std::io::Error> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&vec![0; 16 << 20])?;
    Ok([gzip(bytes)?, packed.finish()?.repeat(64)].concat())
}

#[test]
fn entries_that_claim_too_much_are_not_unpacked() -> Outcome {
    use tar::EntryType;
    let cases = [
        ("an entry beside the set", header(EntryType::Regular, "readme", 1 << 30)?, "data::trailing_bytes"),
        ("a batch", header(EntryType::Regular, "bin/a.bin", 1 << 30)?, "data::trailing_bytes"),
        ("a batch beyond all", header(EntryType::Regular, "bin/a.bin", 1 << 62)?, "data::trailing_bytes"),
        ("a long name", header(EntryType::GNULongName, "././@LongLink", 1 << 30)?, "data::trailing_bytes"),
        ("attributes", header(EntryType::XHeader, "pax", 1 << 30)?, "data::trailing_bytes"),
    ];
    for (what, start, code) in cases {
        let (mut small, root) = (Small::new()?, tempfile::tempdir()?);
        small.publish(bomb(&start)?, root.path())?;
        let began = std::time::Instant::now();
        let fault = small.fault(root.path())?;
        assert_eq!(fault.code().map(|code| code.to_string()).as_deref(), Some(code), "{what}: {fault}");
        assert!(began.elapsed().as_secs() < 5, "{what}: {:?}", began.elapsed());
    }
    Ok(())
}
