//! A path → the text of the file. What is no text is a fault that says on which line.

use std::fs;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::unpack::Unreadable;

/// A file is no text.
#[derive(Debug, Error, Diagnostic)]
#[error("{}, line {line}: is not UTF-8 text: byte {offset} of the file is 0x{byte:02x}", file.display())]
#[diagnostic(code(data::not_text), help("is it a CSV file? If so, save it as UTF-8"))]
pub struct NotUtf8 {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The place of the first byte that begins no character.
    pub offset: usize,
    /// That byte.
    pub byte: u8,
}

/// Why a file cannot be read as text.
#[derive(Debug, Error, Diagnostic)]
pub enum TextFault {
    /// It cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is no text.
    #[error(transparent)]
    #[diagnostic(transparent)]
    NotUtf8(#[from] NotUtf8),
}

/// Reads a file of text.
///
/// # Errors
///
/// See [`TextFault`].
pub fn text_file(path: &Path) -> Result<String, TextFault> {
    let bytes = fs::read(path).map_err(|why| Unreadable { file: path.to_path_buf(), why })?;
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..offset].split(|byte| *byte == b'\n').skip(1).count();
        let byte = error.as_bytes().get(offset).copied().unwrap_or_default();
        NotUtf8 { file: path.to_path_buf(), line, offset, byte }.into()
    })
}
