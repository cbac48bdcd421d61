//! Whether a window maps its source's grid onto its target's, and what would.

use std::collections::HashSet;

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Context;
use crate::check::grids::is_grid;
use crate::check::model::{Layout, Population, Window};
use crate::span::{Name, Span};

/// A window does not map the source's grid onto the target's.
#[derive(Debug, Error, Diagnostic)]
#[error("{window} does not map `{source_population}`, {from}, onto `{target}`, {to}")]
#[diagnostic(code(gem::window_mismatch))]
struct WindowMismatch {
    window: String,
    source_population: Name,
    from: String,
    target: Name,
    to: String,
    gives: String,
    #[label(primary, "{gives}")]
    at: Span,
    #[label("{from}")]
    sent: Span,
    #[label("{to}")]
    received: Span,
    #[help]
    help: String,
}

/// Reports populations of a chain that are no grids, each once, and a window, given at `at`, that does not map one onto
/// the next.
pub(in crate::check) fn misfits(context: &mut Context, (window, at): (Window, Span), links: &[[&Population; 2]]) {
    let mut reported: HashSet<&str> = HashSet::new();
    for [source, target] in links {
        for end in [source, target] {
            let known = reported.contains(end.name.as_str());
            if !known && !is_grid(context, &end.name, &end.shape, "a window", at) {
                reported.insert(end.name.as_str());
            }
        }
        if ![source, target].iter().any(|end| reported.contains(end.name.as_str())) {
            misfit(context, (window, at), source, target);
        }
    }
}

fn misfit(context: &mut Context, (window, at): (Window, Span), source: &Population, target: &Population) {
    let ([from, to], gives) = (rows_and_columns(source, target), gives(window, source));
    if gives != to.map(Some) {
        context.problems.push(WindowMismatch {
            window: spelt(window),
            source_population: source.name.clone(),
            from: size(from),
            target: target.name.clone(),
            to: size(to),
            gives: result(window, from, gives),
            at,
            sent: source.name.span,
            received: target.name.span,
            help: help(window, from, target, gives),
        });
    }
}

fn rows_and_columns(source: &Population, target: &Population) -> [[usize; 2]; 2] {
    [source, target].map(|end| {
        let [rows, columns, _] = end.shape.grid();
        [rows, columns]
    })
}

/// Returns the rows and columns that a window makes of a source, where it comes out even.
fn gives(window: Window, source: &Population) -> [Option<usize>; 2] {
    let [rows, columns, _] = source.shape.grid();
    [window.fits(rows), window.fits(columns)]
}

fn size([rows, columns]: [usize; 2]) -> String {
    format!("{rows} × {columns}")
}

/// Writes `a window of 5 at stride 2 with padding 1`.
fn spelt(window: Window) -> String {
    let stride = if window.stride == 1 { String::new() } else { format!(" at stride {}", window.stride) };
    let padding = if window.padding == 0 { String::new() } else { format!(" with padding {}", window.padding) };
    format!("a window of {}{stride}{padding}", window.size)
}

/// Says what comes of a window that does not fit.
fn result(window: Window, from: [usize; 2], gives: [Option<usize>; 2]) -> String {
    if let [Some(rows), Some(columns)] = gives {
        return format!("it gives {}", size([rows, columns]));
    }
    let room = from.map(|length| length.saturating_add(window.padding.saturating_mul(2)));
    if room.iter().any(|room| *room < window.size) {
        return format!("it is larger than {}", size(room));
    }
    format!("its steps do not come out even on {}", size(room))
}

/// Says what would fit: the target that the window gives, or the source that the target needs, or another window.
fn help(window: Window, from: [usize; 2], target: &Population, gives: [Option<usize>; 2]) -> String {
    let [up, across, _] = target.shape.grid();
    let mut ways = Vec::new();
    if let [Some(rows), Some(columns)] = gives {
        let mut axes = target.shape.axes().to_vec();
        axes.splice(..2, [rows, columns]);
        ways.push(format!("declare `{}` as `{}`", target.name, Layout::Grid(axes)));
    } else if let [Some(rows), Some(columns)] = [up, across].map(|length| wanted(window, length)) {
        ways.push(format!("a source of {} would fit", size([rows, columns])));
    }
    match [(from[0], up), (from[1], across)].map(|ends| other(window, ends)) {
        [Some(rows), Some(columns)] if rows == columns => ways.push(format!("write `window: {rows}`")),
        _ => {}
    }
    if !ways.iter().any(|way| way.starts_with("write")) && (ways.is_empty() || gives.contains(&None)) {
        ways.extend(fitting(window, from));
    }
    if ways.is_empty() {
        "change the sizes of source and target, or the padding".to_owned()
    } else {
        ways.join(", or ")
    }
}

/// Says what the nearest smaller window and the nearest larger one that come out even make of a source.
fn fitting(window: Window, from: [usize; 2]) -> Option<String> {
    let gives = |side: usize| {
        let [rows, columns] = from.map(|length| Window { size: side, ..window }.fits(length));
        Some(format!("`window: {side}` gives {}", size([rows?, columns?])))
    };
    let room = from.map(|length| length.saturating_add(window.padding.saturating_mul(2)));
    let largest = room[0].min(room[1]);
    // those that come out even follow each other by a stride
    let smaller = (window.padding + 1..window.size.min(largest.saturating_add(1))).rev().take(window.stride);
    let larger = (window.size.saturating_add(1)..=largest).take(window.stride);
    let ways: Vec<String> =
        smaller.take(FAR).find_map(gives).into_iter().chain(larger.take(FAR).find_map(gives)).collect();
    (!ways.is_empty()).then(|| format!("on {} {}", size(from), ways.join(", ")))
}

/// Windows that are tried at most in search of one that fits.
const FAR: usize = 1000;

/// Returns the source's length that gives a target's.
fn wanted(window: Window, target: usize) -> Option<usize> {
    let reach = target.checked_sub(1)?.checked_mul(window.stride)?.checked_add(window.size)?;
    reach.checked_sub(window.padding.checked_mul(2)?).filter(|length| *length > 0)
}

/// Returns the window's side that gives a target's length.
fn other(window: Window, (source, target): (usize, usize)) -> Option<usize> {
    let room = source.checked_add(window.padding.checked_mul(2)?)?;
    let steps = target.checked_sub(1)?.checked_mul(window.stride)?;
    room.checked_sub(steps).filter(|side| *side > window.padding)
}
