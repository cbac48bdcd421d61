//! Files that appear whole or not at all, and one that grows by whole lines.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// What the name of a file begins with that is being written.
pub(super) const PART: &str = ".part-";

/// Appends to a file of `length` bytes; where that fails, nothing of it is left in it.
pub(super) fn append(path: &Path, more: &[u8], length: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(more).and_then(|()| file.sync_data()).inspect_err(|_| {
        // the whole file is written anew next
        let _ = file.set_len(length);
    })
}

/// Writes a file beside its final name, makes sure that it is on the disk, and renames it if the folder still is `ours`.
pub(super) fn write_whole(path: &Path, bytes: &[u8], ours: impl Fn() -> bool) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(PART);
    let mut file = readable(&mut builder).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    if !ours() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the folder was removed"));
    }
    file.persist(path)?;
    // that the name is on the disk, too; not every system can tell
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Gives the file the rights of any new file; temporary ones are the owner's alone.
fn readable<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}
