//! A source text with all that was found in it: what people read, and the plain findings that scripts read.

use std::fmt::{self, Write as _};

use miette::{Diagnostic, LabeledSpan, Severity};
use rustc_hash::FxHashMap;

use super::escape::message;
use super::excerpt::Excerpt;
use super::finding::{Finding, finding, line_starts, replacement};
use super::fix::Fix;
use super::handler::handler;
use super::problems::{Problem, Problems, code, is_error};

/// Faults that are drawn; a text with more gets a line that counts the rest.
const SHOWN: usize = 50;
/// Faults of one kind that are all drawn; of more the first are, and the rest is counted.
const FEW: usize = 20;
/// How many are drawn of more, and of how many further ones the line is told.
const FIRST: usize = 3;
const NEXT: usize = 5;

/// Bytes of a line that is still drawn; of a longer one only the place is told.
const LONGEST_LINE: usize = 1_000;

/// How a report is drawn; without the feature `fancy` it is told in sentences, whatever the style.
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
    excerpt: Box<Excerpt>,
    problems: Vec<Problem>,
    /// What mends each of them, where that is known.
    fixes: Vec<Option<Fix>>,
    /// How many there are of each code.
    kinds: Vec<(String, usize)>,
}

impl Report {
    /// Makes the report of `problems` found in `text`, which is shown under `name`.
    pub fn new(name: &str, text: &str, problems: Problems) -> Self {
        let (found, kinds) = problems.sorted();
        let (problems, fixes) = found.into_iter().map(|found| (found.problem, found.fix)).unzip();
        Self { excerpt: Box::new(Excerpt::new(name, text)), problems, fixes, kinds: kinds.into_iter().collect() }
    }

    /// Returns the faults and warnings in the order of the text; of each kind a hundred at most.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the faults and warnings with what mends them, where that is known.
    pub fn with_fixes(&self) -> impl Iterator<Item = (&Problem, Option<&Fix>)> {
        self.problems.iter().zip(self.fixes.iter().map(Option::as_ref))
    }

    /// Counts errors and warnings, those among them that are not kept.
    pub fn counts(&self) -> [usize; 2] {
        let mut counts = [0; 2];
        for (code, count) in &self.kinds {
            let kept = self.problems.iter().find(|problem| self::code(problem.as_ref()) == *code);
            counts[usize::from(kept.is_some_and(|problem| !is_error(problem.as_ref())))] += count;
        }
        counts
    }

    /// Tells whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| is_error(problem.as_ref()))
    }

    /// Tells whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Draws every fault with its place in the text, a blank line between two; of very many of one kind the first, and how
    /// many more there are.
    pub fn render(&self, style: Style) -> String {
        let handler = handler(style);
        let (mut out, mut drawn, mut told) = (String::new(), 0, 0);
        let mut seen: FxHashMap<String, usize> = FxHashMap::default();
        for problem in &self.problems {
            let code = code(problem.as_ref());
            let before = seen.entry(code.clone()).or_default();
            let all = self.all(&code);
            *before += 1;
            if drawn == SHOWN || (all > FEW && *before > FIRST) {
                continue;
            }
            out.push_str(if drawn == 0 { "" } else { "\n" });
            let located = Located { problem: problem.as_ref(), report: self };
            // writing into a string cannot fail
            let _ = handler.render_report(&mut out, &located);
            (drawn, told) = (drawn + 1, told + 1);
            if all > FEW && *before == FIRST {
                let _ = writeln!(out, "\n  … and {} more of {code}{}", all - FIRST, self.next(&code));
                told += all - FIRST;
            }
        }
        if let more @ 1.. = self.counts().iter().sum::<usize>() - told {
            let _ = writeln!(out, "  … and {more} more");
        }
        out
    }

    /// Returns how many there are of a kind.
    fn all(&self, code: &str) -> usize {
        self.kinds.iter().find(|(kind, _)| kind == code).map_or(0, |(_, count)| *count)
    }

    /// Says on which lines the next faults of a kind are that are not drawn.
    fn next(&self, code: &str) -> String {
        let starts = line_starts(&self.excerpt.raw);
        let alike = self.problems.iter().filter(|problem| self::code(problem.as_ref()) == code).skip(FIRST);
        let line = |problem: &Problem| finding(problem.as_ref(), &self.excerpt.raw, &starts).line;
        let mut lines: Vec<usize> = alike.filter(|problem| problem.labels().is_some()).map(line).collect();
        lines.dedup();
        let lines: Vec<String> = lines.iter().take(NEXT).map(usize::to_string).collect();
        match lines.as_slice() {
            [] => String::new(),
            [only] => format!(", the next on line {only}"),
            several => format!(", the next on lines {}", several.join(", ")),
        }
    }

    /// Returns what scripts read: of each kind a hundred at most, the last of which says how many more there are.
    pub fn findings(&self) -> Vec<Finding> {
        let lines = line_starts(&self.excerpt.raw);
        let text = &self.excerpt.raw;
        let each = self.problems.iter().zip(&self.fixes);
        let mut found: Vec<Finding> = each
            .map(|(problem, fix)| Finding {
                fix: fix.as_ref().map(|fix| replacement(fix, text, &lines)),
                ..finding(problem.as_ref(), text, &lines)
            })
            .collect();
        for (code, all) in &self.kinds {
            let listed = found.iter().filter(|finding| finding.code == *code).count();
            if let (more @ 1.., Some(last)) = (all - listed, found.iter_mut().rfind(|finding| finding.code == *code)) {
                last.more = Some(more);
            }
        }
        found
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

impl std::error::Error for Report {}

/// A fault together with the report that it is drawn in.
#[derive(Debug)]
struct Located<'a> {
    problem: &'a dyn Diagnostic,
    report: &'a Report,
}

impl Located<'_> {
    /// Tells whether the lines round every label are short enough to be drawn.
    fn is_drawn(&self) -> bool {
        let text = &self.report.excerpt.raw;
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
        f.write_str(&message(&self.problem.to_string()))?;
        if self.is_drawn() {
            return Ok(());
        }
        let text = &self.report.excerpt.raw;
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
        self.problem.help().map(|help| Box::new(message(&help.to_string())) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.problem
            .labels()?
            .next()
            .filter(|_| self.is_drawn())
            .map(|_| &*self.report.excerpt as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = self.problem.labels()?;
        Some(Box::new(labels.map(|label| self.report.excerpt.label(&label, label.label().map(message)))))
    }
}
