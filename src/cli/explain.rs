//! `gemc explain`: an error code → its explanation; a word of the language → what it may be set to; without either, the list
//! of all codes.

use miette::Diagnostic;
use serde_json::json;
use thiserror::Error;

use super::args::ExplainArgs;
use super::error_docs::{Explanation, explanations};
use super::exit::{Exit, Failure, Outcome};
use super::numbers::columns;
use super::screen::{Ink, Screen};
use crate::check::{SchemaRow, schema};
use crate::diag::{self, did_you_mean};

/// A code that no fault has.
#[derive(Debug, Error, Diagnostic)]
#[error("no fault has the code `{code}`")]
#[diagnostic(code(cli::unknown_code))]
struct UnknownCode {
    code: String,
    #[help]
    help: String,
}

/// A code without its first part that several faults have.
#[derive(Debug, Error, Diagnostic)]
#[error("several faults are called `{code}`")]
#[diagnostic(code(cli::ambiguous_code), help("give the whole code: {whole}"))]
struct AmbiguousCode {
    code: String,
    whole: String,
}

/// Prints one explanation, or lists the codes.
pub(super) fn run(screen: &Screen, args: &ExplainArgs) -> Outcome {
    let explanations = explanations();
    let Some(code) = &args.code else { return list(screen, &explanations) };
    let rows: Vec<SchemaRow> = schema().into_iter().filter(|row| row.key == code).collect();
    if !rows.is_empty() {
        return attributes(screen, code, &rows);
    }
    let explanation = find(code, &explanations)?;
    if screen.is_json() {
        screen.object(&json!({ "code": explanation.code, "title": explanation.title(), "text": explanation.text }))?;
    } else {
        screen.print(&told(screen, explanation))?;
    }
    Ok(Exit::Done)
}

/// Prints what an attribute or argument may be set to, for each statement and call that has it.
fn attributes(screen: &Screen, key: &str, rows: &[SchemaRow]) -> Outcome {
    if screen.is_json() {
        let rows = rows.iter().map(|row| {
            json!({ "owner": row.owner.noun(), "values": row.values, "default": row.default, "meaning": row.doc })
        });
        return screen.object(&json!({ "attribute": key, "of": rows.collect::<Vec<_>>() })).map(|()| Exit::Done);
    }
    let mut text = String::new();
    for row in rows {
        let default = if row.default.is_empty() { String::new() } else { format!("; default {}", row.default) };
        text += if text.is_empty() { "" } else { "\n" };
        text += &format!("{}{}\n\n", screen.paint(Ink::Strong, &row.written()), row.of());
        text += &filled(&format!("Values: {}{default}.", row.values), screen.width());
        text += &filled(&format!("Meaning: {}.", row.doc), screen.width());
    }
    screen.print(&text)?;
    Ok(Exit::Done)
}

/// Finds a explanation by its whole code, or by the last part of it.
fn find<'a>(code: &str, explanations: &'a [Explanation]) -> Result<&'a Explanation, Failure> {
    if let Some(explanation) = explanations.iter().find(|explanation| explanation.code == code) {
        return Ok(explanation);
    }
    let called: Vec<&Explanation> = explanations.iter().filter(|explanation| explanation.short() == code).collect();
    match called.as_slice() {
        [] => Err(Failure::input(unknown(code, explanations))),
        [explanation] => Ok(explanation),
        several => {
            let whole = diag::list(several.iter().map(|explanation| explanation.code));
            Err(Failure::input(AmbiguousCode { code: code.to_owned(), whole }))
        }
    }
}

fn unknown(code: &str, explanations: &[Explanation]) -> UnknownCode {
    let names =
        explanations.iter().map(|explanation| if code.contains("::") { explanation.code } else { explanation.short() });
    let help = did_you_mean(code, names.chain(schema().iter().map(|row| row.key)))
        .unwrap_or_else(|| "`gemc explain` lists all codes".to_owned());
    UnknownCode { code: code.to_owned(), help }
}

fn list(screen: &Screen, explanations: &[Explanation]) -> Outcome {
    if screen.is_json() {
        let codes: Vec<_> = explanations
            .iter()
            .map(|explanation| json!({ "code": explanation.code, "title": explanation.title() }))
            .collect();
        return screen.object(&json!({ "codes": codes })).map(|()| Exit::Done);
    }
    let rows: Vec<[String; 2]> =
        explanations.iter().map(|explanation| [explanation.code.to_owned(), explanation.title()]).collect();
    let lines: Vec<String> = columns(&rows, &[]).iter().map(|line| clipped(line, screen.width())).collect();
    screen.print(&format!("{}\n", lines.join("\n")))?;
    Ok(Exit::Done)
}

fn clipped(line: &str, width: usize) -> String {
    if line.chars().count() <= width { line.to_owned() } else { line.chars().take(width - 1).chain(['…']).collect() }
}

/// Writes a explanation for people: the code, its paragraphs filled to the width, its blocks indented.
fn told(screen: &Screen, explanation: &Explanation) -> String {
    let mut text = format!("{}\n\n", screen.paint(Ink::Strong, explanation.code));
    let (mut fenced, mut paragraph) = (false, String::new());
    for line in explanation.text.lines() {
        let fence = line.trim_start().starts_with("```");
        if fence || fenced || line.trim().is_empty() || line.starts_with("- ") {
            text.push_str(&filled(&std::mem::take(&mut paragraph), screen.width()));
        }
        fenced ^= fence;
        match line {
            _ if fence => {}
            line if line.trim().is_empty() => text.push('\n'),
            line if fenced => text.extend(["    ", &screen.paint(Ink::Code, line), "\n"]),
            line => {
                paragraph.push_str(line.trim());
                paragraph.push(' ');
            }
        }
    }
    text + &filled(&paragraph, screen.width())
}

/// Breaks a paragraph into lines of at most `width` columns.
fn filled(paragraph: &str, width: usize) -> String {
    let (mut text, mut column) = (String::new(), 0);
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    if text.is_empty() { text } else { text + "\n" }
}
