//! What the classes of a data set are called, in the order of their labels.

use super::dataset_name::DatasetName;
use super::image_folder::ImageFolder;

/// Xiao, Rasul, Vollgraf 2017, table 2.
const FASHION: [&str; 10] =
    ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];
/// Krizhevsky 2009; `batches.meta.txt` of the archive.
const CIFAR10: [&str; 10] = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

impl DatasetName {
    /// Returns the names of the classes: those of a folder are the names of its folders. Nothing where classes are only numbered.
    pub fn class_names(&self) -> Vec<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match self {
            Self::Folder(path) => ImageFolder::open(path).map(|folder| folder.classes().to_vec()).unwrap_or_default(),
            Self::Own(files) => files.class_names(),
            Self::Published(known) if known.facts.name == "fashion-mnist" => owned(&FASHION),
            Self::Published(known) if known.facts.name == "cifar10" => owned(&CIFAR10),
            Self::Published(_) | Self::Glyphs | Self::GlyphsColor => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_of_a_known_set_has_a_name() {
        for (name, label, class) in [("cifar10", 3, "cat"), ("fashion-mnist", 9, "ankle boot")] {
            let set = DatasetName::find(name).unwrap();
            let (names, facts) = (set.class_names(), set.facts().unwrap());
            assert_eq!((names.len(), names[label].as_str()), (facts.classes, class));
        }
        assert_eq!(DatasetName::find("mnist").unwrap().class_names(), Vec::<String>::new());
    }
}
