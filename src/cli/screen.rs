//! The only place that prints. Text for scripts and what was asked for goes to standard output; reports, progress and
//! remarks to standard error; each plain where it is not a terminal or `NO_COLOR` is set.

use std::borrow::Cow;
use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};

use clap::builder::styling::{AnsiColor, Style as Paint};
use miette::Diagnostic;
use serde::Serialize;
use serde_json::json;
use thiserror::Error;

use super::args::Format;
use super::exit::{Exit, Failure};
use crate::diag::{Report, Style, escaped, is_hidden};

/// Columns of text that nobody looks at, and the most that text for people is spread over.
const WIDEST: usize = 100;
/// The fewest columns that a report is drawn in.
const NARROWEST: usize = 40;

/// Standard output takes no more.
#[derive(Debug, Error, Diagnostic)]
#[error("standard output cannot be written to: {why}")]
#[diagnostic(code(cli::output), help("is the disk full?"))]
struct OutputClosed {
    why: io::Error,
}

/// What can be emphasised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// What the line is about.
    Strong,
    /// What may be skipped.
    Faint,
    /// Good news, and lines that are new.
    Good,
    /// Bad news, and lines that are gone.
    Bad,
    /// Places, and source text.
    Code,
}

/// Standard output and standard error, and what each may show.
#[derive(Debug)]
pub(super) struct Screen {
    format: Format,
    out: Pane,
    err: Pane,
}

/// One of the two streams.
#[derive(Debug, Clone, Copy)]
struct Pane {
    stream: Stream,
    live: bool,
    colour: bool,
    width: usize,
}

#[derive(Debug, Clone, Copy)]
enum Stream {
    Out,
    Err,
}

impl Pane {
    fn new(stream: Stream, live: bool, size: Option<(terminal_size::Width, terminal_size::Height)>) -> Self {
        let asked = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let columns = size.map_or(WIDEST, |(width, _)| usize::from(width.0));
        let width = if live { columns.clamp(NARROWEST, WIDEST) } else { WIDEST };
        Self { stream, live, colour: live && !dumb && !asked("NO_COLOR"), width }
    }

    fn paint(self, ink: Ink, text: &str) -> String {
        let paint = match ink {
            Ink::Strong => Paint::new().bold(),
            Ink::Faint => Paint::new().dimmed(),
            Ink::Good => AnsiColor::Green.on_default(),
            Ink::Bad => AnsiColor::Red.on_default(),
            Ink::Code => AnsiColor::Cyan.on_default(),
        };
        if self.colour { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
    }

    fn write(self, text: &str) -> io::Result<()> {
        let text = harmless(text, self.colour);
        match self.stream {
            Stream::Out => {
                let mut out = io::stdout().lock();
                out.write_all(text.as_bytes()).and_then(|()| out.flush())
            }
            Stream::Err => io::stderr().lock().write_all(text.as_bytes()),
        }
    }

    fn style(self) -> Style {
        if self.colour { Style::Colour { width: self.width } } else { Style::Bare { width: self.width } }
    }
}

/// Spells out what a terminal would obey, colours aside where there are any.
fn harmless(text: &str, colour: bool) -> Cow<'_, str> {
    if !colour || !text.contains(ESCAPE) {
        return escaped(text);
    }
    let mut pieces = text.split(ESCAPE);
    let mut out = escaped(pieces.next().unwrap_or_default()).into_owned();
    for piece in pieces {
        let paint = piece.strip_prefix('[').and_then(|rest| rest.split_once('m'));
        let is_paint = paint.is_some_and(|(codes, _)| codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'));
        out.push_str(if is_paint { ESCAPE } else { "\\u{1b}" });
        out.push_str(&escaped(piece));
    }
    Cow::Owned(out)
}

/// Begins a colour.
const ESCAPE: &str = "\u{1b}";

/// Writes an object as scripts read it. What a terminal would obey is spelt as JSON spells it: none of it stands outside strings.
pub(super) fn spelt(object: &impl Serialize) -> String {
    let text = format!("{:#}\n", serde_json::to_value(object).unwrap_or_default());
    if !text.chars().any(is_hidden) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) { out += &format!("\\u{:04x}", u32::from(character)) } else { out.push(character) }
    }
    out
}

impl Screen {
    /// Looks at both streams.
    pub(super) fn new(format: Format) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        Self {
            format,
            out: Pane::new(Stream::Out, out.is_terminal(), terminal_size::terminal_size_of(&out)),
            err: Pane::new(Stream::Err, err.is_terminal(), terminal_size::terminal_size_of(&err)),
        }
    }

    /// Tells whether scripts read standard output.
    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Tells whether someone looks at standard error, and so at how far training is.
    pub(super) fn is_watched(&self) -> bool {
        self.err.live && !self.is_json()
    }

    /// Returns the columns of standard output.
    pub(super) fn width(&self) -> usize {
        self.out.width
    }

    /// Emphasises what will go to standard output.
    pub(super) fn paint(&self, ink: Ink, text: &str) -> String {
        self.out.paint(ink, text)
    }

    /// Writes a block for standard output: a faint title before each line, nothing before those that go on with the one above.
    pub(super) fn block(&self, lines: &[(&str, String)]) -> String {
        let widest = lines.iter().map(|(title, _)| title.len()).max().unwrap_or(0);
        let mut block = String::new();
        for (title, line) in lines {
            let title = self.paint(Ink::Faint, &format!("{title:<widest$}"));
            block.extend(["  ", &title, "  ", line, "\n"]);
        }
        block
    }

    /// Emphasises what will go to standard error.
    pub(super) fn paint_remark(&self, ink: Ink, text: &str) -> String {
        self.err.paint(ink, text)
    }

    /// Prints to standard output. A reader that has gone away is no fault.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        match self.out.write(text) {
            Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(Failure::environment(OutputClosed { why })),
            _ => Ok(()),
        }
    }

    /// Prints a text that is to come back byte for byte; on a terminal what that would obey is spelt out.
    pub(super) fn exact(&self, text: &str) -> Result<(), Failure> {
        if self.out.live {
            return self.print(text);
        }
        match io::stdout().lock().write_all(text.as_bytes()) {
            Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(Failure::environment(OutputClosed { why })),
            _ => Ok(()),
        }
    }

    /// Prints one object to standard output.
    pub(super) fn object(&self, object: &impl Serialize) -> Result<(), Failure> {
        self.print(&spelt(object))
    }

    /// Says a line to standard error; nothing can be done where that fails.
    pub(super) fn remark(&self, line: &str) {
        let _ = self.err.write(&format!("{line}\n"));
    }

    /// Shows a report on standard error.
    pub(super) fn report(&self, report: &Report) {
        let _ = self.err.write(&report.render(self.err.style()));
    }

    /// Shows why a command failed, to people or to scripts, and returns the exit code that it means.
    pub(super) fn failure(&self, failure: &Failure) -> Exit {
        match failure {
            Failure::Text(name, report) if self.is_json() => {
                let _ = self.object(&json!({ "files": [{ "path": name, "diagnostics": report.findings() }] }));
            }
            Failure::Fault(_, report) if self.is_json() && !report.is_empty() => {
                let first = report.findings().into_iter().next();
                let error =
                    first.map(|found| json!({ "code": found.code, "message": found.message, "help": found.help }));
                let _ = self.object(&json!({ "error": error }));
            }
            Failure::Text(_, report) | Failure::Fault(_, report) => self.report(report),
        }
        failure.exit()
    }
}
