//! Which blanks stand before `=` and before a brace, so that those of statements of one kind that follow one another stand below
//! each other. Empty lines and other statements end such a group, comments do not.

use super::WIDTH;
use super::lines::flat;
use super::tree::{Line, Piece};

/// Blanks that are written besides the usual one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Padding {
    /// Before which piece the first of them stand, and how many.
    equals: (usize, usize),
    /// Before which piece the others stand, and how many.
    brace: (usize, usize),
}

/// Most blanks that are written to align; a group that needs more is not aligned.
const MOST: usize = 40;

impl Padding {
    /// No blanks.
    pub(super) const NONE: Self = Self { equals: (0, 0), brace: (0, 0) };

    /// Returns how many blanks stand before a piece besides the usual one.
    pub(super) fn before(self, index: usize) -> usize {
        [self.equals, self.brace].into_iter().filter(|(at, _)| *at == index).map(|(_, blanks)| blanks).sum()
    }
}

/// Returns the padding of each line.
pub(super) fn paddings(lines: &[Line<'_>]) -> Vec<Padding> {
    let mut paddings = vec![Padding::NONE; lines.len()];
    let mut start = 0;
    while start < lines.len() {
        let kind = kind(&lines[start]);
        let goes_on = |line: &Line<'_>| !line.after_blank && (line.pieces.is_empty() || self::kind(line) == kind);
        let count = 1 + lines[start + 1..].iter().take_while(|line| kind.is_some() && goes_on(line)).count();
        if kind.is_some() {
            equals(&lines[start..start + count], &mut paddings[start..start + count]);
            braces(&lines[start..start + count], &mut paddings[start..start + count]);
        }
        start += count;
    }
    paddings
}

/// Returns the word by which a statement is aligned with its neighbours.
fn kind<'t>(line: &Line<'t>) -> Option<&'t str> {
    match line.pieces.first() {
        Some(Piece::Word(word @ ("population" | "genome"))) => Some(*word),
        _ => None,
    }
}

/// Aligns `NAME =`.
fn equals(lines: &[Line<'_>], paddings: &mut [Padding]) {
    let width = |line: &Line<'_>| match line.pieces[..] {
        [Piece::Word(_), Piece::Word(name), Piece::Sign("="), ..] => Some(name.len()),
        _ => None,
    };
    let widths: Vec<Option<usize>> = lines.iter().map(width).collect();
    for (padding, blanks) in paddings.iter_mut().zip(blanks(&widths)) {
        padding.equals = (2, blanks);
    }
}

/// Aligns the braces of statements that fit on a line, unless one of them would not fit any more.
fn braces(lines: &[Line<'_>], paddings: &mut [Padding]) {
    let brace = |line: &Line<'_>| match line.pieces.last() {
        Some(Piece::List(list)) if list.braces && line.pieces.len() > 1 => Some(line.pieces.len() - 1),
        _ => None,
    };
    let width = |(line, padding): (&Line<'_>, &Padding)| {
        let at = brace(line)?;
        flat(&line.pieces, line.depth, *padding)?;
        Some(flat(&line.pieces[..at], line.depth, *padding)?.text.chars().count())
    };
    let widths: Vec<Option<usize>> = lines.iter().zip(&*paddings).map(width).collect();
    let mut wanted = paddings.to_vec();
    for ((padding, line), blanks) in wanted.iter_mut().zip(lines).zip(blanks(&widths)) {
        padding.brace = (brace(line).unwrap_or(0), blanks);
    }
    let fits = |((line, padding), width): ((&Line<'_>, &Padding), &Option<usize>)| {
        width.is_none() || flat(&line.pieces, line.depth, *padding).is_some_and(|sink| sink.widest <= WIDTH)
    };
    if lines.iter().zip(&wanted).zip(&widths).all(fits) {
        paddings.copy_from_slice(&wanted);
    }
}

/// Returns the blanks that make all widths equal; none where there is no width, or where one would need too many.
fn blanks(widths: &[Option<usize>]) -> Vec<usize> {
    let known = || widths.iter().flatten().copied();
    let (least, most) = (known().min().unwrap_or(0), known().max().unwrap_or(0));
    let needed = |width: &Option<usize>| width.filter(|_| most - least <= MOST).map_or(0, |width| most - width);
    widths.iter().map(needed).collect()
}
