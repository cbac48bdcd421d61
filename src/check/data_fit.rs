//! The data set: does a sample fill the input, with zeros around it where need be, and does each class have its output.

use miette::Diagnostic;
use thiserror::Error;

use super::model::{Layout, Model, Population};
use crate::diag::Problems;
use crate::geometry::Cloud;
use crate::options::Facts;
use crate::span::Span;

/// A sample does not fill the input population.
#[derive(Debug, Error, Diagnostic)]
#[error("a sample of `{data}` is {sample}, the input is {input}")]
#[diagnostic(code(gem::sample_mismatch), help("declare the input as {wanted}"))]
struct SampleMismatch {
    data: String,
    sample: String,
    input: String,
    wanted: String,
    #[label(primary, "does not hold {sample}")]
    at: Span,
}

/// The output has not one neuron for each class.
#[derive(Debug, Error, Diagnostic)]
#[error("`{data}` has {classes} classes, the output has {neurons} neurons")]
#[diagnostic(code(gem::class_mismatch), help("declare the output as `units({classes})`"))]
struct ClassMismatch {
    data: String,
    classes: usize,
    neurons: usize,
    #[label(primary, "{neurons} neurons")]
    at: Span,
}

/// Reports an input or output that does not fit the data set.
pub(super) fn fit(facts: &Facts, input: Option<&Population>, output: Option<&Population>, problems: &mut Problems) {
    if let Some(input) = input
        && margin(&input.shape, facts).is_none()
    {
        let (data, at) = (facts.name.clone(), input.name.span);
        let (sample, wanted) = (facts.sample(), wanted(&input.shape, facts));
        problems.push(SampleMismatch { data, sample, input: input.shape.to_string(), wanted, at });
    }
    if let Some(output) = output
        && output.shape.neurons() != facts.classes
    {
        let (data, at) = (facts.name.clone(), output.name.span);
        problems.push(ClassMismatch { data, classes: facts.classes, neurons: output.shape.neurons(), at });
    }
}

impl Model {
    /// Returns how many zeros lie on each of the four sides of a sample of such data, so that it fills the input in its
    /// middle: 0 where it fills it by itself, nothing where it does not fit.
    ///
    /// A sample that is smaller than a grid of as many channels by the same even number of rows and of columns fits.
    pub fn margin(&self, facts: &Facts) -> Option<usize> {
        margin(&self.population(self.input).shape, facts)
    }
}

fn margin(shape: &Layout, facts: &Facts) -> Option<usize> {
    let (rows, columns) = match (shape, shape.axes()) {
        (Layout::Units(neurons) | Layout::Cloud(Cloud { neurons, .. }), _) => {
            return (*neurons == facts.sample_bytes()).then_some(0);
        }
        (Layout::Grid(_), [rows, columns]) if facts.channels == 1 => (rows, columns),
        (Layout::Grid(_), [rows, columns, channels]) if *channels == facts.channels => (rows, columns),
        (Layout::Grid(_), _) => return None,
    };
    let (more_rows, more_columns) = (rows.checked_sub(facts.height)?, columns.checked_sub(facts.width)?);
    (more_rows == more_columns && more_rows % 2 == 0).then_some(more_rows / 2)
}

/// Says which inputs hold a sample: one of its size, and where the input is larger also the nearest that it fits into.
fn wanted(shape: &Layout, facts: &Facts) -> String {
    let grid = |margin: usize| {
        let (rows, columns) = (facts.height + 2 * margin, facts.width + 2 * margin);
        match facts.channels {
            1 => format!("`grid({rows}, {columns})`"),
            channels => format!("`grid({rows}, {columns}, {channels})`"),
        }
    };
    let [rows, columns, _] = shape.grid();
    let is_larger = rows >= facts.height && columns >= facts.width && (rows > facts.height || columns > facts.width);
    if !matches!(shape, Layout::Grid(_)) || !is_larger {
        return grid(0);
    }
    let margin = (rows - facts.height).max(columns - facts.width).div_ceil(2);
    format!("{}, or as {}: a sample then lies in its middle, {margin} zeros on each side", grid(0), grid(margin))
}
