//! Networks drawn at random: whatever a text combines, the plan's gradients are libtorch's and those of differences, in every
//! order of products.

use gemc::compile::compile;
use gemc::options::{Options, Order};

use crate::gradients::check_plan;
use crate::networks::{Kind, draw};
use crate::stage::plan_in;

/// Returns the texts of some of these seeds: a mask that happens to join nothing is the one fault that a draw may have.
pub(crate) fn texts(seeds: std::ops::Range<u64>) -> impl Iterator<Item = (u64, String)> {
    let drawn = seeds.map(|seed| (seed, draw(seed, Kind::Smooth).text()));
    drawn.filter(|(_, text)| compile(text, &Options::default()).is_ok())
}

#[test]
fn drawn_networks_have_right_gradients() {
    let mut learns = 0;
    for (seed, text) in texts(0..24) {
        for order in [Order::Synthesized, Order::Factored, Order::Cheapest] {
            let plan = plan_in(&text, order);
            if plan.learned().next().is_some() {
                learns += 1;
                check_plan(&plan, order == Order::Cheapest && seed < 8);
            }
        }
    }
    assert!(learns > 60, "hardly anything is learned");
}
