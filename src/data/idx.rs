//! Unpacked bytes of an IDX file come in; images or labels go out.
//! The file then holds exactly what its header claims, and no more memory was taken than the file had bytes for. Where it is known
//! how much it must hold, a header that claims anything else is refused before what follows it is read.

use std::io::Read;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::dataset::{LabelOutOfRange, WrongSizes, check_labels};
use super::unpack::{FileFault, exactly};

/// The most bytes of pixels or labels that one file may claim: 1 GiB, twenty times the largest known file.
pub const MOST_BYTES: u64 = 1 << 30;

// Two zero bytes, 08 for unsigned bytes, then the number of dimensions.
const IMAGES: u32 = 0x0803;
const LABELS: u32 = 0x0801;

/// A file does not begin as the wanted kind of IDX file does.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: begins with {found:08x}, expected {expected:08x} ({kind})", file.display())]
#[diagnostic(code(data::wrong_magic), help("the file is no IDX file of {kind}: is it in the right place?"))]
pub struct WrongMagic {
    /// The file.
    pub file: PathBuf,
    /// What was wanted: `images` or `labels`.
    pub kind: &'static str,
    /// The four bytes such a file begins with, big end first.
    pub expected: u32,
    /// The four bytes that were found.
    pub found: u32,
}

/// A file claims more than any data set holds.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: claims {claimed}, which is more than {limit} bytes", file.display())]
#[diagnostic(code(data::absurd_size), help("the file's header is damaged: delete the file and fetch it again"))]
pub struct AbsurdSize {
    /// The file.
    pub file: PathBuf,
    /// The sizes its header claims, such as `60000 × 28 × 28`.
    pub claimed: String,
    /// The most that is accepted, in bytes.
    pub limit: u64,
}

/// What can be wrong with an IDX file.
#[derive(Debug, Error, Diagnostic)]
pub enum IdxFault {
    /// Its bytes cannot be had, or are too few or too many.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileFault),
    /// It is of another kind.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Magic(#[from] WrongMagic),
    /// It claims too much.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Absurd(#[from] AbsurdSize),
    /// It claims another number or size than its data set has.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sizes(#[from] WrongSizes),
    /// A label names no class.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Label(#[from] LabelOutOfRange),
}

/// Grey images of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// How many there are.
    pub count: usize,
    /// Rows of each, in pixels.
    pub height: usize,
    /// Columns of each, in pixels.
    pub width: usize,
    /// One byte per pixel, image after image, row after row.
    pub pixels: Vec<u8>,
}

/// Reads images, as many and of the size that `wanted` says, if that is known; `file` is named in faults.
///
/// # Errors
/// [`IdxFault`] where the bytes are not exactly one IDX file of such images.
pub fn images(source: impl Read, file: &Path, wanted: Option<[usize; 3]>) -> Result<Images, IdxFault> {
    let told = |[count, height, width]: [usize; 3]| format!("{count} images of {height} × {width}");
    let ([count, height, width], pixels) = body(source, file, (IMAGES, "images"), (wanted, told))?;
    Ok(Images { count, height, width, pixels })
}

/// Reads labels below `classes`, `wanted` many if that is known; `file` is named in faults.
///
/// # Errors
/// [`IdxFault`] where the bytes are not exactly one IDX file of such labels.
pub fn labels(source: impl Read, file: &Path, classes: usize, wanted: Option<usize>) -> Result<Vec<u8>, IdxFault> {
    let told = |[count]: [usize; 1]| format!("{count} labels");
    let ([_], labels) = body(source, file, (LABELS, "labels"), (wanted.map(|count| [count]), told))?;
    check_labels(&labels, classes, file.to_path_buf())?;
    Ok(labels)
}

/// Reads the `N` sizes that follow the magic number, then exactly as many bytes as their product.
fn body<const N: usize>(
    mut source: impl Read,
    file: &Path,
    (expected, kind): (u32, &'static str),
    (wanted, told): (Option<[usize; N]>, impl Fn([usize; N]) -> String),
) -> Result<([usize; N], Vec<u8>), IdxFault> {
    let header = 4 * (N as u64 + 1);
    let found = word(&mut source, file, header, 0)?;
    if found != expected {
        return Err(WrongMagic { file: file.to_path_buf(), kind, expected, found }.into());
    }
    let mut sizes = [0_u32; N];
    for (size, at) in sizes.iter_mut().zip(1..) {
        *size = word(&mut source, file, header, 4 * at)?;
    }
    let claimed = claim(&sizes, file)?;
    let sizes = sizes.map(|size| size as usize);
    if let Some(wanted) = wanted.filter(|wanted| *wanted != sizes) {
        return Err(WrongSizes { file: file.to_path_buf(), expected: told(wanted), found: told(sizes) }.into());
    }
    Ok((sizes, exactly(source, file, header, claimed)?))
}

/// Reads a big-endian word that lies `found` bytes into a header of `expected` bytes.
fn word(source: &mut impl Read, file: &Path, expected: u64, found: u64) -> Result<u32, FileFault> {
    let mut bytes = [0; 4];
    source.read_exact(&mut bytes).map_err(|why| FileFault::new(file, why, expected, found))?;
    Ok(u32::from_be_bytes(bytes))
}

/// Multiplies the claimed sizes, refusing what no data set needs.
fn claim(sizes: &[u32], file: &Path) -> Result<u64, AbsurdSize> {
    let product = sizes.iter().try_fold(1_u64, |product, &size| product.checked_mul(size.into()));
    match product {
        // Zero times a huge size is no harm in itself, but it is no data either.
        Some(bytes) if bytes <= MOST_BYTES && sizes.iter().all(|&size| u64::from(size) <= MOST_BYTES) => Ok(bytes),
        _ => {
            let claimed = sizes.iter().map(u32::to_string).collect::<Vec<_>>().join(" × ");
            Err(AbsurdSize { file: file.to_path_buf(), claimed, limit: MOST_BYTES })
        }
    }
}
