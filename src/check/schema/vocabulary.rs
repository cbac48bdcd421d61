//! The words that the checker knows, as pages tell them: read off the tables that reading a text uses.

use super::{ACTIVATION, BIAS, INTERACTION, Owner, SHARE, WEIGHTS, keys_of};
use crate::check::connection::encodings;
use crate::check::keywords::RESERVED;
use crate::check::population::{expressions, shapes};

/// Words that may stand in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// The fault of another word there.
    pub code: &'static str,
    /// What they are, or who has them.
    pub what: &'static str,
    /// The words, in the order in which they are listed.
    pub words: Vec<&'static str>,
}

impl Vocabulary {
    /// Returns all that is known of places where only some words may stand.
    pub fn all() -> Vec<Self> {
        let of = |code, what, words: &[&'static str]| Self { code, what, words: words.to_vec() };
        let connection = [Owner::Connection, Owner::Window, Owner::Mask];
        vec![
            of("gem::reserved_name", "Reserved words", RESERVED),
            of("gem::unknown_shape", "Shapes", shapes::SHAPES),
            of("gem::unknown_activation", "Activations", &ACTIVATION.kind.words()),
            of("gem::unknown_bias", "Biases", &BIAS.kind.words()),
            of("gem::unknown_expression", "Expressions", expressions::FORMS),
            of("gem::unknown_rule", "Rules of O", &INTERACTION.kind.words()),
            of("gem::unknown_encoding", "Encodings without genes", encodings::WORDS),
            of("gem::unknown_weights", "Weights", &WEIGHTS.kind.words()),
            of("gem::unknown_share", "Sharing", &SHARE.kind.words()),
            of("gem::unknown_attribute", "A genome or an interaction has", &keys_of(&[Owner::Genome])),
            of(
                "gem::unknown_attribute",
                "A population has, besides the names of genomes",
                &keys_of(&[Owner::Population]),
            ),
            of("gem::unknown_attribute", "A connection has", &keys_of(&connection)),
            of("gem::unknown_attribute", "The input has", &keys_of(&[Owner::Input])),
        ]
    }

    /// Writes the words as a page lists them: what they are, and each in backticks.
    pub fn listed(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|word| format!("`{word}`")).collect();
        match words.as_slice() {
            [head @ .., last] if !head.is_empty() => format!("{}: {} and {last}.", self.what, head.join(", ")),
            words => format!("{}: {}.", self.what, words.concat()),
        }
    }
}
