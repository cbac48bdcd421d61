//! What everything is drawn with: colours, the size of type, and how wide a text is at most.

/// The colour of the card that everything lies on; every other colour is chosen against it.
pub(super) const PAPER: &str = "#fbfaf7";
/// Of the card's edge and of rules.
pub(super) const RULE: &str = "#e2e0d8";
/// Of boxes, and of their edges.
pub(super) const CARD: &str = "#ffffff";
pub(super) const EDGE: &str = "#c9ccd4";
/// Of names and headings.
pub(super) const INK: &str = "#1f2430";
/// Of facts.
pub(super) const SOFT: &str = "#565d6d";
/// Of a learned matrix that no genome makes.
pub(super) const DIRECT: &str = "#3f4654";
/// Of a random basis.
pub(super) const BASIS: &str = "#6f7685";
/// Fonts that are on people's machines already.
pub(super) const FONTS: &str = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif";

/// One colour a genome, told apart by colour-blind readers in pairs, each dark enough for small type on the paper.
const GENOMES: &[&str] =
    &["#3f51c7", "#b3520a", "#0b7a75", "#a8236b", "#4a7a1c", "#7541b8", "#7a5230", "#1d64a8", "#b02a37", "#5c6b0a"];

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stroke {
    /// Weights that may be learned.
    Whole,
    /// Weights that stay as they start.
    Dashed,
    /// A pool, which has no weights.
    Dotted,
}

impl Stroke {
    /// Returns the lengths of its dashes and gaps, where it has some.
    pub(super) fn dashes(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::Dashed => Some("6 4"),
            Self::Dotted => Some("2 4"),
        }
    }
}

/// A size and weight of type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    /// Pixels.
    pub(super) size: f64,
    /// Whether it is bold.
    pub(super) bold: bool,
}

/// The model's name.
pub(super) const HEADING: Type = Type { size: 22.0, bold: true };
/// A population's name.
pub(super) const NAME: Type = Type { size: 15.0, bold: true };
/// The totals.
pub(super) const BODY: Type = Type { size: 13.0, bold: false };
/// A population's size.
pub(super) const FACT: Type = Type { size: 12.0, bold: false };
/// A genome's name in the legend.
pub(super) const STRONG: Type = Type { size: 12.0, bold: true };
/// Labels, chips, notes.
pub(super) const SMALL: Type = Type { size: 11.0, bold: false };
/// What marks the input and the output.
pub(super) const MARK: Type = Type { size: 9.0, bold: true };

/// Returns a genome's colour.
pub(super) fn of_genome(index: usize) -> &'static str {
    GENOMES[index % GENOMES.len()]
}

/// Returns the most that a line of text takes, in pixels, in any of the fonts.
pub(super) fn width(text: &str, face: Type) -> f64 {
    let weight = if face.bold { 1.1 } else { 1.0 };
    text.chars().map(advance).sum::<f64>() * face.size * weight
}

/// Returns a character's advance in the widest of the fonts, rounded up, in units of the size.
fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 'I' | 'J' | '.' | ',' | ':' | '·' | ' ' => 0.33,
        'f' | 'r' | 't' | '(' | ')' | '-' => 0.42,
        '_' | 'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' => 0.6,
        'm' | 'M' | 'W' | '…' => 1.0,
        'w' | '×' | '→' | '+' | '²' => 0.85,
        'A'..='Z' => 0.8,
        _ => 0.65,
    }
}

/// Returns the text, with an ellipsis for what is beyond `limit` characters.
pub(super) fn clip(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit - 1).chain(['…']).collect()
}

/// Rounds a coordinate to a tenth of a pixel; never gives −0.
pub(super) fn tenth(coordinate: f64) -> f64 {
    (coordinate * 10.0).round() / 10.0 + 0.0
}
