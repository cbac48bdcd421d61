//! A zip archive comes in; the drawings in it go out. What its headers claim is not believed: no more is unpacked than the set has.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::{BadEntry, BrokenZip, Drawing, DrawingsFault, check_count, is_png};
use crate::data::known::Wanted;
use crate::data::unpack::FileFault;

/// Reads all drawings of `wanted` in the archive `file`; folders and other files in it are left out.
///
/// # Errors
/// A [`DrawingsFault`] where it is no whole archive, holds more than the set, or an entry has a path that no drawing has.
pub(super) fn read(wanted: &Wanted, file: &Path) -> Result<Vec<Drawing>, DrawingsFault> {
    let bytes = bytes(file, wanted.packing.most(wanted.bytes))?;
    entries(wanted, &bytes, file)
}

/// Reads a file that has no more than `most` bytes.
fn bytes(file: &Path, most: u64) -> Result<Vec<u8>, FileFault> {
    let unreadable = |why| FileFault::new(file, why, 0, 0);
    let mut bytes = Vec::new();
    File::open(file).map_err(unreadable)?.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    // fewer may well be enough
    FileFault::check_stored(file, most, most.max(bytes.len() as u64))?;
    Ok(bytes)
}

/// Reads all drawings of `wanted` in the archive that these bytes are, which faults call `file`.
///
/// # Errors
/// A [`DrawingsFault`] where they are no whole archive, hold more than the set, or an entry has a path that no drawing has.
pub fn entries(wanted: &Wanted, bytes: &[u8], file: &Path) -> Result<Vec<Drawing>, DrawingsFault> {
    let broken = |why: ZipError| BrokenZip { file: file.to_path_buf(), why: why.to_string() };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    check_count(wanted, file, archive.len())?;
    if archive.has_duplicate_names() {
        let why = "two of its entries have the same path".to_owned();
        return Err(BrokenZip { file: file.to_path_buf(), why }.into());
    }
    let (mut drawings, mut left) = (Vec::new(), wanted.bytes);
    for at in 0..archive.len() {
        let Some(path) = path(&archive, at, wanted, file)? else { continue };
        let entry = archive.by_index(at).map_err(broken)?;
        let mut png = Vec::new();
        entry.take(left + 1).read_to_end(&mut png).map_err(|why| broken(why.into()))?;
        left = left.checked_sub(png.len() as u64).ok_or_else(|| FileFault::too_long(file, wanted.bytes))?;
        drawings.push(Drawing { path, png });
    }
    Ok(drawings)
}

/// Returns the path of entry `at`, or nothing where it is no drawing.
fn path(
    archive: &ZipArchive<Cursor<&[u8]>>,
    at: usize,
    wanted: &Wanted,
    file: &Path,
) -> Result<Option<String>, DrawingsFault> {
    let broken = |why: ZipError| BrokenZip { file: file.to_path_buf(), why: why.to_string() };
    let entry = archive.by_index_data(at).map_err(broken)?;
    let name = entry.name().map_err(broken)?.into_owned();
    let within = name.strip_prefix(&wanted.name).and_then(|rest| rest.strip_prefix('/'));
    let is_drawing = !entry.is_dir() && is_png(&name);
    let why = if !is_plain(&name) {
        "leads out of the archive"
    } else if entry.is_symlink() {
        "is a link"
    } else {
        match within.filter(|_| is_drawing).map(|rest| rest.split('/').count()) {
            None => return Ok(None),
            Some(3) => return Ok(Some(name)),
            Some(_) => "is not in the folder of a character",
        }
    };
    Err(BadEntry { file: file.to_path_buf(), name, why }.into())
}

/// Tells whether a path only goes down, and in one way: `a/b`, not `/a`, `a//b`, `a/../b` or `a\b`.
fn is_plain(name: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..");
    name.strip_suffix('/').unwrap_or(name).split('/').all(is_part) && !name.contains(['\\', '\0', ':'])
}
