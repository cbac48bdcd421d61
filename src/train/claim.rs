//! Whose a run's folder is: the one process that made its lock file, and holds the lock as long as it lives.
//!
//! The file is made by an exclusive create, so of two processes one wins. The system lets go of the lock when a process ends,
//! however it ends: a lock file that nobody holds is that of a run that was killed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::run_dir::{LOCK, RUN_DIR, RunDirFault};

/// A folder that is this process's.
#[derive(Debug)]
pub(super) struct Claim {
    folder: PathBuf,
    lock: File,
}

impl Claim {
    /// Makes a folder, which must be new or empty, this process's.
    pub(super) fn take(folder: &Path) -> Result<Self, RunDirFault> {
        fs::create_dir_all(folder).map_err(|reason| RunDirFault::cannot_write(folder, &reason))?;
        unused(folder)?;
        let claim = Self::lock(folder).map_err(|reason| {
            if reason.kind() == ErrorKind::AlreadyExists {
                return RunDirFault::InUse { path: folder.to_owned(), option: RUN_DIR };
            }
            RunDirFault::cannot_write(&folder.join(LOCK), &reason)
        })?;
        // another process may have begun and ended since
        if entries(folder).map_err(|reason| RunDirFault::cannot_write(folder, &reason))?.iter().any(|name| name != LOCK)
        {
            return Err(RunDirFault::InUse { path: folder.to_owned(), option: RUN_DIR });
        }
        Ok(claim)
    }

    /// Makes the folder of a run that has stopped this process's.
    pub(super) fn take_over(folder: &Path) -> Result<Self, RunDirFault> {
        let path = folder.join(LOCK);
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let lock = opened.map_err(|reason| RunDirFault::cannot_write(&path, &reason))?;
        let held = || RunDirFault::Held { path: folder.to_owned() };
        // where a file system knows no locks, nobody can tell
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(held());
        }
        let claim = Self { folder: folder.to_owned(), lock };
        // one that was removed meanwhile was that of a process that has just ended
        if claim.holds() { Ok(claim) } else { Err(held()) }
    }

    /// Makes a folder that was this process's, and that someone has removed or emptied, its own again; `ours` tells whether
    /// what is there now may be written over.
    pub(super) fn renew(&mut self, ours: impl FnOnce() -> bool) -> io::Result<()> {
        if let Err(reason) = fs::create_dir(&self.folder)
            && reason.kind() != ErrorKind::AlreadyExists
        {
            return Err(reason);
        }
        let claim = Self::lock(&self.folder)?;
        if !ours() {
            return Err(io::Error::new(ErrorKind::AlreadyExists, "another run is in it now"));
        }
        // what is replaced finds that its file is gone, and leaves the new one alone
        *self = claim;
        Ok(())
    }

    fn lock(folder: &Path) -> io::Result<Self> {
        let lock = OpenOptions::new().write(true).create_new(true).open(folder.join(LOCK))?;
        // where a file system knows no locks, readers cannot tell whether a run was killed; it trains all the same
        let _ = lock.lock();
        Ok(Self { folder: folder.to_owned(), lock })
    }

    /// Returns the folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Tells whether the folder still is this process's.
    pub(super) fn holds(&self) -> bool {
        let there = fs::metadata(self.folder.join(LOCK));
        let same = |there: &fs::Metadata| self.lock.metadata().is_ok_and(|own| is_same(&own, there));
        there.is_ok_and(|there| same(&there))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.holds() {
            // nothing can be done where that fails, and nothing need be: nobody holds it any more
            let _ = fs::remove_file(self.folder.join(LOCK));
        }
    }
}

#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

/// Checks that there is nothing in a folder; one that is not there has nothing in it.
pub(super) fn unused(folder: &Path) -> Result<(), RunDirFault> {
    match entries(folder) {
        Ok(names) if !names.is_empty() => Err(RunDirFault::InUse { path: folder.to_owned(), option: RUN_DIR }),
        Err(reason) if reason.kind() != ErrorKind::NotFound => Err(RunDirFault::cannot_write(folder, &reason)),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn entries(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    fs::read_dir(folder)?.take(2).map(|entry| entry.map(|entry| entry.file_name())).collect()
}
