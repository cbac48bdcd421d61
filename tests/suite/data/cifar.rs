//! CIFAR's batches, as files of their own and in their archive: planes become pixels, and what is damaged is named.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gemc::data::checksum::{Checksum, sha256};
use gemc::data::fetch::{FetchFault, fetch};
use gemc::data::known::{Archive, Form, Known, Packing, Wanted, known};
use gemc::data::load::load_known;
use gemc::data::locate::{Located, locate};
use gemc::data::read::{read, verify};
use gemc::data::{DataError, Dataset, Download, Facts, Silent, Standing, load};
use miette::Diagnostic;

use super::Outcome;
use super::fetch::patience;
use super::mnist::roots;
use super::server::{Manner, Server};
use super::specimens::gzip;
use crate::skips::{Lack, lacking};

/// Records in a small batch, and bytes in each: a label, and 2 × 2 pixels of three channels.
const RECORDS: usize = 4;
const RECORD: usize = 1 + 2 * 2 * 3;

/// A small data set of two batches to train from and one to test with.
pub(super) struct Small {
    pub(super) known: Known,
    batches: Vec<(String, Vec<u8>)>,
    archive: Vec<u8>,
}

/// Returns a batch whose record `i` has label `i % 3`; its red plane counts from `start`, green is 50 above, blue 100.
fn batch(start: u8) -> Vec<u8> {
    let record = |at: u8| {
        let first = start + at * 4;
        let planes = [0, 50, 100].into_iter().flat_map(move |plane| (0..4).map(move |pixel| plane + first + pixel));
        [vec![at % 3], planes.collect()].concat()
    };
    (0..4).flat_map(record).collect()
}

fn packed(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut archive = tar::Builder::new(Vec::new());
    // as in the real archive, other files stand between and the order is another
    for (name, bytes) in files.iter().rev().chain([&("bin/readme".to_owned(), b"read me".to_vec())]) {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes.as_slice())?;
    }
    Ok(gzip(&archive.into_inner()?)?)
}

impl Small {
    pub(super) fn new() -> Result<Self, Box<dyn Error>> {
        let batches: Vec<(String, Vec<u8>)> =
            [("a", 0), ("b", 20), ("t", 40)].map(|(name, start)| (format!("bin/{name}.bin"), batch(start))).into();
        let archive = packed(&batches)?;
        let bytes = (RECORDS * RECORD) as u64;
        let (checksum, packing) = (Checksum::Unpublished, Packing::Gzip);
        let name = |at: usize| batches[at].0.clone();
        let wanted = |at: usize| Wanted { name: name(at), bytes, checksum: checksum.clone(), packing };
        let (train, test) = (vec![wanted(0), wanted(1)], vec![wanted(2)]);
        let published = Archive { name: "small.tar.gz".into(), bytes: archive.len() as u64, sha256: sha256(&archive) };
        let facts = Facts { name: "small".into(), height: 2, width: 2, channels: 3, classes: 3 };
        let form = Form::Batches { train, test, archive: published };
        let known = Known { facts, train: 8, test: 4, form, mirrors: Vec::new() };
        Ok(Self { known, batches, archive })
    }

    fn store(&self, root: &Path) -> std::io::Result<PathBuf> {
        fs::create_dir_all(root.join("small/bin"))?;
        for (name, bytes) in &self.batches {
            fs::write(root.join("small").join(name), bytes)?;
        }
        Ok(root.join("small"))
    }

    fn store_archive(&self, root: &Path) -> std::io::Result<PathBuf> {
        fs::create_dir_all(root.join("small"))?;
        fs::write(root.join("small/small.tar.gz"), &self.archive)?;
        Ok(root.join("small"))
    }

    fn load(&self, root: &Path) -> Result<Dataset, DataError> {
        load_known(&self.known, &[root.to_path_buf()], None)
    }

    /// Stores `archive` in place of its own, as if it were the published one.
    pub(super) fn publish(&mut self, archive: Vec<u8>, root: &Path) -> Outcome {
        let Form::Batches { archive: published, .. } = &mut self.known.form else { return Err("no batches".into()) };
        (published.bytes, published.sha256) = (archive.len() as u64, sha256(&archive));
        self.archive = archive;
        self.store_archive(root)?;
        Ok(())
    }

    /// Returns the fault that loading must meet.
    pub(super) fn fault(&self, root: &Path) -> Result<DataError, Box<dyn Error>> {
        self.load(root).err().ok_or_else(|| "it was loaded".into())
    }
}

#[test]
fn lays_the_channels_of_a_pixel_together() -> Outcome {
    let (small, root) = (Small::new()?, tempfile::tempdir()?);
    small.store(root.path())?;
    let set = small.load(root.path())?;
    assert_eq!((set.train.len(), set.test.len()), (8, 4));
    assert_eq!(set.train.sample(0), [0, 50, 100, 1, 51, 101, 2, 52, 102, 3, 53, 103]);
    assert_eq!(set.train.sample(4)[..3], [20, 70, 120], "the second batch follows the first");
    assert_eq!(set.test.sample(3)[..3], [52, 102, 152]);
    assert_eq!(set.train.labels(), [0, 1, 2, 0, 0, 1, 2, 0]);
    Ok(())
}

#[test]
fn reads_the_archive_as_it_reads_the_files_in_it() -> Outcome {
    let (small, loose, packed) = (Small::new()?, tempfile::tempdir()?, tempfile::tempdir()?);
    small.store(loose.path())?;
    small.store_archive(packed.path())?;
    let (loose, packed) = (small.load(loose.path())?, small.load(packed.path())?);
    assert_eq!((&loose.train, &loose.test, &loose.hash), (&packed.train, &packed.test, &packed.hash));
    assert_eq!(packed.standing, Standing::Whole);
    assert_eq!(loose.standing, Standing::Unverified, "no sum of a batch is published");
    Ok(())
}

#[test]
fn names_the_batch_that_is_damaged() -> Outcome {
    let whole = (RECORDS * RECORD).to_string();
    let mut eleven = batch(20);
    eleven[2 * RECORD] = 11;
    let cases = [
        (batch(20)[..40].to_vec(), format!("b.bin: ends after 40 unpacked bytes, expected {whole}")),
        ([batch(20), vec![0]].concat(), format!("b.bin: goes on after the {whole} unpacked bytes expected")),
        (Vec::new(), format!("b.bin: ends after 0 unpacked bytes, expected {whole}")),
        (eleven, "b.bin: label 11 of sample 2 is not below 3, the number of classes".to_owned()),
    ];
    for (bytes, expected) in cases {
        let (small, root) = (Small::new()?, tempfile::tempdir()?);
        let folder = small.store(root.path())?;
        fs::write(folder.join("bin/b.bin"), bytes)?;
        let fault = small.fault(root.path())?;
        let text = fault.to_string();
        assert!(text.ends_with(&expected) && text.starts_with(&folder.display().to_string()), "{text}");
        assert!(fault.is_environment() && fault.help().is_some());
        let located = locate(&small.known, &[root.path().to_path_buf()])?;
        assert_eq!(verify(&small.known, &located).err().map(|fault| fault.to_string()), Some(text));
    }
    Ok(())
}

#[test]
fn names_the_archive_that_is_damaged() -> Outcome {
    let (small, root) = (Small::new()?, tempfile::tempdir()?);
    let file = small.store_archive(root.path())?.join("small.tar.gz");
    let length = small.archive.len();
    fs::write(&file, &small.archive[..length - 9])?;
    let text = small.fault(root.path())?.to_string();
    assert!(text.ends_with(&format!("small.tar.gz: ends after {} bytes, expected {length}", length - 9)), "{text}");
    fs::write(&file, [&small.archive[..], &[0]].concat())?;
    let text = small.fault(root.path())?.to_string();
    assert!(text.ends_with(&format!("small.tar.gz: goes on after the {length} bytes expected")), "{text}");
    let mut other = small.archive.clone();
    other[length / 2] ^= 1;
    fs::write(&file, other)?;
    let text = small.fault(root.path())?.to_string();
    assert!(text.contains("small.tar.gz: SHA-256 of its bytes is"), "{text}");
    Ok(())
}

/// Makes the small set's archive another one, with its true sum.
fn republish(small: &mut Small, archive: Vec<u8>) {
    if let Form::Batches { archive: published, .. } = &mut small.known.form {
        (published.bytes, published.sha256) = (archive.len() as u64, sha256(&archive));
    }
    small.archive = archive;
}

#[test]
fn names_what_is_wrong_inside_an_archive() -> Outcome {
    let (mut small, root) = (Small::new()?, tempfile::tempdir()?);
    let lacking = packed(&small.batches[..2])?;
    republish(&mut small, lacking);
    small.store_archive(root.path())?;
    let text = small.fault(root.path())?.to_string();
    assert!(text.ends_with("small.tar.gz: does not hold bin/t.bin"), "{text}");
    small.batches[0].1.pop();
    let short = packed(&small.batches)?;
    republish(&mut small, short);
    small.store_archive(root.path())?;
    let text = small.fault(root.path())?.to_string();
    assert!(text.ends_with("small.tar.gz/bin/a.bin: ends after 51 unpacked bytes, expected 52"), "{text}");
    republish(&mut small, b"\x1f\x8bno gzip".to_vec());
    small.store_archive(root.path())?;
    let text = small.fault(root.path())?.to_string();
    assert!(text.contains("small.tar.gz: "), "{text}");
    republish(&mut small, gzip(b"no archive, though packed; no archive, though packed")?);
    small.store_archive(root.path())?;
    let text = small.fault(root.path())?.to_string();
    assert!(text.contains("small.tar.gz: "), "{text}");
    Ok(())
}

#[test]
fn tells_what_is_missing() -> Outcome {
    let (small, root) = (Small::new()?, tempfile::tempdir()?);
    fs::remove_file(small.store(root.path())?.join("bin/t.bin"))?;
    let text = small.fault(root.path())?.to_string();
    assert!(text.contains("wanted: small.tar.gz, or in its place bin/a.bin, bin/b.bin, bin/t.bin"), "{text}");
    assert!(text.contains("which lacks bin/t.bin"), "{text}");
    Ok(())
}

fn download(small: &mut Small, manners: &'static [Manner], into: &Path) -> Result<(Located, Server), FetchFault> {
    let files = vec![("small.tar.gz".to_owned(), small.archive.clone())];
    let server = Server::start_as_they_are(files, manners).unwrap();
    small.known.mirrors = vec![server.address.clone()];
    let lacking = locate(&small.known, &[into.to_path_buf()]).unwrap_err();
    let patience = gemc::data::Patience { pause: Duration::ZERO, ..patience() };
    let located = fetch(&small.known, lacking, &Download { into, progress: &Silent, patience })?;
    Ok((located, server))
}

#[test]
fn downloads_the_archive_and_goes_on_after_a_cut() -> Outcome {
    let (mut small, root) = (Small::new()?, tempfile::tempdir()?);
    let (located, server) = download(&mut small, &[Manner::Cut(30), Manner::Cut(10), Manner::Well], root.path())?;
    assert_eq!(located.archive, Some(root.path().join("small/small.tar.gz")));
    assert_eq!(verify(&small.known, &located)?, Standing::Whole);
    let ranges: Vec<Option<String>> = server.asked().into_iter().map(|(_, range)| range).collect();
    assert_eq!(ranges, [None, Some("bytes=30-".to_owned()), Some("bytes=40-".to_owned())]);
    assert_eq!(fs::read_dir(&located.folder)?.count(), 1, "nothing is unpacked, no part is left");
    Ok(())
}

#[test]
fn refuses_and_deletes_another_archive() -> Outcome {
    let (mut small, root) = (Small::new()?, tempfile::tempdir()?);
    let last = small.archive.len() - 1;
    small.archive[last] ^= 1;
    let text = download(&mut small, &[Manner::Well], root.path()).err().map(|fault| fault.to_string());
    assert!(text.is_some_and(|text| text.contains("SHA-256 of its bytes is")));
    assert_eq!(fs::read_dir(root.path().join("small"))?.count(), 0);
    let endless = download(&mut small, &[Manner::Endless], root.path()).err().map(|fault| fault.to_string());
    assert!(endless.is_some_and(|text| text.contains("sends more than the")));
    Ok(())
}

#[test]
fn knows_where_the_real_one_is_published() {
    let known = known("cifar10").unwrap();
    assert_eq!(known.mirrors, ["https://www.cs.toronto.edu/~kriz/"]);
    assert_eq!(known.archive().map(|archive| archive.name.as_str()), Some("cifar-10-binary.tar.gz"));
    let names: Vec<&str> = known.files().iter().map(|wanted| wanted.name.as_str()).collect();
    assert_eq!(
        (names[0], names[4]),
        ("cifar-10-batches-bin/data_batch_1.bin", "cifar-10-batches-bin/data_batch_5.bin")
    );
    assert_eq!((names[5], names.len()), ("cifar-10-batches-bin/test_batch.bin", 6));
    assert!(known.files().iter().all(|wanted| wanted.bytes == 30_730_000));
}

#[test]
fn reads_whatever_copy_is_here() -> Outcome {
    let known = known("cifar10").ok_or("cifar10 is not in the table")?;
    let Ok(located) = locate(&known, &roots()) else {
        lacking(Lack::Cifar10);
        return Ok(());
    };
    let set = read(&known, &located)?;
    assert_eq!((set.train.len(), set.test.len()), (50_000, 10_000));
    for split in [&set.train, &set.test] {
        let mut counts = [0; 10];
        split.labels().iter().for_each(|&label| counts[usize::from(label)] += 1);
        assert_eq!(counts, [split.len() / 10; 10]);
    }
    // the means that everyone normalises by, of red, green and blue
    for (channel, expected) in [0.4914, 0.4822, 0.4465].into_iter().enumerate() {
        let values = set.train.pixels().iter().skip(channel).step_by(3);
        let mean = values.map(|&value| u64::from(value)).sum::<u64>() as f64 / 51_200_000.0 / 255.0;
        assert!((mean - expected).abs() < 0.002, "channel {channel} has mean {mean}");
    }
    assert_eq!(load("cifar10", &roots(), None)?.hash, set.hash);
    Ok(())
}
