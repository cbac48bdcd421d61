//! A drawn text: genomes, then one population after the other, each fed by the one before it and by some earlier ones; and
//! where ticks are asked for, some links backwards.

use gemc::random::RandomStream;

use super::parts::{Author, Population, Shape};
use super::{Drawn, Kind, Statement};

/// Draws the text of a seed.
pub(crate) fn draw(seed: u64, kind: Kind) -> Drawn {
    let mut author = Author { chance: RandomStream::new(seed, "text"), kind };
    let mut text =
        Writing { statements: Vec::new(), genes: Vec::new(), genomes: 1 + author.below(2), said: Vec::new() };
    text.genomes(&mut author);
    let layers = 2 + author.below(4);
    let mut populations: Vec<Population> = Vec::new();
    for layer in 0..=layers {
        let before = populations.last().cloned();
        let next = text.population(&mut author, layer, layers, before.as_ref());
        populations.push(next);
    }
    text.further(&mut author, &populations);
    if author.once_in(3) {
        text.backwards(&mut author, &populations);
    }
    let intake = author.one(&["", "", " { mean: 0.25, deviation: 0.5 }"]);
    text.say(format!("input p0{intake}"), None);
    text.say(format!("output p{layers}"), None);
    Drawn { head: "model drawn(few = 2, rate = 0.5)".to_owned(), statements: text.statements }
}

/// A text while it is written.
struct Writing {
    statements: Vec<Statement>,
    /// Genomes and interactions, by name.
    genes: Vec<String>,
    genomes: usize,
    /// Connections by ends, encoding and manner: none is made twice.
    said: Vec<String>,
}

impl Writing {
    fn say(&mut self, text: String, queue: Option<String>) {
        self.statements.push(Statement { text, queue });
    }

    fn genomes(&mut self, author: &mut Author) {
        self.say("let some = few + 1".to_owned(), Some("let".to_owned()));
        for index in 0..self.genomes {
            let genes = author.one(&["1", "few", "some", "2 * few", "5"]);
            let rule = author.one(&["free", "symmetric", "diagonal", "frozen", "rank(1)"]);
            let more = author.one(&["", ", sparse: 0.05", ", rate: rate"]);
            self.say(format!("genome g{index}({genes}) {{ interaction: {rule}{more} }}"), None);
            self.genes.push(format!("g{index}"));
        }
        if author.once_in(2) {
            let (over, rule) = (author.below(self.genomes), author.one(&["free", "symmetric", "diagonal", "rank(1)"]));
            self.say(format!("interaction f over g{over} {{ interaction: {rule} }}"), None);
            self.genes.push("f".to_owned());
        }
    }

    /// Declares a population and what leads to it from the one before.
    fn population(
        &mut self,
        author: &mut Author,
        layer: usize,
        layers: usize,
        before: Option<&Population>,
    ) -> Population {
        let name = format!("p{layer}");
        if layer == layers {
            let last = Population { name, axes: vec![3], shape: Shape::Line, moves: false, pool: false };
            self.declare(author, &last, layer);
            self.link(author, [before.unwrap(), &last]);
            return last;
        }
        if let Some(before) = before.filter(|before| before.shape == Shape::Grid) {
            if author.once_in(3) && before.axes[..2].iter().all(|length| length.is_multiple_of(2)) {
                let mut axes = before.axes.clone();
                axes[..2].iter_mut().for_each(|length| *length /= 2);
                self.say(format!("population {name} = average_pool({}, 2)", before.name), None);
                return Population { name, axes, shape: Shape::Grid, moves: false, pool: true };
            }
            if author.once_in(2) {
                return self.field(author, before, layer);
            }
        }
        let (axes, shape) = author.shape();
        let moves = matches!(shape, Shape::Cloud(_)) && author.once_in(2);
        let next = Population { name, axes, shape, moves, pool: false };
        self.declare(author, &next, layer);
        if let Some(before) = before {
            self.link(author, [before, &next]);
        }
        next
    }

    fn declare(&mut self, author: &mut Author, population: &Population, layer: usize) {
        let mut said: Vec<String> =
            (0..self.genomes).map(|genome| format!("g{genome}: {}", author.expression())).collect();
        if layer > 0 {
            said.push(format!("activation: {}", author.activation()));
            said.push(format!("bias: {}", author.bias(population.shape)));
        }
        if population.moves {
            said.push("positions: learned".to_owned());
        }
        let shape = population.said(author.below(3));
        self.say(format!("population {} = {shape} {{ {} }}", population.name, said.join(", ")), None);
    }

    /// Declares a grid that a window maps another onto, and the connection.
    fn field(&mut self, author: &mut Author, before: &Population, layer: usize) -> Population {
        let smallest = before.axes[0].min(before.axes[1]);
        let window = 1 + author.below(smallest.min(3));
        let padding = author.below(window.min(2));
        let room = |axis: usize| before.axes[axis] + 2 * padding - window;
        let stride = if author.once_in(2) && room(0).is_multiple_of(2) && room(1).is_multiple_of(2) { 2 } else { 1 };
        let axes = vec![room(0) / stride + 1, room(1) / stride + 1, 1 + author.below(3)];
        let next = Population { name: format!("p{layer}"), axes, shape: Shape::Grid, moves: false, pool: false };
        self.declare(author, &next, layer);
        let direct = author.once_in(3);
        let share = if direct && author.once_in(2) { ", share: maps" } else { "" };
        let encoding = if direct { "direct".to_owned() } else { self.genes[author.below(self.genes.len())].clone() };
        let manner = format!("window: {window}, stride: {stride}, padding: {padding}{share}");
        self.connect([before, &next], &encoding, &manner);
        next
    }

    /// Connects two populations in some manner.
    fn link(&mut self, author: &mut Author, ends: [&Population; 2]) {
        let encoding = author.encoding(&self.genes);
        let genes = self.genes.contains(&encoding);
        let manner = author.manner(ends, genes);
        self.connect(ends, &encoding, manner.trim_start_matches(", "));
    }

    /// Writes a connection unless there is one like it.
    fn connect(&mut self, [from, to]: [&Population; 2], encoding: &str, manner: &str) {
        let ends = format!("{} -> {}", from.name, to.name);
        let word = encoding.split('(').next().unwrap_or_default();
        // what a connection is called after leaves out `gain` and `frozen`
        let parts: Vec<&str> =
            manner.split(", ").filter(|part| !part.starts_with("gain") && !part.starts_with("frozen")).collect();
        let key = format!("{ends} via {word} {}", parts.join(", "));
        if self.said.contains(&key) {
            return;
        }
        self.said.push(key);
        let braces = if manner.is_empty() { String::new() } else { format!(" {{ {manner} }}") };
        self.say(format!("connect {ends} via {encoding}{braces}"), Some(ends));
    }

    /// Connects some populations once more, over others' heads or beside what joins them already.
    fn further(&mut self, author: &mut Author, populations: &[Population]) {
        for target in 1..populations.len() {
            for source in 0..target {
                if !populations[target].pool && author.once_in(3) {
                    self.link(author, [&populations[source], &populations[target]]);
                }
            }
        }
    }

    /// Adds a link backwards, or of a population to itself, and as many ticks as every connection needs.
    fn backwards(&mut self, author: &mut Author, populations: &[Population]) {
        let open = |population: &&Population| !population.pool;
        let inner: Vec<&Population> = populations[1..].iter().filter(open).collect();
        let to = author.below(inner.len());
        let from = to + author.below(inner.len() - to);
        self.link(author, [inner[from], inner[to]]);
        let ticks = 2 * populations.len() + author.below(3);
        self.say(format!("unroll {ticks}"), None);
    }
}
