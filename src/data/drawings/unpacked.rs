//! A folder comes in; the drawings in it go out. No more files are opened than the set has, and no more bytes are read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Drawing, DrawingsFault, check_count, is_png};
use crate::data::known::Wanted;
use crate::data::unpack::FileFault;

/// A drawing that lies on disk.
struct Found {
    file: PathBuf,
    path: String,
    bytes: u64,
}

/// Reads all drawings of `wanted` below `folder`, those of a character in a folder of their own.
///
/// # Errors
/// A [`DrawingsFault`] where a file or folder cannot be read, or there are fewer or more bytes than the set has.
pub(super) fn read(wanted: &Wanted, folder: &Path) -> Result<Vec<Drawing>, DrawingsFault> {
    let mut found = Vec::new();
    for (alphabet, path) in below(folder, &wanted.name)?.into_iter().filter(|(file, _)| file.is_dir()) {
        for (character, path) in below(&alphabet, &path)?.into_iter().filter(|(file, _)| file.is_dir()) {
            for (file, path) in below(&character, &path)?.into_iter().filter(|(_, path)| is_png(path)) {
                let bytes = fs::metadata(&file).map_err(|why| FileFault::new(&file, why, 0, 0))?.len();
                found.push(Found { file, path, bytes });
            }
            check_count(wanted, folder, found.len())?;
        }
    }
    FileFault::check_end(folder, wanted.bytes, found.iter().map(|file| file.bytes).fold(0, u64::saturating_add))?;
    let read: Vec<Result<Drawing, FileFault>> = found.into_par_iter().map(drawing).collect();
    Ok(read.into_iter().collect::<Result<_, _>>()?)
}

/// Lists what lies in `folder`, each with its path from the set's folder on: `path` and its name.
fn below(folder: &Path, path: &str) -> Result<Vec<(PathBuf, String)>, FileFault> {
    let named = |entry: io::Result<fs::DirEntry>| {
        entry.map(|entry| (entry.path(), format!("{path}/{}", entry.file_name().to_string_lossy())))
    };
    let listed = fs::read_dir(folder).and_then(|entries| entries.map(named).collect());
    let mut listed: Vec<(PathBuf, String)> = listed.map_err(|why| FileFault::new(folder, why, 0, 0))?;
    listed.sort();
    Ok(listed)
}

fn drawing(found: Found) -> Result<Drawing, FileFault> {
    let Found { file, path, bytes } = found;
    let mut png = Vec::new();
    let read = File::open(&file).and_then(|file| file.take(bytes).read_to_end(&mut png));
    read.map_err(|why| FileFault::new(&file, why, bytes, 0))?;
    Ok(Drawing { path, png })
}
