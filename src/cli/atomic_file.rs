//! Files that appear whole or not at all: written beside their final name and renamed into place.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::exit::Failure;

/// A file that cannot be written.
#[derive(Debug, Error, Diagnostic)]
#[error("`{path}` cannot be written: {why}")]
#[diagnostic(
    code(cli::unwritable),
    help("check that its folder exists, that you may write to it, and that the disk is not full")
)]
struct Unwritable {
    path: String,
    why: io::Error,
}

/// Makes the failure of a path that cannot be written.
pub(super) fn unwritable(path: &Path, why: io::Error) -> Failure {
    Failure::environment(Unwritable { path: path.display().to_string(), why })
}

/// Writes `text` to `path`; what was there before is replaced, and keeps its permissions.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    write_bytes(path, text.as_bytes())
}

/// Writes plain bytes in the same way.
pub(super) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let unwritable = |why| unwritable(path, why);
    // a link stays a link; what it leads to is replaced
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    match fs::metadata(&target) {
        // a device or a pipe cannot be replaced, and a folder must not be
        Ok(there) if !there.is_file() => fs::write(&target, bytes),
        there => replace(&target, bytes, there.ok().map(|there| there.permissions())),
    }
    .map_err(unwritable)
}

fn replace(target: &Path, bytes: &[u8], permissions: Option<fs::Permissions>) -> io::Result<()> {
    let folder =
        target.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_path_buf);
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.prefix(".gemc-").tempfile_in(folder).map_err(plain)?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    if let Some(permissions) = permissions {
        beside.as_file().set_permissions(permissions)?;
    }
    beside.persist(target).map(drop).map_err(|error| error.error)
}

/// Drops the name of the temporary file, which means nothing to the user.
fn plain(error: io::Error) -> io::Error {
    error.raw_os_error().map_or(error, io::Error::from_raw_os_error)
}
