//! Neurons that are named where they are not known: each once, all in one report.

use std::collections::HashSet;

use miette::{Diagnostic, LabeledSpan};
use thiserror::Error;

use super::places::Places;
use crate::diag::{Problems, did_you_mean, grouped};
use crate::span::Name;

/// Where the neurons of a connectome must be, if gene expression is given.
pub(super) const EXPRESSED: &str = "in the file of gene expression";

/// Neurons are named that are not known otherwise.
#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(code(data::unknown_neuron))]
struct UnknownNeuron {
    what: String,
    #[label(collection)]
    places: Vec<LabeledSpan>,
    #[help]
    help: String,
}

/// Names that are not known, each once.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    seen: HashSet<String>,
    found: Places<String>,
}

impl Strangers {
    /// Adds a name where it is first met.
    pub(super) fn add(&mut self, name: &Name) {
        if !self.seen.contains(name.as_str()) {
            self.seen.insert(name.text.to_string());
            self.found.add(name.span, name.text.to_string());
        }
    }

    /// Tells which are not among the `known`, which stand in a `place`.
    pub(super) fn tell(&self, known: &[String], place: &str, problems: &mut Problems) {
        let Some((name, count)) = self.found.first() else { return };
        let what = match count {
            1 => format!("there is no neuron `{name}` {place}"),
            _ => format!("{} neurons are not {place}: {}", grouped(count), self.found.listed(|name| name)),
        };
        let near = did_you_mean(name, known.iter().map(String::as_str));
        let advice = if place == EXPRESSED {
            "give each a row of what it expresses, or take its edges away; names are compared letter by letter"
        } else {
            "names are compared letter by letter, blanks around them left out"
        };
        let help = near.unwrap_or_else(|| advice.to_owned());
        problems.push(UnknownNeuron { what, places: self.found.labels(|_| "unknown".to_owned()), help });
    }
}
