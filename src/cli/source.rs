//! A path → a text. What cannot be read is a fault with a code like any other, so that the other files are still looked at.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::exit::alone;
use super::shipped::{self, SHIPPED};
use crate::diag::{Problems, Report, did_you_mean};
use crate::span::Span;

/// The longest text that is read, in bytes.
pub(super) const LONGEST: u64 = 64 << 20;
/// The longest line that is shown of a file which is not text, in bytes.
const LONGEST_LINE: usize = 400;

/// A file that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("`{path}` cannot be read: {why}")]
#[diagnostic(code(gem::unreadable_file))]
struct UnreadableFile {
    path: String,
    why: String,
    #[help]
    help: String,
}

/// A file whose bytes are no text.
#[derive(Debug, Error, Diagnostic)]
#[error("`{path}` is not UTF-8 text: byte {offset} is 0x{byte:02x}")]
#[diagnostic(code(gem::not_utf8), help("is it a .gem file? If so, save it as UTF-8"))]
struct NotUtf8 {
    path: String,
    offset: usize,
    byte: u8,
    #[label(primary, "this byte is not valid UTF-8")]
    at: Option<Span>,
}

/// A model's text, and the name under which faults show it.
#[derive(Debug)]
pub(super) struct Source {
    /// The path as the user wrote it.
    pub(super) name: String,
    /// The text.
    pub(super) text: String,
    /// Whether it is gemc's own copy.
    pub(super) shipped: bool,
}

/// Reads a model by its path; where there is no such file, takes gemc's own copy of a model that ships with it.
pub(super) fn find(path: &Path) -> Result<Source, Report> {
    match shipped::look_up(path) {
        Some((name, text)) if !path.exists() => {
            Ok(Source { name: name.to_owned(), text: text.to_owned(), shipped: true })
        }
        _ => read(path),
    }
}

/// Reads a model by its path.
pub(super) fn read(path: &Path) -> Result<Source, Report> {
    let name = path.display().to_string();
    let bytes = bytes(path).map_err(|why| alone(unreadable(path, &why)))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { name, text, shipped: false }),
        Err(error) => Err(not_utf8(&name, error.as_bytes(), error.utf8_error().valid_up_to())),
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::new(ErrorKind::FileTooLarge, "it is longer than 64 MiB"));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, why: &io::Error) -> UnreadableFile {
    let kind = why.kind();
    let (why, help) = if kind == ErrorKind::NotFound {
        ("there is no such file".to_owned(), missing(path))
    } else if kind == ErrorKind::IsADirectory {
        ("it is a folder".to_owned(), format!("name its files: {}", path.join("*.gem").display()))
    } else if kind == ErrorKind::PermissionDenied {
        ("you may not read it".to_owned(), "change its permissions".to_owned())
    } else {
        (why.to_string(), "is this the right file?".to_owned())
    };
    UnreadableFile { path: path.display().to_string(), why, help }
}

/// Says what could be meant instead of a path that leads nowhere.
fn missing(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_path_buf);
    if !folder.exists() {
        return format!("there is no folder `{}`", folder.display());
    }
    let mut near: Vec<String> =
        folder.read_dir().into_iter().flatten().flatten().filter_map(|entry| model_name(&entry)).collect();
    near.extend(SHIPPED.iter().map(|(name, _)| (*name).to_owned()));
    near.sort_unstable();
    let meant = did_you_mean(&name, near.iter().map(String::as_str));
    meant.unwrap_or_else(|| {
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        format!("`gemc compile` knows {} without a path", names.join(", "))
    })
}

fn model_name(entry: &std::fs::DirEntry) -> Option<String> {
    entry.file_name().into_string().ok().filter(|name| Path::new(name).extension().is_some_and(|end| end == "gem"))
}

/// Reports bytes that are no text. Where they are nearly text the line is shown, control characters as `?` so that no
/// terminal obeys them.
fn not_utf8(name: &str, bytes: &[u8], offset: usize) -> Report {
    let harmless = |letter: char| if letter.is_ascii_control() && !"\n\t".contains(letter) { '?' } else { letter };
    let shown: String = String::from_utf8_lossy(bytes).chars().map(harmless).collect();
    let at = Span::new(offset, offset + char::REPLACEMENT_CHARACTER.len_utf8());
    let is_text = !bytes.contains(&0) && shown.lines().all(|line| line.len() <= LONGEST_LINE);
    let mut problems = Problems::new();
    let byte = bytes.get(offset).copied().unwrap_or_default();
    problems.push(NotUtf8 { path: name.to_owned(), offset, byte, at: is_text.then_some(at) });
    Report::new(name, &shown, problems)
}
