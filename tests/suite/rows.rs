//! Every row of the parameter table has a name of its own: no two connections, populations or genomes share numbers unless the
//! language says so.

use gemc::Options;
use gemc::compile::stages;

/// Ways of making weights, and of choosing which there are.
const ENCODINGS: &[&str] = &[
    "g",
    "f",
    "whole",
    "direct",
    "basis(2)",
    "basis(3)",
    "subspace(2)",
    "subspace(3)",
    "sine(inputs: 2, chunks: 1)",
    "gnetwork(hidden: 2)",
    "gnetwork(hidden: 2, layers: 2)",
];
const MANNERS: &[&str] = &[
    "",
    "density: 0.9",
    "density: 0.9, seed: 1",
    "within: 5",
    "weights: nonnegative",
    "frozen",
    "density: 0.9, frozen",
];

/// Returns a text in which some connections join the same two populations of so many neurons.
fn text(ends: [usize; 2], links: &[(&str, &str)]) -> String {
    let links: Vec<String> =
        links.iter().map(|(encoding, manner)| format!("  connect a -> b via {encoding} {{ {manner} }}\n")).collect();
    let links = links.concat();
    format!(
        "model m {{\n  genome g(2)\n  genome h(2)\n  interaction f over g\n  interaction whole over h\n  \
         population a = units({}) {{ g: free, h: free }}\n  population b = units({}) {{ g: free, h: free }}\n{links}  \
         input a\n  output b\n}}\n",
        ends[0], ends[1]
    )
}

/// Rows that several connections share by the rules of the language: what a population expresses, O, and θ of a subspace.
fn may_be_shared(name: &str) -> bool {
    let name = name.trim_end_matches("@start");
    name.starts_with("subspace(") || !name.contains("->")
}

/// Compiles a text, and tells how many rows of each connection's own there are; nothing for one that is refused as a repetition,
/// or because what is drawn parameters nothing.
fn own_rows(text: &str) -> Option<usize> {
    let stages = match stages("m.gem", text, &Options::default()) {
        Ok(stages) => stages,
        Err(report) => {
            let codes: Vec<String> = report.findings().into_iter().map(|finding| finding.code).collect();
            let excused = ["gem::duplicate_connection", "gem::empty_mask"];
            assert!(codes.iter().any(|code| excused.contains(&code.as_str())), "{text}\n{report}");
            return None;
        }
    };
    let own: Vec<_> = stages.plan.parameters().iter().filter(|parameter| !may_be_shared(&parameter.name)).collect();
    for parameter in &own {
        assert_eq!(parameter.shared_by.len(), 1, "{} is shared:\n{text}\n{}", parameter.name, stages.plan.table());
    }
    Some(own.len())
}

#[test]
fn two_connections_of_any_two_kinds_share_no_matrix() {
    let all = || ENCODINGS.iter().flat_map(|encoding| MANNERS.iter().map(move |manner| (*encoding, *manner)));
    let mut compiled = 0;
    for ends in [[1, 1], [3, 1], [2, 3]] {
        let alone: Vec<Option<usize>> = all().map(|link| own_rows(&text(ends, &[link]))).collect();
        for (first, one) in all().zip(&alone) {
            for (second, other) in all().zip(&alone) {
                if let Some(rows) = own_rows(&text(ends, &[first, second])) {
                    assert_eq!(
                        Some(rows),
                        one.zip(*other).map(|(one, other)| one + other),
                        "{}",
                        text(ends, &[first, second])
                    );
                    compiled += 1;
                }
            }
        }
    }
    assert!(compiled > 10_000, "only {compiled} pairs compile");
}

#[test]
fn a_basis_and_a_subspace_stand_side_by_side_in_any_order() {
    let basis = [("basis(2)", ""), ("basis(2)", "density: 0.9"), ("subspace(2)", ""), ("subspace(2)", "density: 0.9")];
    let mut orders = vec![vec![0, 1, 2, 3]];
    for last in 1..4 {
        orders = orders
            .iter()
            .flat_map(|order| {
                (0..=last).map(|at| {
                    let mut order = order.clone();
                    order.swap(at, last);
                    order
                })
            })
            .collect();
    }
    for order in orders {
        let links: Vec<(&str, &str)> = order.iter().map(|index| basis[*index]).collect();
        // R and P twice, W0 and R twice
        assert_eq!(own_rows(&text([2, 1], &links)), Some(8));
    }
}

#[test]
fn names_that_look_like_parts_of_rows_are_kept_apart() {
    let text = "model m {
  genome b(2)
  genome out(2)
  genome positions_(2)
  interaction whole over b
  interaction W over out
  population mu = cloud(3) { b: split(gaussian), out: split(free), positions: learned }
  population in = cloud(3) { b: gaussian, out: free, bias: expressed(b), positions: learned }
  population X = units(2) { b: free, out: free, positions_: free, bias: expressed(positions_) }
  connect mu -> in via b
  connect mu -> in via whole
  connect mu -> in via W
  connect mu -> in via direct
  connect in -> X via out { density: 0.9 }
  connect in -> X via out
  connect mu -> X via b
  input mu
  output X
}";
    let stages = stages("m.gem", text, &Options::default()).unwrap_or_else(|report| panic!("{report}"));
    let mut names: Vec<&str> = stages.plan.parameters().iter().map(|parameter| parameter.name.as_str()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let own = stages.plan.parameters().iter().filter(|parameter| parameter.name.contains("->"));
    assert!(own.into_iter().all(|parameter| parameter.shared_by.len() == 1), "{}", stages.plan.table());
}
