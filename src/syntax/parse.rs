//! Text → `Ast`. A statement that does not read is reported and becomes `Item::Broken`; the others are read all the
//! same. Then only a text without a readable head has no tree, and it has a fault.

use pest::Parser;
use pest::error::{Error, InputLocation};

use super::ast::{Ast, Broken, Item};
use super::expected::{Expectation, UnexpectedToken, token};
use super::grammar::{Grammar, Pair, Pairs, Rule, first_word, is_keyword};
use super::layout::{Layout, lay_out};
use crate::diag::{Problems, did_you_mean};
use crate::span::{Name, Span};

/// There is nothing to compile.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("the file holds no model")]
#[diagnostic(
    code(gem::empty_file),
    help(
        "this is one:\n    model small {{\n        genome g(8)\n        population a = units(4) {{ g: random }}\n        \
         population b = units(2) {{ g: random }}\n        connect a -> b via g\n        input a\n        output b\n    }}"
    )
)]
struct EmptyFile;

/// The text begins with something other than a model.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("expected `model`, found {found}")]
#[diagnostic(code(gem::missing_model))]
struct MissingModel {
    found: String,
    #[label(primary, "a file begins with its model")]
    at: Span,
    #[help]
    help: String,
}

/// The model's brace is never closed.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("expected `}}`, found the end of the file")]
#[diagnostic(code(gem::missing_end), help("close the model with a `}}` on a line of its own"))]
struct MissingEnd {
    #[label(primary, "the file ends here")]
    at: Span,
    #[label("this brace is never closed")]
    open: Span,
}

/// Something follows the model.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("expected the end of the file, found {found}")]
#[diagnostic(code(gem::text_after_model), help("remove the `}}` that closes the model too early, or what follows it"))]
struct TextAfterModel {
    found: String,
    #[label(primary, "nothing may follow the model")]
    at: Span,
    #[label("the model ends here")]
    end: Span,
}

/// A second model follows the first.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("a second model in the same file")]
#[diagnostic(code(gem::second_model), help("write one model a file"))]
struct SecondModel {
    #[label(primary, "the second begins here")]
    at: Span,
    #[label("the first ends here")]
    end: Span,
}

/// Reads one model.
///
/// Faults go to `problems`. Returns `None`, with a fault, only where the model's head cannot be read; faults of the
/// statements below it are reported even then.
pub fn parse(text: &str, problems: &mut Problems) -> Option<Ast> {
    let layout = lay_out(text, problems);
    if layout.text.trim_ascii().is_empty() {
        if layout.cut.is_none() && layout.blamed.is_empty() {
            problems.push(EmptyFile);
        }
        return None;
    }
    let mut reader = Reader { text, layout: &layout, problems, base: 0, too_large: false };
    match Grammar::parse(Rule::file, &layout.text) {
        Ok(file) => reader.file(file),
        Err(fault) => {
            reader.head_fault(&fault);
            reader.body_alone();
            None
        }
    }
}

/// Turns nodes of the grammar into the tree.
pub(super) struct Reader<'t> {
    /// The raw text.
    pub text: &'t str,
    /// The text that the grammar sees.
    pub layout: &'t Layout,
    /// Where faults go.
    pub problems: &'t mut Problems,
    /// Where in the text the nodes' places count from.
    pub base: usize,
    /// Whether a number did not fit in the statement being read.
    pub too_large: bool,
}

impl Reader<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a file's node holds no others but the end of input")]
    fn file(&mut self, file: Pairs<'_>) -> Option<Ast> {
        let (mut head, mut items, mut open, mut end) = (None, Vec::new(), Span::default(), None);
        for part in file.flat_map(Pair::into_inner) {
            match part.as_rule() {
                Rule::head => {
                    open = self.end_of(&part);
                    head = self.head(part);
                }
                Rule::body => self.statements(part.into_inner(), &mut items),
                Rule::close_brace => end = Some(self.span(&part)),
                Rule::after => self.after(part, end.unwrap_or_default(), &mut items),
                _ => {}
            }
        }
        if let Some(cut) = self.layout.cut {
            items.push(Item::Broken(Broken { keyword: None, declares: None, span: Span::new(cut, self.text.len()) }));
        } else if end.is_none() {
            let at = token(self.text, &self.layout.text, self.text.len()).at;
            self.problems.push(MissingEnd { at, open });
        }
        let (name, parameters) = head?;
        Some(Ast { name, parameters, items })
    }

    fn statements<'i>(&mut self, nodes: impl Iterator<Item = Pair<'i>>, items: &mut Vec<Item>) {
        for node in nodes.filter(|node| node.as_rule() != Rule::close_brace) {
            let span = self.span(&node);
            let item = self.item(node);
            let too_large = std::mem::take(&mut self.too_large);
            if item.is_none() {
                self.broken_fault(span);
            }
            items.push(item.filter(|_| !too_large).unwrap_or_else(|| Item::Broken(self.broken(span))));
        }
    }

    /// Says why the statement at `span` cannot be read.
    fn broken_fault(&mut self, span: Span) {
        if self.is_blamed(span) {
            return;
        }
        let stretch = &self.layout.text[span.start..span.end];
        let expectation = match Grammar::parse(Rule::lone, stretch) {
            Err(fault) => Expectation::of(&fault.variant, span.start + offset(&fault), span.start),
            Ok(_) => Expectation::of_statement(span.start),
        };
        self.problems.push(UnexpectedToken::new(self.text, &self.layout.text, &expectation));
    }

    /// Keeps of an unreadable statement what later rules can use.
    fn broken(&self, span: Span) -> Broken {
        let stretch = &self.layout.text[span.start..span.end];
        let word = first_word(stretch);
        let rest = &stretch[word.len()..];
        let second = rest.trim_ascii_start();
        let at = span.end - second.len();
        let meant = if is_keyword(word) { Some(word) } else { UnexpectedToken::keyword_near(word) };
        let declares = matches!(meant, Some("let" | "genome" | "interaction" | "population"));
        Broken {
            keyword: self.name_at(span.start, word),
            declares: self.name_at(at, first_word(second)).filter(|_| declares && second.len() < rest.len()),
            span,
        }
    }

    /// Returns the name `word` at `at`; nothing where it is empty or a number.
    fn name_at(&self, at: usize, word: &str) -> Option<Name> {
        let is_name = word.bytes().next().is_some_and(|first| !first.is_ascii_digit());
        let span = Span::new(at, at + word.len());
        is_name.then(|| Name::new(&self.text[span.start..span.end], span))
    }

    fn after(&mut self, after: Pair<'_>, end: Span, items: &mut Vec<Item>) {
        let rest = &self.layout.text[end.end..];
        if rest.trim_ascii().is_empty() {
            return;
        }
        let at = self.text.len() - rest.trim_ascii_start().len();
        let found = token(self.text, &self.layout.text, at);
        if first_word(&self.layout.text[at..]) == "model" {
            return self.problems.push(SecondModel { at: found.at, end });
        }
        self.problems.push(TextAfterModel { found: found.shown, at: found.at, end });
        let statements = rest.trim_start_matches(|sign: char| sign == '}' || sign.is_ascii_whitespace());
        if is_keyword(first_word(statements)) {
            self.statements(after.into_inner(), items);
        }
    }

    fn head_fault(&mut self, fault: &Error<Rule>) {
        let text = &self.layout.text;
        let start = text.len() - text.trim_ascii_start().len();
        let word = first_word(&text[start..]);
        if word == "model" {
            let at = offset(fault);
            if !self.is_blamed(Span::new(start, at + 1)) {
                let expectation = Expectation::of(&fault.variant, at, start);
                self.problems.push(UnexpectedToken::new(self.text, text, &expectation));
            }
        } else {
            let found = token(self.text, text, start);
            let help = did_you_mean(word, ["model"]);
            let help = help.unwrap_or_else(|| "write `model NAME(PARAMETER = DEFAULT) { STATEMENTS }`".to_owned());
            self.problems.push(MissingModel { found: found.shown, at: found.at, help });
        }
    }

    /// Reports the faults of statements that have no model to belong to.
    fn body_alone(&mut self) {
        self.base = self.layout.body;
        if let Ok(body) = Grammar::parse(Rule::body, &self.layout.text[self.base..]) {
            self.statements(body.flat_map(Pair::into_inner), &mut Vec::new());
        }
    }

    /// Tells whether something within `span` has been reported already.
    fn is_blamed(&self, span: Span) -> bool {
        let next = self.layout.blamed.partition_point(|&at| at < span.start);
        self.layout.blamed.get(next).is_some_and(|&at| at < span.end)
    }

    /// Returns where a node stands, without the blanks after it.
    pub(super) fn span(&self, node: &Pair<'_>) -> Span {
        let place = node.as_span();
        let end = self.end_before(self.base + place.end());
        Span::new(self.base + place.start(), end)
    }

    /// Returns the place of a sign that a node ends with.
    fn end_of(&self, node: &Pair<'_>) -> Span {
        let end = self.span(node).end;
        Span::new(end.saturating_sub(1), end)
    }

    /// Returns the end of what was written before `at`, leaving out blanks and comments.
    fn end_before(&self, at: usize) -> usize {
        let written = self.layout.text[..at].trim_ascii_end().len();
        (written..self.text.len()).find(|&end| self.text.is_char_boundary(end)).unwrap_or(self.text.len())
    }
}

/// Returns how far the grammar came.
fn offset(fault: &Error<Rule>) -> usize {
    match fault.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    }
}
