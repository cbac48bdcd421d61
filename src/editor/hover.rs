//! What is said of the word at a place: the sizes of what it names, what an attribute does, how a statement is written, and what
//! is wrong there.

use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind, Position};

use super::context::{Context, Place, having};
use super::diagnostics::{code, place};
use super::document::Document;
use crate::check::{SchemaRow, Symbol, SymbolKind};
use crate::diag::count;
use crate::span::Span;
use crate::syntax::Token;
use crate::syntax::ast::Item;

/// Explains an error code.
pub type Explain<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Returns what is known of a place; faults there are explained by `explain`.
pub fn hover(document: &Document, position: Position, explain: Explain<'_>) -> Option<Hover> {
    let offset = document.offset(position);
    let tokens = Token::all(&document.text);
    let context = Context::at(&document.text, &tokens, offset);
    let (mut parts, mut at) = (Vec::new(), context.word);
    if let Some((symbol, span)) = document.symbol(position) {
        parts.push(of_symbol(document, symbol));
        at = span;
    } else if context.place != Place::Nowhere {
        let word = &document.text[context.word.start..context.word.end];
        parts.extend(of_word(&context.place, word));
    }
    let here = |at: Span| (at.start..=at.end).contains(&offset) && at.end > at.start;
    let faults = document.known.report.problems().iter().filter(|problem| here(place(problem)));
    for code in faults.map(code) {
        parts.extend(explain(&code).map(|text| format!("**{code}**\n\n{text}")));
    }
    (!parts.is_empty()).then(|| Hover {
        contents: Contents::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: parts.join("\n\n---\n\n"),
        }),
        range: Some(document.range(at)),
    })
}

fn fenced(text: &str) -> String {
    format!("```gem\n{text}\n```")
}

fn of_symbol(document: &Document, symbol: Symbol<'_>) -> String {
    match symbol.kind {
        SymbolKind::Parameter => of_parameter(document, symbol.name),
        SymbolKind::Let => fenced(&written(document, symbol.name).unwrap_or_else(|| format!("let {}", symbol.name))),
        SymbolKind::Genome | SymbolKind::Interaction => of_interaction(document, symbol),
        SymbolKind::Population => of_population(document, symbol.name),
        SymbolKind::Broken => format!("`{}`, whose declaration is at fault", symbol.name),
    }
}

/// Returns the statement that declares a name, as it is printed, up to its attributes.
fn written(document: &Document, name: &str) -> Option<String> {
    let declares = |item: &&Item| match item {
        Item::Let(found) => found.name.as_str() == name,
        Item::Genome(found) => found.name.as_str() == name,
        Item::Interaction(found) => found.name.as_str() == name,
        Item::Population(found) => found.name.as_str() == name,
        Item::Connect(_) | Item::Unroll(_) | Item::Start(_) | Item::Input(_) | Item::Output(_) | Item::Broken(_) => {
            false
        }
    };
    let item = document.known.ast.as_ref()?.items.iter().find(declares)?;
    Some(if let Item::Population(found) = item {
        format!("population {name} = {}", found.shape)
    } else {
        item.to_string()
    })
}

fn of_parameter(document: &Document, name: &str) -> String {
    let model = document.known.model.as_ref();
    let setting = model.and_then(|model| model.settings.iter().find(|setting| setting.name == name));
    let value = setting.map(|setting| format!(" = {}", setting.value)).unwrap_or_default();
    format!("{}\n\na parameter of the model; `--set {name}=VALUE` changes it", fenced(&format!("{name}{value}")))
}

fn of_interaction(document: &Document, symbol: Symbol<'_>) -> String {
    let noun = if symbol.kind == SymbolKind::Genome { "genome" } else { "interaction" };
    let head = written(document, symbol.name).unwrap_or_else(|| format!("{noun} {}", symbol.name));
    let Some(interaction) = document.interaction(symbol.name) else { return fenced(&head) };
    let genes = document.known.model.as_ref().and_then(|model| model.genomes.get(interaction.genome.index()));
    let genes = genes.map_or(0, |genome| genome.genes as u64);
    let size = document.interaction_size(interaction).unwrap_or_default();
    format!("{}\n\n{}, O is {genes} × {genes}, {}: {size}", fenced(&head), count(genes, "gene"), interaction.rule)
}

fn of_population(document: &Document, name: &str) -> String {
    let head = fenced(&written(document, name).unwrap_or_else(|| format!("population {name}")));
    let Some(population) = document.population(name) else { return head };
    let genome = |index: usize| {
        let model = document.known.model.as_ref()?;
        Some(model.genomes.get(index)?.name.to_string())
    };
    let mut lines = vec![format!("{} in `{}`", count(population.shape.neurons() as u64, "neuron"), population.shape)];
    if population.pool.is_none() {
        lines.push(format!("activation `{}`", population.activation));
    }
    for identity in &population.identities {
        lines.extend(
            genome(identity.genome.index()).map(|genome| format!("expresses `{genome}`: `{}`", identity.form())),
        );
    }
    lines.extend(document.parameters_of(name).map(|learned| count(learned, "parameter")));
    lines.extend(document.sources_of(name).into_iter().map(|source| format!("receives from {source}")));
    let lines: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
    format!("{head}\n\n{}", lines.join("\n"))
}

/// Says what a word of the language means at its place.
fn of_word(place: &Place<'_>, word: &str) -> Option<String> {
    let key = match place {
        Place::Attribute(_, key) | Place::Argument(_, key) => key.unwrap_or(word),
        Place::Statement(_) | Place::Above | Place::Nowhere => {
            let (_, form) = Item::FORMS.iter().find(|(keyword, _)| *keyword == word)?;
            return Some(fenced(form));
        }
    };
    let owners = having(place);
    let row = SchemaRow::all().into_iter().find(|row| owners.contains(&row.owner) && row.key == key)?;
    let default = if row.default.is_empty() { String::new() } else { format!("\n- default {}", row.default) };
    Some(format!("`{}`{}: {}\n\n- values {}{default}", row.written(), row.of(), row.doc, row.values))
}
