//! Texts without fault: what tree they become, and that the tree's own text reads back as the same tree.

use gemc::span::Span;
use gemc::syntax::ast::{Expr, Item, Scale, Sign};
use gemc::syntax::parse;

use super::{cases, read, read_well};

/// Returns the tree of an expression.
fn expression(text: &str) -> Expr {
    let ast = read_well(&format!("model m {{\n    let x = {text}\n}}\n"));
    let Some(Item::Let(item)) = ast.items.into_iter().next() else { unreachable!() };
    item.value
}

/// Returns an expression's own text.
fn shown(text: &str) -> String {
    let tree = expression(text);
    let shown = tree.to_string();
    assert_eq!(expression(&shown), tree, "{text} is shown as {shown}");
    shown
}

#[test]
fn every_good_case_reads_back_as_the_same_tree() {
    for (name, text) in cases("parse") {
        let ast = read_well(&text);
        let shown = ast.to_string();
        assert_eq!(read_well(&shown), ast, "{name}");
        assert_eq!(read_well(&shown).to_string(), shown, "{name}");
    }
}

#[test]
fn good_cases_are_shown() {
    insta::with_settings!({snapshot_path => "../../snapshots", prepend_module_to_snapshot => false}, {
        for name in ["connectome", "encodings", "lenet", "mlp"] {
            let (_, text) = cases("parse").into_iter().find(|(case, _)| case == name).unwrap();
            insta::assert_snapshot!(format!("syntax_shows_{name}"), format!("{text}----\n{}", read_well(&text)));
        }
    });
}

#[test]
fn line_ends_are_white_space_inside_brackets() {
    let spread = "\u{feff}model m\n(\n  a = 1, // one\n  b = 2,\n)\n{\n\tpopulation p = grid(\r\n  a /* wide\n */,\n\n  b\n  ) {\n  \
                  input: 1, // not an item\n interaction: free,\n  bias\n  }\n\n\n  input p }\n// the end";
    let flat = "model m(a = 1, b = 2) {\n    population p = grid(a, b) { input: 1, interaction: free, bias }\n    input p\n}\n";
    assert_eq!(read_well(spread), read_well(flat));
    assert_eq!(read_well(spread).to_string(), flat);
}

#[test]
fn a_model_may_be_small() {
    assert_eq!(read_well("model m{}").to_string(), "model m {\n}\n");
    assert_eq!(read_well("model m(){input a}").to_string(), "model m {\n    input a\n}\n");
}

#[test]
fn numbers_keep_their_kind_and_bits() {
    for (text, value) in [("0.3", 0.3), ("1e-3", 1e-3), ("2.5e4", 2.5e4), ("0.0", 0.0), ("1E+9", 1e9), ("1e-400", 0.0)]
    {
        assert!(matches!(expression(text), Expr::Float(found, _) if found.to_bits() == f64::to_bits(value)), "{text}");
    }
    assert!(matches!(expression("007"), Expr::Int(7, _)));
    assert!(matches!(expression("9223372036854775807"), Expr::Int(i64::MAX, _)));
    assert!(matches!(expression("true"), Expr::Bool(true, _)));
    assert!(matches!(expression("truely"), Expr::Call(_)));
    for text in ["0.1", "1e-3", "12345.678", "1e6", "1.7976931348623157e308", "5e-324", "0.01", "100.0"] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn operators_bind_as_in_arithmetic() {
    assert_eq!(shown("a+b*c"), "a + b * c");
    assert_eq!(shown("((a+b))*c"), "(a + b) * c");
    assert_eq!(shown("a-(b-c)"), "a - (b - c)");
    assert_eq!(shown("(a*b)/(c*d)"), "(a * b) / (c * d)");
    assert_eq!(shown("-a*-(b+c)- -d"), "-a * -(b + c) - -d");
    assert_eq!(shown("---a"), "-a");
    assert_eq!(shown("- -a"), "a");
    assert_eq!(shown("-(-a)"), "-(-a)");
    assert_eq!(shown("f(a, b: g, c: 2 * h(),)"), "f(a, b: g, c: 2 * h())");
}

#[test]
fn chains_of_operators_are_flat() {
    let Expr::Sum(first, rest, span) = expression("1 - 2 * 3 / x + 4") else { unreachable!() };
    assert_eq!(span, Span::new(22, 39));
    assert!(matches!(*first, Expr::Int(1, _)));
    assert_eq!(rest.iter().map(|(sign, _)| *sign).collect::<Vec<_>>(), [Sign::Minus, Sign::Plus]);
    let Expr::Product(_, factors, span) = &rest[0].1 else { unreachable!() };
    assert_eq!(*span, Span::new(26, 35));
    assert_eq!(factors.iter().map(|(scale, _)| *scale).collect::<Vec<_>>(), [Scale::Times, Scale::Over]);
}

#[test]
fn places_hold_what_was_read_and_no_blanks() {
    let text =
        "model m {\n    connect a -> b via g(1 , x) /* why */ { window : (5 + 1) * 2 }  // so\n    input  a  \n}";
    let ast = read_well(text);
    let at = |span: Span| &text[span.start..span.end];
    let [Item::Connect(connect), Item::Input(port)] = ast.items.as_slice() else { unreachable!() };
    assert_eq!(at(connect.span), "connect a -> b via g(1 , x) /* why */ { window : (5 + 1) * 2 }");
    assert_eq!(at(connect.encoding.span), "g(1 , x)");
    assert_eq!(at(connect.chain[1].span), "b");
    assert_eq!(at(connect.attributes[0].value.as_ref().unwrap().span()), "(5 + 1) * 2");
    assert_eq!(at(port.span), "input  a");
    assert_eq!(at(port.name.span), "a");
}

#[test]
fn brackets_nest_to_the_limit() {
    let nested = |depth| format!("model m {{\nlet x = {}1{}\n}}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(read_well(&nested(64)).to_string(), "model m {\n    let x = 1\n}\n");
    assert_eq!(read(&nested(65)).1.findings()[0].code, "gem::too_deep");
    let calls = format!("model m {{\nlet x = {}1{}\n}}", "f(".repeat(64), ")".repeat(64));
    assert!(parse(&calls, &mut gemc::diag::Problems::new()).is_some());
}
