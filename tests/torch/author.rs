//! Draws networks of all kinds: encodings, expressions, masks, receptive fields, pools, clouds, cycles.

use gemc::random::RandomStream;

/// Draws texts.
pub(crate) struct Author(RandomStream);

/// How large what is drawn may be.
#[derive(Clone, Copy)]
struct Bounds {
    /// Neurons of a population along one side of a grid.
    side: usize,
    genes: usize,
    layers: usize,
}

impl Author {
    pub(crate) fn new(seed: u64) -> Self {
        Self(RandomStream::new(seed, "same"))
    }

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
            "gaussian",
            "gaussian(sigma: 0.9)",
            "gaussian(sigma: 0.4, anisotropic: true)",
            "inverse_square(scale: 2)",
            "inverse_square(scale: 1e-3)",
        ]);
        if self.below(5) == 0 { format!("split({inner})") } else { inner.to_owned() }
    }

    fn shape(&mut self, side: usize) -> String {
        let (rows, columns) = (2 + self.below(side), 2 + self.below(side));
        match self.below(4) {
            0 => format!("units({})", rows * columns),
            1 => format!("cloud({}, dims: 2)", rows * columns),
            2 if side < 20 => format!("grid({rows}, {columns}, 2)"),
            _ => format!("grid({rows}, {columns})"),
        }
    }

    fn encoding(&mut self) -> String {
        let rank = 1 + self.below(6);
        match self.below(8) {
            0..=2 => "g".to_owned(),
            3 => "h".to_owned(),
            4 | 5 => "direct".to_owned(),
            6 => format!("basis({rank})"),
            _ => format!("gnetwork(hidden: {rank})"),
        }
    }

    fn mask(&mut self) -> &'static str {
        self.one(&[
            "",
            "",
            "",
            " { density: 0.4 }",
            " { density: 0.1, seed: 3 }",
            " { weights: nonnegative }",
            " { weights: heaviside }",
            " { gain: 0.5 }",
        ])
    }

    fn attributes(&mut self) -> String {
        let activation = self.one(&["identity", "tanh", "sigmoid", "gelu", "relu", "relu"]);
        let bias = self.one(&["none", "free", "expressed(g)"]);
        format!(", activation: {activation}, bias: {bias}")
    }

    fn genomes(&mut self, bounds: Bounds) -> String {
        let mut text = String::new();
        for name in ["g", "h"] {
            let (genes, rule) =
                (1 + self.below(bounds.genes), self.one(&["free", "free", "symmetric", "diagonal", "rank(1)"]));
            let sparse = self.one(&["", "", ", sparse: 0.01"]);
            text += &format!("    genome {name}({genes}) {{ interaction: {rule}{sparse} }}\n");
        }
        text
    }

    fn population(&mut self, name: &str, shape: &str, layer: usize) -> String {
        let (g, h) = (self.expression(), self.expression());
        let more = if layer == 0 { String::new() } else { self.attributes() };
        format!("    population {name} = {shape} {{ g: {g}, h: {h}{more} }}\n")
    }

    /// Populations each of which is fed by the one before and some earlier ones; some with cycles.
    fn chain(&mut self, bounds: Bounds) -> String {
        let layers = 1 + self.below(bounds.layers);
        let mut text = format!("model drawn {{\n{}", self.genomes(bounds));
        for layer in 0..=layers {
            let shape = if layer == layers { "units(4)".to_owned() } else { self.shape(bounds.side) };
            text += &self.population(&format!("p{layer}"), &shape, layer);
        }
        for target in 1..=layers {
            for source in 0..target {
                if source + 1 == target || self.below(4) == 0 {
                    text += &format!("    connect p{source} -> p{target} via {}{}\n", self.encoding(), self.mask());
                }
            }
        }
        if layers > 1 && self.below(3) == 0 {
            let encoding = self.one(&["g", "h", "direct"]);
            let mask = self.one(&["", " { density: 0.3 }"]);
            text += &format!("    connect p1 -> p1 via {encoding}{mask}\n    unroll {}\n", layers + 1);
        }
        text + &format!("    input p0\n    output p{layers}\n}}\n")
    }

    /// A receptive field, a pool, and what reads it.
    fn fields(&mut self, bounds: Bounds, side: usize) -> String {
        let (maps, window) = (1 + self.below(6), 2 + self.below(3));
        let inner = side + 1 - window;
        let pooled = [3, 2].into_iter().find(|square| inner.is_multiple_of(*square)).unwrap_or(1);
        let mut text = format!("model drawn {{\n{}", self.genomes(bounds));
        text += &self.population("p0", &format!("grid({side}, {side})"), 0);
        text += &self.population("p1", &format!("grid({inner}, {inner}, {maps})"), 1);
        text += &format!("    population p2 = average_pool(p1, {pooled})\n");
        text += &self.population("p3", "units(4)", 3);
        let encoding = self.one(&["g", "h", "direct"]);
        text += &format!("    connect p0 -> p1 via {encoding} {{ window: {window} }}\n");
        text += &format!("    connect p2 -> p3 via {}\n", self.one(&["g", "direct"]));
        text + "    input p0\n    output p3\n}\n"
    }

    /// A network of some hundred neurons at most.
    pub(crate) fn small(&mut self) -> String {
        let bounds = Bounds { side: 12, genes: 20, layers: 4 };
        if self.below(5) == 0 {
            let side = 7 + self.below(4);
            return self.fields(bounds, side);
        }
        self.chain(bounds)
    }

    /// A network of more than a thousand neurons.
    pub(crate) fn wide(&mut self) -> String {
        let bounds = Bounds { side: 38, genes: 40, layers: 2 };
        if self.below(4) == 0 {
            let side = 24 + self.below(4);
            return self.fields(bounds, side);
        }
        self.chain(bounds)
    }
}
