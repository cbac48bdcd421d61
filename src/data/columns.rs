//! The header of a list of edges → which columns say where edges come from, where they go, and how strong they are: those that
//! were asked for, or those with the names that people give them.

use miette::Diagnostic;
use thiserror::Error;

use super::table::Row;
use crate::diag::{Problems, did_you_mean, list};
use crate::span::{Name, Span};

/// Names of the two ends of an edge, without blanks and signs, in small letters.
const ENDS: &[[&str; 2]] = &[
    ["source", "target"],
    ["pre", "post"],
    ["from", "to"],
    ["src", "dst"],
    ["presynaptic", "postsynaptic"],
    ["preneuron", "postneuron"],
    ["preid", "postid"],
    ["prerootid", "postrootid"],
    ["preptrootid", "postptrootid"],
    ["bodyidpre", "bodyidpost"],
    ["sourceid", "targetid"],
    ["fromid", "toid"],
    ["neuron1", "neuron2"],
];
/// Names of how strong an edge is; of several that are there, the first is meant.
const WEIGHTS: &[&str] = &[
    "weight",
    "weights",
    "synapses",
    "syncount",
    "synapsecount",
    "nsynapses",
    "numsynapses",
    "count",
    "counts",
    "nbr",
    "n",
];

/// A column is asked for that is not there.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no column `{name}`, which `{option}` names")]
#[diagnostic(code(data::no_such_column))]
struct NoSuchColumn {
    name: String,
    option: &'static str,
    #[label(primary, "the columns")]
    at: Span,
    #[help]
    help: String,
}

/// Nothing tells which columns are meant.
#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(
    code(data::unknown_columns),
    help(
        "name them with `--source-col` and `--target-col`; known are source/target, pre/post, from/to and the like. An adjacency \
         matrix has each neuron's name above a column and before a row. Cells stand between commas, semicolons or tabs"
    )
)]
pub(super) struct UnknownColumns {
    what: String,
    #[label(primary, "the columns")]
    at: Span,
}

/// Both ends of edges are one column.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is asked for as {both}")]
#[diagnostic(
    code(data::same_column),
    help("give `--source-col`, `--target-col` and `--weight-col` each a column of its own")
)]
struct SameColumn {
    name: String,
    both: &'static str,
    #[label(primary, "the columns")]
    at: Span,
}

/// Columns that are asked for by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// Where edges come from: `--source-col`.
    pub source: Option<String>,
    /// Where they go: `--target-col`.
    pub target: Option<String>,
    /// How strong they are: `--weight-col`.
    pub weight: Option<String>,
}

/// The columns of a list of edges, by their places in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) weight: Option<usize>,
}

impl Columns {
    /// Tells whether any is asked for.
    pub(super) fn are_asked_for(&self) -> bool {
        self.source.is_some() || self.target.is_some() || self.weight.is_some()
    }

    /// Finds them in a header, or tells why not.
    pub(super) fn find(&self, header: &Row, problems: &mut Problems) -> Option<Found> {
        let asked = [(&self.source, "--source-col"), (&self.target, "--target-col"), (&self.weight, "--weight-col")];
        let mut places = [None; 3];
        for (place, (name, option)) in places.iter_mut().zip(asked) {
            if let Some(name) = name {
                *place = Some(named(name, header).or_else(|| missing(name, option, header, problems))?);
            }
        }
        let [source, target, weight] = places;
        let (source, target) = match (source, target) {
            (Some(source), Some(target)) => (source, target),
            (source, target) => ends([source, target], header).map_err(|unknown| problems.push(unknown)).ok()?,
        };
        let weight = weight.or_else(|| WEIGHTS.iter().find_map(|name| at(name, header)));
        let both = match (source == target, weight) {
            (true, _) => Some((source, "source and target")),
            (false, Some(weight)) if weight == source => Some((source, "source and weight")),
            (false, Some(weight)) if weight == target => Some((target, "target and weight")),
            _ => None,
        };
        if let Some((place, both)) = both {
            let name = header.cells.get(place).map(ToString::to_string).unwrap_or_default();
            problems.push(SameColumn { name, both, at: header.span });
            return None;
        }
        Some(Found { source, target, weight })
    }
}

/// Tells whether a header names both ends of edges as people do.
pub(super) fn has_ends(header: &Row) -> bool {
    ENDS.iter().any(|ends| ends.iter().all(|name| at(name, header).is_some()))
}

/// Says that a table is neither a list of edges nor a matrix.
pub(super) fn neither(header: &Row) -> UnknownColumns {
    let names = list(header.cells.iter().map(Name::as_str).take(8)).replace(" or ", " and ");
    let what = format!("the columns {names} are neither those of a list of edges nor those of an adjacency matrix");
    UnknownColumns { what, at: header.span }
}

/// Completes the ends of which at most one is asked for.
fn ends(asked: [Option<usize>; 2], header: &Row) -> Result<(usize, usize), UnknownColumns> {
    let unknown = |what: String| UnknownColumns { what, at: header.span };
    let pairs = ENDS.iter().map(|ends| ends.map(|name| at(name, header)));
    match asked {
        [None, None] => {
            let found: Vec<(usize, usize)> = pairs.filter_map(|[source, target]| Some((source?, target?))).collect();
            match found.as_slice() {
                [only] => Ok(*only),
                [] => Err(neither(header)),
                [(source, target), (other, another), ..] => {
                    let name = |place: &usize| header.cells.get(*place).map(ToString::to_string).unwrap_or_default();
                    let [source, target, other, another] = [source, target, other, another].map(name);
                    Err(unknown(format!("edges may go from `{source}` to `{target}` or from `{other}` to `{another}`")))
                }
            }
        }
        [Some(source), _] => {
            let other = pairs.filter_map(|[_, target]| target).find(|target| *target != source);
            other.map(|target| (source, target)).ok_or_else(|| unknown("no column says where edges go".to_owned()))
        }
        [None, Some(target)] => {
            let other = pairs.filter_map(|[source, _]| source).find(|source| *source != target);
            let lacking = || unknown("no column says where edges come from".to_owned());
            other.map(|source| (source, target)).ok_or_else(lacking)
        }
    }
}

/// Finds the column with this name: letter by letter, or else whatever the size of its letters.
fn named(name: &str, header: &Row) -> Option<usize> {
    let name = name.trim();
    let exact = header.cells.iter().position(|cell| cell.as_str() == name);
    exact.or_else(|| header.cells.iter().position(|cell| cell.as_str().to_lowercase() == name.to_lowercase()))
}

/// Finds the column that is called so by people, whatever its blanks, signs and capital letters.
fn at(known: &str, header: &Row) -> Option<usize> {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).eq(known.chars());
    header.cells.iter().position(|cell| plain(cell.as_str()))
}

fn missing(name: &str, option: &'static str, header: &Row, problems: &mut Problems) -> Option<usize> {
    let there = || header.cells.iter().map(Name::as_str);
    let near = did_you_mean(name, there());
    let help = near.unwrap_or_else(|| format!("there are {}", list(there().take(8)).replace(" or ", " and ")));
    problems.push(NoSuchColumn { name: name.to_owned(), option, at: header.span, help });
    None
}
