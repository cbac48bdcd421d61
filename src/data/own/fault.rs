//! What can be wrong with data of one's own: each fault with the file, the place in it, what was found and what was expected.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::data::dataset::SplitFault;
use crate::data::idx::IdxFault;
use crate::data::text_file::TextFault;
use crate::data::unpack::FileFault;

/// A file is no archive of arrays.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: is no whole npz file: {why}", file.display())]
#[diagnostic(code(data::broken_npz), help("`numpy.savez(FILE, x=samples, y=labels)` writes such files"))]
pub struct BrokenNpz {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// An array holds objects of Python, which only Python can read, and only by running what the file says.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: `{name}` holds pickled objects of Python, which are never read", file.display())]
#[diagnostic(code(data::pickled_array), help("store numbers: `x.astype(numpy.uint8)`; all samples need one shape"))]
pub struct PickledArray {
    /// The file.
    pub file: PathBuf,
    /// The array.
    pub name: String,
}

/// An archive lacks an array.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: has no array `{name}`; it has {found}", file.display())]
#[diagnostic(
    code(data::missing_array),
    help("store samples as `x` and labels as `y`, or both splits as `x_train`, `y_train`, `x_test` and `y_test`")
)]
pub struct MissingArray {
    /// The file.
    pub file: PathBuf,
    /// The array.
    pub name: String,
    /// Those that there are.
    pub found: String,
}

/// An array has another form than it needs.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: `{name}` is {found}, expected {expected}", file.display())]
#[diagnostic(
    code(data::wrong_array),
    help(
        "samples are N × numbers, N × rows × columns or N × rows × columns × channels, in C order; labels are N whole numbers"
    )
)]
pub struct WrongArray {
    /// The file.
    pub file: PathBuf,
    /// The array.
    pub name: String,
    /// What it is.
    pub found: String,
    /// What it must be.
    pub expected: String,
}

/// A number or label is none.
#[derive(Debug, Error, Diagnostic)]
#[error("{}, {place}: found {found}, expected {expected}", file.display())]
#[diagnostic(code(data::wrong_value), help("correct or remove the sample; a missing value is not filled in"))]
pub struct WrongValue {
    /// The file.
    pub file: PathBuf,
    /// Where it stands: `line 4, column width`, or `x, sample 3, number 17`.
    pub place: String,
    /// What stands there.
    pub found: String,
    /// What must stand there.
    pub expected: &'static str,
}

/// A table does not say which column holds labels.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: {found}", file.display())]
#[diagnostic(
    code(data::no_label_column),
    help("the first line names the columns; one of them is called `label`, `class`, `target` or `y`")
)]
pub struct NoLabelColumn {
    /// The file.
    pub file: PathBuf,
    /// What was found.
    pub found: String,
}

/// There are too few classes or samples, or too many.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: has {found}, expected {expected}", file.display())]
#[diagnostic(
    code(data::wrong_classes),
    help("labels count classes from 0, at most 256; a class needs two samples, one to train on and one to test with")
)]
pub struct WrongClasses {
    /// The file.
    pub file: PathBuf,
    /// What was found.
    pub found: String,
    /// What is accepted.
    pub expected: &'static str,
}

/// What can be wrong with data of one's own.
#[derive(Debug, Error, Diagnostic)]
pub enum OwnDataFault {
    /// It is no archive.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Npz(#[from] BrokenNpz),
    /// It holds objects.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Pickled(#[from] PickledArray),
    /// It lacks an array.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Missing(#[from] MissingArray),
    /// An array has the wrong form.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Array(#[from] WrongArray),
    /// A number is none.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Value(#[from] WrongValue),
    /// No column holds labels.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Column(#[from] NoLabelColumn),
    /// There are too few classes or too many.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Classes(#[from] WrongClasses),
    /// An IDX file is at fault.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Idx(#[from] IdxFault),
    /// A file is no text.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Text(#[from] TextFault),
    /// A file cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileFault),
    /// Samples and labels do not fit together.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Split(#[from] SplitFault),
}
