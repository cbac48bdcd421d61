//! What kinds of values there are, how each is read, and how it is told.

use super::{Kind, Property};
use crate::check::Context;
use crate::check::const_eval::written;
use crate::check::model::Start;
use crate::check::numeric::{self, Bounds, Least};
use crate::diag::{Fix, list, suggest};
use crate::span::Span;
use crate::syntax::ast::{Attribute, Expr};

/// A number, and what holds where none is written.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Range {
    pub(in crate::check) bounds: Bounds,
    pub(in crate::check) default: Option<f64>,
}

/// A whole number, and what holds where none is written.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Whole {
    pub(in crate::check) least: Least,
    /// The largest, and how a fault tells it.
    pub(in crate::check) most: Option<(usize, &'static str)>,
    pub(in crate::check) default: Unset,
}

/// What holds for a whole number that is not written.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) enum Unset {
    /// This number.
    Is(usize),
    /// Nothing.
    Nothing,
    /// It must be written.
    Needed,
}

/// `true` or `false`; the key alone is `true`.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) enum Switch {
    /// Off where the text does not say.
    Off,
    /// On by `start calibrated`, off by `start fan_in`, where the text does not say.
    ByStart,
}

/// One of some words.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Words<T: 'static> {
    pub(in crate::check) table: &'static [(&'static str, T)],
    /// What help says of a word that is near to none of them.
    pub(in crate::check) hint: Hint,
    /// The word that holds where none is written.
    pub(in crate::check) default: Option<&'static str>,
}

/// What help says of a word that is near to none of a table.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) enum Hint {
    /// The words of the table, after this noun.
    List(&'static str),
    /// This.
    Say(&'static str),
}

/// A word that a table does not have.
#[derive(Debug)]
pub(in crate::check) struct WrongWord {
    pub(in crate::check) word: String,
    pub(in crate::check) at: Span,
    pub(in crate::check) help: String,
    pub(in crate::check) fix: Option<Fix>,
}

impl Property<Range> {
    /// Reads a number; what holds where none is written.
    pub(in crate::check) fn read(&self, context: &mut Context, expr: Option<&Expr>) -> Option<f64> {
        match expr {
            Some(expr) => numeric::within(context, expr, self.what, self.kind.bounds),
            None => self.kind.default,
        }
    }
}

impl Property<Whole> {
    /// Reads a whole number; what holds where none is written.
    pub(in crate::check) fn read(&self, context: &mut Context, expr: Option<&Expr>) -> Option<usize> {
        let Some(expr) = expr else {
            return if let Unset::Is(number) = self.kind.default { Some(number) } else { None };
        };
        let number = numeric::whole(context, expr, self.kind.least, self.what)?;
        match self.kind.most {
            Some((most, allowed)) if number > most => {
                numeric::out_of_range(context, self.what, allowed, number.to_string(), expr)
            }
            _ => Some(number),
        }
    }
}

impl Property<Switch> {
    /// Returns what holds where the text does not say.
    pub(in crate::check) fn default(&self, context: &Context) -> bool {
        matches!(self.kind, Switch::ByStart) && context.start == Start::Calibrated
    }
}

impl<T: Copy> Property<Words<T>> {
    /// Returns what the word behind an attribute's colon stands for.
    pub(in crate::check) fn read(&self, attribute: &Attribute) -> Result<T, WrongWord> {
        let found = match &attribute.value {
            Some(Expr::Call(call)) if call.arguments.is_none() => self.kind.look_up(call.name.as_str()),
            _ => None,
        };
        found.ok_or_else(|| {
            let (word, at) = written(attribute);
            self.kind.wrong(word, at)
        })
    }
}

impl<T: Copy> Words<T> {
    /// Returns what a word stands for.
    pub(in crate::check) fn look_up(&self, word: &str) -> Option<T> {
        self.table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
    }

    /// Returns the words.
    pub(in crate::check) fn words(&self) -> Vec<&'static str> {
        self.table.iter().map(|(name, _)| *name).collect()
    }

    /// Says of a `word` that the table does not have which one may be meant.
    pub(in crate::check) fn wrong(&self, word: String, at: Span) -> WrongWord {
        let otherwise = || match self.hint {
            Hint::List(noun) => format!("{noun} are {}", list(self.words())),
            Hint::Say(hint) => hint.to_owned(),
        };
        let (help, fix) = suggest(word.trim_matches('`'), at, self.words(), otherwise);
        WrongWord { word, at, help, fix }
    }
}

impl Kind for Range {
    fn values(&self) -> String {
        self.bounds.said().to_owned()
    }

    fn default(&self) -> String {
        self.default.map_or(String::new(), |number| number.to_string())
    }
}

impl Kind for Whole {
    fn values(&self) -> String {
        match (self.least, self.most) {
            (_, Some((_, allowed))) => format!("a whole number, {allowed}"),
            (Least::Zero, None) => "a whole number, 0 or greater".to_owned(),
            (Least::One, None) => "a whole number, at least 1".to_owned(),
        }
    }

    fn default(&self) -> String {
        match self.default {
            Unset::Is(number) => number.to_string(),
            Unset::Nothing => String::new(),
            Unset::Needed => "must be given".to_owned(),
        }
    }
}

impl Kind for Switch {
    fn values(&self) -> String {
        "`true` or `false`; alone it is `true`".to_owned()
    }

    fn default(&self) -> String {
        match self {
            Self::Off => "`false`".to_owned(),
            Self::ByStart => "`true`; by `start fan_in` `false`".to_owned(),
        }
    }
}

impl<T: Copy> Kind for Words<T> {
    fn values(&self) -> String {
        list(self.words())
    }

    fn default(&self) -> String {
        self.default.map_or(String::new(), |word| format!("`{word}`"))
    }
}
