//! A data set by its name: found, downloaded where it is not here, read; what no published sum proves is said to be so.

use std::path::{Path, PathBuf};

use super::bars::DownloadBar;
use super::data_paths::{UNPROVEN, roots};
use super::exit::Failure;
use super::faults::Blame;
use super::screen::Screen;
use crate::data::{DataError, Dataset, Download, FewShotSet, FewShotSplit, Patience, Standing, load, load_few_shot};

/// Loads a data set, downloading it where it is not here.
pub(super) fn read(screen: &Screen, set: &str, data_dir: Option<&Path>, quiet: bool) -> Result<Dataset, Failure> {
    let data = found(screen, data_dir, quiet, |roots, download| load(set, roots, download))?;
    unverified(screen, set, (&data.hash, data.standing));
    Ok(data)
}

/// Loads a data set as classes, in the same way.
pub(super) fn read_classes(
    screen: &Screen,
    set: &str,
    (split, rotations): (Option<FewShotSplit>, bool),
    (data_dir, quiet): (Option<&Path>, bool),
) -> Result<FewShotSet, Failure> {
    let load =
        |roots: &[PathBuf], download: Option<&Download<'_>>| load_few_shot(set, split, rotations, roots, download);
    let data = found(screen, data_dir, quiet, load)?;
    unverified(screen, set, (&data.hash, data.standing));
    Ok(data)
}

fn found<T>(
    screen: &Screen,
    data_dir: Option<&Path>,
    quiet: bool,
    load: impl FnOnce(&[PathBuf], Option<&Download<'_>>) -> Result<T, DataError>,
) -> Result<T, Failure> {
    let (roots, watched) = (roots(data_dir), DownloadBar::new(screen, quiet));
    let patience = Patience::default();
    let download = roots.first().map(|into| Download { into, progress: &watched, patience });
    load(&roots, download.as_ref()).map_err(Blame::failure)
}

/// Says of data that no published sum proves it.
fn unverified(screen: &Screen, set: &str, (hash, standing): (&str, Standing)) {
    if standing == Standing::Unverified && !screen.is_json() {
        screen.remark(&format!("`{set}` is unverified: {UNPROVEN} (hash {})", &hash[..12]));
    }
}
