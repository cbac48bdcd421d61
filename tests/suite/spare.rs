//! The plan of runs with different numbers of genes, and which models may be one.

use gemc::Options;
use gemc::compile::{Stages, stages};
use gemc::options::Order;
use gemc::plan::spare;

const SMALL: &str = "
model small(genes = 3, units = 4, sigma = 0.3) {
    genome g(genes)
    population a = grid(3, 3)   { g: gaussian(sigma: sigma) }
    population b = units(units) { g: random, bias: expressed(g) }
    connect a -> b via g
    input a
    output b
}
";

fn compiled(set: &[(&str, &str)]) -> Stages {
    let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    stages("small.gem", SMALL, &Options { set, ..Options::default() }).unwrap()
}

#[test]
fn all_that_is_learned_by_genes_is_under_the_mask() {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("spare_plan", spare(&compiled(&[]).wiring, Order::Cheapest, 8).unwrap());
    });
}

#[test]
fn models_are_alike_that_differ_in_genes_alone() {
    let small = compiled(&[]);
    let is_alike = |name, value| small.model().is_alike_but_for_genes(compiled(&[(name, value)]).model());
    assert_eq!(
        [is_alike("genes", "5"), is_alike("genes", "3"), is_alike("units", "5"), is_alike("sigma", "0.4")],
        [true, true, false, false]
    );
}
