//! Cycles: the schedule, the strongly connected parts, what is computed at which tick, and how a plan grows with the ticks.

use std::fmt::Write;

use gemc::check::check;
use gemc::compile::{faults, stages};
use gemc::diag::Problems;
use gemc::options::Options;
use gemc::plan::Op;
use gemc::syntax::parse;
use gemc::wire::{Wiring, join, survey};

/// Joins a text that is right, without lowering it.
fn wiring(text: &str) -> Wiring {
    let mut problems = Problems::new();
    let checked = check(&parse(text, &mut problems).unwrap(), &Options::default(), &mut problems);
    let schedule = survey(&checked.skeleton, &mut problems).unwrap();
    assert!(!problems.has_errors());
    join(checked.model.unwrap(), schedule)
}

fn codes(text: &str) -> Vec<String> {
    faults("model.gem", text, &Options::default()).findings().into_iter().map(|finding| finding.code).collect()
}

fn names(wiring: &Wiring, ids: &[gemc::check::PopId]) -> String {
    ids.iter().map(|id| wiring.model().population(*id).name.as_str()).collect::<Vec<_>>().join(" ")
}

/// Three areas in a row that feed back, and a population whose bias speaks before the input does.
fn areas(ticks: usize) -> String {
    format!(
        "model m {{
  population in = units(4)
  population a = units(3) {{ activation: tanh }}
  population b = units(3) {{ activation: tanh }}
  population c = units(3) {{ activation: tanh, bias: free }}
  population out = units(2)
  connect in -> a -> b -> c -> out via direct
  connect c -> a via direct
  unroll {ticks}
  input in
  output out
}}"
    )
}

#[test]
fn only_what_can_be_other_than_zero_and_can_reach_the_output_is_computed() {
    let wiring = wiring(&areas(7));
    assert_eq!(names(&wiring, wiring.schedule()), "in a b c out");
    assert_eq!(wiring.parts().iter().map(|part| names(&wiring, part)).collect::<Vec<_>>(), ["a b c"]);
    // the output reads c at tick 6, which reads b at 5, which reads a at 4, and so on round the circle
    let ticks: Vec<String> = wiring.ticks().iter().map(|tick| names(&wiring, tick)).collect();
    assert_eq!(ticks, ["a", "b", "c", "a", "b", "c", "out"]);
}

#[test]
fn each_connection_must_have_the_time_to_act() {
    assert_eq!(codes(&areas(7)), Vec::<String>::new());
    assert_eq!(codes(&areas(6)), ["gem::too_few_ticks"]);
    assert_eq!(codes(&areas(1001)), ["gem::out_of_range"]);
}

#[test]
fn a_cycle_needs_ticks_and_ticks_need_a_cycle() {
    let open = areas(7).replace("  connect c -> a via direct\n", "");
    assert_eq!(codes(&open), ["gem::unroll_without_cycle"]);
    assert!(wiring(&open).ticks().is_empty(), "each population is evaluated once");
    assert_eq!(codes(&areas(7).replace("  unroll 7\n", "")), ["gem::cycle"]);
}

#[test]
fn weights_are_made_once_however_many_ticks_read_them() {
    let made = |ticks: usize| {
        let text = format!(
            "model m {{
  genome g(3)
  population in = grid(4, 4) {{ g: gaussian }}
  population brain = cloud(30) {{ g: gaussian, activation: tanh }}
  population out = units(2) {{ g: random }}
  connect in -> brain -> out via g
  connect brain -> brain via g {{ within: 0.5 }}
  unroll {ticks}
  input in
  output out
}}"
        );
        let plan = stages("model.gem", &text, &Options::default()).unwrap().plan;
        let of = |wanted: fn(&Op) -> bool| plan.tensors().iter().filter(|tensor| wanted(&tensor.op)).count();
        let states = plan.tensors().iter().filter(|tensor| tensor.label.starts_with("brain at tick ")).count();
        let weights = plan.tensors().iter().filter(|tensor| tensor.label == "brain->brain.W").count();
        (plan.parameters().len(), weights, of(|op| matches!(op, Op::Positions(_))), states)
    };
    let (rows, weights, positions, _) = made(3);
    assert_eq!(made(3).3, 2);
    assert_eq!(made(40), (rows, weights, positions, 39));
    assert_eq!(weights, 1);
}

/// Rings of populations side by side, with chords within each, all fed by the input and read by the output.
fn rings(rings: usize, size: usize, chords: usize) -> String {
    let mut text = "model large {\n  population in = units(3)\n  population out = units(2)\n".to_owned();
    let mut state = 1_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for index in 0..rings * size {
        writeln!(text, "  population p{index} = units(2) {{ activation: tanh }}").unwrap();
    }
    let mut joined = std::collections::BTreeSet::new();
    for ring in 0..rings {
        let at = |member: usize| ring * size + member % size;
        joined.extend((0..size).map(|member| (at(member), at(member + 1))));
        while joined.len() < (ring + 1) * (size + chords) {
            joined.insert((at(draw(size)), at(draw(size))));
        }
        writeln!(text, "  connect in -> p{} -> out via direct", at(0)).unwrap();
    }
    for (from, to) in &joined {
        writeln!(text, "  connect p{from} -> p{to} via direct").unwrap();
    }
    writeln!(text, "  unroll 16\n  input in\n  output out\n}}").unwrap();
    text
}

#[test]
fn large_wirings_compile_to_the_same_bytes_each_time() {
    let text = rings(50, 40, 158);
    let (one, other) = (wiring(&text), wiring(&text));
    assert_eq!(one.model().projections().len(), 10_000);
    assert_eq!(one.parts().len(), 50);
    assert!(one.parts().iter().all(|part| part.len() == 40));
    assert_eq!(one.to_string(), other.to_string());
    assert_eq!(one.schedule().len(), 2_002);
}

/// Counts the tensors of a plan; the work of every stage but the wiring's is in proportion to them.
fn tensors(text: &str) -> usize {
    stages("model.gem", text, &Options::default()).unwrap_or_else(|report| panic!("{report}")).plan.tensors().len()
}

#[test]
fn plans_grow_in_proportion_to_the_wiring() {
    let sizes = [5, 10, 20].map(|count| tensors(&rings(count, 20, 30)));
    let per_ring = (sizes[1] - sizes[0]) / 5;
    assert!((sizes[2] - sizes[1]).abs_diff(10 * per_ring) < per_ring, "{sizes:?}");
}
