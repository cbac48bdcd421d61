//! The data sets of a recipe, each loaded once: how many samples there are, and what identifies them.

use std::collections::HashMap;
use std::path::Path;

use crate::cli::args::CompileArgs;
use crate::cli::exit::Failure;
use crate::cli::read_data::{read, read_classes};
use crate::cli::screen::Screen;

/// What a trial depends on of its data.
#[derive(Debug, Clone)]
pub(super) struct DataFacts {
    /// Training samples.
    pub(super) samples: usize,
    /// Bytes of all samples.
    pub(super) bytes: u64,
    /// What identifies the content.
    pub(super) hash: String,
}

/// The data sets that were loaded, by what was asked for.
pub(super) struct DataSets<'s> {
    screen: &'s Screen,
    quiet: bool,
    known: HashMap<String, DataFacts>,
}

impl<'s> DataSets<'s> {
    pub(super) fn new(screen: &'s Screen, quiet: bool) -> Self {
        Self { screen, quiet, known: HashMap::new() }
    }

    /// Returns the facts of the data that `args` train on; downloads it where it is not here.
    pub(super) fn facts(&mut self, set: &str, args: &CompileArgs) -> Result<DataFacts, Failure> {
        let (folder, classes) = (args.training.data_dir.as_deref(), &args.classes);
        let few_shot = args.few_shot.few_shot;
        let key = format!("{set}\n{folder:?}\n{few_shot}\n{:?}\n{}", classes.split, classes.rotations);
        if let Some(facts) = self.known.get(&key) {
            return Ok(facts.clone());
        }
        let facts = if few_shot { self.classes(set, args, folder)? } else { self.samples(set, folder)? };
        self.known.insert(key, facts.clone());
        Ok(facts)
    }

    fn samples(&self, set: &str, folder: Option<&Path>) -> Result<DataFacts, Failure> {
        let data = read(self.screen, set, folder, self.quiet)?;
        let bytes = data.train.pixels().len() + data.test.pixels().len();
        Ok(DataFacts { samples: data.train.len(), bytes: bytes as u64, hash: data.hash })
    }

    fn classes(&self, set: &str, args: &CompileArgs, folder: Option<&Path>) -> Result<DataFacts, Failure> {
        let how = (args.classes.split, args.classes.rotations);
        let data = read_classes(self.screen, set, how, (folder, self.quiet))?;
        let bytes = data.train.pixels().len() + data.test.pixels().len();
        Ok(DataFacts { samples: data.train.len(), bytes: bytes as u64, hash: data.hash })
    }
}
