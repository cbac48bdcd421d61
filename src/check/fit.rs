//! The data set: does a sample fill the input, does each class have its output.

use miette::Diagnostic;
use thiserror::Error;

use super::neurons::{Layout, Population};
use crate::diag::Problems;
use crate::options::Facts;
use crate::span::Span;

/// A sample does not fill the input population.
#[derive(Debug, Error, Diagnostic)]
#[error("a sample of `{data}` is {sample}, the input is {input}")]
#[diagnostic(code(gem::sample_mismatch), help("declare the input as `{wanted}`"))]
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
        && !holds(&input.shape, facts)
    {
        let sample = format!("{} × {} × {}", facts.height, facts.width, facts.channels);
        let wanted = match facts.channels {
            1 => format!("grid({}, {})", facts.height, facts.width),
            channels => format!("grid({}, {}, {channels})", facts.height, facts.width),
        };
        let (data, at) = (facts.name.clone(), input.name.span);
        problems.push(SampleMismatch { data, sample, input: input.shape.to_string(), wanted, at });
    }
    if let Some(output) = output
        && output.shape.neurons() != facts.classes
    {
        let (data, at) = (facts.name.clone(), output.name.span);
        problems.push(ClassMismatch { data, classes: facts.classes, neurons: output.shape.neurons(), at });
    }
}

fn holds(shape: &Layout, facts: &Facts) -> bool {
    match shape {
        Layout::Units(neurons) => *neurons == facts.height * facts.width * facts.channels,
        Layout::Grid(axes) => match axes.as_slice() {
            [height, width] => (*height, *width, 1) == (facts.height, facts.width, facts.channels),
            [height, width, channels] => (*height, *width, *channels) == (facts.height, facts.width, facts.channels),
            _ => false,
        },
    }
}
