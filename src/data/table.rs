//! The text of a CSV file → its rows, each cell with its place; and tables back into text. Cells stand between commas, semicolons
//! or tabs. A row that is shorter or longer than the header is a fault and is left out.

use miette::Diagnostic;
use thiserror::Error;

use super::flaws::Flaws;
use crate::diag::Problems;
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
    pub(super) fn name(&self, index: usize, flaws: &mut Flaws) -> Option<&Name> {
        let cell = self.cells.get(index)?;
        if cell.text.is_empty() {
            flaws.unnamed(cell.span, self.line);
            return None;
        }
        Some(cell)
    }

    /// Returns the number in a cell.
    pub(super) fn number(&self, index: usize, flaws: &mut Flaws) -> Option<f64> {
        let cell = self.cells.get(index)?;
        let number = cell.text.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            flaws.not_a_number(cell);
        }
        number
    }
}

/// Separators that a file may have; of two that the header has equally often, the first is meant.
const SEPARATORS: [char; 3] = ['\t', ';', ','];

/// Returns the separator that the first row has most often outside quotes.
pub(super) fn separator(text: &str) -> u8 {
    let (mut quoted, mut found) = (false, [0_usize; SEPARATORS.len()]);
    let whole = text.trim_start_matches(['\r', '\n', '\u{feff}']);
    for letter in whole.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\r' | '\n' => break,
            _ => {
                found.iter_mut().zip(SEPARATORS).filter(|(_, own)| *own == letter).for_each(|(count, _)| *count += 1);
            }
        }
    }
    let most = found.iter().max().copied().filter(|most| *most > 0);
    let chosen = most.and_then(|most| SEPARATORS.into_iter().zip(found).find(|(_, count)| *count == most));
    // each of them is one byte
    chosen.and_then(|(letter, _)| u8::try_from(letter).ok()).unwrap_or(b',')
}

/// Reads a table, whose separator is found by its header. Nothing comes back where there is no row; `wanted` says what the file
/// should have held.
pub(super) fn table(text: &str, wanted: &'static str, flaws: &mut Flaws, problems: &mut Problems) -> Option<Table> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator(text));
    let mut reader = builder.from_reader(text.as_bytes());
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
            flaws.ragged(row.span, row.line, [row.cells.len(), expected]);
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
