//! A source text with all that was found in it: what people read, and the plain findings that scripts read.

use std::fmt::{self, Write as _};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity};
use serde::Serialize;

use super::problems::{Problem, Problems, is_error};

/// Faults that are drawn; a text with more gets a line that counts the rest.
const SHOWN: usize = 50;

/// Bytes of a line that is still drawn; of a longer one only the place is told.
const LONGEST_LINE: usize = 1_000;

/// How a report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Colours and box-drawing letters, `width` columns.
    Colour {
        /// Columns.
        width: usize,
    },
    /// Box-drawing letters without colours, `width` columns.
    Bare {
        /// Columns.
        width: usize,
    },
    /// Box-drawing letters without colours, 100 columns: what snapshots hold.
    Plain,
}

/// All faults and warnings of one source, in the order of its text.
#[derive(Debug)]
pub struct Report {
    source: NamedSource<String>,
    problems: Vec<Problem>,
}

/// One fault or warning as scripts see it; lines and columns count from 1, in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code, such as `gem::unknown_name`.
    pub code: String,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// Line of the primary label; 1 where there is none.
    pub line: usize,
    /// Column of the primary label; 1 where there is none.
    pub column: usize,
    /// Characters that it covers.
    pub length: usize,
    /// What to do.
    pub help: Option<String>,
}

impl Report {
    /// Makes the report of `problems` found in `text`, which is shown under `name`.
    pub fn new(name: &str, text: &str, problems: Problems) -> Self {
        Self { source: NamedSource::new(name, text.to_owned()), problems: problems.sorted() }
    }

    /// Returns the faults and warnings in the order of the text.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Tells whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| is_error(problem.as_ref()))
    }

    /// Tells whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Draws every fault with its place in the text, a blank line between two.
    pub fn render(&self, style: Style) -> String {
        let bare = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
        let handler = match style {
            Style::Colour { width } => GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_width(width),
            Style::Bare { width } => bare.with_width(width),
            Style::Plain => bare.with_width(100),
        }
        .with_links(false);
        let mut out = String::new();
        for (index, problem) in self.problems.iter().take(SHOWN).enumerate() {
            out.push_str(if index == 0 { "" } else { "\n" });
            let located = Located { problem: problem.as_ref(), source: &self.source };
            // writing into a string cannot fail
            let _ = handler.render_report(&mut out, &located);
        }
        if let Some(more @ 1..) = self.problems.len().checked_sub(SHOWN) {
            let _ = writeln!(out, "  … and {more} more");
        }
        out
    }

    /// Returns what scripts read.
    pub fn findings(&self) -> Vec<Finding> {
        let text = self.source.inner();
        let lines = line_starts(text);
        self.problems.iter().map(|problem| finding(problem.as_ref(), text, &lines)).collect()
    }
}

/// Returns the places where the lines of `text` begin.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// Turns one problem into plain fields; `lines` are the places where the lines of `text` begin.
fn finding(problem: &dyn Diagnostic, text: &str, lines: &[usize]) -> Finding {
    let labels: Vec<LabeledSpan> = problem.labels().into_iter().flatten().collect();
    let label = labels.iter().find(|label| label.primary()).or(labels.first());
    let (offset, bytes) = label.map_or((0, 0), |label| (label.offset(), label.len()));
    let line = lines.partition_point(|start| *start <= offset).max(1);
    let characters = |from: usize, to: usize| text.get(from..to).map_or(0, |covered| covered.chars().count());
    Finding {
        code: problem.code().map(|code| code.to_string()).unwrap_or_default(),
        severity: if is_error(problem) { "error" } else { "warning" },
        message: problem.to_string(),
        line,
        column: characters(lines[line - 1], offset) + 1,
        length: characters(offset, offset + bytes),
        help: problem.help().map(|help| help.to_string()),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

impl std::error::Error for Report {}

/// A fault together with the text that it points into.
#[derive(Debug)]
struct Located<'a> {
    problem: &'a dyn Diagnostic,
    source: &'a NamedSource<String>,
}

impl Located<'_> {
    /// Tells whether the lines round every label are short enough to be drawn.
    fn is_drawn(&self) -> bool {
        let text = self.source.inner();
        // one line above and one below are drawn too
        let long = |label: &LabeledSpan| {
            let above = text.get(..label.offset()).into_iter().flat_map(|text| text.rsplit('\n').take(2));
            let below = text.get(label.offset()..).into_iter().flat_map(|text| text.split('\n').take(2));
            above.chain(below).map(str::len).max().is_some_and(|longest| longest > LONGEST_LINE)
        };
        self.problem.labels().is_none_or(|mut labels| !labels.any(|label| long(&label)))
    }
}

impl fmt::Display for Located<'_> {
    /// Writes the message, with its place where that cannot be drawn.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.problem, f)?;
        if self.is_drawn() {
            return Ok(());
        }
        let text = self.source.inner();
        let found = finding(self.problem, text, &line_starts(text));
        write!(f, " (line {}, column {}; a line here is too long to be shown)", found.line, found.column)
    }
}

impl std::error::Error for Located<'_> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

impl Diagnostic for Located<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.code()
    }

    fn severity(&self) -> Option<Severity> {
        self.problem.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help()
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.problem.labels()?.next().filter(|_| self.is_drawn()).map(|_| self.source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.problem.labels()
    }
}
