//! What a tensor is of, in the words of the source: for people who never see a plan.

use super::op::Op;
use super::tensor::TensorId;
use super::verify::Plan;

impl Plan {
    /// Says what a tensor is: `the weights of pixels->hidden`, `a step from hidden.g.sigma to what hidden expresses of g`.
    pub fn meaning(&self, id: TensorId) -> String {
        let label = &self.tensor(id).label;
        if let Op::Parameter(row) = self.tensor(id).op {
            return self.parameters().get(row.index()).map_or_else(
                || said(label),
                |parameter| match parameter.holds {
                    "" => format!("`{}`", parameter.name),
                    holds => format!("`{}` ({holds})", parameter.name),
                },
            );
        }
        if !label.is_empty() {
            return said(label);
        }
        let rows = self.sources_of(id);
        let from = match rows.as_slice() {
            rows @ [_, ..] if rows.len() <= 3 => format!(" from {}", rows.join(", ")),
            _ => String::new(),
        };
        match self.first_of(id) {
            Some(label) => format!("a step{from} to {}", said(label)),
            None => format!("a step{from} to the loss"),
        }
    }

    /// Returns the label of the first labelled tensor that is made of `id`.
    fn first_of(&self, id: TensorId) -> Option<&str> {
        let mut made = vec![false; self.tensors().len()];
        *made.get_mut(id.index())? = true;
        for (later, tensor) in self.numbered().skip(id.index() + 1) {
            if tensor.operands.iter().any(|operand| made.get(operand.index()) == Some(&true)) {
                if !tensor.label.is_empty() {
                    return Some(&tensor.label);
                }
                made[later.index()] = true;
            }
        }
        None
    }

    /// Returns the labels of the nearest labelled tensors that `id` is made of, in the plan's order.
    fn sources_of(&self, id: TensorId) -> Vec<String> {
        let (mut open, mut found, mut seen) = (vec![id], Vec::new(), vec![false; self.tensors().len()]);
        while let Some(id) = open.pop() {
            for operand in &self.tensor(id).operands {
                if std::mem::replace(&mut seen[operand.index()], true) {
                    continue;
                }
                if self.tensor(*operand).label.is_empty() { open.push(*operand) } else { found.push(*operand) }
            }
        }
        found.sort();
        found.into_iter().map(|id| format!("`{}`", self.tensor(id).label)).collect()
    }
}

/// Puts a label into words.
fn said(label: &str) -> String {
    if let Some(of) = label.strip_prefix("∂ ") {
        return format!("the gradient by {}", said(of));
    }
    let (name, tick) =
        label.split_once(" at tick ").map_or((label, String::new()), |(name, tick)| (name, format!(" at tick {tick}")));
    match (name.split_once("->"), name.rsplit_once('.')) {
        _ if name == "loss" => "the loss".to_owned(),
        (Some(_), Some((link, "W"))) => format!("the weights of {link}{tick}"),
        (Some((_, target)), None) => format!("what {target} receives by {name}{tick}"),
        (None, Some((place, "X"))) => match place.rsplit_once('.') {
            Some((population, genome)) => format!("what {population} expresses of {genome}"),
            None => format!("`{name}`"),
        },
        (None, Some((genome, "O"))) => format!("the interaction `{genome}.O`"),
        (None, Some((population, "bias"))) => format!("the biases of {population}"),
        (None, None) => format!("the activity of {name}{tick}"),
        (_, Some(_)) => format!("`{name}`{tick}"),
    }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn labels_are_put_into_the_words_of_the_source() {
        for (label, words) in [
            ("loss", "the loss"),
            ("hidden", "the activity of hidden"),
            ("brain at tick 3", "the activity of brain at tick 3"),
            ("pixels->hidden.W", "the weights of pixels->hidden"),
            ("brain->brain at tick 2", "what brain receives by brain->brain at tick 2"),
            ("pixels.g.X", "what pixels expresses of g"),
            ("g.O", "the interaction `g.O`"),
            ("f5.bias", "the biases of f5"),
            ("∂ pixels->hidden.W", "the gradient by the weights of pixels->hidden"),
            ("subspace(64).theta", "`subspace(64).theta`"),
        ] {
            assert_eq!(said(label), words);
        }
    }
}
