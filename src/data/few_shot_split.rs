//! The name of a split comes in; which classes tasks are drawn from in training, validation and testing goes out.
//! The same on every machine and for each seed of a run.

use std::fmt;
use std::str::FromStr;

use miette::Diagnostic;
use thiserror::Error;

use crate::random::RandomStream;

/// The seed by which classes are chosen.
const SEED: u64 = 0;

/// Characters to test with, as the paper has them, and to validate with.
const PAPER: [usize; 2] = [423, 100];

/// Characters to train from, and to test with, of the quick split.
const SMALL: [usize; 2] = [180, 62];

/// How the classes of a data set that has many are split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FewShotSplit {
    /// 423 classes at random to test with, all others, of Omniglot 1,200, to train from.
    #[default]
    Paper,
    /// The same 423 classes to test with; of the others 100 at random to validate with, and the rest, of Omniglot 1,100, to train from.
    PaperValidated,
    /// As the set's authors split it: of Omniglot the 30 background alphabets to train from, the 20 evaluation alphabets to test
    /// with.
    Lake,
    /// 180 classes to train from and 62 to test with, at random out of those that the authors mean to be trained from: for quick
    /// tries, not for comparisons with others.
    Small,
}

impl FewShotSplit {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Paper, Self::PaperValidated, Self::Lake, Self::Small];

    /// Returns what it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::PaperValidated => "paper-validated",
            Self::Lake => "lake",
            Self::Small => "small",
        }
    }
}

impl fmt::Display for FewShotSplit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No split has this name.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("there is no split called `{name}`")]
#[diagnostic(code(data::unknown_split), help("there are: {}", FewShotSplit::ALL.map(FewShotSplit::name).join(", ")))]
pub struct UnknownSplit {
    /// The name that was given.
    pub name: String,
}

impl FromStr for FewShotSplit {
    type Err = UnknownSplit;

    fn from_str(name: &str) -> Result<Self, UnknownSplit> {
        let found = Self::ALL.into_iter().find(|split| split.name() == name);
        found.ok_or_else(|| UnknownSplit { name: name.to_owned() })
    }
}

/// The classes of a set cannot be split so.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("`{set}` has no split `{split}`: {}", self.reason())]
#[diagnostic(code(data::no_split), help("leave the split out, or take another data set: `omniglot` has all of them"))]
pub struct NoSplit {
    /// The data set.
    pub set: String,
    /// The split.
    pub split: FewShotSplit,
    /// How many classes it has, and how many the split needs; nothing where its samples have labels, so that training and test
    /// samples are of the same classes.
    pub classes: Option<[usize; 2]>,
}

impl NoSplit {
    fn reason(&self) -> String {
        match self.classes {
            None => "its own training and test samples are of the same classes".to_owned(),
            Some([found, needed]) => format!("it has {found} classes to choose from, and the split needs {needed}"),
        }
    }
}

/// The places of classes, those of the authors' training half first, each list in ascending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassSplit {
    /// Those to train from.
    pub train: Vec<usize>,
    /// Those to validate with.
    pub validation: Option<Vec<usize>>,
    /// Those to test with.
    pub test: Vec<usize>,
}

impl FewShotSplit {
    /// Splits the `all` classes of `set`, of which its authors mean the first `background` to be trained from.
    ///
    /// # Errors
    /// [`NoSplit`] where there are too few.
    pub fn classes(self, set: &str, background: usize, all: usize) -> Result<ClassSplit, NoSplit> {
        let [paper_test, paper_validation] = PAPER;
        let [small_train, small_test] = SMALL;
        let (purpose, found, test, validation) = match self {
            Self::Paper => ("few-shot split", all, paper_test, 0),
            Self::PaperValidated => ("few-shot split", all, paper_test, paper_validation),
            Self::Lake => return Ok(ClassSplit::at(background, all)),
            Self::Small => ("small few-shot split", background, small_test, 0),
        };
        let needed = test + validation + if self == Self::Small { small_train } else { 1 };
        if found < needed {
            return Err(NoSplit { set: set.to_owned(), split: self, classes: Some([found, needed]) });
        }
        let order = RandomStream::new(SEED, purpose).permutation(found);
        let mut order: Vec<usize> = order.into_iter().filter_map(|at| usize::try_from(at).ok()).collect();
        if self == Self::Small {
            order.truncate(needed);
        }
        let mut next = |count: usize| {
            let mut chosen: Vec<usize> = order.drain(..count.min(order.len())).collect();
            chosen.sort_unstable();
            chosen
        };
        let (test, held) = (next(test), next(validation));
        let validation = (validation > 0).then_some(held);
        Ok(ClassSplit { train: next(usize::MAX), validation, test })
    }
}

impl ClassSplit {
    /// Trains from the first `background` classes and tests with the others.
    fn at(background: usize, all: usize) -> Self {
        Self { train: (0..background).collect(), validation: None, test: (background..all).collect() }
    }
}
