//! A known data set and a folder come in; the files the folder lacks are downloaded, and all paths go out.
//! Nothing false is left behind, whatever happens on the way.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use miette::Diagnostic;
use thiserror::Error;

#[cfg(feature = "download")]
use super::download::client;
#[cfg(feature = "download")]
use super::file_download::{FileDownload, Parcel};
use super::known::Known;
#[cfg(feature = "download")]
use super::locate::locate;
use super::locate::{Located, NotFound};

/// Someone to tell how far a download is.
pub trait Progress {
    /// Begins a file of `total` bytes, if the server says how many; a try that goes on from a part begins anew.
    fn begin(&self, name: &str, total: Option<u64>);
    /// Reports a number of further bytes, those of an earlier try first.
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
    help("is there a network? Otherwise put the files, packed or not, into {}", folder.display())
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
#[cfg(feature = "download")]
pub fn fetch(known: &Known, lacking: NotFound, download: &Download<'_>) -> Result<Located, FetchFault> {
    let folder = download.into.join(&known.facts.name);
    std::fs::create_dir_all(&folder).map_err(|why| Unwritable { folder: folder.clone(), why })?;
    let mut file_download =
        FileDownload { known, folder, download, client: client(&download.patience), attempts: Vec::new() };
    for parcel in Parcel::all(known) {
        if !file_download.bring(parcel)? {
            return Err(not_fetched(file_download, lacking));
        }
    }
    locate(known, &[download.into.to_path_buf()]).map_err(|lacking| not_fetched(file_download, lacking))
}

#[cfg(feature = "download")]
fn not_fetched(file_download: FileDownload<'_>, lacking: NotFound) -> FetchFault {
    Box::new(NotFetched { lacking, folder: file_download.folder, attempts: file_download.attempts }).into()
}

/// Says of each mirror of `known` that the feature `download` is needed to ask it.
///
/// # Errors
/// Always [`NotFetched`].
#[cfg(not(feature = "download"))]
pub fn fetch(known: &Known, lacking: NotFound, download: &Download<'_>) -> Result<Located, FetchFault> {
    let why = || "this gemc was built without the feature `download`".to_owned();
    let attempts = known.mirrors.iter().map(|mirror| (mirror.clone(), why())).collect();
    Err(Box::new(NotFetched { lacking, folder: download.into.join(&known.facts.name), attempts }).into())
}
