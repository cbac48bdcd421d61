//! Numbers shown in the text: neurons of a population, parameters of an O, and above the model what it learns and grows.

use gen_lsp_types::{CodeLens, Command, InlayHint, Label, Range};

use super::document::Document;
use crate::check::Layout;
use crate::diag::count;
use crate::syntax::ast::{Expr, Item, Population};

/// Returns the hints in a range of the text.
pub fn hints(document: &Document, range: Range) -> Vec<InlayHint> {
    let Some(ast) = &document.known.ast else { return Vec::new() };
    let asked = document.lines.span(&document.text, range);
    let mut hints = Vec::new();
    // the model has the populations in the order of the text, those at fault too
    let mut populations = document.known.model.iter().flat_map(|model| &model.populations);
    for item in &ast.items {
        let hint = match item {
            Item::Population(item) => {
                let known = populations.next().and_then(Option::as_ref);
                known.and_then(|known| neurons(item, &known.shape)).map(|text| (item.shape.span.end, text))
            }
            Item::Genome(item) => size(document, item.name.as_str()).map(|text| (item.arguments_span.end, text)),
            Item::Interaction(item) => size(document, item.name.as_str()).map(|text| (item.genome.span.end, text)),
            Item::Let(_)
            | Item::Connect(_)
            | Item::Unroll(_)
            | Item::Start(_)
            | Item::Input(_)
            | Item::Output(_)
            | Item::Broken(_) => None,
        };
        let hint = hint.filter(|(at, _)| (asked.start..=asked.end).contains(at));
        hints.extend(hint.map(|(at, text)| InlayHint {
            position: document.lines.position(&document.text, at),
            label: Label::String(text),
            kind: None,
            text_edits: None,
            tooltip: None,
            padding_left: Some(true),
            padding_right: None,
            data: None,
        }));
    }
    hints
}

/// Says how many neurons a population has, where the text does not write that number.
fn neurons(item: &Population, shape: &Layout) -> Option<String> {
    let first = item.shape.arguments.as_ref().and_then(|arguments| arguments.first());
    let written = first.is_some_and(|argument| matches!(argument.value, Expr::Int(..)));
    let told = matches!(shape, Layout::Units(_) | Layout::Cloud(_)) && written;
    (!told).then(|| count(shape.neurons() as u64, "neuron"))
}

fn size(document: &Document, name: &str) -> Option<String> {
    document.interaction_size(document.interaction(name)?)
}

/// Returns the line above the model: what it learns and grows, where the text was compiled.
pub fn lenses(document: &Document) -> Vec<CodeLens> {
    let (Some(ast), Some(title)) = (&document.known.ast, document.totals()) else { return Vec::new() };
    let command = Command::new(title, None, String::new(), None);
    vec![CodeLens { range: document.range(ast.name.span), command: Some(command), data: None }]
}
