//! `gemc data` and `gemc doctor`, in a folder where no data is.

use std::fs;
use std::path::Path;

use super::{folder, gemc_in, run, run_in};

#[test]
fn lists_what_is_known() {
    let said = run(&["data", "list"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    for name in ["mnist", "fashion-mnist", "kmnist", "cifar10", "omniglot", "glyphs", "glyphs-color"] {
        assert!(said.out.lines().any(|line| line.starts_with(name)), "{}", said.out);
    }
    let object = run(&["data", "list", "--format", "json"]).object();
    assert_eq!(object["data"][0]["name"], "mnist");
    assert_eq!(object["data"][0]["classes"], 10);
    assert!(object["roots"].as_array().is_some());
}

#[test]
fn few_shot_data_is_no_data_to_classify() {
    let said = run(&["compile", "sgem_mlp.gem", "--data", "omniglot", "--format", "json"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.object()["error"]["code"], "data::few_shot_only");
    assert!(run(&["compile", "sgem_mlp.gem", "--data", "omniglot"]).err.contains("--few-shot"));
}

#[test]
fn path_is_where_a_download_would_go() {
    let folder = folder();
    let said = run_in(folder.path(), &["data", "path"]);
    assert_eq!(said.out.trim(), folder.path().join("cache/gemc").to_str().unwrap());
    let done = gemc_in(folder.path()).args(["data", "path"]).env("GEMC_DATA", "/asked").output().unwrap();
    assert_eq!(done.stdout, b"/asked\n");
    let args = ["data", "path", "--data-dir", "/first"];
    let done = gemc_in(folder.path()).args(args).env("GEMC_DATA", "/asked").output().unwrap();
    assert_eq!(done.stdout, b"/first\n");
}

#[test]
fn absent_data_is_three_and_says_where_to_put_it() {
    let said = run(&["data", "path", "kmnist"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("train-images-idx3-ubyte") && said.err.contains("cache/gemc/kmnist"), "{}", said.err);
    let object = run(&["data", "path", "kmnist", "--format", "json"]).object();
    assert_eq!(object["error"]["code"], "data::not_found");
    assert_eq!(run(&["data", "verify", "kmnist"]).code, 3);
    assert_eq!(run(&["data", "path", "kminst"]).code, 1);
    assert_eq!(run(&["data", "path", "glyphs"]).code, 0);
}

#[test]
fn damaged_data_is_three() {
    let folder = folder();
    let set = folder.path().join("data/kmnist");
    fs::create_dir_all(&set).unwrap();
    for name in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
        fs::write(set.join(format!("{name}-ubyte")), b"short").unwrap();
    }
    let said = run_in(folder.path(), &["data", "verify", "kmnist", "--data-dir", "data"]);
    assert_eq!(said.code, 3);
    assert!(said.out.contains("damaged"), "{}{}", said.out, said.err);
    let said = run_in(folder.path(), &["data", "verify", "kmnist", "--data-dir", "data", "--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (3, ""));
    assert_eq!(said.object()["data"][0]["standing"], "damaged");
}

/// Writes batches in CIFAR-10's layout into `ROOT/cifar10`, `records` in each, all grey.
fn batches(root: &Path, records: usize) {
    let folder = root.join("cifar10/cifar-10-batches-bin");
    fs::create_dir_all(&folder).unwrap();
    let batch: Vec<u8> =
        (0..records).flat_map(|at| [vec![u8::try_from(at % 10).unwrap()], vec![9; 3072]].concat()).collect();
    for name in ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"] {
        fs::write(folder.join(format!("{name}.bin")), &batch).unwrap();
    }
}

#[test]
fn another_copy_is_used_and_called_unverified() {
    let folder = folder();
    batches(folder.path(), 10_000);
    let said = run_in(folder.path(), &["data", "verify", "cifar10", "--data-dir", "."]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("unverified (no published checksum)") && said.err.contains("compare only with others"),
        "{}{}",
        said.out,
        said.err
    );
    let said = run_in(folder.path(), &["data", "list", "--data-dir", "."]);
    assert!(
        said.out
            .lines()
            .any(|line| line.starts_with("cifar10") && line.ends_with("unverified (no published checksum)")),
        "{}",
        said.out
    );
    let said = run_in(folder.path(), &["data", "verify", "cifar10", "--data-dir", ".", "--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(said.object()["data"][0]["standing"], "unverified");
}

#[test]
fn a_batch_of_the_wrong_length_is_damaged() {
    let folder = folder();
    batches(folder.path(), 9_999);
    let said = run_in(folder.path(), &["data", "verify", "cifar10", "--data-dir", "."]);
    assert_eq!(said.code, 3);
    assert!(said.out.contains("damaged") && said.err.contains("data_batch_1.bin"), "{}{}", said.out, said.err);
}

#[test]
fn a_folder_of_images_is_a_data_set() {
    let folder = folder();
    for (class, value) in [("ant", 1), ("bee", 200)] {
        let path = folder.path().join("my pets").join(class);
        fs::create_dir_all(&path).unwrap();
        for at in 0..4 {
            image::GrayImage::from_pixel(3, 4, image::Luma([value + at])).save(path.join(format!("{at}.png"))).unwrap();
        }
    }
    let set = "folder:my pets";
    let said = run_in(folder.path(), &["data", "verify", set]);
    assert_eq!((said.code, said.out.trim(), said.err.as_str()), (0, "folder:my pets  whole  my pets", ""));
    assert_eq!(run_in(folder.path(), &["data", "path", set]).out, "my pets\n");
    let text = "model own(height = 1, width = 1, channels = 1, classes = 4) {\n    \
                population a = grid(height, width, channels)\n    population b = units(classes)\n    \
                connect a -> b via direct\n    input a\n    output b\n}\n";
    fs::write(folder.path().join("own.gem"), text).unwrap();
    let said = run_in(folder.path(), &["compile", "own.gem", "--data", set]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.err, "height = 4, width = 3, channels = 1, classes = 2, from folder:my pets\n");
    fs::write(folder.path().join("my pets/bee/9.jpg"), "no image").unwrap();
    for args in [["data", "verify", set].as_slice(), &["compile", "own.gem", "--data", set]] {
        let said = run_in(folder.path(), args);
        assert_eq!(said.code, 3, "{}", said.err);
        assert!(said.err.contains("my pets/bee/9.jpg: is no whole PNG or JPEG image"), "{}", said.err);
    }
    assert_eq!(run_in(folder.path(), &["data", "verify", "folder:gone"]).code, 3);
    assert!(run_in(folder.path(), &["data", "verify", "folder:gone"]).out.contains("absent"));
    let said = run_in(folder.path(), &["data", "list"]);
    assert!(said.out.contains("folder:PATH is a folder"), "{}", said.out);
}

#[test]
fn doctor_never_fails() {
    let said = run(&["doctor"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    for word in ["libtorch", "CUDA", "threads", "glyphs"] {
        assert!(said.out.contains(word), "{}", said.out);
    }
    let object = run(&["doctor", "--format", "json"]).object();
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys[..4], ["libtorch", "cuda", "threads", "data"]);
    assert!(object["cuda"]["usable"].is_boolean() && object["cuda"]["kernels"].is_boolean());
    assert!(object["cuda"]["usable"] == true || object["cuda"]["why"].is_string(), "{object}");
    assert_eq!(object["libtorch"].is_string(), cfg!(feature = "torch"));
}
