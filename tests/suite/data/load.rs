//! Loading by name and loading sets whose files disagree with each other or with what is known of them.

use std::fs;

use gemc::data::checksum::Checksum;
use gemc::data::dataset::{Split, SplitFault};
use gemc::data::load::load_known;
use gemc::data::{DataError, Glyphs, facts, load, names};
use gemc::options::Facts;
use miette::Diagnostic;

use super::Outcome;
use super::specimens::{Small, images, labels};

#[test]
fn knows_every_name() {
    assert_eq!(names(), ["mnist", "fashion-mnist", "kmnist", "cifar10", "omniglot", "glyphs", "glyphs-color"]);
    for name in names() {
        let shape = facts(&name).map(|facts| (facts.height, facts.width, facts.channels, facts.classes));
        let expected = match name.as_str() {
            "cifar10" | "glyphs-color" => (32, 32, 3, 10),
            "omniglot" => (28, 28, 1, 1623),
            _ => (28, 28, 1, 10),
        };
        assert_eq!(shape, Some(expected), "{name}");
    }
    assert_eq!(facts("emnist"), None);
}

#[test]
fn guesses_what_was_meant() -> Outcome {
    for (name, meant) in [("minst", Some("mnist")), ("fashion_mnist", Some("fashion-mnist")), ("imagenet", None)] {
        let Err(fault) = load(name, &[], None) else { return Err("it was loaded".into()) };
        assert!(!fault.is_environment());
        assert_eq!(fault.to_string(), format!("there is no data set called `{name}`"));
        let help = fault.help().map(|help| help.to_string()).unwrap_or_default();
        let all = "mnist, fashion-mnist, kmnist, cifar10, omniglot, glyphs, glyphs-color, and folder:PATH";
        assert!(help.contains(&format!("there are: {all}")), "{help}");
        assert_eq!(meant.map(|meant| format!("did you mean `{meant}`? ")), help.split("there").next().and_then(some));
    }
    Ok(())
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[test]
fn identifies_content_not_compression() -> Outcome {
    let small = Small::new(Vec::new())?;
    let (packed, plain) = (tempfile::tempdir()?, tempfile::tempdir()?);
    small.store(packed.path(), true)?;
    small.store(plain.path(), false)?;
    let packed = load_known(&small.known, &[packed.path().to_path_buf()], None)?;
    let plain = load_known(&small.known, &[plain.path().to_path_buf()], None)?;
    assert_eq!(packed, plain);
    assert_eq!(plain.hash.len(), 64);
    assert_eq!(plain.train.sample(1), &small.files[0].1[32..48]);
    assert_eq!(plain.train.labels(), [0, 1, 2, 0, 1, 2]);
    Ok(())
}

/// Replaces one file of a stored set, whose sums then prove nothing, and returns the fault of loading it.
fn with(at: usize, bytes: &[u8]) -> Result<DataError, Box<dyn std::error::Error>> {
    let mut small = Small::new(Vec::new())?;
    let root = tempfile::tempdir()?;
    let folder = small.store(root.path(), false)?;
    fs::write(folder.join(&small.files[at].0), bytes)?;
    for wanted in small.wanted() {
        wanted.checksum = Checksum::Sha256OfArchive(String::new());
    }
    let loaded = load_known(&small.known, &[root.path().to_path_buf()], None);
    loaded.err().ok_or_else(|| "it was loaded".into())
}

#[test]
fn refuses_files_of_another_set() -> Outcome {
    let text = with(0, &images(7))?.to_string();
    assert!(text.ends_with("train-images: holds 7 images of 4 × 4, expected 6 images of 4 × 4"), "{text}");
    let text = with(1, &labels(5))?.to_string();
    assert!(text.ends_with("train-labels: holds 5 labels, expected 6 labels"), "{text}");
    let text = with(3, &images(3))?.to_string();
    assert!(text.ends_with("test-labels: begins with 00000803, expected 00000801 (labels)"), "{text}");
    let mut wide = images(6);
    (wide[11], wide[15]) = (2, 8);
    let text = with(0, &wide)?.to_string();
    assert!(text.ends_with("holds 6 images of 2 × 8, expected 6 images of 4 × 4"), "{text}");
    Ok(())
}

#[test]
fn refuses_a_file_with_another_sum() -> Outcome {
    let small = Small::new(Vec::new())?;
    let root = tempfile::tempdir()?;
    let folder = small.store(root.path(), false)?;
    let mut other = small.files[2].1.clone();
    other[30] ^= 1;
    fs::write(folder.join("test-images"), other)?;
    let Err(fault) = load_known(&small.known, &[root.path().to_path_buf()], None) else {
        return Err("it was loaded".into());
    };
    assert!(matches!(fault, DataError::Checksum(_)));
    assert!(fault.is_environment());
    Ok(())
}

#[test]
fn checks_splits_as_they_are_made() {
    let facts = Facts { name: "tiny".into(), height: 1, width: 2, channels: 1, classes: 2 };
    let split = Split::new(&facts, vec![1, 2, 3, 4], vec![0, 1]);
    assert!(split.is_ok_and(|split| split.len() == 2 && split.sample(1) == [3, 4] && !split.is_empty()));
    assert!(matches!(Split::new(&facts, vec![1, 2, 3], vec![0, 1]), Err(SplitFault::Pixels(_))));
    assert!(matches!(Split::new(&facts, vec![1, 2, 3, 4], vec![0, 2]), Err(SplitFault::Label(_))));
}

#[test]
fn held_out_samples_are_no_longer_learned_from() -> Outcome {
    let whole = Glyphs { train: 40, test: 10, ..Glyphs::default() }.draw()?;
    let apart = whole.clone().hold_out(15)?;
    assert_eq!((apart.train.len(), apart.test.len()), (25, 15));
    let of = |split: &gemc::data::Split| -> Vec<Vec<u8>> {
        (0..split.len()).map(|i| [split.sample(i), &split.labels()[i..=i]].concat()).collect()
    };
    let mut all = [of(&apart.train), of(&apart.test)].concat();
    let mut wanted = of(&whole.train);
    all.sort();
    wanted.sort();
    assert_eq!(all, wanted, "each training sample is on one side, with its label");
    assert_eq!(apart.test, whole.clone().hold_out(15)?.test, "they are the same each time");
    for count in [0, 40, 41] {
        let fault = whole.clone().hold_out(count).unwrap_err().to_string();
        assert_eq!(fault, format!("{count} samples cannot be held out of 40"));
    }
    Ok(())
}
