//! The text of a CSV file → its rows, each cell with its place; and tables back into text. A row that is shorter or longer than
//! the header is a fault and is left out.

use miette::Diagnostic;
use thiserror::Error;

use crate::diag::{Problems, count};
use crate::span::{Name, Span};

/// A file holds no row besides its header.
#[derive(Debug, Error, Diagnostic)]
#[error("the file holds {found}")]
#[diagnostic(code(data::empty_table), help("{wanted}"))]
struct EmptyTable {
    found: &'static str,
    wanted: &'static str,
    #[label(primary, "nothing follows")]
    at: Option<Span>,
}

/// A row has another number of cells than the header.
#[derive(Debug, Error, Diagnostic)]
#[error("line {line} has {}, the header has {}", count(*.found, "cell"), *.expected)]
#[diagnostic(
    code(data::ragged_row),
    help("every row has as many cells as the header; is a comma missing, or a quote?")
)]
struct RaggedRow {
    line: u64,
    found: u64,
    expected: u64,
    #[label(primary, "{expected} expected")]
    at: Span,
}

/// A cell that should hold a number does not.
#[derive(Debug, Error, Diagnostic)]
#[error("`{cell}` is not a number")]
#[diagnostic(
    code(data::not_a_number),
    help("write a finite number with a point, such as `0.25`; a missing value is not filled in")
)]
struct NotANumber {
    cell: String,
    #[label(primary, "a number is expected here")]
    at: Span,
}

/// A cell that should hold a name is empty.
#[derive(Debug, Error, Diagnostic)]
#[error("line {line} lacks a name")]
#[diagnostic(code(data::unnamed), help("every neuron and every gene has a name"))]
struct Unnamed {
    line: u64,
    #[label(primary, "a name is expected here")]
    at: Span,
}

/// One line of a table.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The line, from 1.
    pub(super) line: u64,
    /// Its cells, without the blanks around them.
    pub(super) cells: Vec<Name>,
    /// All of it.
    pub(super) span: Span,
}

/// A header, and rows of the same length.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) header: Row,
    pub(super) rows: Vec<Row>,
}

impl Row {
    /// Returns the name in a cell.
    pub(super) fn name(&self, index: usize, problems: &mut Problems) -> Option<&Name> {
        let cell = self.cells.get(index)?;
        if cell.text.is_empty() {
            problems.push(Unnamed { line: self.line, at: cell.span });
            return None;
        }
        Some(cell)
    }

    /// Returns the number in a cell.
    pub(super) fn number(&self, index: usize, problems: &mut Problems) -> Option<f64> {
        let cell = self.cells.get(index)?;
        let number = cell.text.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            problems.push(NotANumber { cell: cell.text.to_string(), at: cell.span });
        }
        number
    }
}

/// Reads a table. Nothing comes back where there is no row; `wanted` says what the file should have held.
pub(super) fn table(text: &str, wanted: &'static str, problems: &mut Problems) -> Option<Table> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    // the text is UTF-8 and rows may be of any length: nothing else can be wrong with a record
    let mut records = reader.records().map_while(Result::ok).map(|record| row(text, &record));
    let Some(header) = records.next() else {
        problems.push(EmptyTable { found: "no row", wanted, at: None });
        return None;
    };
    let (mut rows, expected, mut any) = (Vec::new(), header.cells.len(), false);
    for row in records {
        any = true;
        if row.cells.len() == expected {
            rows.push(row);
        } else {
            let (found, expected) = (row.cells.len() as u64, expected as u64);
            problems.push(RaggedRow { line: row.line, found, expected, at: row.span });
        }
        if problems.many() {
            break;
        }
    }
    if !any {
        problems.push(EmptyTable { found: "a header and no row", wanted, at: Some(header.span) });
    }
    any.then_some(Table { header, rows })
}

/// Finds the cells of a record in the text.
fn row(text: &str, record: &csv::StringRecord) -> Row {
    let (start, line) = record.position().map_or((0, 1), |at| (usize::try_from(at.byte()).unwrap_or(0), at.line()));
    let rest = text.get(start..).unwrap_or_default();
    // a record that follows a blank line is said to begin there
    let start = start + rest.len() - rest.trim_start_matches(['\r', '\n', '\u{feff}']).len();
    let line =
        line + rest.chars().take_while(|letter| ['\r', '\n'].contains(letter)).filter(|c| *c == '\n').count() as u64;
    let whole = text.get(start..).unwrap_or_default();
    let length = whole.find(['\r', '\n']).unwrap_or(whole.len());
    let span = Span::new(start, start + length);
    let quoted = whole[..length].contains('"');
    let mut at = start;
    let mut cell = |raw: &str| {
        let (trimmed, from) = (raw.trim(), at + raw.len() - raw.trim_start().len());
        at += raw.len() + 1;
        // quotes move what follows them
        Name::new(trimmed, if quoted { span } else { Span::new(from, from + trimmed.len()) })
    };
    Row { line, cells: record.iter().map(&mut cell).collect(), span }
}

/// Writes rows as the text of a CSV file, with quotes where a name needs them.
pub fn written<R, C>(rows: R) -> String
where
    R: IntoIterator<Item = Vec<C>>,
    C: AsRef<[u8]>,
{
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // writing into memory cannot fail, and rows here are of one length
        let _ = writer.write_record(&row);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
