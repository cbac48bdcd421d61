//! What people read when a text is wrong: one snapshot for each code, and one for each way to go wrong with a token.

use super::{cases, read, reported};

/// The codes that this room reports.
const CODES: [&str; 9] = [
    "bad_character",
    "empty_file",
    "missing_end",
    "missing_model",
    "number_too_large",
    "second_model",
    "text_after_model",
    "too_deep",
    "unterminated_comment",
];

/// Texts that go wrong at a token.
const TOKENS: &[(&str, &str)] = &[
    ("no_name", "model m {\n    population = grid(28, 28)\n}\n"),
    ("no_equals", "model m {\n    population hidden grid(28, 28)\n}\n"),
    ("no_shape", "model m {\n    population hidden =\n}\n"),
    ("no_parenthesis", "model m {\n    population hidden = grid(28, 28 { g: gaussian }\n    input hidden\n}\n"),
    ("no_brace", "model m {\n    population hidden = grid(28, 28) { g: gaussian\n    input hidden\n}\n"),
    ("no_comma", "model m {\n    population hidden = grid(28, 28) { g: gaussian bias: free }\n}\n"),
    ("no_operand", "model m {\n    let n = 3 * // three times what?\n}\n"),
    ("no_arrow", "model m {\n    connect a, b via g\n}\n"),
    ("no_target", "model m {\n    connect a -> via g\n}\n"),
    ("no_via", "model m {\n    connect a -> b\n}\n"),
    ("no_over", "model m {\n    interaction feedback ovr g\n}\n"),
    ("no_head_brace", "model m(genes = 22)\n    genome g(genes)\n}\n"),
    ("no_default", "model m(genes, classes = 10) {\n}\n"),
    ("no_model_name", "model (genes = 22) {\n}\n"),
    ("no_genes", "model m {\n    genome g\n}\n"),
    ("keyword_misspelt", "model m {\n    populaton hidden = grid(28, 28)\n}\n"),
    ("keyword_unknown", "model m {\n    layer hidden = grid(28, 28)\n}\n"),
    ("keyword_upper", "model m {\n    Population hidden = grid(28, 28)\n}\n"),
    ("via_misspelt", "model m {\n    connect a -> b vai g\n}\n"),
    ("semicolon", "model m {\n    input a;\n}\n"),
    ("hash", "model m {\n    # the input\n    input a\n}\n"),
    ("point_first", "model m {\n    let x = .5\n}\n"),
    ("point_last", "model m {\n    let x = 1.\n}\n"),
    ("number_with_unit", "model m {\n    population a = units(28px)\n}\n"),
    ("number_with_separator", "model m {\n    population a = units(1_000)\n}\n"),
    ("name_with_digit", "model m {\n    population 2nd = units(3)\n}\n"),
    ("power", "model m {\n    let x = 2 ** 3\n}\n"),
    ("string", "model m {\n    population a = units(3) { activation: \"relu\" }\n}\n"),
    ("equals_in_attributes", "model m {\n    population a = units(3) { bias = free }\n}\n"),
    ("equals_in_arguments", "model m {\n    population a = cloud(3, dims = 2)\n}\n"),
    ("colon_in_parameters", "model m(genes: 22) {\n}\n"),
    ("brace_on_next_line", "model m {\n    population a = units(3)\n    { g: random }\n}\n"),
    ("two_statements", "model m {\n    input a output b\n}\n"),
    ("stray_parenthesis", "model m {\n    population a = units(3))\n}\n"),
    ("end_of_file", "model m {\n    population a ="),
    (
        "long_token",
        "model m {\n    abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz\n}\n",
    ),
    ("crlf", "model m {\r\n    input a\r\n    output\r\n}\r\n"),
    (
        "many",
        "model m(genes = 22) {\n    genom g(genes)\n    population a = units(4) { g random }\n    connect a - > b via g\n    input a\n    output b;\n}\n",
    ),
];

#[test]
fn each_code_has_a_case_that_shows_it() {
    let cases = cases("bad");
    for code in CODES.iter().chain(&["unexpected_token"]) {
        let (_, text) = cases.iter().find(|(name, _)| name == code).expect(code);
        let (_, report) = read(text);
        let codes: Vec<_> = report.findings().into_iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [format!("gem::{code}")], "{report}");
        snapshot(code, text);
    }
}

#[test]
fn each_unexpected_token_is_told_in_words() {
    for (name, text) in TOKENS {
        snapshot(&format!("token_{name}"), text);
    }
}

#[test]
fn strange_texts_are_told_in_words() {
    snapshot("text_empty", "");
    snapshot("text_blank", " \n\t\n");
    snapshot("text_comment_only", "// nothing yet\n");
    snapshot("text_nul", "model m {\n    input a\0\u{1b}\n    output b // \u{202e}\n}\n");
    snapshot("text_signs", "model m {\n    let x = 2 − 1 × 3\u{a0}+ 4 €\n    connect a → b via g\n}\n");
    snapshot("text_misspelt_model", "modle m {\n    input a\n}\n");
    snapshot("text_prose", "This is a letter to a friend.\nIt goes on.\n");
    snapshot("text_closed_early", "model m {\n    input a }\n    output b\n    genme g\n}\n");
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(format!("fault_{name}"), reported(text));
    });
}
