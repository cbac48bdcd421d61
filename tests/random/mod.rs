//! Networks drawn at random, one for each seed: well-formed texts that combine all that the language has. Both test binaries use
//! this folder.

mod author;
mod parts;

use gemc::random::RandomStream;

pub(crate) use author::draw;

/// Which networks are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // each binary draws its own kind
pub(crate) enum Kind {
    /// All that there is.
    Any,
    /// Those whose loss has a slope everywhere: no binary weights.
    Smooth,
}

/// A statement of a drawn text.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) text: String,
    /// What of its kind stands in the order of the text: `let`s, and connections between the same two populations.
    pub(crate) queue: Option<String>,
}

/// A drawn text.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) head: String,
    pub(crate) statements: Vec<Statement>,
}

impl Drawn {
    /// Returns the text.
    pub(crate) fn text(&self) -> String {
        let lines: Vec<String> = self.statements.iter().map(|statement| format!("    {}\n", statement.text)).collect();
        let lines = lines.concat();
        format!("{} {{\n{lines}}}\n", self.head)
    }

    /// Returns it with its statements in another order. Those of one queue keep theirs: the text's order means something there.
    #[allow(dead_code)]
    pub(crate) fn shuffled(&self, seed: u64) -> Self {
        let order = RandomStream::new(seed, "shuffle").permutation(self.statements.len());
        let places: Vec<usize> = order.into_iter().map(|place| usize::try_from(place).unwrap()).collect();
        let mut statements: Vec<Statement> = places.iter().map(|place| self.statements[*place].clone()).collect();
        let queues: Vec<&String> = self.statements.iter().filter_map(|statement| statement.queue.as_ref()).collect();
        for queue in queues {
            let in_it = |statement: &&Statement| statement.queue.as_ref() == Some(queue);
            let mut waiting: Vec<Statement> = self.statements.iter().filter(in_it).cloned().collect();
            waiting.reverse();
            for place in statements.iter_mut().filter(|statement| in_it(&&**statement)) {
                *place = waiting.pop().unwrap();
            }
        }
        // a `let` is read before it is used
        statements.sort_by_key(|statement| !statement.text.starts_with("let"));
        Self { head: self.head.clone(), statements }
    }
}
