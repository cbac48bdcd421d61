//! Proven drawings come in; samples by character go out: ink is 255 and paper 0.

use std::io::Cursor;
use std::path::Path;

use rayon::prelude::*;

use super::area_average::{Square, area_average};
use super::{Drawing, Drawings, DrawingsFault};
use crate::data::class_samples::ClassSize;
use crate::data::dataset::WrongSizes;
use crate::data::image_file::{Look, look_at, pixels_of};

/// Rows, and columns, of a drawing.
const SIDE: usize = 105;

/// Decodes drawings and brings them to `side` × `side` bytes. Returns how many there are of each character, and all their pixels.
///
/// A class is called after its alphabet and character: `Korean/character07`.
///
/// # Errors
/// A [`DrawingsFault`] where there are not `expected` drawings, or one is no whole image of 105 × 105 pixels.
pub(in crate::data) fn characters(
    drawings: &Drawings,
    expected: usize,
    side: usize,
) -> Result<(Vec<ClassSize>, Vec<u8>), DrawingsFault> {
    if drawings.files.len() != expected {
        let (expected, found) = (format!("{expected} drawings"), format!("{} drawings", drawings.files.len()));
        return Err(WrongSizes { file: drawings.place.clone(), expected, found }.into());
    }
    let decoded: Vec<Result<Vec<u8>, DrawingsFault>> =
        drawings.files.par_iter().map(|drawing| sample(drawing, &drawings.place, side)).collect();
    let mut pixels = Vec::with_capacity(decoded.len() * side * side);
    for sample in decoded {
        pixels.extend(sample?);
    }
    let mut classes: Vec<ClassSize> = Vec::new();
    for drawing in &drawings.files {
        let name = character(&drawing.path);
        match classes.last_mut() {
            Some(class) if class.name == name => class.samples += 1,
            _ => classes.push(ClassSize { name: name.to_owned(), samples: 1 }),
        }
    }
    Ok((classes, pixels))
}

/// Returns the alphabet and the character of a path.
fn character(path: &str) -> &str {
    let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
    folder.split_once('/').map_or(folder, |(_, character)| character)
}

/// Decodes a drawing, whose ink is black, and brings it to `side` × `side` bytes.
fn sample(drawing: &Drawing, place: &Path, side: usize) -> Result<Vec<u8>, DrawingsFault> {
    let file = place.with_file_name(&drawing.path);
    let Look { height, width, .. } = look_at(Cursor::new(&drawing.png), &file)?;
    if (height, width) != (SIDE, SIDE) {
        let (expected, found) = (format!("a drawing of {SIDE} × {SIDE}"), format!("one of {height} × {width}"));
        return Err(WrongSizes { file, expected, found }.into());
    }
    let (_, paper) = pixels_of(&drawing.png, &file, 1)?;
    let ink: Vec<u8> = paper.into_iter().map(|value| u8::MAX - value).collect();
    Ok(area_average(Square { side: SIDE, pixels: &ink }, side))
}
