//! A `.tar.gz` comes in; it is proven to be the published one, and the wanted files in it are read one after the other.
//! Nothing is unpacked onto the disk.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use miette::Diagnostic;
use tar::Entry;
use thiserror::Error;

use super::checksum::{Digesting, WrongChecksum};
use super::known::Archive;
use super::unpack::FileFault;

/// An archive does not hold a file of its data set.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: does not hold {name}", file.display())]
#[diagnostic(code(data::missing_entry), help("the archive belongs to another data set: is it in the right folder?"))]
pub struct MissingEntry {
    /// The archive.
    pub file: PathBuf,
    /// The file that it must hold.
    pub name: String,
}

/// What can be wrong with an archive before it is unpacked.
#[derive(Debug, Error, Diagnostic)]
pub enum ArchiveFault {
    /// Its bytes cannot be had, or are too few or too many.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileFault),
    /// It is not the published one.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Checksum(#[from] WrongChecksum),
}

/// Checks that `file` is the published archive, byte for byte.
///
/// # Errors
/// An [`ArchiveFault`] where it cannot be read, has fewer or more bytes, or another sum.
pub(super) fn check(archive: &Archive, file: &Path) -> Result<(), ArchiveFault> {
    let unreadable = |why| FileFault::new(file, why, archive.bytes, 0);
    let open = File::open(file).map_err(unreadable)?;
    // of another length it is another file: no need to read it
    FileFault::check_stored(file, archive.bytes, open.metadata().map_err(unreadable)?.len())?;
    let mut source = Digesting::new(open);
    let found = io::copy(&mut source, &mut io::sink()).map_err(unreadable)?;
    FileFault::check_stored(file, archive.bytes, found)?;
    let found = source.finish();
    if found == archive.sha256 {
        return Ok(());
    }
    let (file, expected) = (file.to_path_buf(), archive.sha256.clone());
    Err(WrongChecksum { file, part: "bytes", expected, found }.into())
}

/// What an archive may hold besides the files of its data set: twice as much, and a little.
const BESIDE: u64 = 1 << 20;

/// Unpacked bytes of an archive, which end in a fault where there are more than it may hold.
struct Bounded<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.left = self.left.checked_sub(count as u64).ok_or(ErrorKind::FileTooLarge)?;
        Ok(count)
    }
}

/// Opens an archive, to be read unpacked.
///
/// # Errors
/// Where there is no such file, or it may not be read.
pub(super) fn open(file: &Path) -> Result<impl Read, FileFault> {
    let opened = File::open(file).map_err(|why| FileFault::new(file, why, 0, 0))?;
    Ok(MultiGzDecoder::new(BufReader::new(opened)))
}

/// Hands each file of `names` to `read`, in the order of the unpacked archive, which faults call `file`: its place in `names`, its bytes, and what to call it in
/// faults. Returns what `read` made of them, in the order of `names`. The files have `bytes` in all; of an archive that unpacks to
/// far more nothing more is read.
///
/// # Errors
/// A [`FileFault`] where the archive cannot be unpacked, [`MissingEntry`] where it lacks a file, and whatever `read` finds.
pub fn entries<T, E: From<FileFault> + From<MissingEntry>>(
    unpacked: impl Read,
    file: &Path,
    (names, bytes): (&[&str], u64),
    mut read: impl FnMut(usize, &mut dyn Read, &Path) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let most = bytes.saturating_mul(2).saturating_add(BESIDE);
    let broken = |why: io::Error| {
        let is_long = why.kind() == ErrorKind::FileTooLarge;
        if is_long { FileFault::too_long(file, most) } else { FileFault::new(file, why, bytes, 0) }
    };
    let mut archive = tar::Archive::new(Bounded { source: unpacked, left: most });
    let mut found: Vec<Option<T>> = names.iter().map(|_| None).collect();
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        if let Some(at) = names.iter().position(|name| is_called(&entry, name)) {
            found[at] = Some(read(at, &mut entry, &file.join(names[at]))?);
        }
    }
    let lacking = |name: &&str| MissingEntry { file: file.to_path_buf(), name: (*name).to_owned() };
    found.into_iter().zip(names).map(|(found, name)| Ok(found.ok_or_else(|| lacking(name))?)).collect()
}

/// Tells whether an entry has this path; `./` before it does not matter.
fn is_called(entry: &Entry<'_, impl Read>, name: &str) -> bool {
    entry.path().is_ok_and(|path| path.strip_prefix(".").unwrap_or(&path) == Path::new(name))
}
