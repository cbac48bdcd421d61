//! The statements of a text as a tree that an editor shows beside it.

use gen_lsp_types::{DocumentSymbol, SymbolKind};

use super::document::Document;
use crate::span::{Name, Span};
use crate::syntax::ast::Item;

/// Returns the model with what it declares and connects; nothing where its head was not read.
pub fn outline(document: &Document) -> Vec<DocumentSymbol> {
    let Some(ast) = &document.known.ast else { return Vec::new() };
    let parameters = ast.parameters.iter().map(|parameter| {
        let whole = parameter.name.span.to(parameter.default.span());
        symbol(document, &parameter.name, Some(format!("= {}", parameter.default)), (SymbolKind::Constant, whole))
    });
    let children = parameters.chain(ast.items.iter().filter_map(|item| of_item(document, item))).collect();
    let whole = Span::new(ast.name.span.start, document.text.trim_end().len());
    let mut model = symbol(document, &ast.name, None, (SymbolKind::Module, whole));
    model.children = Some(children);
    vec![model]
}

fn of_item(document: &Document, item: &Item) -> Option<DocumentSymbol> {
    let (name, detail, kind, whole) = match item {
        Item::Let(item) => (&item.name, item.value.to_string(), SymbolKind::Variable, item.value.span()),
        Item::Genome(item) => (&item.name, "genome".to_owned(), SymbolKind::Struct, item.arguments_span),
        Item::Interaction(item) => (&item.name, format!("over {}", item.genome), SymbolKind::Struct, item.genome.span),
        Item::Population(item) => (&item.name, item.shape.to_string(), SymbolKind::Class, item.shape.span),
        Item::Connect(item) => {
            let first = item.chain.first()?;
            let chain: Vec<&str> = item.chain.iter().map(Name::as_str).collect();
            let mut found =
                symbol(document, first, Some(format!("via {}", item.encoding)), (SymbolKind::Interface, item.span));
            found.name = chain.join(" -> ");
            return Some(found);
        }
        Item::Unroll(_) | Item::Start(_) | Item::Input(_) | Item::Output(_) | Item::Broken(_) => return None,
    };
    Some(symbol(document, name, Some(detail), (kind, name.span.to(whole))))
}

fn symbol(
    document: &Document,
    name: &Name,
    detail: Option<String>,
    (kind, whole): (SymbolKind, Span),
) -> DocumentSymbol {
    let (range, selection) = (document.range(whole.to(name.span)), document.range(name.span));
    #[expect(deprecated, reason = "the protocol's type has a field that is no longer to be used")]
    DocumentSymbol {
        name: name.to_string(),
        detail,
        kind,
        tags: None,
        deprecated: None,
        range,
        selection_range: selection,
        children: None,
    }
}
