//! `docs/errors.md` → one explanation per error code. The file is made of `## CODE` headings with paragraphs and fenced blocks below.

/// The explanation of one error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Explanation {
    /// The fault's code.
    pub(super) code: &'static str,
    /// What stands below its heading.
    pub(super) text: &'static str,
}

/// The explanations, part of the program.
const ERRORS: &str = include_str!("../../docs/errors.md");

/// Returns all explanations in the order of the file.
pub(super) fn explanations() -> Vec<Explanation> {
    let mut explanations: Vec<Explanation> = Vec::new();
    let mut rest = ERRORS;
    while let Some((code, below)) = next_heading(rest) {
        let end = next_heading_at(below).unwrap_or(below.len());
        explanations.push(Explanation { code, text: below[..end].trim() });
        rest = &below[end..];
    }
    explanations
}

impl Explanation {
    /// Returns the code without what stands before `::`.
    pub(super) fn short(&self) -> &'static str {
        self.code.rsplit("::").next().unwrap_or(self.code)
    }

    /// Returns the first sentence.
    pub(super) fn title(&self) -> String {
        let words: Vec<&str> = self.text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
        let paragraph = words.join(" ");
        paragraph.split_once(". ").map_or(paragraph.clone(), |(sentence, _)| format!("{sentence}."))
    }
}

/// Returns the first heading's code and what follows it.
fn next_heading(text: &'static str) -> Option<(&'static str, &'static str)> {
    let heading = &text[next_heading_at(text)?..];
    let (line, below) = heading.split_once('\n').unwrap_or((heading, ""));
    Some((line.trim_start_matches('#').trim().trim_matches('`'), below))
}

/// Returns where the next heading begins; what looks like one in a fenced block is none.
fn next_heading_at(text: &str) -> Option<usize> {
    let (mut at, mut fenced) = (0, false);
    for line in text.split_inclusive('\n') {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced && line.starts_with("## ") {
            return Some(at);
        }
        at += line.len();
    }
    None
}
