//! A file's bytes come in, gzip-compressed or not; its unpacked bytes go out.
//! Gzip is told by the first two bytes, never by the file's name, and each way a file can end wrongly has its fault.

use std::cmp::Ordering;
use std::io::{self, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use miette::Diagnostic;
use thiserror::Error;

const GZIP: [u8; 2] = [0x1f, 0x8b];

const UNPACKED: &str = "unpacked bytes";

/// A file cannot be opened or read.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: cannot be read: {why}", file.display())]
#[diagnostic(code(data::unreadable), help("is it there, and may you read it?"))]
pub struct Unreadable {
    /// The file.
    pub file: PathBuf,
    /// What the system says.
    pub why: io::Error,
}

/// A file ends before all that it must hold.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: ends after {found} {unit}, expected {expected}", file.display())]
#[diagnostic(code(data::truncated), help("its copy or download was cut off: delete the file and fetch it again"))]
pub struct Truncated {
    /// The file.
    pub file: PathBuf,
    /// What is counted: `unpacked bytes`, or `bytes` of the file as it lies on disk.
    pub unit: &'static str,
    /// How many it must hold.
    pub expected: u64,
    /// How many it holds.
    pub found: u64,
}

/// A file goes on after all that it may hold.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: goes on after the {expected} {unit} expected", file.display())]
#[diagnostic(code(data::trailing_bytes), help("the file is damaged or is another one: delete it and fetch it again"))]
pub struct TrailingBytes {
    /// The file.
    pub file: PathBuf,
    /// What is counted: `unpacked bytes`, or `bytes` of the file as it lies on disk.
    pub unit: &'static str,
    /// How many it must hold.
    pub expected: u64,
}

/// A file begins as gzip does but cannot be unpacked.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: is broken gzip after {found} unpacked bytes: {why}", file.display())]
#[diagnostic(code(data::broken_gzip), help("the file is damaged: delete it and fetch it again"))]
pub struct BrokenGzip {
    /// The file.
    pub file: PathBuf,
    /// Unpacked bytes before the damage shows.
    pub found: u64,
    /// What the decoder says.
    pub why: io::Error,
}

/// What can be wrong with a file's bytes, whatever they mean.
#[derive(Debug, Error, Diagnostic)]
pub enum FileFault {
    /// It cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unreadable(#[from] Unreadable),
    /// It ends too early.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Truncated(#[from] Truncated),
    /// It ends too late.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Trailing(#[from] TrailingBytes),
    /// It cannot be unpacked.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Gzip(#[from] BrokenGzip),
}

impl FileFault {
    /// Names the fault behind an input error that struck after `found` of `expected` unpacked bytes.
    pub(super) fn new(file: &Path, why: io::Error, expected: u64, found: u64) -> Self {
        let file = file.to_path_buf();
        if why.kind() == ErrorKind::UnexpectedEof {
            Truncated { file, unit: UNPACKED, expected, found }.into()
        } else if matches!(why.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput) {
            BrokenGzip { file, found, why }.into()
        } else {
            Unreadable { file, why }.into()
        }
    }

    /// Checks that a file which ended after `found` unpacked bytes, or was read no further, holds `expected`.
    pub(super) fn check_end(file: &Path, expected: u64, found: u64) -> Result<(), Self> {
        Self::check_length(file, UNPACKED, expected, found)
    }

    /// Checks that a file has `expected` bytes on disk where it has `found`.
    pub(super) fn check_stored(file: &Path, expected: u64, found: u64) -> Result<(), Self> {
        Self::check_length(file, "bytes", expected, found)
    }

    /// Names the fault of a file that unpacks to more than the `most` bytes it may.
    pub(super) fn too_long(file: &Path, most: u64) -> Self {
        TrailingBytes { file: file.to_path_buf(), unit: UNPACKED, expected: most }.into()
    }

    fn check_length(file: &Path, unit: &'static str, expected: u64, found: u64) -> Result<(), Self> {
        let file = file.to_path_buf();
        match found.cmp(&expected) {
            Ordering::Less => Err(Truncated { file, unit, expected, found }.into()),
            Ordering::Greater => Err(TrailingBytes { file, unit, expected }.into()),
            Ordering::Equal => Ok(()),
        }
    }
}

/// Reads `claimed` bytes that follow `before` others and makes sure that the file ends there.
pub(super) fn exactly(source: impl Read, file: &Path, before: u64, claimed: u64) -> Result<Vec<u8>, FileFault> {
    // Nothing is reserved: the vector grows only as bytes arrive, whatever the header claims.
    let mut bytes = Vec::new();
    let read = source.take(claimed + 1).read_to_end(&mut bytes);
    let (expected, found) = (before + claimed, before + bytes.len() as u64);
    read.map_err(|why| FileFault::new(file, why, expected, found))?;
    FileFault::check_end(file, expected, found)?;
    Ok(bytes)
}

type Whole<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// Unpacked bytes of a source that may be gzip-compressed.
#[derive(Debug)]
pub struct Unpacked<R: Read>(Form<R>);

#[derive(Debug)]
enum Form<R: Read> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
}

impl<R: Read> Unpacked<R> {
    /// Looks at the first two bytes of `source` and unpacks it if they are gzip's.
    ///
    /// # Errors
    /// Where those bytes cannot be read.
    pub fn new(mut source: R) -> io::Result<Self> {
        let mut start = Vec::with_capacity(GZIP.len());
        source.by_ref().take(2).read_to_end(&mut start)?;
        let packed = start == GZIP;
        let whole = Cursor::new(start).chain(source);
        Ok(Self(if packed { Form::Gzip(Box::new(MultiGzDecoder::new(whole))) } else { Form::Plain(whole) }))
    }

    /// Tells whether the source is gzip-compressed.
    pub fn is_packed(&self) -> bool {
        matches!(self.0, Form::Gzip(_))
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Form::Plain(source) => source.read(into),
            Form::Gzip(source) => source.read(into),
        }
    }
}
