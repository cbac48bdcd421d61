//! Properties of every text, held on texts drawn at random.

use std::collections::{BTreeMap, BTreeSet};

use gemc::Options;
use gemc::compile::{faults, stages};
use gemc::diag::Problems;
use gemc::options::Order;
use gemc::plan::{Parameter, Plan, TensorNames};
use gemc::syntax::parse;

#[path = "../random/mod.rs"]
pub(crate) mod networks;

use networks::{Drawn, Kind};

/// Texts that each property is held on.
const TEXTS: u64 = 250;

/// Words that must occur in some text.
const COVERED: &[&str] = &[
    "free",
    "random",
    "random(contrasts)",
    "gaussian(sigma",
    "gaussian(anisotropic",
    "inverse_square",
    "split(",
    "units(",
    "grid(",
    "cloud(",
    "positions: learned",
    "average_pool",
    "symmetric",
    "diagonal",
    "interaction: frozen",
    "sparse:",
    "rate:",
    "interaction f over",
    "direct",
    "basis(",
    "gnetwork(",
    "layers: 2",
    "subspace(",
    "sine(",
    "rank(",
    "window:",
    "stride: 2",
    "padding: 1",
    "share: maps",
    "density:",
    "within:",
    "acyclic",
    "heaviside",
    "nonnegative",
    "gain:",
    ", frozen }",
    "bias: free",
    "bias: per_map",
    "bias: expressed",
    "relu",
    "tanh",
    "sigmoid",
    "gelu",
    "unroll",
    "mean:",
    "let ",
];

/// Draws texts that are well-formed. The one thing that a draw may get wrong is a mask that happens to leave nothing.
fn drawn() -> Vec<Drawn> {
    let mut texts = Vec::new();
    for seed in 0.. {
        let drawn = networks::draw(seed, Kind::Any);
        let report = faults("drawn.gem", &drawn.text(), &Options::default());
        if report.has_errors() {
            let codes: Vec<String> = report.findings().into_iter().map(|finding| finding.code).collect();
            let excused = ["gem::empty_mask", "gem::unused_name"];
            assert!(
                codes.iter().all(|code| excused.contains(&code.as_str())),
                "seed {seed}:\n{}\n{report}",
                drawn.text()
            );
            continue;
        }
        texts.push(drawn);
        if texts.len() as u64 == TEXTS {
            assert!(seed < TEXTS * 5 / 4, "too many masks leave nothing");
            break;
        }
    }
    texts
}

fn plan(text: &str, order: Order) -> Plan {
    let options = Options { order, ..Options::default() };
    stages("drawn.gem", text, &options).unwrap_or_else(|report| panic!("{text}\n{report}")).plan
}

#[test]
fn drawn_texts_have_all_that_there_is() {
    let all: String = drawn().iter().map(Drawn::text).collect();
    let missing: Vec<&&str> = COVERED.iter().filter(|word| !all.contains(**word)).collect();
    assert!(missing.is_empty(), "no text has {missing:?}");
}

#[test]
fn what_is_printed_reads_back_and_means_the_same() {
    for drawn in drawn() {
        let (text, mut problems) = (drawn.text(), Problems::new());
        let ast = parse(&text, &mut problems).unwrap();
        let printed = ast.to_string();
        assert_eq!(parse(&printed, &mut problems).unwrap(), ast, "{text}");
        assert!(!problems.has_errors(), "{text}");
        let (one, other) = (plan(&text, Order::Cheapest), plan(&printed, Order::Cheapest));
        assert_eq!(one.to_string(), other.to_string(), "{text}");
    }
}

#[test]
fn every_order_of_products_verifies_and_counts_the_same() {
    for drawn in drawn() {
        let text = drawn.text();
        let counts = plan(&text, Order::Cheapest).counts();
        for order in [Order::Matrices, Order::Synthesized, Order::Factored] {
            assert_eq!(plan(&text, order).counts(), counts, "{order:?}\n{text}");
        }
    }
}

/// Returns what a row is besides its place: of what it starts from only the tensors' numbers depend on the order of the text.
fn row(leaf: &Parameter, ids: &TensorNames) -> (String, BTreeSet<String>) {
    let start = leaf.start.spelt(ids);
    let start: Vec<&str> = start.split([' ', '(', ')']).filter(|word| !is_tensor(word)).collect();
    let users = leaf.shared_by.iter().map(ToString::to_string).collect();
    (format!("{} {} {} {} {} {start:?}", leaf.shape, leaf.learned, leaf.rate, leaf.holds, leaf.used()), users)
}

fn is_tensor(word: &str) -> bool {
    let number = word.strip_prefix('t').map(|number| number.trim_end_matches('ᵀ'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn table(plan: &Plan) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let ids = TensorNames::ids(plan);
    plan.parameters().iter().map(|leaf| (leaf.name.to_string(), row(leaf, &ids))).collect()
}

/// The order of statements decides in which order rows stand in the table, sums are taken and populations without an order among
/// them are computed; of several connections between two populations by one encoding, which has the short name. All else is
/// the same: what is learned and drawn, under which names, from which starts, by whom it is used, and all counts.
#[test]
fn the_order_of_statements_changes_no_table_and_no_count() {
    for (seed, drawn) in (0..).zip(drawn()) {
        let shuffled = drawn.shuffled(seed).text();
        let (one, other) = (plan(&drawn.text(), Order::Synthesized), plan(&shuffled, Order::Synthesized));
        assert_eq!(one.counts(), other.counts(), "{}\n{shuffled}", drawn.text());
        assert_eq!(table(&one), table(&other), "{}\n{shuffled}", drawn.text());
    }
}
