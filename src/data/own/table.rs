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
    let no_column = |found: &str| NoLabelColumn { file: file.to_path_buf(), found: found.to_owned() };
    let header = records.next().ok_or_else(|| no_column("it is empty"))?;
    let label = label_column(&header).map_err(|found| no_column(&found))?;
    let mut rows = Rows { width: header.len() - 1, numbers: Vec::new(), labels: Vec::new() };
    for record in records {
        rows.add(file, &record, (&header, label))?;
    }
    Ok(rows)
}

/// Returns the place of the column with labels, or says why there is none.
fn label_column(header: &csv::StringRecord) -> Result<usize, String> {
    let is_label = |name: &str| LABELS.contains(&name.to_lowercase().as_str());
    let mut found = header.iter().enumerate().filter(|(_, name)| is_label(name));
    match (found.next(), found.next()) {
        (Some(_), None) if header.len() == 1 => Err("it has labels and no numbers".to_owned()),
        (Some((place, _)), None) => Ok(place),
        (Some(_), Some(_)) => Err("two columns may hold labels".to_owned()),
        (None, _) => Err(format!("none of its columns holds labels: {}", list(header.iter()).replace(" or ", " and "))),
    }
}

impl Rows {
    /// Adds a row, whose cells are a label and numbers.
    fn add(
        &mut self,
        file: &Path,
        record: &csv::StringRecord,
        (header, label): (&csv::StringRecord, usize),
    ) -> Result<(), WrongValue> {
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |place: String, found, expected| WrongValue { file: file.to_path_buf(), place, found, expected };
        if record.len() != header.len() {
            let found = format!("{} cells for {} columns", record.len(), header.len());
            return Err(wrong(format!("line {line}"), found, "a cell for each column"));
        }
        for (place, (cell, name)) in record.iter().zip(header).enumerate() {
            let at = || format!("line {line}, column `{name}`");
            let said = || if cell.is_empty() { "nothing".to_owned() } else { format!("`{cell}`") };
            if place != label {
                let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
                self.numbers.push(number.ok_or_else(|| wrong(at(), said(), "a finite number"))?);
            } else if cell.is_empty() {
                return Err(wrong(at(), said(), "a label"));
            } else {
                self.labels.push(cell.to_owned());
            }
        }
        if self.numbers.len() > MOST_NUMBERS {
            return Err(wrong(format!("line {line}"), "more".to_owned(), "at most 134,217,728 numbers in all"));
        }
        Ok(())
    }
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
