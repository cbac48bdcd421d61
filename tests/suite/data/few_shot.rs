//! Few-shot data: drawings of characters in archives and folders, labelled samples by class, splits, downloads.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use gemc::data::checksum::{Checksum, sha256};
use gemc::data::few_shot::load_few_shot_known;
use gemc::data::few_shot_split::{ClassSplit, NoSplit};
use gemc::data::known::{Form, Known, Packing, Wanted};
use gemc::data::{DataError, Download, Facts, FewShotSet, FewShotSplit, Silent, Standing, load, load_few_shot};
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use miette::Diagnostic;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::Outcome;
use super::fetch::patience;
use super::images::{name, two_classes};
use super::server::{Manner, Server};

/// The files of a folder, each with its path.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// A small set of drawings: three characters to train from, two to test with, two drawings of each.
pub(super) struct Small {
    pub(super) known: Known,
    pub(super) halves: [Files; 2],
}

/// Returns a PNG of `side` × `side` pixels, white but for `ink` black rows.
pub(super) fn drawing(side: u32, ink: u32) -> Result<Vec<u8>, Box<dyn Error>> {
    let image = GrayImage::from_fn(side, side, |_, y| Luma([if y < ink { 0 } else { 255 }]));
    let mut png = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

/// Packs files as deflated entries of a zip archive.
pub(super) fn zipped(files: &Files) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        archive.start_file(path.as_str(), SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Returns what is known of a folder of drawings.
fn wanted(name: &str, files: &Files) -> Wanted {
    let mut sorted = files.clone();
    sorted.sort();
    let line = |(path, png): &(String, Vec<u8>)| [path.as_bytes(), &[0], &Sha256::digest(png)[..]].concat();
    let sum = sha256(&sorted.iter().flat_map(line).collect::<Vec<u8>>());
    let bytes = files.iter().map(|(_, png)| png.len() as u64).sum();
    Wanted { name: name.into(), bytes, checksum: Checksum::Sha256OfContent(sum), packing: Packing::Zip }
}

impl Small {
    pub(super) fn new() -> Result<Self, Box<dyn Error>> {
        let half = |folder: &str, characters: &[&str], first: u32| -> Result<Files, Box<dyn Error>> {
            let of = |at: usize, drawer: u32| {
                let ink = first + 2 * u32::try_from(at)? + drawer;
                Ok((format!("{folder}/{}/{at:04}_0{drawer}.png", characters[at]), drawing(105, 15 * ink)?))
            };
            (0..characters.len()).flat_map(|at| [of(at, 1), of(at, 0)]).collect()
        };
        let train = half("back", &["Greek/character01", "Greek/character02", "Latin/character01"], 0)?;
        let test = half("eval", &["Runes/character01", "Runes/character02"], 1)?;
        Ok(Self::of([train, test]))
    }

    /// Makes the set of these files, as if they were the published ones.
    pub(super) fn of(halves: [Files; 2]) -> Self {
        let facts = Facts { name: "small".into(), height: 28, width: 28, channels: 1, classes: 5 };
        let form = Form::Drawings { train: wanted("back", &halves[0]), test: wanted("eval", &halves[1]) };
        let known = Known { facts, train: halves[0].len(), test: halves[1].len(), form, mirrors: Vec::new() };
        Self { known, halves }
    }

    /// Stores both halves as archives.
    pub(super) fn store(&self, root: &Path) -> Result<PathBuf, Box<dyn Error>> {
        let folder = root.join("small");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("back.zip"), zipped(&self.halves[0])?)?;
        fs::write(folder.join("eval.zip"), zipped(&self.halves[1])?)?;
        Ok(folder)
    }

    /// Stores one half as a folder.
    pub(super) fn unpack(&self, half: usize, root: &Path) -> Outcome {
        for (path, bytes) in &self.halves[half] {
            let file = root.join("small").join(path);
            fs::create_dir_all(file.parent().ok_or("no folder")?)?;
            fs::write(file, bytes)?;
        }
        Ok(())
    }

    pub(super) fn load(&self, root: &Path) -> Result<FewShotSet, DataError> {
        load_few_shot_known(&self.known, Some(FewShotSplit::Lake), false, &[root.to_path_buf()], None)
    }
}

/// Returns a fault's code.
pub(super) fn code(fault: &DataError) -> String {
    fault.code().map(|code| code.to_string()).unwrap_or_default()
}

#[test]
fn drawings_become_samples_by_character() -> Outcome {
    let (small, root) = (Small::new()?, tempfile::tempdir()?);
    small.store(root.path())?;
    let set = small.load(root.path())?;
    let names: Vec<&str> = (0..3).map(|class| set.train.name(class)).collect();
    assert_eq!(names, ["Greek/character01", "Greek/character02", "Latin/character01"]);
    assert_eq!((set.facts.classes, set.train.len(), set.train.sample_bytes()), (3, 6, 784));
    assert_eq!((set.test.classes(), set.test.samples(1), set.test.name(1)), (2, 2..4, "Runes/character02"));
    assert_eq!((set.validation, set.standing), (None, Standing::Whole));
    // 15 black rows of 105 are 4 of 28, and ink is high
    for sample in 0..6 {
        let ink = 4 * 28 * sample;
        assert_eq!(set.train.sample(sample), [vec![255; ink], vec![0; 784 - ink]].concat(), "drawing {sample}");
    }
    Ok(())
}

#[test]
fn archives_and_folders_give_the_same_set() -> Outcome {
    let (small, packed, loose, both) =
        (Small::new()?, tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?);
    small.store(packed.path())?;
    small.unpack(0, loose.path())?;
    small.unpack(1, loose.path())?;
    fs::write(loose.path().join("small/back/Greek/.DS_Store"), "left by a file manager")?;
    fs::remove_file(small.store(both.path())?.join("back.zip"))?;
    small.unpack(0, both.path())?;
    let set = small.load(packed.path())?;
    assert_eq!(small.load(loose.path())?, set);
    assert_eq!(small.load(both.path())?, set);
    let fault = small.load(&packed.path().join("nowhere")).unwrap_err();
    assert_eq!(code(&fault), "data::not_found");
    assert!(fault.to_string().contains("wanted: back, eval (each may be a .zip)"), "{fault}");
    Ok(())
}

#[test]
fn other_files_in_an_archive_do_not_matter() -> Outcome {
    let (small, root) = (Small::new()?, tempfile::tempdir()?);
    let folder = small.store(root.path())?;
    let set = small.load(root.path())?;
    let mut files = small.halves[0].clone();
    files.reverse();
    files.push(("back/readme.txt".into(), vec![0; 1 << 24]));
    files.push(("__MACOSX/back/Greek/character01/._0000_00.png".into(), b"no image".to_vec()));
    fs::write(folder.join("back.zip"), zipped(&files)?)?;
    assert_eq!(small.load(root.path())?, set);
    Ok(())
}

#[test]
fn labelled_samples_are_grouped_by_label() -> Outcome {
    let digits = load("glyphs", &[], None)?;
    let set = load_few_shot("glyphs", None, true, &[], None)?;
    assert_eq!((set.train.classes(), set.test.classes(), set.facts.classes), (40, 10, 40));
    assert_eq!((set.train.len(), set.test.len(), &set.hash), (4 * digits.train.len(), digits.test.len(), &digits.hash));
    let sevens = (0..digits.test.len()).filter(|at| digits.test.labels()[*at] == 7);
    let sevens: Vec<u8> = sevens.flat_map(|at| digits.test.sample(at)).copied().collect();
    let found: Vec<u8> = set.test.samples(7).flat_map(|at| set.test.sample(at)).copied().collect();
    assert_eq!((set.test.name(7), found), ("7", sevens));
    Ok(())
}

#[test]
fn folders_keep_the_names_of_their_classes() -> Outcome {
    let root = tempfile::tempdir()?;
    two_classes(root.path(), 6)?;
    let set = load_few_shot(&name(root.path()), None, false, &[], None)?;
    assert_eq!((set.train.name(0), set.train.name(1), set.train.len(), set.test.len()), ("ant", "bee", 10, 2));
    assert!(set.train.pixels()[..5 * 12].iter().all(|pixel| *pixel < 100));
    let fault = load_few_shot(&name(root.path()), None, true, &[], None).unwrap_err();
    assert_eq!((code(&fault).as_str(), fault.is_environment()), ("data::not_square", false));
    Ok(())
}

#[test]
fn splits_have_names_and_their_sets() -> Outcome {
    for split in FewShotSplit::ALL {
        assert_eq!(split.to_string().parse::<FewShotSplit>()?, split);
    }
    let fault = "papre".parse::<FewShotSplit>().unwrap_err();
    assert!(fault.help().is_some_and(|help| help.to_string().ends_with("paper, paper-validated, lake, small")));
    for set in ["glyphs", "mnist", "folder:nowhere"] {
        let fault = load_few_shot(set, Some(FewShotSplit::Lake), false, &[], None).unwrap_err();
        assert_eq!((code(&fault).as_str(), fault.is_environment()), ("data::no_split", false), "{set}");
    }
    assert_eq!(code(&load_few_shot("omniglott", None, false, &[], None).unwrap_err()), "data::unknown");
    let (small, root) = (Small::new()?, tempfile::tempdir()?);
    small.store(root.path())?;
    for split in [None, Some(FewShotSplit::PaperValidated), Some(FewShotSplit::Small)] {
        let fault = load_few_shot_known(&small.known, split, false, &[root.path().to_path_buf()], None).unwrap_err();
        assert_eq!(code(&fault), "data::no_split");
    }
    Ok(())
}

#[test]
fn splits_share_no_class_and_are_the_same_everywhere() -> Outcome {
    let (paper, validated) = (split(FewShotSplit::Paper)?, split(FewShotSplit::PaperValidated)?);
    let (lake, small) = (split(FewShotSplit::Lake)?, split(FewShotSplit::Small)?);
    let sizes = |split: &ClassSplit| [split.train.len(), split.validation.iter().flatten().count(), split.test.len()];
    let found = [&paper, &validated, &lake, &small].map(sizes);
    assert_eq!(found, [[1200, 0, 423], [1100, 100, 423], [964, 0, 659], [180, 0, 62]]);
    for split in [&paper, &validated, &lake, &small] {
        let all = [&split.train[..], split.validation.as_deref().unwrap_or_default(), &split.test].concat();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!([&split.train, &split.test].iter().all(|classes| classes.is_sorted()));
    }
    assert_eq!(paper.test, validated.test);
    let mut rest = [validated.train, validated.validation.ok_or("no validation split")?].concat();
    rest.sort_unstable();
    assert_eq!(paper.train, rest);
    assert!(small.train.iter().chain(&small.test).all(|class| *class < 964));
    assert_eq!(paper.test[..4], [0, 2, 11, 13]);
    assert_eq!(small.test[..4], [5, 7, 11, 18]);
    Ok(())
}

/// Splits as many classes as Omniglot has.
fn split(split: FewShotSplit) -> Result<ClassSplit, NoSplit> {
    split.classes("omniglot", 964, 1623)
}

#[test]
fn omniglot_has_no_labels() {
    let fault = load("omniglot", &[], None).unwrap_err();
    assert_eq!((code(&fault).as_str(), fault.is_environment()), ("data::few_shot_only", false));
    assert!(fault.help().is_some_and(|help| help.to_string().contains("--few-shot")));
}

#[test]
fn downloads_archives_and_checks_them() -> Outcome {
    let mut small = Small::new()?;
    let mut damaged = small.halves[0].clone();
    damaged.swap_remove(2);
    let archives = |train: &Files| -> Result<Files, Box<dyn Error>> {
        Ok(vec![("back.zip".into(), zipped(train)?), ("eval.zip".into(), zipped(&small.halves[1])?)])
    };
    let bad = Server::start_as_they_are(archives(&damaged)?, &[Manner::Well])?;
    let good = Server::start_as_they_are(archives(&small.halves[0])?, &[Manner::Cut(40), Manner::Well])?;
    small.known.mirrors = vec![bad.address.clone(), good.address.clone()];
    let root = tempfile::tempdir()?;
    let download = Download { into: root.path(), progress: &Silent, patience: patience() };
    let set = load_few_shot_known(&small.known, Some(FewShotSplit::Lake), false, &[], Some(&download))?;
    assert_eq!((set.train.classes(), set.test.classes()), (3, 2));
    assert_eq!(small.load(root.path())?, set);
    assert_eq!(good.asked().len(), 2, "one that was cut is resumed, the other half is whole at the first mirror");
    assert_eq!(fs::read_dir(root.path().join("small"))?.count(), 2);
    Ok(())
}
