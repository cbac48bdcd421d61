//! An error of the grammar → a fault in words that people use: what was expected, what was found, what to write.

use pest::error::ErrorVariant;

use super::grammar::{Rule, STATEMENTS, first_word, is_keyword, is_letter};
use crate::diag::{did_you_mean, list};
use crate::span::Span;

/// A word or sign that cannot stand where it does.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("expected {expected}, found {found}")]
#[diagnostic(code(gem::unexpected_token))]
pub(super) struct UnexpectedToken {
    expected: String,
    found: String,
    #[label(primary, "here")]
    at: Span,
    #[help]
    help: Option<String>,
}

/// What the grammar would have taken at a place.
pub(super) struct Expectation {
    words: Vec<&'static str>,
    at: usize,
    statement: usize,
}

/// What stands at a place.
pub(super) struct Found {
    /// As a message shows it.
    pub shown: String,
    /// Where it stands.
    pub at: Span,
}

/// What people call the rules, in the order in which they are listed.
const WORDS: &[(&str, &[Rule])] = &[
    ("a statement", &[Rule::statement]),
    ("a number", &[Rule::expression, Rule::argument, Rule::number]),
    ("a name", &[Rule::name, Rule::call, Rule::expression, Rule::argument]),
    ("`(`", &[Rule::open_paren, Rule::parameters, Rule::arguments, Rule::expression, Rule::argument]),
    ("`over`", &[Rule::over_word]),
    ("`->`", &[Rule::arrow]),
    ("`via`", &[Rule::via_word]),
    ("`=`", &[Rule::equals]),
    ("`:`", &[Rule::colon]),
    ("an operator", &[Rule::plus]),
    ("`,`", &[Rule::comma]),
    ("`)`", &[Rule::close_paren]),
    ("`{`", &[Rule::open_brace, Rule::attributes]),
    ("`}`", &[Rule::close_brace]),
    ("the end of the line", &[Rule::EOI]),
];

/// Letters of a token that a message shows at most.
const SHOWN: usize = 40;

impl Expectation {
    /// Reads from an error what was expected at `at`, in the statement that begins at `statement`.
    pub(super) fn of(error: &ErrorVariant<Rule>, at: usize, statement: usize) -> Self {
        let (positives, negatives): (&[Rule], &[Rule]) = match error {
            ErrorVariant::ParsingError { positives, negatives } => (positives, negatives),
            ErrorVariant::CustomError { .. } => (&[], &[]),
        };
        let is_expected = |rules: &[Rule]| rules.iter().any(|rule| positives.contains(rule));
        let mut words: Vec<_> = WORDS.iter().filter(|(_, rules)| is_expected(rules)).map(|(word, _)| *word).collect();
        // a link of a chain refuses `via`
        if negatives.contains(&Rule::via_word) && !words.contains(&"a name") {
            words.push("a name");
        }
        Self { words, at, statement }
    }
}

impl UnexpectedToken {
    /// Makes the fault of not finding what was expected; `clean` is `text` as the grammar sees it.
    pub(super) fn new(text: &str, clean: &str, expectation: &Expectation) -> Self {
        let Found { shown, at } = token(text, clean, expectation.at);
        let statement = &clean[expectation.statement..];
        let help = sign_help(&clean[at.start..at.end], &expectation.words)
            .or_else(|| between_help(&clean[at.start..at.end], &expectation.words))
            .or_else(|| word_help(&clean[at.start..at.end], &expectation.words))
            .or_else(|| form_help(first_word(statement)));
        Self { expected: either(&expectation.words), found: shown, at, help }
    }

    /// Returns the keyword that `word` nearly is.
    pub(super) fn keyword_near(word: &str) -> Option<&'static str> {
        if word.len() > SHOWN {
            return None;
        }
        let near = |keyword: &&str| did_you_mean(word, [*keyword]).is_some();
        STATEMENTS.iter().map(|(keyword, _)| *keyword).find(near)
    }
}

/// Returns the word, number or sign at `at` or after the blanks there; at the end of a line, that.
pub(super) fn token(text: &str, clean: &str, at: usize) -> Found {
    let rest = clean[at..].trim_ascii_start();
    let blanks = &clean[at..clean.len() - rest.len()];
    if rest.is_empty() || blanks.contains('\n') {
        let end = boundary(text, clean[..at].trim_ascii_end().len());
        let shown = if rest.is_empty() { "the end of the file" } else { "the end of the line" };
        return Found { shown: shown.to_owned(), at: end_mark(text, end) };
    }
    let start = at + blanks.len();
    let is_part = |byte: u8| is_letter(byte) || byte == b'.';
    let length = match rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len()) {
        0 if rest.starts_with("->") => 2,
        0 => 1,
        letters => letters,
    };
    let span = Span::new(boundary(text, start), boundary(text, start + length));
    let mut shown: String = text[span.start..span.end].chars().take(SHOWN).collect();
    if shown.len() < span.end - span.start {
        shown.push('…');
    }
    Found { shown: format!("`{shown}`"), at: span }
}

/// Returns a place for "here something is missing"; a report draws none after the very last character, so that is it.
fn end_mark(text: &str, end: usize) -> Span {
    let last = text.char_indices().next_back().filter(|_| end == text.len());
    Span::new(last.map_or(end, |(start, _)| start), end)
}

/// Returns the first border between characters at `at` or after it.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

/// Lists words that are quoted already where they should be.
fn either(words: &[&str]) -> String {
    match words {
        [] => "something else".to_owned(),
        [only] => (*only).to_owned(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}

/// Says what to write for a sign or number of another language.
fn sign_help(found: &str, expected: &[&str]) -> Option<String> {
    let expects = |word: &str| expected.contains(&word);
    let first = found.bytes().next()?;
    let digits = found.trim_matches('.');
    let help = match found {
        ";" => "statements end with their line; leave out the `;`".to_owned(),
        "#" => "comments begin with `//`".to_owned(),
        "=" if expects("`:`") || expects("`)`") => "arguments and attributes are written `name: value`".to_owned(),
        ":" if expects("`=`") => "write `=`".to_owned(),
        "{" if expects("a statement") => "attributes begin on the line of their statement".to_owned(),
        "\"" | "'" => "names and words stand without quotes".to_owned(),
        "*" if expects("a number") => "powers are not part of the language; write `x * x`".to_owned(),
        _ if found.starts_with('.') && !digits.is_empty() => format!("write `0{found}`"),
        _ if found.ends_with('.') && !digits.is_empty() => format!("write `{found}0`"),
        _ if first.is_ascii_digit() && found.contains("..") => {
            format!("one number stands here; `--sweep NAME={found}` trains with every one of several")
        }
        _ if first.is_ascii_digit() && expects("a number") => {
            "numbers look like `28`, `0.5` or `1e-3`, without separators or units".to_owned()
        }
        _ if first.is_ascii_digit() && expects("a name") => "names do not begin with a digit".to_owned(),
        _ => return None,
    };
    Some(help)
}

/// Says what is missing before a word that would be right behind it: a line end, or a comma.
fn between_help(found: &str, expected: &[&str]) -> Option<String> {
    let shown: String = found.chars().take(SHOWN).collect();
    if expected.contains(&"the end of the line") && is_keyword(found) {
        return Some(format!("every statement has a line of its own: begin a new one before `{found}`"));
    }
    let begins = found.bytes().next().is_some_and(|byte| is_letter(byte) || byte == b'(');
    (begins && expected.contains(&"`,`")).then(|| format!("write a comma before `{shown}`"))
}

/// Names the word that was probably meant; a word too long to be shown whole was meant.
fn word_help(found: &str, expected: &[&str]) -> Option<String> {
    let near = |words: &[&'static str]| {
        let short = (found.len() <= SHOWN).then_some(words)?;
        did_you_mean(found, short.iter().copied())
    };
    if expected.contains(&"a statement") {
        let keywords = STATEMENTS.map(|(keyword, _)| keyword);
        return near(&keywords).or_else(|| Some(format!("statements begin with {}", list(keywords))));
    }
    let has = |word: &&str| expected.iter().any(|one| one.trim_matches('`') == *word);
    near(&["over", "via"].into_iter().filter(|word| has(word)).collect::<Vec<_>>())
}

/// Shows how the statement that begins with `keyword` is written.
fn form_help(keyword: &str) -> Option<String> {
    let head = ("model", "model NAME(PARAMETER = DEFAULT) { STATEMENTS }");
    let form = STATEMENTS.iter().chain([&head]).find(|(word, _)| *word == keyword);
    form.map(|(_, form)| format!("write `{form}`"))
}
