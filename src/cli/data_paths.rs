//! Data sets as the command line names them: their facts, and the places where they are looked for.

use std::env;
use std::path::{Path, PathBuf};

use super::exit::Failure;
use crate::data::DatasetName;
use crate::data::fault::UnknownData;
use crate::options::{Facts, FewShot};

/// What is said of files for which no checksum is published.
pub(super) const UNVERIFIED: &str = "unverified (no published checksum)";

/// What it means that files are unverified.
pub(super) const UNPROVEN: &str = "no published checksum applies to these files, so they may differ from the published \
                                   ones; accuracies compare only with others measured on this very copy";

/// Returns the data set that a name means.
pub(super) fn named(name: &str) -> Result<DatasetName, Failure> {
    DatasetName::find(name).ok_or_else(|| Failure::input(UnknownData::new(name)))
}

/// Returns the sizes of a data set's samples, which must have labels: those of a folder are read off its images, no other file
/// is read.
pub(super) fn facts(name: &str) -> Result<Facts, Failure> {
    let set = named(name)?;
    set.check_labelled().map_err(Failure::input)?;
    set.facts().map_err(Failure::environment)
}

/// Returns the same for what a model is to learn: where it is to learn tasks, the classes are those of a task.
pub(super) fn task_facts(name: &str, few_shot: Option<FewShot>) -> Result<Facts, Failure> {
    let Some(few_shot) = few_shot else { return facts(name) };
    let facts = named(name)?.facts().map_err(Failure::environment)?;
    Ok(Facts { classes: few_shot.ways, ..facts })
}

/// Returns where data is looked for, best first: `--data-dir`, `$GEMC_DATA`, the user's cache, and beside a development
/// checkout. Data that is downloaded goes to the first.
pub(super) fn roots(data_dir: Option<&Path>) -> Vec<PathBuf> {
    let asked = env::var_os("GEMC_DATA").filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = dirs::cache_dir().map(|folder| folder.join("gemc"));
    let mut roots: Vec<PathBuf> = Vec::new();
    for root in [data_dir.map(Path::to_path_buf), asked, cache, beside_checkout()].into_iter().flatten() {
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    roots
}

/// Returns `../shared/data` of the checkout that this program was built from, where both still exist.
fn beside_checkout() -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = checkout.parent()?.join("shared").join("data");
    (checkout.join("Cargo.toml").is_file() && data.is_dir()).then_some(data)
}
