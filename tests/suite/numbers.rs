//! Numbers that training in single precision can do nothing with are refused where they stand; those near by are taken.

use gemc::compile::faults;
use gemc::options::Options;

/// Returns the codes, places and help of what is wrong with a text in which one thing stands for `HERE`.
fn found(here: &str, value: &str) -> Vec<(String, usize, Option<String>)> {
    let written = here.replace("HERE", value);
    let part = |of: &str, usual: &'static str| if here.starts_with(of) { written.clone() } else { usual.to_owned() };
    let text = format!(
        "model m {{\n  {}\n  population a = grid(28, 28) {{ {}, {} }}\n  population b = units(30) {{ g: free, h: free }}\n  \
         connect a -> b via g {{ {} }}\n  connect a -> b via h\n  population c = grid(5, 5)\n  connect c -> b via direct {{ seed: 1, density: 1 }}\n  \
         connect a -> c via direct\n  {}\n  output b\n}}\n",
        part("genome", "genome g(3)\n  genome h(3)"),
        part("g:", "g: gaussian"),
        part("h:", "h: inverse_square"),
        part("gain", ""),
        part("input", "input a"),
    );
    let findings = faults("m.gem", &text, &Options::default()).findings();
    findings.into_iter().map(|finding| (finding.code, finding.line, finding.help)).collect()
}

#[test]
fn numbers_of_a_size_that_nothing_can_be_learned_with_are_refused() {
    for (here, refused, taken) in [
        (
            "g: gaussian(sigma: HERE)",
            &["1e-300", "1e-5", "1e4", "1e300", "0", "-1", "0.002"][..],
            &["0.01", "1000"][..],
        ),
        ("g: gaussian(rate: HERE)", &["1e-300", "1e300", "2000", "0"], &["1e-6", "100"]),
        ("h: inverse_square(scale: HERE)", &["1e-300", "1e300", "1e-4", "20000", "0"], &["0.01", "80", "1e4"]),
        ("h: inverse_square(rate: HERE)", &["1e-9", "1e9"], &["0.1"]),
        ("gain: HERE", &["1e-300", "1e300", "0", "-2"], &["0.01", "30"]),
        ("genome g(3) { sparse: HERE }\n  genome h(3)", &["1e300", "1001", "-1"], &["0", "1e-9", "1"]),
        ("genome g(3) { rate: HERE }\n  genome h(3)", &["1e300", "1e-300"], &["4"]),
        ("input a { deviation: HERE }", &["1e-300", "1e300", "0"], &["0.25", "1"]),
        ("input a { mean: HERE }", &["1e300", "-1e300", "20000"], &["0.5", "-0.5", "0"]),
    ] {
        for value in refused {
            let found = found(here, value);
            assert_eq!(found.len(), 1, "{here} {value}: {found:?}");
            assert_eq!(found[0].0, "gem::out_of_range", "{here} {value}");
        }
        for value in taken {
            assert_eq!(found(here, value), [], "{here} {value}");
        }
    }
}

#[test]
fn a_gaussian_must_reach_the_neurons_of_its_grid() {
    let codes = |shape: &str, sigma: &str| {
        let text = format!(
            "model m {{\n  genome g(3)\n  population a = {shape} {{ g: gaussian(sigma: {sigma}) }}\n  population b = units(3) {{ g: free }}\n  \
             connect a -> b via g\n  input a\n  output b\n}}\n"
        );
        faults("m.gem", &text, &Options::default()).findings().len()
    };
    // half a step over 9.3: a step is 2 / (n - 1) along each axis
    for (shape, least) in
        [("units(11)", 0.1 / 9.3), ("grid(11, 11)", 0.1 * 2_f64.sqrt() / 9.3), ("grid(1, 11, 1)", 0.1 / 9.3)]
    {
        assert_eq!(codes(shape, &format!("{:.6}", least * 1.01)), 0, "{shape}");
        assert_eq!(codes(shape, &format!("{:.6}", least * 0.99)), 1, "{shape}");
    }
    // a single neuron is reached or not: nothing is said; a cloud's places are irregular
    assert_eq!((codes("units(1)", "0.0001"), codes("cloud(30)", "0.0001")), (0, 0));
}
