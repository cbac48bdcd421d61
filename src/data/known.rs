//! A name comes in; what is known of the data set before any file is read goes out: its facts, files, sums and mirrors.
//! The table is the whole truth about published sets: nothing else in this room names a file or an address.

use super::checksum::Checksum;
use crate::options::Facts;

/// A published data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name and the sizes of a sample.
    pub facts: Facts,
    /// How many samples there are to train from.
    pub train: usize,
    /// How many samples there are to test with.
    pub test: usize,
    /// How the samples lie in files.
    pub form: Form,
    /// Folders of the web that hold what is published, best first.
    pub mirrors: Vec<String>,
}

/// How the samples of a data set lie in files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// IDX files, each published by itself as `NAME.gz`.
    Idx {
        /// The files to train from.
        train: Pair,
        /// The files to test with.
        test: Pair,
    },
    /// CIFAR's batches: in each file one record a sample, a label and then the pixels channel by channel.
    Batches {
        /// The files to train from.
        train: Vec<Wanted>,
        /// The files to test with.
        test: Vec<Wanted>,
        /// What they are published in.
        archive: Archive,
    },
    /// Drawings of characters, PNG files at `FOLDER/ALPHABET/CHARACTER/FILE.png`; each folder is published as `FOLDER.zip`.
    /// Every character is a class, which are too many for labels of a byte: few-shot data.
    Drawings {
        /// The folder that the set's authors mean to be trained from.
        train: Wanted,
        /// The folder that they mean to be tested with.
        test: Wanted,
    },
}

/// The two IDX files of a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The file of pixels.
    pub images: Wanted,
    /// The file of labels.
    pub labels: Wanted,
}

/// A file that belongs to a data set, or a folder of drawings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its path in the set's folder when unpacked; packed it has [`Packing::ending`] behind it.
    pub name: String,
    /// How many bytes it holds when unpacked; of a folder, those of all its PNG files.
    pub bytes: u64,
    /// How to tell that it is whole.
    pub checksum: Checksum,
    /// How it is published.
    pub packing: Packing,
}

/// How something that belongs to a data set is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// A file, gzip-compressed.
    Gzip,
    /// A folder, in a zip archive.
    Zip,
}

impl Packing {
    /// Returns what the name of the packed file ends in.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Zip => ".zip",
        }
    }

    /// Returns the most bytes that the packed file can have where it unpacks to `bytes`.
    pub(super) fn most(self, bytes: u64) -> u64 {
        match self {
            // gzip makes a file that it cannot compress longer by some bytes in each 16 KiB
            Self::Gzip => bytes + bytes / 1000 + 1024,
            // each file in a zip archive has its path there twice, which for small files is more than the file
            Self::Zip => bytes.saturating_mul(4).saturating_add(1 << 16),
        }
    }
}

/// A `.tar.gz` with all files of a data set, named as they are beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Its name.
    pub name: String,
    /// How many bytes it has, as published.
    pub bytes: u64,
    /// The published SHA-256 of these bytes.
    pub sha256: String,
}

impl Known {
    /// Returns all files, those to train from first, images before labels.
    pub fn files(&self) -> Vec<&Wanted> {
        match &self.form {
            Form::Idx { train, test } => vec![&train.images, &train.labels, &test.images, &test.labels],
            Form::Batches { train, test, .. } => train.iter().chain(test).collect(),
            Form::Drawings { train, test } => vec![train, test],
        }
    }

    /// Returns the archive that holds all files, where the set is published in one.
    pub fn archive(&self) -> Option<&Archive> {
        match &self.form {
            Form::Idx { .. } | Form::Drawings { .. } => None,
            Form::Batches { archive, .. } => Some(archive),
        }
    }
}

/// Returns the published set called `name`, or nothing.
pub fn known(name: &str) -> Option<Known> {
    published().into_iter().find(|set| set.facts.name == name)
}

/// Returns every published set, in the order in which they are listed to people.
pub fn published() -> Vec<Known> {
    vec![mnist(), fashion_mnist(), kmnist(), cifar10(), omniglot()]
}

/// Y. Le Cun, C. Cortes, C. Burges. The sums are of the unpacked files.
fn mnist() -> Known {
    like_mnist(
        "mnist",
        Checksum::Sha256OfContent,
        [
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ],
        &["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
    )
}

/// Zalando Research. The published sums are of the archives.
fn fashion_mnist() -> Known {
    like_mnist(
        "fashion-mnist",
        Checksum::Sha256OfArchive,
        [
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ],
        &[
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ],
    )
}

/// ROIS-DS Center for Open Data in the Humanities. The published sums are of the archives.
fn kmnist() -> Known {
    like_mnist(
        "kmnist",
        Checksum::Sha256OfArchive,
        [
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        ],
        &["http://codh.rois.ac.jp/kmnist/dataset/kmnist/", "https://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    )
}

/// Fills in what MNIST and the sets made in its image share; `sums` are in the order of [`Known::files`].
fn like_mnist(name: &str, sum: fn(String) -> Checksum, sums: [&str; 4], mirrors: &[&str]) -> Known {
    let [train_images, train_labels, test_images, test_labels] = sums.map(|text| sum(text.to_owned()));
    let train = pair("train", 60_000, train_images, train_labels);
    let test = pair("t10k", 10_000, test_images, test_labels);
    Known {
        facts: Facts { name: name.to_owned(), height: 28, width: 28, channels: 1, classes: 10 },
        train: 60_000,
        test: 10_000,
        form: Form::Idx { train, test },
        mirrors: mirrors.iter().map(|&mirror| mirror.to_owned()).collect(),
    }
}

fn pair(prefix: &str, samples: u64, images: Checksum, labels: Checksum) -> Pair {
    let packing = Packing::Gzip;
    let name = |kind: &str| format!("{prefix}-{kind}-ubyte");
    let wanted = |kind: &str, bytes, checksum| Wanted { name: name(kind), bytes, checksum, packing };
    Pair {
        images: wanted("images-idx3", 16 + samples * 28 * 28, images),
        labels: wanted("labels-idx1", 8 + samples, labels),
    }
}

/// A. Krizhevsky, V. Nair, G. Hinton. The published sum is of the archive; of the batches in it none is published.
fn cifar10() -> Known {
    let batch = |name: String| Wanted {
        name: format!("cifar-10-batches-bin/{name}.bin"),
        bytes: 10_000 * (1 + 32 * 32 * 3),
        checksum: Checksum::Unpublished,
        packing: Packing::Gzip,
    };
    let archive = Archive {
        name: "cifar-10-binary.tar.gz".to_owned(),
        bytes: 170_052_171,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd".to_owned(),
    };
    let train = (1..=5).map(|number| batch(format!("data_batch_{number}"))).collect();
    Known {
        facts: Facts { name: "cifar10".to_owned(), height: 32, width: 32, channels: 3, classes: 10 },
        train: 50_000,
        test: 10_000,
        form: Form::Batches { train, test: vec![batch("test_batch".to_owned())], archive },
        mirrors: vec!["https://www.cs.toronto.edu/~kriz/".to_owned()],
    }
}

/// B. Lake, R. Salakhutdinov, J. Tenenbaum. The sums are of the drawings: they hold for an archive that is packed otherwise too.
fn omniglot() -> Known {
    let drawings = |name: &str, bytes, sum: &str| Wanted {
        name: name.to_owned(),
        bytes,
        checksum: Checksum::Sha256OfContent(sum.to_owned()),
        packing: Packing::Zip,
    };
    let background = "07356096b8076fcf915341f8715e94822249e2a4d5b999fd2d0f6cf9ebffebd5";
    let evaluation = "f5165eb5f20d18e13c6515650b69a42a2c0507506969d410ba5e4a1c572bd542";
    let train = drawings("images_background", 4_810_560, background);
    let test = drawings("images_evaluation", 3_371_735, evaluation);
    Known {
        facts: Facts { name: "omniglot".to_owned(), height: 28, width: 28, channels: 1, classes: 1623 },
        train: 19_280,
        test: 13_180,
        form: Form::Drawings { train, test },
        mirrors: vec!["https://raw.githubusercontent.com/brendenlake/omniglot/master/python/".to_owned()],
    }
}
