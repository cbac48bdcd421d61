//! Networks drawn at random: whatever a text combines, the plan's gradients are libtorch's and those of differences, in every
//! order of products.

use gemc::draw::Draw;
use gemc::options::Order;

use crate::gradients::check_plan;
use crate::stage::plan_in;

/// Draws texts.
struct Author(Draw);

impl Author {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.permutation(bound)[0]).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn expression(&mut self) -> String {
        let inner = self.one(&[
            "free",
            "random",
            "gaussian(sigma: 0.9)",
            "gaussian(sigma: 0.7, anisotropic: true)",
            "inverse_square(scale: 2)",
        ]);
        if self.below(4) == 0 { format!("split({inner})") } else { inner.to_owned() }
    }

    fn shape(&mut self) -> String {
        let (rows, columns) = (2 + self.below(3), 1 + self.below(4));
        match self.below(3) {
            0 => format!("units({})", rows * columns),
            1 => format!("grid({rows}, {columns})"),
            _ => format!("grid({rows}, {columns}, 2)"),
        }
    }

    /// Two genomes that every population expresses; each population is fed by the one before and by some earlier ones.
    fn text(&mut self) -> String {
        let layers = 2 + self.below(4);
        let mut text = String::from("model drawn {\n");
        for name in ["g", "h"] {
            let (genes, rule) = (1 + self.below(5), self.one(&["free", "symmetric", "diagonal"]));
            let sparse = self.one(&["", ", sparse: 0.05"]);
            text += &format!("    genome {name}({genes}) {{ interaction: {rule}{sparse} }}\n");
        }
        for layer in 0..=layers {
            let shape = if layer == layers { "units(3)".to_owned() } else { self.shape() };
            let (g, h) = (self.expression(), self.expression());
            let mut attributes = format!("g: {g}, h: {h}");
            if layer > 0 {
                let activation = self.one(&["identity", "tanh", "sigmoid", "gelu", "relu"]);
                let bias = self.one(&["none", "free", "expressed(g)"]);
                attributes += &format!(", activation: {activation}, bias: {bias}");
            }
            text += &format!("    population p{layer} = {shape} {{ {attributes} }}\n");
        }
        for target in 1..=layers {
            for source in 0..target {
                if source + 1 == target || self.below(3) == 0 {
                    let encoding = self.one(&["g", "h", "direct", "basis(3)"]);
                    let mask = self.one(&["", "", " { density: 0.4 }", " { density: 0.6, weights: nonnegative }"]);
                    text += &format!("    connect p{source} -> p{target} via {encoding}{mask}\n");
                }
            }
        }
        text + &format!("    input p0\n    output p{layers}\n}}\n")
    }
}

#[test]
fn drawn_networks_have_right_gradients() {
    let mut learns = 0;
    for seed in 0..24 {
        let text = Author(Draw::new(seed, "text")).text();
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
