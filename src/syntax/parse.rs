//! Text → `Ast`. A statement that does not read is reported and becomes `Item::Broken`; the others are read all the
//! same. Then only a text without a readable head has no tree, and it has a fault.

use pest::Parser;
use pest::error::{Error, InputLocation};

use super::ast::{Ast, Broken, Item, ModelParameter};
use super::expected::{Expectation, UnexpectedToken, boundary, token};
use super::grammar::{Grammar, Pair, Rule, first_word, is_keyword};
use super::layout::{Layout, lay_out};
use crate::diag::{Problems, did_you_mean};
use crate::parallel::each;
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
    let mut reader = Reader::new(text, &layout, 0);
    let head = reader.opening();
    let mut items = reader.body();
    if head.is_some() {
        reader.ending(&mut items);
    }
    problems.append(reader.problems);
    head.map(|(name, parameters)| Ast { name, parameters, items })
}

/// A statement, if it could be read, and its faults.
type Read = (Option<Item>, Problems);

/// Turns nodes of the grammar into the tree.
pub(super) struct Reader<'t> {
    /// The raw text.
    pub text: &'t str,
    /// The text that the grammar sees.
    pub layout: &'t Layout,
    /// Faults found so far.
    pub problems: Problems,
    /// Where in the text the nodes' places count from.
    pub base: usize,
    /// Whether a number did not fit in what is being read.
    pub too_large: bool,
}

/// From how many statements on they are read by all cores: the work of a few milliseconds.
const MANY: usize = 2_000;

impl<'t> Reader<'t> {
    fn new(text: &'t str, layout: &'t Layout, base: usize) -> Self {
        Self { text, layout, problems: Problems::new(), base, too_large: false }
    }

    /// Reads the head.
    fn opening(&mut self) -> Option<(Name, Vec<ModelParameter>)> {
        let text = self.layout.text.as_str();
        let start = text.len() - text.trim_ascii_start().len();
        let word = first_word(&text[start..]);
        if word != "model" {
            let found = token(self.text, text, start);
            let help = did_you_mean(word, ["model"].into_iter().filter(|_| word.len() < 10));
            let help = help.unwrap_or_else(|| "write `model NAME(PARAMETER = DEFAULT) { STATEMENTS }`".to_owned());
            self.problems.push(MissingModel { found: found.shown, at: found.at, help });
            return None;
        }
        match Grammar::parse(Rule::opening, &text[..self.layout.head.end]) {
            Ok(mut nodes) => self.head(nodes.next()?),
            Err(fault) => {
                self.unexpected(&fault, self.layout.head, start);
                None
            }
        }
    }

    /// Reads all statements; what follows the model is read as if the brace before it were not there.
    fn body(&mut self) -> Vec<Item> {
        let all = self.layout.statements.as_slice();
        let end = self.layout.end.map_or(self.text.len(), |end| end.start);
        let inside = all.partition_point(|span| span.start < end);
        let mut items = Vec::with_capacity(inside);
        self.statements(&all[..inside], &mut items);
        let after = all.get(inside).map_or("", |span| &self.layout.text[span.start..]);
        if is_keyword(first_word(after)) {
            self.statements(&all[inside..], &mut items);
        }
        items
    }

    fn statements(&mut self, stretches: &[Span], items: &mut Vec<Item>) {
        let read = |stretch: &Span| Reader::new(self.text, self.layout, stretch.start).statement(*stretch);
        let mut rest = stretches.iter().zip(each(stretches, MANY, read)).peekable();
        while let Some((stretch, (item, problems))) = rest.next() {
            self.problems.append(problems);
            let mut span = *stretch;
            if item.is_none() {
                while let Some((next, _)) = rest.next_if(|(next, _)| goes_on(&self.layout.text[next.start..next.end])) {
                    span = span.to(*next);
                }
            }
            items.push(item.unwrap_or_else(|| Item::Broken(self.broken(span))));
        }
    }

    /// Reads one statement, or says why it cannot be read.
    fn statement(mut self, stretch: Span) -> Read {
        let item = self.read(stretch);
        (item, self.problems)
    }

    fn read(&mut self, stretch: Span) -> Option<Item> {
        match Grammar::parse(Rule::statement, &self.layout.text[stretch.start..stretch.end]) {
            Ok(mut nodes) => {
                let item = self.item(nodes.next()?.into_inner().next()?);
                item.filter(|_| !self.too_large)
            }
            Err(fault) => {
                self.unexpected(&fault, stretch, stretch.start);
                None
            }
        }
    }

    /// Reports how far the grammar came in `stretch`, unless a fault there has been reported already.
    fn unexpected(&mut self, fault: &Error<Rule>, stretch: Span, statement: usize) {
        let next = self.layout.blamed.partition_point(|&at| at < stretch.start);
        if self.layout.blamed.get(next).is_some_and(|&at| at < stretch.end) {
            return;
        }
        let (InputLocation::Pos(offset) | InputLocation::Span((offset, _))) = fault.location;
        let expectation = Expectation::of(&fault.variant, stretch.start + offset, statement);
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

    /// Reports what is wrong with the model's end.
    fn ending(&mut self, items: &mut Vec<Item>) {
        let text = self.layout.text.as_str();
        let Some(end) = self.layout.end else {
            if let Some(cut) = self.layout.cut {
                let span = Span::new(cut, self.text.len());
                items.push(Item::Broken(Broken { keyword: None, declares: None, span }));
            } else {
                let at = token(self.text, text, text.len()).at;
                let brace = self.layout.head.end;
                self.problems.push(MissingEnd { at, open: Span::new(brace.saturating_sub(1), brace) });
            }
            return;
        };
        let rest = text[end.end..].trim_ascii_start();
        if rest.is_empty() {
            return;
        }
        let found = token(self.text, text, text.len() - rest.len());
        if first_word(rest) == "model" {
            self.problems.push(SecondModel { at: found.at, end });
        } else {
            self.problems.push(TextAfterModel { found: found.shown, at: found.at, end });
        }
    }

    /// Returns where a node stands, without the blanks after it.
    pub(super) fn span(&self, node: &Pair<'_>) -> Span {
        let written = node.as_str().trim_ascii_end();
        let start = self.base + node.as_span().start();
        Span::new(start, boundary(self.text, start + written.len()))
    }
}

/// Tells whether a line goes on with the unreadable one before it rather than beginning a statement.
fn goes_on(line: &str) -> bool {
    let word = first_word(line);
    let rest = &line[word.len()..];
    let second = rest.trim_start_matches([' ', '\t']);
    let two_words = !word.is_empty() && second.len() < rest.len() && !first_word(second).is_empty();
    let begins = is_keyword(word) || (two_words && !matches!(first_word(second), "via" | "over"));
    !begins
}
