//! A CSV table → samples: a row for each, one column with labels, numbers in all others.
//!
//! Numbers that are whole and from 0 to 255 are taken as they are, and numbers from 0 to 1 are multiplied by 255. Of all others the
//! least number of a column becomes 0, and the greatest 255.

use std::collections::BTreeSet;
use std::path::Path;

use super::archive::{byte, is_byte};
use super::fault::{NoLabelColumn, OwnDataFault, WrongClasses, WrongValue};
use super::samples::OwnSamples;
use crate::data::table::separator;
use crate::data::text_file::text_file;
use crate::diag::list;

/// Names of the column with labels, in small letters.
const LABELS: &[&str] = &["label", "labels", "class", "target", "y"];
/// Numbers of a table at most.
const MOST_NUMBERS: usize = 1 << 27;

/// What was read of a table.
struct Rows {
    width: usize,
    numbers: Vec<f64>,
    labels: Vec<String>,
}

/// Reads a table.
pub(super) fn read(file: &Path) -> Result<OwnSamples, OwnDataFault> {
    let Rows { width, numbers, labels } = rows(file, &text_file(file)?)?;
    let (labels, class_names) = numbered(file, &labels)?;
    let classes = super::samples::classes(&labels, &[], file)?.max(class_names.len());
    let pixels = scaled(&numbers, width);
    Ok(OwnSamples { sizes: [1, width, 1], classes, train: (pixels, labels), test: None, class_names })
}

fn rows(file: &Path, text: &str) -> Result<Rows, OwnDataFault> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).trim(csv::Trim::All).delimiter(separator(text));
    let mut reader = builder.from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut records = reader.records().map_while(Result::ok);
    let no_column = |found: String| NoLabelColumn { file: file.to_path_buf(), found };
    let header = records.next().ok_or_else(|| no_column("it is empty".to_owned()))?;
    let is_label = |name: &str| LABELS.contains(&name.to_lowercase().as_str());
    let mut found = header.iter().enumerate().filter(|(_, name)| is_label(name));
    let label = match (found.next(), found.next()) {
        (Some((place, _)), None) => place,
        (Some(_), Some(_)) => return Err(no_column("two columns may hold labels".to_owned()).into()),
        (None, _) => {
            let names = list(header.iter()).replace(" or ", " and ");
            return Err(no_column(format!("none of its columns holds labels: {names}")).into());
        }
    };
    let width = header.len() - 1;
    if width == 0 {
        return Err(no_column("it has labels and no numbers".to_owned()).into());
    }
    let mut rows = Rows { width, numbers: Vec::new(), labels: Vec::new() };
    for record in records {
        let line = record.position().map_or(0, csv::Position::line);
        let wrong =
            |place: String, found: String, expected| WrongValue { file: file.to_path_buf(), place, found, expected };
        if record.len() != header.len() {
            let found = format!("{} cells for {} columns", record.len(), header.len());
            return Err(wrong(format!("line {line}"), found, "a cell for each column").into());
        }
        for (place, (cell, name)) in record.iter().zip(&header).enumerate() {
            let at = || format!("line {line}, column `{name}`");
            let said = || if cell.is_empty() { "nothing".to_owned() } else { format!("`{cell}`") };
            if place == label {
                if cell.is_empty() {
                    return Err(wrong(at(), said(), "a label").into());
                }
                rows.labels.push(cell.to_owned());
            } else {
                let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
                rows.numbers.push(number.ok_or_else(|| wrong(at(), said(), "a finite number"))?);
            }
        }
        if rows.numbers.len() > MOST_NUMBERS {
            return Err(wrong(format!("line {line}"), "more".to_owned(), "at most 134,217,728 numbers in all").into());
        }
    }
    Ok(rows)
}

/// Numbers the classes: labels that are whole numbers from 0 to 255 are their own numbers, others are numbered in the order of their
/// names.
fn numbered(file: &Path, labels: &[String]) -> Result<(Vec<u8>, Vec<String>), OwnDataFault> {
    if let Some(numbers) = labels.iter().map(|label| label.parse().ok()).collect::<Option<Vec<u8>>>() {
        return Ok((numbers, Vec::new()));
    }
    let names: Vec<String> = labels.iter().cloned().collect::<BTreeSet<String>>().into_iter().collect();
    if names.len() > 256 {
        let found = format!("{} classes", names.len());
        return Err(WrongClasses { file: file.to_path_buf(), found, expected: "2 to 256 classes" }.into());
    }
    let number =
        |label: &String| names.binary_search(label).ok().and_then(|place| u8::try_from(place).ok()).unwrap_or(0);
    Ok((labels.iter().map(number).collect(), names))
}

/// Makes bytes of numbers.
fn scaled(numbers: &[f64], width: usize) -> Vec<u8> {
    if numbers.iter().all(|number| (0.0..=1.0).contains(number)) {
        return numbers.iter().map(|number| byte(number * 255.0)).collect();
    }
    if numbers.iter().all(|number| is_byte(*number)) {
        return numbers.iter().map(|number| byte(*number)).collect();
    }
    let mut ends = vec![[f64::INFINITY, f64::NEG_INFINITY]; width];
    for (place, number) in numbers.iter().enumerate() {
        let [least, most] = &mut ends[place % width];
        (*least, *most) = (least.min(*number), most.max(*number));
    }
    let share = |(place, number): (usize, &f64)| {
        let [least, most] = ends[place % width];
        // halves first: the difference of two finite numbers may not be finite
        let span = most / 2.0 - least / 2.0;
        if span > 0.0 { byte((number / 2.0 - least / 2.0) / span * 255.0) } else { 0 }
    };
    numbers.iter().enumerate().map(share).collect()
}
