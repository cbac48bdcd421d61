//! Bytes → the text of a well-formed model: each byte is a choice, and when they run out the first choice is always taken. So
//! the fuzzer's changes of bytes are changes of models, and every text keeps the rules of the language.

/// What is chosen, byte by byte.
struct Author<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

/// A population as far as later statements must know it.
struct Place {
    name: String,
    /// Rows, columns and maps of a grid.
    grid: Option<[usize; 3]>,
    /// Whether it is a pool, into which nothing may lead.
    pool: bool,
    /// How many dimensions its positions have.
    dims: usize,
}

impl Author<'_> {
    fn below(&mut self, bound: usize) -> usize {
        self.bytes.next().map_or(0, |byte| usize::from(*byte) % bound)
    }

    fn one(&mut self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }

    fn expression(&mut self) -> String {
        let inner = self.one(&[
            "gaussian",
            "free",
            "random",
            "random(contrasts)",
            "gaussian(sigma: 0.9)",
            "gaussian(anisotropic, sigma: 0.7, rate: 0.5)",
            "inverse_square(scale: 2)",
            "free(rate: 3)",
        ]);
        if self.below(4) == 1 { format!("split({inner})") } else { inner.to_owned() }
    }

    /// Declares a genome's rule, or that of a second interaction.
    fn rule(&mut self) -> String {
        let rule = self.one(&["free", "symmetric", "diagonal", "frozen", "rank(1)"]);
        // what is never learned has no rate and no penalty
        let more = if rule == "frozen" { "" } else { self.one(&["", ", sparse: 0.05", ", rate: 2"]) };
        format!("{{ interaction: {rule}{more} }}")
    }

    /// Declares a population that is no pool; only the input takes neither activation nor bias.
    fn population(&mut self, name: &str, input: bool) -> (Place, String) {
        let [rows, columns, maps] = [2 + self.below(4), 2 + self.below(4), 1 + self.below(3)];
        let (shape, grid, dims) = match self.below(4) {
            0 => (format!("grid({rows}, {columns})"), Some([rows, columns, 1]), 2),
            1 => (format!("units({})", rows * columns), None, 1),
            2 => (format!("grid({rows}, {columns}, {maps})"), Some([rows, columns, maps]), 3),
            _ => (format!("cloud({}, dims: 2, seed: {maps})", rows * columns), None, 2),
        };
        let mut attributes = format!("g: {}, h: {}", self.expression(), self.expression());
        if !input {
            let activation = self.one(&["identity", "tanh", "sigmoid", "gelu", "relu"]);
            let bias = self.one(&["none", "free", "expressed(g)", if grid.is_some() { "per_map" } else { "none" }]);
            attributes += &format!(", activation: {activation}, bias: {bias}");
        }
        (Place { name: name.to_owned(), grid, pool: false, dims }, format!("{shape} {{ {attributes} }}"))
    }

    /// Gives a connection its encoding and what else it may have; no two of them may be alike, so each has its own number.
    fn connection(&mut self, from: &Place, to: &Place, number: usize) -> String {
        let fits =
            from.grid.is_some_and(|[rows, columns, _]| to.grid.is_some_and(|[r, c, _]| (r, c) == (rows, columns)));
        let genes = ["g", "h", "again"];
        if fits && self.below(2) == 1 {
            return match self.below(4) {
                3 => "direct { window: 3, padding: 1, share: maps }".to_owned(),
                gene => format!("{} {{ window: 3, padding: 1 }}", genes[gene]),
            };
        }
        let encoding = match self.below(8) {
            gene @ 0..=2 => genes[gene].to_owned(),
            3 => "direct".to_owned(),
            4 => format!("basis({})", number + 2),
            5 => format!("gnetwork(hidden: {})", 1 + self.below(3)),
            6 => format!("sine(inputs: {}, chunks: 1, hidden: {})", number + 1, 1 + self.below(4)),
            _ => format!("subspace({})", number + 2),
        };
        let weights = self.one(&["real", "nonnegative", "heaviside"]);
        let mask = match self.below(4) {
            1 => format!(", density: 0.{}, seed: {number}", 3 + self.below(7)),
            2 if from.dims == to.dims => ", within: 2.5".to_owned(),
            3 => ", frozen".to_owned(),
            _ => String::new(),
        };
        format!("{encoding} {{ weights: {weights}{mask} }}")
    }
}

/// Writes the model that these bytes choose.
pub fn well_formed(bytes: &[u8]) -> String {
    let mut author = Author { bytes: bytes.iter() };
    let layers = 1 + author.below(5);
    let genes = 1 + author.below(6);
    let mut text = format!("model drawn(genes = {genes}) {{\n    genome g(genes) {}\n", author.rule());
    text += &format!("    genome h({}) {}\n", 1 + author.below(3), author.rule());
    text += &format!("    interaction again over g {}\n", author.rule());
    let mut places: Vec<Place> = Vec::new();
    for layer in 0..=layers {
        let pooled = places.last().filter(|_| layer < layers).and_then(|before| {
            let [rows, columns, maps] = before.grid.filter(|[rows, columns, _]| rows % 2 == 0 && columns % 2 == 0)?;
            Some((before.name.clone(), before.dims, [rows / 2, columns / 2, maps]))
        });
        let name = format!("p{layer}");
        let (place, said) = match pooled {
            Some((source, dims, grid)) if author.below(3) == 1 => {
                (Place { name, grid: Some(grid), pool: true, dims }, format!("average_pool({source}, 2)"))
            }
            _ if layer == layers => {
                let said = format!("units(3) {{ g: {}, h: {} }}", author.expression(), author.expression());
                (Place { name, grid: None, pool: false, dims: 1 }, said)
            }
            _ => author.population(&name, layer == 0),
        };
        text += &format!("    population {} = {said}\n", place.name);
        places.push(place);
    }
    let mut connected = 0;
    for (target, to) in places.iter().enumerate().skip(1).filter(|(_, to)| !to.pool) {
        for (source, from) in places.iter().enumerate().take(target) {
            if source + 1 == target || author.below(3) == 1 {
                connected += 1;
                text += &format!("    connect p{source} -> p{target} via {}\n", author.connection(from, to, connected));
            }
        }
    }
    // a way back from the last hidden population to the first, and to itself
    let hidden = places.get(1).filter(|first| layers > 1 && !first.pool).is_some();
    if hidden && author.below(4) == 1 {
        text += &format!("    connect p{} -> p1 via g {{ density: 0.9, seed: 77 }}\n", layers - 1);
        // the way round it: all the way up, back, and up again
        let ticks = 2 * layers + author.below(3);
        text += &format!("    connect p1 -> p1 via h {{ acyclic }}\n    unroll {ticks}\n");
    }
    text + &format!("    input p0\n    output p{layers}\n}}\n")
}
