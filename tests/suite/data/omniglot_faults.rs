//! Archives of drawings that are damaged, or made to do harm: each is a fault, told at once, and never gigabytes.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Write};
use std::time::Instant;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::Outcome;
use super::few_shot::{Files, Small, code, drawing, zipped};

/// Returns the code of the fault that these bytes meet as the archive to train from, and what it says.
fn fault(bytes: &[u8]) -> Result<(String, String), Box<dyn Error>> {
    let (small, root, begun) = (Small::new()?, tempfile::tempdir()?, Instant::now());
    fs::write(small.store(root.path())?.join("back.zip"), bytes)?;
    let fault = small.load(root.path()).err().ok_or("it was loaded")?;
    assert!(begun.elapsed().as_secs() < 5, "{fault} took {:?}", begun.elapsed());
    assert!(fault.to_string().contains("back.zip"), "{fault}");
    Ok((code(&fault), fault.to_string()))
}

/// Returns the small set's own files and another.
fn with(path: &str, bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut files = Small::new()?.halves[0].clone();
    files.push((path.into(), bytes.to_vec()));
    zipped(&files)
}

#[test]
fn what_is_no_archive() -> Outcome {
    let whole = zipped(&Small::new()?.halves[0])?;
    for bytes in [b"".as_slice(), b"no archive", &[0; 5000], &whole[..whole.len() / 2], &whole[..whole.len() - 1]] {
        assert_eq!(fault(bytes)?.0, "data::broken_zip", "{} bytes", bytes.len());
    }
    assert_eq!(fault(&vec![0; 1 << 20])?.0, "data::trailing_bytes", "longer than the archive can be");
    Ok(())
}

#[test]
fn entries_that_unpack_to_more_than_the_set() -> Outcome {
    let (code, said) = fault(&with("back/Greek/character01/9999_01.png", &vec![0; 1 << 24])?)?;
    assert_eq!(code, "data::trailing_bytes", "{said}");
    // a header that claims less than the entry unpacks to
    let mut lying = with("back/Greek/character01/9999_01.png", &vec![0; 1 << 24])?;
    let claimed = (1_u32 << 24).to_le_bytes();
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == claimed {
            lying[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
    }
    let (code, said) = fault(&lying)?;
    assert!(["data::trailing_bytes", "data::broken_zip"].contains(&code.as_str()), "{code}: {said}");
    Ok(())
}

#[test]
fn more_entries_than_the_set() -> Outcome {
    let files: Files = (0..500).map(|at| (format!("{at}"), Vec::new())).collect();
    let (code, said) = fault(&zipped(&files)?)?;
    assert_eq!(code, "data::wrong_sizes", "{said}");
    assert!(said.contains("holds 500 files and folders, expected at most"), "{said}");
    Ok(())
}

#[test]
fn paths_that_lead_elsewhere() -> Outcome {
    let out = "leads out of the archive";
    let deep = "is not in the folder of a character";
    let cases = [
        ("../back/Greek/character01/1.png", out),
        ("back/../../x.png", out),
        ("/etc/x.png", out),
        ("back//Greek/character01/1.png", out),
        ("back/Greek/./1.png", out),
        ("..", out),
        ("back\\Greek\\character01\\1.png", out),
        ("C:/x.png", out),
        ("back/Greek/1.png", deep),
        ("back/Greek/character01/more/1.png", deep),
    ];
    for (path, why) in cases {
        let (code, said) = fault(&with(path, &drawing(105, 0)?)?)?;
        assert_eq!(code, "data::bad_entry", "{path}: {said}");
        assert!(said.ends_with(&format!("`{path}` {why}")), "{path}: {said}");
    }
    Ok(())
}

#[test]
fn links() -> Outcome {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.add_symlink("back/Greek/character01/1.png", "/etc/passwd", SimpleFileOptions::default())?;
    let (code, said) = fault(&archive.finish()?.into_inner())?;
    assert_eq!(code, "data::bad_entry");
    assert!(said.ends_with("`back/Greek/character01/1.png` is a link"), "{said}");
    Ok(())
}

#[test]
fn two_entries_of_one_path() -> Outcome {
    let mut bytes = with("back/Greek/character01/0000_09.png", &drawing(105, 0)?)?;
    for at in 0..bytes.len() - 11 {
        if bytes[at..].starts_with(b"0000_09.png") {
            bytes[at..at + 11].copy_from_slice(b"0000_01.png");
        }
    }
    let (code, said) = fault(&bytes)?;
    assert_eq!(code, "data::broken_zip");
    assert!(said.contains("two of its entries have the same path"), "{said}");
    Ok(())
}

#[test]
fn encrypted_entries() -> Outcome {
    let mut bytes = zipped(&Small::new()?.halves[0])?;
    // the first bit of the flags in the headers of files and of the directory
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        for at in 0..bytes.len() - 4 {
            if bytes[at..].starts_with(mark) {
                bytes[at + flags] |= 1;
            }
        }
    }
    let (code, said) = fault(&bytes)?;
    assert_eq!(code, "data::broken_zip");
    assert!(said.to_lowercase().contains("password"), "{said}");
    Ok(())
}

#[test]
fn drawings_that_are_not_the_published_ones() -> Outcome {
    let own = Small::new()?.halves[0].clone();
    let changed = |change: &dyn Fn(&mut Files)| {
        let mut files = own.clone();
        change(&mut files);
        fault(&zipped(&files)?)
    };
    let (code, said) = changed(&|files| drop(files.pop()))?;
    assert_eq!(code, "data::truncated", "a drawer is missing: {said}");
    let (code, said) = changed(&|files| files[1].1[60] ^= 1)?;
    assert_eq!(code, "data::wrong_checksum", "a bit is another: {said}");
    let (code, said) = changed(&|files| files[0].0 = files[0].0.replace("_01", "_03"))?;
    assert_eq!(code, "data::wrong_checksum", "a path is another: {said}");
    let (code, said) = changed(&|files| files[0].1.push(0))?;
    assert_eq!(code, "data::trailing_bytes", "a byte more: {said}");
    Ok(())
}

#[test]
fn published_files_that_are_no_drawings() -> Outcome {
    let cases: [(Vec<u8>, &str); 4] = [
        (drawing(104, 0)?, "data::wrong_sizes"),
        (drawing(2000, 0)?, "data::wrong_sizes"),
        (b"a text, as long as a small picture".to_vec(), "data::broken_image"),
        (drawing(105, 3)?[..60].to_vec(), "data::broken_image"),
    ];
    for (bytes, expected) in cases {
        let mut halves = Small::new()?.halves;
        halves[0][3].1 = bytes;
        let (small, root) = (Small::of(halves), tempfile::tempdir()?);
        small.store(root.path())?;
        let fault = small.load(root.path()).unwrap_err();
        assert_eq!(code(&fault), expected, "{fault}");
        assert!(fault.to_string().contains(&small.halves[0][3].0), "{fault}");
    }
    let (mut small, root) = (Small::new()?, tempfile::tempdir()?);
    small.store(root.path())?;
    small.known.train = 7;
    let fault = small.load(root.path()).unwrap_err();
    assert!(fault.to_string().ends_with("holds 6 drawings, expected 7 drawings"), "{fault}");
    Ok(())
}

#[test]
fn a_damaged_byte_is_no_panic() -> Outcome {
    let (small, root) = (Small::new()?, tempfile::tempdir()?);
    let file = small.store(root.path())?.join("back.zip");
    let (whole, set) = (fs::read(&file)?, small.load(root.path())?);
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= if at % 2 == 0 { 0x01 } else { 0xff };
        fs::write(&file, damaged)?;
        // some bytes say nothing of the drawings, such as the time of a file
        if let Ok(found) = small.load(root.path()) {
            assert_eq!(found, set, "byte {at}");
        }
    }
    Ok(())
}

#[test]
fn damaged_folders() -> Outcome {
    let (small, root) = (Small::new()?, tempfile::tempdir()?);
    small.store(root.path())?;
    fs::remove_file(root.path().join("small/back.zip"))?;
    small.unpack(0, root.path())?;
    let file = root.path().join("small").join(&small.halves[0][0].0);
    let put = |bytes: &[u8]| -> Result<String, Box<dyn Error>> {
        fs::File::create(&file)?.write_all(bytes)?;
        Ok(small.load(root.path()).err().map(|fault| code(&fault)).unwrap_or_default())
    };
    let own = &small.halves[0][0].1;
    assert_eq!(put(own)?, "");
    assert_eq!(put(&own[1..])?, "data::truncated");
    assert_eq!(put(&vec![0; 1 << 20])?, "data::trailing_bytes");
    assert_eq!(put(&vec![7; own.len()])?, "data::wrong_checksum");
    Ok(())
}
