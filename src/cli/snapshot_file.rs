//! A snapshot as a file: a YAML header between two lines `---` that says of which model and with which parameters, then
//! the printed plan.

use std::path::Path;

use indexmap::IndexMap;
use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

const FENCE: &str = "---\n";

/// A snapshot whose header cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("the header of `{path}` cannot be read: {why}")]
#[diagnostic(
    code(cli::broken_snapshot),
    help(
        "it stands between two lines `---`: `source: NAME.gem`, and `set:` with `NAME: VALUE` lines below it if parameters are set"
    )
)]
pub(super) struct BrokenSnapshot {
    pub(super) path: String,
    pub(super) why: String,
}

/// What a snapshot is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// The model's file name.
    pub(super) source: String,
    /// The parameters that are set.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub(super) set: IndexMap<String, Scalar>,
}

/// A parameter's value as the header holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

/// A snapshot that was read, or that would be written for a model that has none.
#[derive(Debug)]
pub(super) struct Snap {
    pub(super) header: Header,
    /// The header as text, kept as its author wrote it.
    head: String,
}

impl Snap {
    /// Makes the snapshot of a model that has none yet.
    pub(super) fn new(model: &Path) -> Self {
        Self::of(Header { source: file_name(model), set: IndexMap::new() })
    }

    /// Reads a snapshot of `model`; says why where its header is none.
    pub(super) fn read(model: &Path, text: &str) -> Result<Self, String> {
        let (head, _) = text
            .strip_prefix(FENCE)
            .and_then(|rest| rest.split_once("\n---\n"))
            .ok_or("it does not begin with a header")?;
        let header: Header = serde_yaml::from_str(head).map_err(|error| first_line(&error.to_string()))?;
        let name = file_name(model);
        // a model that was renamed together with its snapshot
        if header.source != name {
            return Ok(Self::of(Header { source: name, ..header }));
        }
        Ok(Self { header, head: format!("{head}\n") })
    }

    /// Returns the parameters to set.
    pub(super) fn settings(&self) -> Vec<(String, String)> {
        self.header.set.iter().map(|(name, value)| (name.clone(), value.text())).collect()
    }

    /// Returns the whole file for a printed plan.
    pub(super) fn with(&self, plan: &str) -> String {
        format!("{FENCE}{}{FENCE}{plan}", self.head)
    }

    fn of(header: Header) -> Self {
        let head = serde_yaml::to_string(&header).unwrap_or_default();
        Self { header, head }
    }
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => format!("{value:?}"),
            Self::Text(value) => value.clone(),
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
