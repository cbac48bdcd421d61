//! A known data set and a folder come in; the files the folder lacks are downloaded, and all paths go out.
//! A file appears under its name only when its published sum holds; until then it is a `.part`, which a later try goes on from.

use std::fmt::Write as _;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use miette::Diagnostic;
use thiserror::Error;
use ureq::Agent;

use super::checksum::sums;
use super::download::{Exchange, Setback, client};
use super::known::{Known, Wanted};
use super::locate::{Located, NotFound, find, locate};

/// Someone to tell how far a download is.
pub trait Progress {
    /// Begins a file of `total` bytes, if the server says how many; a try that goes on from a part begins anew.
    fn begin(&self, name: &str, total: Option<u64>);
    /// Tells that so many more bytes are there, those of an earlier try first.
    fn advance(&self, bytes: u64);
    /// Ends what [`Progress::begin`] began, whether or not the file is whole.
    fn done(&self);
}

/// Reports to nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn done(&self) {}
}

/// How long to wait, and how often to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// For a name to be resolved, and for a connection.
    pub connect: Duration,
    /// For the next bytes.
    pub silence: Duration,
    /// For one exchange in all; a slower line goes on where it ended, as a new try.
    pub exchange: Duration,
    /// Before a mirror is tried once more.
    pub pause: Duration,
    /// Tries of one mirror without notable progress.
    pub tries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        let [connect, silence, exchange, pause] = [10, 30, 600, 1].map(Duration::from_secs);
        Self { connect, silence, exchange, pause, tries: 3 }
    }
}

/// Where to download to, and how.
pub struct Download<'a> {
    /// The root under which the data set's folder is made.
    pub into: &'a Path,
    /// Whom to tell how far it is.
    pub progress: &'a dyn Progress,
    /// How long to wait, and how often to try.
    pub patience: Patience,
}

/// A data set is not on this machine, and no mirror gave it.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` is not on this machine and could not be downloaded\n{}", lacking.name, self.story())]
#[diagnostic(
    code(data::not_fetched),
    help("is there a network? Otherwise put the files, gzip-compressed or not, into {}", folder.display())
)]
pub struct NotFetched {
    /// The files wanted, and where they were looked for.
    pub lacking: NotFound,
    /// Where to put them.
    pub folder: PathBuf,
    /// Every address that was tried, and why it failed.
    pub attempts: Vec<(String, String)>,
}

impl NotFetched {
    fn story(&self) -> String {
        self.attempts.iter().fold(self.lacking.story(), |mut text, (address, why)| {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  tried: {address}: {why}");
            text
        })
    }
}

/// Downloads cannot be written.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: cannot be written to: {why}", folder.display())]
#[diagnostic(code(data::unwritable), help("is the disk full or the folder read-only? Choose another with --data-dir"))]
pub struct Unwritable {
    /// The folder.
    pub folder: PathBuf,
    /// What the system says.
    pub why: io::Error,
}

/// Another process is downloading the same file.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: is being downloaded by another process", part.display())]
#[diagnostic(code(data::busy), help("wait until it is done"))]
pub struct Busy {
    /// The partial file.
    pub part: PathBuf,
}

/// What can keep a data set from being downloaded.
#[derive(Debug, Error, Diagnostic)]
pub enum FetchFault {
    /// No mirror gave it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    NotFetched(#[from] Box<NotFetched>),
    /// The folder takes no files.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unwritable(#[from] Unwritable),
    /// Another process is at it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Busy(#[from] Busy),
}

/// Downloads the files of `known` that `INTO/NAME` lacks; `lacking` tells where they were looked for before.
///
/// # Errors
/// [`FetchFault`]; files that are whole and parts that were begun stay for the next time.
pub fn fetch(known: &Known, lacking: NotFound, download: &Download<'_>) -> Result<Located, FetchFault> {
    let folder = download.into.join(&known.facts.name);
    fs::create_dir_all(&folder).map_err(|why| Unwritable { folder: folder.clone(), why })?;
    let mut errand = Errand { known, folder, download, client: client(&download.patience), attempts: Vec::new() };
    for wanted in known.files() {
        if !errand.bring(wanted)? {
            return Err(errand.fail(lacking));
        }
    }
    locate(known, &[download.into.to_path_buf()]).map_err(|lacking| errand.fail(lacking))
}

/// A download under way.
struct Errand<'a> {
    known: &'a Known,
    folder: PathBuf,
    download: &'a Download<'a>,
    client: Agent,
    attempts: Vec<(String, String)>,
}

/// A file as far as it has arrived.
struct Part {
    path: PathBuf,
    file: File,
}

impl Errand<'_> {
    /// Brings one file unless it is there; tells whether it then is.
    fn bring(&mut self, wanted: &Wanted) -> Result<bool, FetchFault> {
        for mirror in &self.known.mirrors {
            let address = format!("{}/{}.gz", mirror.trim_end_matches('/'), wanted.name);
            let mut part = self.open(wanted)?;
            // Looked for only now, behind the lock: another process may just have brought it.
            if find(wanted, &self.folder).is_some() {
                drop(fs::remove_file(part.path));
                return Ok(true);
            }
            match self.visit(&address, wanted, &mut part)? {
                Ok(()) => return Ok(true),
                Err(why) => self.attempts.push((address, why)),
            }
            if length(&part) == 0 {
                drop(fs::remove_file(part.path));
            }
        }
        Ok(find(wanted, &self.folder).is_some())
    }

    /// Opens the part of `wanted`, or makes it, and keeps other processes from it while it is open.
    fn open(&self, wanted: &Wanted) -> Result<Part, FetchFault> {
        let path = self.folder.join(format!("{}.gz.part", wanted.name));
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(|why| self.unwritable(why))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Busy { part: path }.into()),
            // Some network file systems know no locks: a clash there ends as a wrong sum, never as a wrong file.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Part { path, file }),
        }
    }

    /// Tries one mirror until the file is whole or its tries are used up; the inner error says why the last one failed.
    fn visit(&self, address: &str, wanted: &Wanted, part: &mut Part) -> Result<Result<(), String>, FetchFault> {
        // Gzip makes a file that it cannot compress longer by some bytes in each 16 KiB.
        let most = wanted.bytes + wanted.bytes / 1000 + 1024;
        let progress = self.download.progress;
        let exchange = Exchange { client: &self.client, address, name: &wanted.name, most, progress };
        let (mut tries, mut furthest) = (0, length(part));
        loop {
            let resumed = length(part) > 0;
            let why = match exchange.run(&mut part.file) {
                Ok(()) => match self.settle(wanted, part)? {
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
    fn settle(&self, wanted: &Wanted, part: &mut Part) -> Result<Result<(), String>, FetchFault> {
        let target = self.folder.join(format!("{}.gz", wanted.name));
        let judged = match sums(&part.path, wanted.bytes) {
            Ok(sums) => wanted.checksum.judge(&target, &sums).map(drop).map_err(|fault| fault.to_string()),
            Err(fault) => Err(fault.to_string()),
        };
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

    fn fail(self, lacking: NotFound) -> FetchFault {
        Box::new(NotFetched { lacking, folder: self.folder, attempts: self.attempts }).into()
    }
}

/// Bytes by which a try must get further than all before it to count as progress.
const NOTABLE: u64 = 1 << 16;

fn length(part: &Part) -> u64 {
    part.file.metadata().map_or(0, |facts| facts.len())
}
