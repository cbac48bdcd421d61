//! Tables; a browser sorts their rows where the reader clicks a head.

use super::markup::{inline, tag};

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct DataTable {
    /// What it lists.
    pub title: String,
    /// The heads of its columns.
    pub heads: Vec<String>,
    /// Its rows, a cell a column.
    pub rows: Vec<Vec<TableCell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub struct TableCell {
    /// What it says.
    pub text: String,
    /// The number by which rows are sorted, where it is one.
    pub number: Option<f64>,
    /// Whether it is a number, though it may be missing.
    pub is_number: bool,
    /// How it is meant.
    pub tone: CellTone,
    /// The name of the folded part of the page that it leads to.
    pub link: Option<String>,
}

/// How a cell is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellTone {
    /// Plain.
    #[default]
    Plain,
    /// Good.
    Good,
    /// Bad.
    Bad,
    /// Neither yet.
    Open,
    /// The name of a file, or a hash.
    Code,
}

impl TableCell {
    /// Makes a cell of words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: None, is_number: false, tone: CellTone::Plain, link: None }
    }

    /// Makes a cell of a number, which may be missing.
    pub fn number(text: impl Into<String>, number: Option<f64>) -> Self {
        Self { text: text.into(), number, is_number: true, tone: CellTone::Plain, link: None }
    }

    /// Returns it with a tone.
    #[must_use]
    pub fn toned(self, tone: CellTone) -> Self {
        Self { tone, ..self }
    }

    /// Returns it as a link to the folded part of this name.
    #[must_use]
    pub fn leading_to(self, name: String) -> Self {
        Self { link: Some(name), ..self }
    }

    fn html(&self) -> String {
        let class = match self.tone {
            CellTone::Plain => "",
            CellTone::Good => " good",
            CellTone::Bad => " bad",
            CellTone::Open => " open",
            CellTone::Code => " code",
        };
        let kind = if self.is_number { "number" } else { "words" };
        let sorted = self.number.map(|number| format!(" data-number=\"{number}\"")).unwrap_or_default();
        let text = inline(&self.text);
        let content = match &self.link {
            Some(name) => tag("a", &format!("href=\"#{}\"", inline(name)), &text),
            None => text,
        };
        tag("td", &format!("class=\"{kind}{class}\"{sorted}"), &content)
    }
}

impl DataTable {
    /// Returns it as markup.
    pub(super) fn html(&self) -> String {
        let right = |column: usize| self.rows.iter().any(|row| row.get(column).is_some_and(|cell| cell.is_number));
        let head = |(column, head): (usize, &String)| {
            tag(
                "th",
                &format!("scope=\"col\" class=\"{}\"", if right(column) { "number" } else { "words" }),
                &inline(head),
            )
        };
        let heads: String = self.heads.iter().enumerate().map(head).collect();
        let row = |row: &Vec<TableCell>| tag("tr", "", &row.iter().map(TableCell::html).collect::<String>()) + "\n";
        let rows: String = self.rows.iter().map(row).collect();
        let caption = tag("caption", "", &inline(&self.title));
        format!(
            "<div class=\"scroll\"><table class=\"sortable\">{caption}<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
        )
    }
}
