//! The grammar as pest compiles it, and the form of each statement as people are told it.

/// Reads by the rules of `grammar/gem.pest`.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/gem.pest"]
pub(super) struct Grammar;

/// A node that a rule of the grammar has read.
pub(super) type Pair<'i> = pest::iterators::Pair<'i, Rule>;

/// The nodes inside one.
pub(super) type Pairs<'i> = pest::iterators::Pairs<'i, Rule>;

/// The word that begins each kind of statement, and how such a statement is written.
pub(super) const STATEMENTS: [(&str, &str); 9] = [
    ("let", "let NAME = VALUE"),
    ("genome", "genome NAME(GENES) { ATTRIBUTES }"),
    ("interaction", "interaction NAME over GENOME { ATTRIBUTES }"),
    ("population", "population NAME = SHAPE { ATTRIBUTES }"),
    ("connect", "connect A -> B via ENCODING { ATTRIBUTES }"),
    ("unroll", "unroll TICKS"),
    ("start", "start calibrated"),
    ("input", "input NAME"),
    ("output", "output NAME"),
];

/// Tells whether names and words are made of `byte`.
pub(super) fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns the word that `text` begins with; empty where it begins with something else.
pub(super) fn first_word(text: &str) -> &str {
    let end = text.bytes().position(|byte| !is_letter(byte)).unwrap_or(text.len());
    &text[..end]
}

/// Tells whether statements begin with `word`.
pub(super) fn is_keyword(word: &str) -> bool {
    STATEMENTS.iter().any(|(keyword, _)| *keyword == word)
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use pest::Parser;

    use super::super::{layout::lay_out, parse};
    use super::{Grammar, Rule};
    use crate::diag::{Problems, Report};

    /// Every rule of the grammar with the lines of documentation above it.
    fn documented() -> Vec<(&'static str, String)> {
        let mut rules = Vec::new();
        let mut words = String::new();
        for line in include_str!("../../grammar/gem.pest").lines() {
            if let Some(doc) = line.strip_prefix("/// ") {
                words.push_str(doc);
            } else if let Some((rule, _)) = line.split_once(" = ") {
                rules.push((rule, std::mem::take(&mut words)));
            }
        }
        rules
    }

    #[test]
    fn every_rule_reads_its_specimen() {
        for (name, doc) in documented() {
            let rule = *Rule::all_rules().iter().find(|rule| format!("{rule:?}") == name).expect(name);
            let open = doc.strip_suffix('`').expect(name).rfind('`').expect(name);
            let specimen = doc[open + 1..doc.len() - 1].replace("\\n", "\n");
            let read = Grammar::parse(rule, &specimen).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            // a silent rule leaves no node that would tell how far it read
            assert!(rule_is_silent(name) || read.as_str() == specimen, "{name}");
        }
    }

    fn rule_is_silent(name: &str) -> bool {
        include_str!("../../grammar/gem.pest").contains(&format!("\n{name} = _{{"))
    }

    #[test]
    fn statement_by_statement_is_the_whole_file() {
        let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");
        for folder in ["ok", "bad", "parse"] {
            for entry in std::fs::read_dir(format!("{cases}/{folder}")).expect(folder) {
                let text = std::fs::read_to_string(entry.expect(folder).path()).expect(folder);
                for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
                    agree(&text[..end]);
                }
            }
        }
    }

    /// Checks that a text without fault is one that `file` reads, and the other way round.
    fn agree(text: &str) {
        let mut problems = Problems::new();
        let layout = lay_out(text, &mut problems);
        let clean = !problems.has_errors();
        parse(text, &mut problems);
        let codes: Vec<_> =
            Report::new("", text, problems).findings().into_iter().map(|finding| finding.code).collect();
        let faults = codes.iter().filter(|code| *code != "gem::number_too_large").count();
        assert!(!clean || (faults == 0) == Grammar::parse(Rule::file, &layout.text).is_ok(), "{text}\n{codes:?}");
    }
}
