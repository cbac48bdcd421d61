//! A run's folder: the model's text, the record, the metrics, the best genome. Every file appears whole or not at all:
//! it is written beside its final name and renamed. A folder that holds anything is never written into.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use tch::{Device, Kind, Tensor as Live};
use thiserror::Error;

use super::kept::source;
use super::record::Record;
use super::rows::sum;
use super::scores::Metric;
use crate::emit::TorchFault;

pub(super) const MODEL: &str = "model.gem";
pub(super) const RECORD: &str = "run.json";
const METRICS: &str = "metrics.jsonl";
pub(super) const GENOME: &str = "genome.safetensors";
/// The keys under which a genome says which graph it belongs to, what was trained, and what its rows sum up to.
pub(super) const GRAPH: &str = "graph";
pub(super) const SOURCE: &str = "source";
pub(super) const SUM: &str = "sha256";

/// The option that names a run's folder.
pub const RUN_DIR: &str = "--run-dir";

/// What can be wrong with a run's folder.
#[derive(Debug, Error, Diagnostic)]
pub enum FolderFault {
    /// It holds something already.
    #[error("{} is not empty", path.display())]
    #[diagnostic(
        code(run::folder_in_use),
        help("name a new folder with `{option}`; nothing that was found is ever overwritten")
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The option that names another.
        option: &'static str,
    },
    /// Something in it cannot be written.
    #[error("{} cannot be written: {reason}", path.display())]
    #[diagnostic(code(run::cannot_write), help("free some space, or name a folder you may write to with `{option}`"))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
        /// The option that names another folder.
        option: &'static str,
    },
    /// Something in it cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    #[diagnostic(code(run::cannot_read), help("a run's folder holds {MODEL}, {RECORD}, {METRICS} and {GENOME}"))]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// A run's folder, open for writing.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// What a genome says of itself.
    about: HashMap<String, String>,
    model: String,
    metrics: File,
}

impl Folder {
    /// Makes the folder, with the model's text in it; `graph` is the hash of the lowered graph.
    ///
    /// # Errors
    ///
    /// [`FolderFault::InUse`] where it holds anything, [`FolderFault::Write`] where it cannot be made.
    pub fn create(path: &Path, model: &str, graph: &str) -> Result<Self, FolderFault> {
        fs::create_dir_all(path).map_err(|reason| cannot_write(path, &reason))?;
        Self::unused(path)?;
        write_whole(&path.join(MODEL), model.as_bytes())?;
        let file = path.join(METRICS);
        let metrics = File::create(&file).map_err(|reason| cannot_write(&file, &reason))?;
        let about = HashMap::from([(GRAPH.to_owned(), graph.to_owned())]);
        Ok(Self { path: path.to_owned(), about, model: model.to_owned(), metrics })
    }

    /// Checks that there is nothing in a folder; one that is not there has nothing in it.
    ///
    /// # Errors
    ///
    /// [`FolderFault::InUse`] where it holds anything, [`FolderFault::Write`] where nobody can tell.
    pub fn unused(path: &Path) -> Result<(), FolderFault> {
        match fs::read_dir(path).map(|mut entries| entries.next().is_some()) {
            Ok(true) => Err(FolderFault::InUse { path: path.to_owned(), option: RUN_DIR }),
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => Err(cannot_write(path, &reason)),
            Ok(false) | Err(_) => Ok(()),
        }
    }

    /// Lets every genome say by a hash what was trained: the model's text, and what `record` says of settings, seeds and data.
    #[must_use]
    pub fn of(mut self, record: &Record) -> Self {
        self.about.insert(SOURCE.to_owned(), source(&self.model, record));
        self
    }

    /// Appends one line to `metrics.jsonl`.
    ///
    /// # Errors
    ///
    /// [`FolderFault::Write`].
    pub fn metric(&mut self, metric: &Metric) -> Result<(), FolderFault> {
        let line = serde_json::to_string(metric).map_err(io::Error::from).map(|line| line + "\n");
        let written = line.and_then(|line| self.metrics.write_all(line.as_bytes()).and_then(|()| self.metrics.flush()));
        written.map_err(|reason| cannot_write(&self.path.join(METRICS), &reason))
    }

    /// Writes `genome.safetensors`: every row under its name, [R, …].
    ///
    /// # Errors
    ///
    /// [`FolderFault::Write`].
    pub fn genome(&self, rows: &[(String, Live)]) -> Result<(), FolderFault> {
        let path = self.path.join(GENOME);
        let refused = |reason: String| FolderFault::Write { path: path.clone(), reason, option: RUN_DIR };
        let rows: Vec<Row> = rows
            .iter()
            .map(|(name, row)| Row::of(name, row))
            .collect::<Result<_, _>>()
            .map_err(|fault: TorchFault| refused(fault.message))?;
        let views = rows.iter().map(|row| Ok((row.name, TensorView::new(row.kind, row.shape.clone(), &row.bytes)?)));
        let views: Vec<(&str, TensorView<'_>)> =
            views.collect::<Result<_, safetensors::SafeTensorError>>().map_err(|error| refused(error.to_string()))?;
        let mut about = self.about.clone();
        about.insert(SUM.to_owned(), sum(&views));
        let bytes = safetensors::serialize(views, Some(about)).map_err(|error| refused(error.to_string()))?;
        write_whole(&path, &bytes)
    }

    /// Writes `run.json`.
    ///
    /// # Errors
    ///
    /// [`FolderFault::Write`].
    pub fn record(&self, record: &Record) -> Result<(), FolderFault> {
        let path = self.path.join(RECORD);
        let text = serde_json::to_string_pretty(record).map_err(|error| cannot_write(&path, &error.into()))?;
        write_whole(&path, (text + "\n").as_bytes())
    }

    /// Returns where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// One row as it is stored.
struct Row<'a> {
    name: &'a str,
    kind: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl<'a> Row<'a> {
    fn of(name: &'a str, row: &Live) -> Result<Self, TorchFault> {
        let double = row.f_kind()? == Kind::Double;
        let (kind, width) = if double { (Dtype::F64, 8) } else { (Dtype::F32, 4) };
        let row = row.f_detach()?.f_to_device(Device::Cpu)?.f_contiguous()?;
        let mut bytes = vec![0; row.numel() * width];
        row.f_copy_data_u8(&mut bytes, row.numel())?;
        let shape = row.size().into_iter().map(|size| usize::try_from(size).unwrap_or(0)).collect();
        Ok(Self { name, kind, shape, bytes })
    }
}

/// Writes a file beside its final name, makes sure that it is on the disk, and renames it.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FolderFault> {
    let write = || -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".part-");
        let mut file = readable(&mut builder).tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|reason| cannot_write(path, &reason))
}

/// Gives the file the rights of any new file; temporary ones are the owner's alone.
fn readable<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

fn cannot_write(path: &Path, reason: &io::Error) -> FolderFault {
    FolderFault::Write { path: path.to_owned(), reason: reason.to_string(), option: RUN_DIR }
}
