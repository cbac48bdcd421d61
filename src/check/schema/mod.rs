//! The attributes of every statement and the named arguments of every call: key, values, default and meaning. One table that
//! reading, "did you mean", `gemc explain` and the language page use.

mod arguments;
mod kinds;
mod properties;
mod vocabulary;

pub use vocabulary::Vocabulary;

pub(super) use arguments::*;
pub(super) use kinds::{Hint, Switch, Whole, Words, WrongWord};
pub(super) use properties::*;

use std::sync::LazyLock;

/// Who has a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// `genome` and `interaction`.
    Genome,
    /// `population`.
    Population,
    /// `connect`, without its masks and receptive fields.
    Connection,
    /// `connect`: the mask.
    Mask,
    /// `connect`: the receptive fields.
    Window,
    /// `input`.
    Input,
    /// `cloud(…)`.
    Cloud,
    /// `free(…)`.
    Free,
    /// `random(…)`.
    Random,
    /// `gaussian(…)`.
    Gaussian,
    /// `inverse_square(…)`.
    InverseSquare,
    /// `gnetwork(…)`.
    GNetwork,
    /// `sine(…)`.
    Sine,
}

impl Owner {
    /// Those whose properties stand in braces.
    pub const STATEMENTS: &[Self] =
        &[Self::Genome, Self::Population, Self::Connection, Self::Mask, Self::Window, Self::Input];
    /// Those whose properties stand in parentheses.
    pub const CALLS: &[Self] =
        &[Self::Cloud, Self::Free, Self::Random, Self::Gaussian, Self::InverseSquare, Self::GNetwork, Self::Sine];

    /// Returns what it is called in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Genome => "a genome or an interaction",
            Self::Population => "a population",
            Self::Connection | Self::Mask | Self::Window => "a connection",
            Self::Input => "the input",
            Self::Cloud => "`cloud`",
            Self::Free => "`free`",
            Self::Random => "`random`",
            Self::Gaussian => "`gaussian`",
            Self::InverseSquare => "`inverse_square`",
            Self::GNetwork => "`gnetwork`",
            Self::Sine => "`sine`",
        }
    }
}

/// One attribute or named argument, of a kind that says how its value is read.
#[derive(Debug)]
pub(super) struct Property<K> {
    pub(super) owner: Owner,
    pub(super) key: &'static str,
    pub(super) kind: K,
    /// What a fault calls it.
    pub(super) what: &'static str,
    /// What it means.
    pub(super) doc: &'static str,
}

/// One row of the table: an attribute or named argument as pages tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaRow {
    /// Who has it.
    pub owner: Owner,
    /// The word before the colon.
    pub key: &'static str,
    /// What may stand behind the colon.
    pub values: String,
    /// What holds where the text does not say; empty where nothing does.
    pub default: String,
    /// What it means.
    pub doc: &'static str,
}

/// Describes a property, whatever its kind.
pub(super) trait Described: Sync {
    /// Returns who has it, and its key.
    fn key(&self) -> (Owner, &'static str);
    /// Returns its row.
    fn row(&self) -> SchemaRow;
}

/// How the values of a kind are told.
pub(super) trait Kind {
    /// Returns what may stand behind the colon.
    fn values(&self) -> String;
    /// Returns what holds where the text does not say.
    fn default(&self) -> String;
}

impl<K: Kind + Sync> Described for Property<K> {
    fn key(&self) -> (Owner, &'static str) {
        (self.owner, self.key)
    }

    fn row(&self) -> SchemaRow {
        let Self { owner, key, kind, doc, .. } = self;
        SchemaRow { owner: *owner, key, values: kind.values(), default: kind.default(), doc }
    }
}

/// Returns the whole table, by owner.
pub fn schema() -> Vec<SchemaRow> {
    ALL.iter().map(|property| property.row()).collect()
}

/// The keys of all properties.
static KEYS: LazyLock<Vec<(Owner, &'static str)>> =
    LazyLock::new(|| ALL.iter().map(|property| property.key()).collect());

/// Returns the keys that these owners understand.
pub(super) fn keys_of(owners: &[Owner]) -> Vec<&'static str> {
    KEYS.iter().filter(|(owner, _)| owners.contains(owner)).map(|(_, key)| *key).collect()
}

/// Tells whether one of these owners understands a key.
pub(super) fn understand(owners: &[Owner], key: &str) -> bool {
    KEYS.iter().any(|(owner, known)| *known == key && owners.contains(owner))
}

impl SchemaRow {
    /// Returns the whole table, by owner.
    pub fn all() -> Vec<Self> {
        schema()
    }

    /// Returns ` of a population`; nothing in a call, whose name is written already.
    pub fn of(&self) -> String {
        if Owner::CALLS.contains(&self.owner) { String::new() } else { format!(" of {}", self.owner.noun()) }
    }

    /// Returns how the text writes it: `sigma:`, or `gaussian(sigma: …)` in a call.
    pub fn written(&self) -> String {
        if Owner::CALLS.contains(&self.owner) {
            format!("{}({}: …)", self.owner.noun().trim_matches('`'), self.key)
        } else {
            format!("{}:", self.key)
        }
    }
}

/// Writes rows as a table of a Markdown page.
pub fn markdown(owners: &[Owner]) -> String {
    let first = if owners.iter().any(|owner| Owner::CALLS.contains(owner)) { "argument" } else { "attribute" };
    let mut text = format!("| {first} | values | default | meaning |\n|---|---|---|---|\n");
    for row in schema().into_iter().filter(|row| owners.contains(&row.owner)) {
        let doc = row.doc.replace('|', "\\|");
        text += &format!("| `{}` | {} | {} | {doc} |\n", row.written(), row.values, row.default);
    }
    text
}
