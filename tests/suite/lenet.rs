//! The shipped models of LeNet-5: what is learned, and what grows from it.

use gemc::compile::{Stages, stages};
use gemc::options::Options;

const LENET: &str = include_str!("../../models/lenet.gem");
const DIRECT: &str = include_str!("../../models/lenet_direct.gem");
const UNSHARED: &str = include_str!("../../models/lenet_unshared.gem");

fn compiled(text: &str, set: &[(&str, &str)]) -> Stages {
    let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = Options { set, ..Options::default() };
    stages("lenet.gem", text, &options).unwrap_or_else(|report| panic!("{report}"))
}

/// Learned numbers, and what they stand for.
fn counts(text: &str, set: &[(&str, &str)]) -> (u64, u64) {
    let counts = compiled(text, set).plan.counts();
    (counts.parameters, counts.uncompressed)
}

#[test]
fn learned_numbers_are_those_of_the_classical_network() {
    assert_eq!(counts(DIRECT, &[]), (61_706, 423_038));
    assert_eq!(counts(UNSHARED, &[]), (423_038, 423_038));
    assert_eq!(counts(DIRECT, &[("channels", "3")]), (62_006, 658_238));
    assert_eq!(counts(UNSHARED, &[("channels", "3")]), (658_238, 658_238));
}

#[test]
fn genes_stand_for_the_unshared_network() {
    assert_eq!(counts(LENET, &[]), (26_576, 423_038));
    assert_eq!(counts(LENET, &[("conv_genes", "229"), ("channels", "3")]), (57_939, 658_238));
    let genes = counts(LENET, &[("conv_genes", "40"), ("fc_genes", "10")]);
    assert_eq!(genes.0, 40 * 40 + 18 * 40 + 22 + 10 * 10 + 8 * 10 + 214);
}

#[test]
fn a_pool_hands_on_what_it_does_not_state() {
    let model = compiled(LENET, &[]).model().to_string();
    assert!(model.contains("s2 = grid(14, 14, 6), 1176 neurons: average_pool of c1, 2, conv pooled\n"), "{model}");
    assert!(model.contains("average_pool of c3, 2, conv pooled, fc gaussian(centred, sigma: 0.3)\n"), "{model}");
}
