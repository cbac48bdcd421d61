//! Receptive fields and pools: counted as by hand, resolved in any order and to any depth, and limited in size.

use std::fmt::Write;

use gemc::check::{Share, Window, check};
use gemc::compile::faults;
use gemc::diag::Problems;
use gemc::options::Options;
use gemc::syntax::parse;
use gemc::wire::survey;

/// Counts the pairs of rows that a window joins, one by one; columns go alike.
fn pairs(window: Window, length: usize) -> Option<(usize, u64)> {
    let (mut targets, mut joined, mut first) = (0, 0, 0);
    loop {
        let last = first + window.size;
        if last > length + 2 * window.padding {
            return None;
        }
        targets += 1;
        joined += (first..last).filter(|row| (window.padding..window.padding + length).contains(row)).count() as u64;
        if last == length + 2 * window.padding {
            return Some((targets, joined));
        }
        first += window.stride;
    }
}

/// Returns what is wrong with a text.
fn codes(text: &str) -> Vec<String> {
    faults("model.gem", text, &Options::default()).findings().into_iter().map(|finding| finding.code).collect()
}

#[test]
fn windows_are_counted_as_by_hand() {
    let mut fitting = 0;
    for (size, stride, padding, length) in (1..7)
        .flat_map(|size| (1..4).map(move |stride| (size, stride)))
        .flat_map(|(size, stride)| (0..size).map(move |padding| (size, stride, padding)))
        .flat_map(|(size, stride, padding)| (1..9).map(move |length| (size, stride, padding, length)))
    {
        let window = Window { size, stride, padding, share: Share::Nothing };
        let counted = pairs(window, length);
        assert_eq!(window.fits(length), counted.map(|(targets, _)| targets), "{window} on {length}");
        let Some((rows, joined)) = counted else { continue };
        fitting += 1;
        let text = format!(
            "model m {{\n  population a = grid({length}, {length}, 2)\n  population b = grid({rows}, {rows}, 3)\n  \
             connect a -> b via direct {{ window: {size}, stride: {stride}, padding: {padding} }}\n  input a\n  \
             output b\n}}\n"
        );
        let mut problems = Problems::new();
        let model =
            parse(&text, &mut problems).and_then(|ast| check(&ast, &Options::default(), &mut problems).model.ok());
        let model = model.unwrap();
        assert_eq!(model.synapses(&model.projections()[0]), joined * joined * 2 * 3, "{window} on {length}");
    }
    assert!(fitting > 200, "{fitting}");
}

/// Pools of pools, the last one declared first.
fn pools(count: usize) -> String {
    let mut text = "model deep {\n  genome g(2)\n".to_owned();
    for index in (1..count).rev() {
        writeln!(text, "  population p{index} = average_pool(p{}, 1)", index - 1).unwrap();
    }
    writeln!(text, "  population p0 = grid(2, 2) {{ g: split(gaussian) }}").unwrap();
    writeln!(text, "  population out = units(2) {{ g: random }}\n  connect p{} -> out via g", count - 1).unwrap();
    writeln!(text, "  input p0\n  output out\n}}").unwrap();
    text
}

#[test]
fn pools_may_stand_on_pools_to_any_depth_and_in_any_order() {
    assert_eq!(codes(&pools(50_000)), Vec::<String>::new());
    let circle = pools(50_000)
        .replace("population p0 = grid(2, 2) { g: split(gaussian) }", "population p0 = average_pool(p49999, 1)");
    assert_eq!(codes(&circle), ["gem::pool_circle"]);
}

#[test]
fn a_pool_comes_after_its_source_and_inherits_what_it_does_not_state() {
    let text = "model m {\n  genome g(2)\n  genome h(3)\n  population small = average_pool(large, 2) { h: free }\n  \
                population tiny = average_pool(small, 2)\n  population large = grid(8, 4, 3) { g: split(gaussian), \
                h: random }\n  population seen = grid(8, 4) { g: gaussian }\n  connect seen -> large via g { window: 3, \
                padding: 1 }\n  population out = units(2) { g: random }\n  connect tiny -> out via g\n  input seen\n  \
                output out\n}\n";
    let mut problems = Problems::new();
    let checked = check(&parse(text, &mut problems).unwrap(), &Options::default(), &mut problems);
    let model = checked.model.unwrap();
    let shown = model.to_string();
    for line in [
        "pop0 small = grid(4, 2, 3), 24 neurons: average_pool of large, 2, g split(pooled), h free\n",
        "pop1 tiny = grid(2, 1, 3), 6 neurons: average_pool of small, 2, g split(pooled), h pooled\n",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    let schedule = survey(&checked.skeleton, &mut problems).unwrap();
    let wiring = gemc::wire::join(model, schedule);
    let order: Vec<&str> = wiring.schedule().iter().map(|id| wiring.model().population(*id).name.as_str()).collect();
    assert_eq!(order, ["seen", "large", "small", "tiny", "out"]);
}

#[test]
fn cycles_lead_through_pools() {
    let text = "model m {\n  population a = grid(4, 4)\n  population b = grid(4, 4)\n  population p = average_pool(b, 2)\n  \
                population c = units(2)\n  connect a -> b -> c via direct\n  connect p -> b via direct\n  input a\n  \
                output c\n}\n";
    assert_eq!(codes(text), ["gem::cycle"]);
}

/// A network of one window over a large grid, compiled with a limit in MiB.
fn limited(encoding: &str, window: &str, limit: u64) -> Vec<String> {
    let text = format!(
        "model m {{\n  genome g(64)\n  population a = grid(256, 256, 3) {{ g: gaussian }}\n  \
         population b = grid(252, 252, 8) {{ g: gaussian }}\n  connect a -> b via {encoding} {{ window: 5{window} }}\n  \
         connect b -> c via g {{ frozen }}\n  population c = units(1) {{ g: random }}\n  input a\n  output c\n}}\n"
    );
    let options = Options { memory_limit: limit << 20, ..Options::default() };
    faults("model.gem", &text, &options).findings().into_iter().map(|finding| finding.code).collect()
}

#[test]
fn a_window_takes_what_it_joins_and_unfolds() {
    // 38.1 million synapses, 304.8 million genes laid side by side, twice in 4 bytes each; the identities 344 MiB
    assert_eq!(limited("g", "", 2_965), Vec::<String>::new());
    assert_eq!(limited("g", "", 2_964), ["gem::too_large"]);
    // the same synapses, five times in 4 bytes each
    assert_eq!(limited("direct", "", 1_075), Vec::<String>::new());
    assert_eq!(limited("direct", "", 1_074), ["gem::too_large"]);
    // 600 weights
    assert_eq!(limited("direct", ", share: maps", 349), Vec::<String>::new());
    assert_eq!(limited("direct", ", share: maps", 347), ["gem::too_large"]);
}

#[test]
fn sizes_beyond_counting_are_no_panic() {
    let huge = 1_u64 << 40;
    let text = format!(
        "model m {{\n  genome g(2)\n  population a = grid({huge}, {huge}, {huge}) {{ g: gaussian }}\n  \
         population b = grid(1, 1, {huge}) {{ g: gaussian, bias: per_map }}\n  population p = average_pool(a, {huge})\n  \
         population c = units(2) {{ g: random }}\n  connect a -> b via g {{ window: {huge} }}\n  \
         connect b -> c via g\n  connect p -> c via direct\n  input a\n  output c\n}}\n"
    );
    assert_eq!(codes(&text), ["gem::too_large"]);
    let wrong =
        text.replace(&format!("window: {huge}"), &format!("window: {huge}, padding: {}, stride: {huge}", huge - 1));
    assert_eq!(codes(&wrong), ["gem::too_large", "gem::window_mismatch"]);
}
