//! Makes small data sets in IDX files, with their true sums, for tests to store, serve and damage.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use gemc::data::Facts;
use gemc::data::checksum::{Checksum, sums};
use gemc::data::known::{Form, Known, Packing, Pair, Wanted};

/// Rows and columns of a small set's images.
pub(super) const SIDE: usize = 4;

/// Returns the bytes of an IDX file of `count` images of [`SIDE`] × [`SIDE`] pixels.
pub(super) fn images(count: u8) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 4, 0, 0, 0, 4];
    bytes.extend((0..usize::from(count) * SIDE * SIDE).map(|at| (at * 37 % 251).to_le_bytes()[0]));
    bytes
}

/// Returns the bytes of an IDX file of `count` labels from 0 to 2.
pub(super) fn labels(count: u8) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 1, 0, 0, 0, count];
    bytes.extend((0..count).map(|at| at % 3));
    bytes
}

/// Compresses bytes with gzip.
pub(super) fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes)?;
    packed.finish()
}

/// A small data set of six samples to train from and three to test with.
pub(super) struct Small {
    /// What the room is told of it.
    pub(super) known: Known,
    /// Its files' names and unpacked bytes.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Small {
    /// Makes the set; `mirrors` are where to download it from.
    pub(super) fn new(mirrors: Vec<String>) -> io::Result<Self> {
        let contents = [("train-images", images(6)), ("train-labels", labels(6))];
        let others = [("test-images", images(3)), ("test-labels", labels(3))];
        let files =
            contents.into_iter().chain(others).map(|(name, bytes)| (name.to_owned(), bytes)).collect::<Vec<_>>();
        let wanted = files.iter().map(|(name, bytes)| wanted(name, bytes)).collect::<io::Result<Vec<_>>>()?;
        let pair = |at: usize| Pair { images: wanted[at].clone(), labels: wanted[at + 1].clone() };
        let form = Form::Idx { train: pair(0), test: pair(2) };
        let facts = Facts { name: "small".into(), height: SIDE, width: SIDE, channels: 1, classes: 3 };
        Ok(Self { known: Known { facts, train: 6, test: 3, form, mirrors }, files })
    }

    /// Returns what is known of the files, to be changed.
    pub(super) fn wanted(&mut self) -> Vec<&mut Wanted> {
        match &mut self.known.form {
            Form::Idx { train, test } => {
                vec![&mut train.images, &mut train.labels, &mut test.images, &mut test.labels]
            }
            Form::Batches { train, test, .. } => train.iter_mut().chain(test).collect(),
            Form::Drawings { train, test } => vec![train, test],
        }
    }

    /// Writes the files into `ROOT/small`, gzip-compressed or not.
    pub(super) fn store(&self, root: &Path, packed: bool) -> io::Result<PathBuf> {
        let folder = root.join("small");
        fs::create_dir_all(&folder)?;
        for (name, bytes) in &self.files {
            if packed {
                fs::write(folder.join(format!("{name}.gz")), gzip(bytes)?)?;
            } else {
                fs::write(folder.join(name), bytes)?;
            }
        }
        Ok(folder)
    }
}

fn wanted(name: &str, bytes: &[u8]) -> io::Result<Wanted> {
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), bytes)?;
    let length = bytes.len() as u64;
    let sums = sums(file.path(), length).map_err(io::Error::other)?;
    let checksum = Checksum::Sha256OfContent(sums.content);
    Ok(Wanted { name: name.to_owned(), bytes: length, checksum, packing: Packing::Gzip })
}
