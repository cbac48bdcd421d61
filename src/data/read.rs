//! The files of a data set come in; its samples go out, every file checked against its published sum on the way.

use std::path::Path;

use super::archive;
use super::checksum::{Digesting, Standing, Sums, sha256, summed};
use super::cifar::Batches;
use super::dataset::{Dataset, Split};
use super::drawings;
use super::fault::{DataError, FewShotOnly};
use super::idx;
use super::known::{Form, Known, Pair, Wanted};
use super::locate::Located;
use crate::options::Facts;

/// Reads a located set and checks every file against its published sum.
///
/// # Errors
/// [`DataError`]: which file is damaged, and how; [`FewShotOnly`] where the samples have no labels.
pub fn read(known: &Known, located: &Located) -> Result<Dataset, DataError> {
    let mut reading = Reading { facts: &known.facts, located, standing: Standing::Whole, contents: Vec::new() };
    let (train, test) = match &known.form {
        Form::Idx { train, test } => (reading.pair(train, known.train)?, reading.pair(test, known.test)?),
        Form::Batches { train, test, archive } => match &located.archive {
            Some(file) => {
                archive::check(archive, file)?;
                reading.packed([train, test], file)?
            }
            None => (reading.batches(train)?, reading.batches(test)?),
        },
        Form::Drawings { .. } => return Err(FewShotOnly { name: known.facts.name.clone() }.into()),
    };
    let Reading { standing, contents, .. } = reading;
    let hash = sha256(format!("{}\n{}", known.facts.name, contents.join("\n")).as_bytes());
    Ok(Dataset { facts: known.facts.clone(), train, test, hash, standing })
}

/// Reads every file of a located set and compares it with its published sum.
///
/// Returns [`Standing::Unverified`] where all agree that can, but some have no sum that applies.
///
/// # Errors
/// [`DataError`] of the first file that is not whole.
pub fn verify(known: &Known, located: &Located) -> Result<Standing, DataError> {
    match &known.form {
        Form::Idx { .. } | Form::Batches { .. } => read(known, located).map(|dataset| dataset.standing),
        Form::Drawings { train, test } => {
            let train = drawings::read(train, &located.path(train))?;
            let test = drawings::read(test, &located.path(test))?;
            Ok(train.standing.min(test.standing))
        }
    }
}

/// A set that is being read, and what is known of the files read so far.
struct Reading<'a> {
    facts: &'a Facts,
    located: &'a Located,
    /// What the published sums say.
    standing: Standing,
    /// The sums of the files' contents, in the order of [`Known::files`].
    contents: Vec<String>,
}

impl Reading<'_> {
    /// Reads a split of `samples` samples from two IDX files.
    fn pair(&mut self, Pair { images, labels }: &Pair, samples: usize) -> Result<Split, DataError> {
        let (facts, file) = (self.facts, self.located.path(images));
        let wanted = Some([samples, facts.height, facts.width]);
        let (found, sums) = summed(&file, |source| idx::images(source, &file, wanted))?;
        self.judge(images, &file, sums)?;
        let file = self.located.path(labels);
        let (found_labels, sums) = summed(&file, |source| idx::labels(source, &file, facts.classes, Some(samples)))?;
        self.judge(labels, &file, sums)?;
        Ok(Split::new(facts, found.pixels, found_labels)?)
    }

    /// Reads a split from batches that are files of their own.
    fn batches(&mut self, wanted: &[Wanted]) -> Result<Split, DataError> {
        let mut batches = Batches::new(self.facts, wanted);
        for (at, wanted) in wanted.iter().enumerate() {
            let file = self.located.path(wanted);
            let ((), sums) = summed(&file, |source| batches.fill(at, source, &file))?;
            self.judge(wanted, &file, sums)?;
        }
        Ok(batches.split()?)
    }

    /// Reads both splits from the archive that holds their batches, which its own sum has proven.
    fn packed(&mut self, [train, test]: [&[Wanted]; 2], file: &Path) -> Result<(Split, Split), DataError> {
        let mut splits = [Batches::new(self.facts, train), Batches::new(self.facts, test)];
        let names = train.iter().chain(test).map(|wanted| wanted.name.as_str()).collect::<Vec<_>>();
        let bytes = train.iter().chain(test).map(|wanted| wanted.bytes).fold(0, u64::saturating_add);
        self.contents = archive::entries(
            archive::open(file)?,
            file,
            (&names, bytes),
            |at, entry, inside| -> Result<String, DataError> {
                let mut summed = Digesting::new(entry);
                match at.checked_sub(train.len()) {
                    None => splits[0].fill(at, &mut summed, inside)?,
                    Some(at) => splits[1].fill(at, &mut summed, inside)?,
                }
                Ok(summed.finish())
            },
        )?;
        let [train, test] = splits;
        Ok((train.split()?, test.split()?))
    }

    /// Judges a file by its sums, and notes the sum of its content.
    fn judge(&mut self, wanted: &Wanted, file: &Path, sums: Sums) -> Result<(), DataError> {
        self.standing = self.standing.min(wanted.checksum.judge(file, &sums)?);
        self.contents.push(sums.content);
        Ok(())
    }
}
