//! The tree of a recipe → what it asks for. Every fault is pushed with its place, and reading goes on.

use super::expectation::{Expectation, Range};
use super::fault::{BadValue, MissingKey, SaidTwice, UnknownKey, WrongKind};
use super::node::{Node, Value};
use super::values::{once, values};
use crate::diag::{Problems, did_you_mean, list};
use crate::span::{Name, Span};

/// What a recipe asks for, as it is written: options and models have not been looked up.
#[derive(Debug)]
pub struct Recipe {
    /// What it is about.
    pub title: Option<String>,
    /// Options of training that all trials share; `runs` and `seed` among them.
    pub options: Vec<RecipeOption>,
    /// Options that take the place of others where a quick look is wanted.
    pub quick: Vec<RecipeOption>,
    /// Options of tries, which choose the settings of trials.
    pub(super) tries: Vec<RecipeOption>,
    /// The trials, before values are combined.
    pub(super) groups: Vec<Group>,
    /// What every trial is given in turn.
    pub(super) axes: Vec<Axis>,
    /// What is expected of the results.
    pub expect: Vec<Expectation>,
    /// All of it.
    pub at: Span,
}

/// An option of training, by its long name.
#[derive(Debug, Clone)]
pub struct RecipeOption {
    /// The name.
    pub name: Name,
    /// The value, as it is written.
    pub value: String,
    /// Where the value stands.
    pub at: Span,
}

/// Trials of one model.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) model: Name,
    pub(super) label: Option<String>,
    /// The model's parameters, each with its values.
    pub(super) set: Vec<Axis>,
    /// Options of training that differ from those that all trials share.
    pub(super) options: Vec<RecipeOption>,
    /// What is chosen on the validation split, each with its values.
    pub(super) search: Vec<Axis>,
    pub(super) at: Span,
}

/// A name, and the values that it is given in turn.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) name: Name,
    pub(super) values: Vec<String>,
    pub(super) at: Span,
}

const KEYS: [&str; 10] = ["title", "train", "runs", "seed", "quick", "tries", "search", "trials", "axes", "expect"];
const TRIAL_KEYS: [&str; 5] = ["model", "label", "set", "train", "search"];
const EXPECT_KEYS: [&str; 4] = ["label", "parameters", "accuracy", "source"];

impl Recipe {
    /// Reads the text of a recipe. Nothing comes back where it is faulty.
    pub fn read(text: &str, problems: &mut Problems) -> Option<Self> {
        let root = Node::read(text, problems)?;
        let mut reader = Reader { problems };
        let recipe = reader.recipe(&root);
        if reader.problems.has_errors() { None } else { recipe }
    }
}

/// Reads nodes, and keeps what is wrong with them.
struct Reader<'p> {
    problems: &'p mut Problems,
}

impl Reader<'_> {
    fn recipe(&mut self, root: &Node) -> Option<Recipe> {
        let entries = self.map(root, "the recipe", "trials: [{ model: slp.gem }]")?;
        self.known(entries, "a recipe", &KEYS);
        let mut options = find(entries, "train").map_or_else(Vec::new, |(_, node)| self.options(node));
        let quick = find(entries, "quick").map_or_else(Vec::new, |(_, node)| self.options(node));
        let tries = find(entries, "tries").map_or_else(Vec::new, |(_, node)| self.options(node));
        for key in ["runs", "seed"] {
            let Some((name, node)) = find(entries, key) else { continue };
            if let Some(first) = options.iter().find(|option| option.name.as_str() == key) {
                let (first, at) = (first.name.span, name.span);
                self.problems.push(SaidTwice { key: key.to_owned(), first, at });
            }
            options.extend(self.scalar(name, node).map(|value| RecipeOption {
                name: name.clone(),
                value,
                at: node.at,
            }));
        }
        let trials = find(entries, "trials");
        if trials.is_none() {
            let (whose, example) = ("the recipe", "trials: [{ model: sgem_slp.gem, set: { genes: 1..5 } }]");
            self.problems.push(MissingKey { whose, key: "trials", example, at: first_of(root.at) });
        }
        let trials = trials.map_or(&[][..], |(name, node)| self.items(name, node, "- model: slp.gem"));
        let search = find(entries, "search").map_or_else(Vec::new, |(name, node)| self.axes(name.as_str(), node));
        let groups = trials.iter().filter_map(|node| self.group(node));
        let groups: Vec<Group> = groups.map(|group| group.or_search(&search)).collect();
        let expect = find(entries, "expect").map_or(&[][..], |(name, node)| self.items(name, node, "- { label: GEM }"));
        let expect = expect.iter().filter_map(|node| self.expectation(node, &groups)).collect();
        let axes = find(entries, "axes").map_or_else(Vec::new, |(name, node)| self.axes(name.as_str(), node));
        let title = find(entries, "title").and_then(|(name, node)| self.scalar(name, node));
        Some(Recipe { title, options, quick, tries, groups, axes, expect, at: root.at })
    }

    fn group(&mut self, node: &Node) -> Option<Group> {
        let entries = self.map(node, "a trial", "{ model: slp.gem, label: direct }")?;
        self.known(entries, "a trial", &TRIAL_KEYS);
        let model = find(entries, "model").map(|(name, node)| (self.scalar(name, node), node.at));
        if model.is_none() {
            let (whose, example) = ("a trial", "model: sgem_slp.gem");
            self.problems.push(MissingKey { whose, key: "model", example, at: first_of(node.at) });
        }
        let label = find(entries, "label").and_then(|(name, node)| self.scalar(name, node));
        let set = find(entries, "set").map_or_else(Vec::new, |(name, node)| self.axes(name.as_str(), node));
        let options = find(entries, "train").map_or_else(Vec::new, |(_, node)| self.options(node));
        let search = find(entries, "search").map_or_else(Vec::new, |(name, node)| self.axes(name.as_str(), node));
        let (model, at) = model?;
        Some(Group { model: Name::new(model?, at), label, set, options, search, at: node.at })
    }

    fn expectation(&mut self, node: &Node, groups: &[Group]) -> Option<Expectation> {
        let example = "{ label: S-GEM, parameters: ..156, accuracy: 0.80.., source: \"Fig. 2c\" }";
        let entries = self.map(node, "an expectation", example)?;
        self.known(entries, "an expectation", &EXPECT_KEYS);
        let label = find(entries, "label").and_then(|(name, node)| Some((self.scalar(name, node)?, node.at)));
        let labels: Vec<&str> = groups.iter().map(Group::label).collect();
        if let Some((label, at)) = &label
            && !labels.contains(&label.as_str())
        {
            let help = did_you_mean(label, labels.iter().copied());
            let help = Some(help.unwrap_or_else(|| format!("labels are {}", list(labels.iter().copied()))));
            let why = format!("no trial is labelled `{label}`");
            self.problems.push(BadValue { key: "label".to_owned(), why, at: *at, help });
        }
        let parameters = find(entries, "parameters").and_then(|(name, node)| self.range(name, node));
        let Some((name, accuracy)) = find(entries, "accuracy") else {
            let (whose, example) = ("an expectation", "accuracy: 0.80..");
            self.problems.push(MissingKey { whose, key: "accuracy", example, at: first_of(node.at) });
            return None;
        };
        let source = find(entries, "source").and_then(|(name, node)| self.scalar(name, node));
        let accuracy = self.range(name, accuracy)?;
        Some(Expectation { label: label.map(|(label, _)| label), parameters, accuracy, source })
    }

    fn range(&mut self, name: &Name, node: &Node) -> Option<Range> {
        let text = self.scalar(name, node)?;
        let range = Range::read(&text);
        if range.is_none() {
            let why = format!("`{text}` is no range of numbers");
            let help = Some("write `0.80..` for at least, `..156` for at most, `0.8..0.9` for between".to_owned());
            self.problems.push(BadValue { key: name.text.to_string(), why, at: node.at, help });
        }
        range
    }

    /// Reads names with the values that each is given in turn.
    fn axes(&mut self, key: &str, node: &Node) -> Vec<Axis> {
        let example = match key {
            "axes" => "axes: { train.lr: [0.01, 0.03] }",
            "search" => "search: { train.lr: [0.01, 0.03] }",
            _ => "set: { genes: 1..30 }",
        };
        let Some(entries) = self.map(node, key, example) else { return Vec::new() };
        entries.iter().filter_map(|(name, node)| self.axis(name, node)).collect()
    }

    fn axis(&mut self, name: &Name, node: &Node) -> Option<Axis> {
        let read = match &node.value {
            Value::List(items) if !items.is_empty() => {
                let items: Option<Vec<String>> = items.iter().map(|item| self.scalar(name, item)).collect();
                once(items?).map_err(Some)
            }
            Value::Scalar(text) => values(text),
            Value::Nothing | Value::List(_) | Value::Map(_) => Err(None),
        };
        match read {
            Ok(values) => Some(Axis { name: name.clone(), values, at: node.at }),
            Err(why) => {
                let why = why.unwrap_or_else(|| format!("{} is no list of values", node.kind()));
                let help = Some("write one value, `1..30` or `[1, 2, 4]`".to_owned());
                self.problems.push(BadValue { key: name.text.to_string(), why, at: node.at, help });
                None
            }
        }
    }

    fn options(&mut self, node: &Node) -> Vec<RecipeOption> {
        let Some(entries) = self.map(node, "train", "train: { data: mnist, lr: 0.01 }") else { return Vec::new() };
        let option = |(name, node): &(Name, Node)| {
            Some(RecipeOption { name: name.clone(), value: self.scalar(name, node)?, at: node.at })
        };
        entries.iter().filter_map(option).collect()
    }

    fn map<'n>(&mut self, node: &'n Node, key: &str, example: &'static str) -> Option<&'n [(Name, Node)]> {
        match &node.value {
            Value::Map(entries) => Some(entries),
            Value::Nothing | Value::Scalar(_) | Value::List(_) => {
                self.wrong(key, node, "a map of keys to values", example);
                None
            }
        }
    }

    fn items<'n>(&mut self, name: &Name, node: &'n Node, example: &'static str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Nothing | Value::Scalar(_) | Value::Map(_) => {
                self.wrong(name.as_str(), node, "a list", example);
                &[]
            }
        }
    }

    fn scalar(&mut self, name: &Name, node: &Node) -> Option<String> {
        match &node.value {
            Value::Scalar(text) => Some(text.clone()),
            Value::Nothing | Value::List(_) | Value::Map(_) => {
                self.wrong(name.as_str(), node, "a single value", "lr: 0.01");
                None
            }
        }
    }

    fn wrong(&mut self, key: &str, node: &Node, wanted: &'static str, example: &'static str) {
        self.problems.push(WrongKind {
            key: key.to_owned(),
            found: node.kind(),
            wanted,
            example,
            at: first_of(node.at),
        });
    }

    /// Pushes a fault for each key that is none of these.
    fn known(&mut self, entries: &[(Name, Node)], whose: &'static str, keys: &[&str]) {
        for (name, _) in entries.iter().filter(|(name, _)| !keys.contains(&name.as_str())) {
            let help = did_you_mean(name.as_str(), keys.iter().copied());
            let help = help.unwrap_or_else(|| format!("its keys are {}", list(keys.iter().copied())));
            self.problems.push(UnknownKey { key: name.text.to_string(), whose, at: name.span, help });
        }
    }
}

impl Group {
    /// Takes what all trials choose from, where it has nothing of its own.
    fn or_search(mut self, search: &[Axis]) -> Self {
        if self.search.is_empty() {
            self.search = search.to_vec();
        }
        self
    }

    /// Returns what its trials are called.
    pub(super) fn label(&self) -> &str {
        let name = self.model.as_str();
        let file = name.rsplit('/').next().unwrap_or(name);
        self.label.as_deref().unwrap_or(file.strip_suffix(".gem").unwrap_or(file))
    }
}

fn find<'n>(entries: &'n [(Name, Node)], key: &str) -> Option<(&'n Name, &'n Node)> {
    entries.iter().find(|(name, _)| name.as_str() == key).map(|(name, node)| (name, node))
}

/// Returns the beginning of a place, which may be the whole text.
fn first_of(at: Span) -> Span {
    Span::new(at.start, at.end.min(at.start + 1))
}
