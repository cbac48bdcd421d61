//! Slips that many make in a text are answered with what to write instead, and raise no further faults.

use gemc::compile::faults;
use gemc::options::Options;

/// Returns the one fault's help.
fn help(text: &str) -> String {
    let report = faults("m.gem", text, &Options::default());
    let [finding] = &report.findings()[..] else { panic!("{text}\n{report}") };
    finding.help.clone().unwrap_or_default()
}

/// Puts a population and a connection into a model that is otherwise without fault.
fn model(population: &str, connection: &str, ports: &str) -> String {
    format!(
        "model m {{\n  genome g(4)\n  population a = grid(28, 28) {{ g: gaussian }}\n  {population}\n  population c = units(3) {{ g: free }}\n  \
         connect a -> b via direct {{ {connection} }}\n  connect b -> c via g\n  {ports}\n}}\n"
    )
}

const PORTS: &str = "input a\n  output c";

#[test]
fn a_missing_comma_is_named() {
    let text = model("population b = units(4) {\n    g: free\n    activation: relu\n  }", "", PORTS);
    assert_eq!(help(&text), "write a comma before `activation`");
    assert_eq!(help(&model("population b = grid(4 4) { g: free }", "", PORTS)), "write a comma before `4`");
}

#[test]
fn two_statements_on_a_line_are_parted() {
    let text = model("population b = units(4) { g: free }", "", "input a output c");
    assert_eq!(help(&text), "every statement has a line of its own: begin a new one before `output`");
}

#[test]
fn a_range_is_told_from_a_number() {
    let text = model("population b = units(1..3) { g: free }", "", PORTS);
    assert_eq!(help(&text), "one number stands here; `--sweep NAME=1..3` trains with every one of several");
}

#[test]
fn words_inside_an_expression_are_compared_with_those_it_takes() {
    for (written, wanted) in [
        ("random(contrast)", "did you mean `contrasts`?"),
        ("gaussian(anisotrop)", "did you mean `anisotropic`?"),
        ("gaussian(sgima: 1)", "did you mean `sigma`?"),
        ("inverse_square(wide)", "write it as `inverse_square(scale: 20)`"),
        ("random(3)", "write it as `random(contrasts)`"),
    ] {
        assert_eq!(
            help(&model(&format!("population b = units(4) {{ g: {written} }}"), "", PORTS)),
            wanted,
            "{written}"
        );
    }
}

#[test]
fn a_window_that_does_not_fit_is_answered_with_sizes_that_do() {
    let window =
        |target: &str, window: &str| help(&model(&format!("population b = {target} {{ g: free }}"), window, PORTS));
    assert_eq!(window("grid(10, 10)", "window: 15"), "declare `b` as `grid(14, 14)`, or write `window: 19`");
    let uneven = window("grid(40, 30)", "window: 15, stride: 4");
    assert!(uneven.ends_with("on 28 × 28 `window: 12` gives 5 × 5, `window: 16` gives 4 × 4"), "{uneven}");
    let larger = window("grid(30, 20)", "window: 60");
    assert!(larger.ends_with("on 28 × 28 `window: 28` gives 1 × 1"), "{larger}");
}
