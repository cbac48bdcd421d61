//! Looking data sets up: the first folder that holds all files, else which files are missing where; and whether they are whole.

use std::fs;

use gemc::data::Standing;
use gemc::data::checksum::{Checksum, sums};
use gemc::data::locate::locate;
use gemc::data::read::verify;

use super::Outcome;
use super::specimens::Small;

#[test]
fn takes_the_first_folder_that_holds_all_files() -> Outcome {
    let small = Small::new(Vec::new())?;
    let (partial, full, later) = (tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?);
    fs::remove_file(small.store(partial.path(), false)?.join("test-labels"))?;
    let folder = small.store(full.path(), true)?;
    small.store(later.path(), false)?;
    let roots = [&partial, &full, &later].map(|folder| folder.path().to_path_buf());
    let located = locate(&small.known, &roots)?;
    assert_eq!(located.folder, folder);
    assert_eq!(located.path(small.known.files()[0]), folder.join("train-images.gz"));
    assert_eq!(located.path(small.known.files()[3]), folder.join("test-labels.gz"));
    Ok(())
}

#[test]
fn mixes_archives_and_unpacked_files() -> Outcome {
    let small = Small::new(Vec::new())?;
    let root = tempfile::tempdir()?;
    let folder = small.store(root.path(), true)?;
    fs::remove_file(folder.join("test-images.gz"))?;
    fs::write(folder.join("test-images"), &small.files[2].1)?;
    let located = locate(&small.known, &[root.path().to_path_buf()])?;
    assert_eq!(located.path(small.known.files()[2]), folder.join("test-images"));
    assert_eq!(verify(&small.known, &located)?, Standing::Whole);
    Ok(())
}

#[test]
fn tells_what_is_missing_where() -> Outcome {
    let small = Small::new(Vec::new())?;
    let (partial, empty) = (tempfile::tempdir()?, tempfile::tempdir()?);
    fs::remove_file(small.store(partial.path(), false)?.join("test-labels"))?;
    let roots = [&partial, &empty].map(|folder| folder.path().to_path_buf());
    let Err(fault) = locate(&small.known, &roots) else { return Err("the set was found".into()) };
    assert_eq!(fault.places[0].missing, ["test-labels"]);
    assert_eq!(fault.places[1].missing.len(), 4);
    let text = fault.to_string();
    assert!(text.contains("wanted: train-images, train-labels, test-images, test-labels"), "{text}");
    assert!(text.contains(&format!("{}, which lacks test-labels", partial.path().join("small").display())), "{text}");
    assert!(text.contains(&format!("{}, which lacks all of them", empty.path().join("small").display())), "{text}");
    Ok(())
}

#[test]
fn verifies_what_is_whole_and_names_what_is_not() -> Outcome {
    let small = Small::new(Vec::new())?;
    let root = tempfile::tempdir()?;
    let folder = small.store(root.path(), false)?;
    let located = locate(&small.known, &[root.path().to_path_buf()])?;
    assert_eq!(verify(&small.known, &located)?, Standing::Whole);
    let file = folder.join("train-labels");
    let mut bytes = small.files[1].1.clone();
    bytes[9] ^= 3;
    fs::write(&file, &bytes)?;
    let Err(fault) = verify(&small.known, &located) else { return Err("a changed label went unseen".into()) };
    let text = fault.to_string();
    assert!(text.contains("train-labels: SHA-256 of its unpacked bytes is"), "{text}");
    fs::write(&file, &bytes[..9])?;
    let text = verify(&small.known, &located).err().map(|fault| fault.to_string());
    assert!(text.is_some_and(|text| text.contains("ends after 9 unpacked bytes, expected 14")));
    Ok(())
}

#[test]
fn calls_an_unpacked_copy_unverified_where_only_the_archive_has_a_sum() -> Outcome {
    let mut small = Small::new(Vec::new())?;
    let (packed, plain) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let folder = small.store(packed.path(), true)?;
    small.store(plain.path(), false)?;
    let mut wanted = small.wanted();
    let stored = sums(&folder.join("train-images.gz"), wanted[0].bytes)?.stored;
    wanted[0].checksum = Checksum::Sha256OfArchive(stored);
    let standing = |root: &tempfile::TempDir| -> Result<Standing, Box<dyn std::error::Error>> {
        Ok(verify(&small.known, &locate(&small.known, &[root.path().to_path_buf()])?)?)
    };
    assert_eq!(standing(&packed)?, Standing::Whole);
    assert_eq!(standing(&plain)?, Standing::Unverified);
    Ok(())
}
