//! Which gemc this is: its version, and the commit that it was built from, as the build script found them.

/// The version.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version with the commit, as `--version` prints it.
pub(super) const WHOLE: &str = env!("GEMC_VERSION");

/// The commit, with `-dirty` where a source was changed; `None` where it is not known.
pub(super) const COMMIT: Option<&str> = match env!("GEMC_COMMIT") {
    commit if commit.is_empty() => None,
    commit => Some(commit),
};
