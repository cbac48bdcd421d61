//! One file that a data set is published in comes in; it is brought from the first mirror that has it whole.
//! It appears under its name only when its published sum holds; until then it is a `.part`, which a later try goes on from.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use ureq::Agent;

use super::archive;
use super::checksum::sums;
use super::download::{Exchange, Setback};
use super::drawings;
use super::fetch::{Busy, Download, FetchFault, Unwritable};
use super::known::{Archive, Known, Packing, Wanted};
use super::locate::find;

/// What is downloaded as one file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Parcel<'a> {
    /// One file or folder of a set, packed.
    File(&'a Wanted),
    /// All files of a set.
    Archive(&'a Archive),
}

impl<'a> Parcel<'a> {
    /// Returns what a set is downloaded as.
    pub(super) fn all(known: &'a Known) -> Vec<Self> {
        match known.archive() {
            Some(archive) => vec![Self::Archive(archive)],
            None => known.files().into_iter().map(Self::File).collect(),
        }
    }

    /// Returns what to call it while it is under way.
    fn name(self) -> &'a str {
        match self {
            Self::File(wanted) => &wanted.name,
            Self::Archive(archive) => &archive.name,
        }
    }

    /// Returns the name under which it is published and kept.
    fn file_name(self) -> String {
        match self {
            Self::File(wanted) => format!("{}{}", wanted.name, wanted.packing.ending()),
            Self::Archive(archive) => archive.name.clone(),
        }
    }

    /// Returns the most bytes that it can have.
    fn most(self) -> u64 {
        match self {
            Self::File(wanted) => wanted.packing.most(wanted.bytes),
            Self::Archive(archive) => archive.bytes,
        }
    }

    /// Tells whether it is in `folder`, as it was published or unpacked.
    fn is_in(self, folder: &Path) -> bool {
        match self {
            Self::File(wanted) => find(wanted, folder).is_some(),
            Self::Archive(archive) => folder.join(&archive.name).is_file(),
        }
    }

    /// Checks that `part` holds all of it, byte for byte; says why not of the file that it is to become.
    fn check(self, part: &Path, target: &Path) -> Result<(), String> {
        match self {
            Self::File(wanted) if wanted.packing == Packing::Zip => {
                drawings::read(wanted, part).map(drop).map_err(|fault| fault.to_string())
            }
            Self::File(wanted) => {
                let sums = sums(part, wanted.bytes).map_err(|fault| fault.to_string())?;
                wanted.checksum.judge(target, &sums).map(drop).map_err(|fault| fault.to_string())
            }
            Self::Archive(archive) => archive::check(archive, part).map_err(|fault| fault.to_string()),
        }
    }
}

/// A download under way.
pub(super) struct FileDownload<'a> {
    /// What is being fetched.
    pub(super) known: &'a Known,
    /// The folder that its files go to.
    pub(super) folder: PathBuf,
    /// Whom to tell, and how long to wait.
    pub(super) download: &'a Download<'a>,
    /// What speaks HTTP.
    pub(super) client: Agent,
    /// Every address that failed, and why.
    pub(super) attempts: Vec<(String, String)>,
}

/// A file as far as it has arrived.
struct Part {
    path: PathBuf,
    file: File,
}

impl FileDownload<'_> {
    /// Brings one file unless it is there; tells whether it then is.
    ///
    /// # Errors
    /// [`FetchFault`] where the folder takes no files, or another process is at this one.
    pub(super) fn bring(&mut self, parcel: Parcel<'_>) -> Result<bool, FetchFault> {
        for mirror in &self.known.mirrors {
            let address = format!("{}/{}", mirror.trim_end_matches('/'), parcel.file_name());
            let mut part = self.open(parcel)?;
            // Looked for only now, behind the lock: another process may just have brought it.
            if parcel.is_in(&self.folder) {
                drop(fs::remove_file(part.path));
                return Ok(true);
            }
            match self.visit(&address, parcel, &mut part)? {
                Ok(()) => return Ok(true),
                Err(why) => self.attempts.push((address, why)),
            }
            if length(&part) == 0 {
                drop(fs::remove_file(part.path));
            }
        }
        Ok(parcel.is_in(&self.folder))
    }

    /// Opens the part of `parcel`, or makes it, and keeps other processes from it while it is open.
    fn open(&self, parcel: Parcel<'_>) -> Result<Part, FetchFault> {
        let path = self.folder.join(format!("{}.part", parcel.file_name()));
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(|why| self.unwritable(why))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Busy { part: path }.into()),
            // Some network file systems know no locks: a clash there ends as a wrong sum, never as a wrong file.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Part { path, file }),
        }
    }

    /// Tries one mirror until the file is whole or its tries are used up; the inner error says why the last one failed.
    fn visit(&self, address: &str, parcel: Parcel<'_>, part: &mut Part) -> Result<Result<(), String>, FetchFault> {
        let (most, progress) = (parcel.most(), self.download.progress);
        let exchange = Exchange { client: &self.client, address, name: parcel.name(), most, progress };
        let (mut tries, mut furthest) = (0, length(part));
        loop {
            let resumed = length(part) > 0;
            let why = match exchange.run(&mut part.file) {
                Ok(()) => match self.verify(parcel, part)? {
                    Ok(()) => return Ok(Ok(())),
                    // A part begun elsewhere may not fit this mirror's file: that alone deserves another try.
                    Err(why) if resumed => why,
                    Err(why) => return Ok(Err(why)),
                },
                Err(Setback::Unwritable(why)) => return Err(self.unwritable(why)),
                Err(Setback::Refused(why)) => return Ok(Err(why)),
                Err(Setback::Broken(why)) => why,
            };
            // A line that is slow but moves may take as many exchanges as it needs.
            tries = if length(part) > furthest + NOTABLE { 0 } else { tries + 1 };
            furthest = furthest.max(length(part));
            if tries >= self.download.patience.tries {
                return Ok(Err(why));
            }
            thread::sleep(self.download.patience.pause);
        }
    }

    /// Moves a complete part into place if its sum holds, else empties it; the inner error says why.
    fn verify(&self, parcel: Parcel<'_>, part: &mut Part) -> Result<Result<(), String>, FetchFault> {
        let target = self.folder.join(parcel.file_name());
        let judged = parcel.check(&part.path, &target);
        let moved = match judged {
            Ok(()) => fs::rename(&part.path, &target),
            Err(_) => part.file.set_len(0),
        };
        moved.map_err(|why| self.unwritable(why))?;
        Ok(judged)
    }

    fn unwritable(&self, why: io::Error) -> FetchFault {
        Unwritable { folder: self.folder.clone(), why }.into()
    }
}

/// Bytes by which a try must get further than all before it to count as progress.
const NOTABLE: u64 = 1 << 16;

fn length(part: &Part) -> u64 {
    part.file.metadata().map_or(0, |facts| facts.len())
}
