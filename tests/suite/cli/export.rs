//! `export` and `predict` from outside: files of a run, classes of images, and what is said of wrong requests.

use std::fs;
use std::path::Path;

use image::GrayImage;
use safetensors::SafeTensors;

use super::draw::keep;
use super::{folder, run_in};

/// The run that [`keep`] makes.
const RUN: &str = "runs/small-1";

/// Returns the code of a fault.
fn code(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let said = run_in(folder, &[arguments, &["--format", "json"]].concat());
    (said.code, said.object()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn every_format_is_written_beside_the_run() {
    let folder = folder();
    keep(folder.path());
    for (arguments, files) in [
        (&["--to", "safetensors"][..], &["small_grown.safetensors"][..]),
        (&["--to", "safetensors", "--genome"], &["small_genome.safetensors"]),
        (&["--to", "onnx"], &["small.onnx"]),
        (&["--to", "onnx", "--genome"], &["small_genome.onnx"]),
        (&["--to", "pytorch"], &["small.py", "small_torch.safetensors"]),
        (&["--to", "pytorch", "--genome"], &["small_genome.py", "small_genome_torch.safetensors"]),
        (&["--to", "npy", "--tensor", "g.O"], &["g.O.npy"]),
        (&["--to", "csv", "--tensor", "pixels->digits.W"], &["pixels_to_digits.W.csv"]),
        (&["--to", "graphml"], &["small.graphml"]),
    ] {
        let said = run_in(folder.path(), &[&["export", RUN], arguments].concat());
        assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
        for file in files {
            assert!(said.err.contains(&format!("wrote {RUN}/{file}\n")), "{}", said.err);
            assert!(fs::metadata(folder.path().join(RUN).join(file)).unwrap().len() > 100, "{file}");
        }
    }
    let csv = fs::read_to_string(folder.path().join(RUN).join("pixels_to_digits.W.csv")).unwrap();
    assert_eq!((csv.lines().count(), csv.lines().next().unwrap().split(',').count()), (784, 10));
}

#[test]
fn the_run_that_is_asked_for_is_exported() {
    let folder = folder();
    keep(folder.path());
    let kept = fs::read(folder.path().join(RUN).join("genome.safetensors")).unwrap();
    let kept = SafeTensors::deserialize(&kept).unwrap();
    for run in ["0", "1"] {
        let out = folder.path().join("rows.safetensors");
        let arguments = ["export", RUN, "--to", "safetensors", "--genome", "--run", run, "--out", "rows.safetensors"];
        let said = run_in(folder.path(), &[&arguments[..], &["--format", "json"]].concat());
        assert_eq!((said.code, said.object()["which"].to_string().as_str()), (0, run));
        let bytes = fs::read(out).unwrap();
        let rows = SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(rows.len(), kept.len());
        for (name, whole) in kept.tensors() {
            let row = rows.tensor(&name).unwrap();
            let start = run.parse::<usize>().unwrap() * row.data().len();
            assert_eq!((row.shape(), row.data()), (&whole.shape()[1..], &whole.data()[start..][..row.data().len()]));
        }
    }
    assert_eq!(code(folder.path(), &["export", RUN, "--to", "onnx", "--run", "2"]), (1, "run::no_such_run".to_owned()));
}

#[test]
fn wrong_requests_are_faults() {
    let folder = folder();
    keep(folder.path());
    let of = |arguments: &[&str]| code(folder.path(), &[&["export", RUN], arguments].concat());
    let input = |code: &str| (1, code.to_owned());
    assert_eq!(of(&["--to", "npy", "--tensor", "near.bais"]), input("export::unknown_tensor"));
    assert_eq!(of(&["--to", "onnx", "--tensor", "g.O"]), input("export::needless_option"));
    assert_eq!(of(&["--to", "graphml", "--genome"]), input("export::needless_option"));
    assert_eq!(of(&["--to", "onnx", "--out", "no/such/folder.onnx"]), (3, "cli::unwritable".to_owned()));
    assert_eq!(run_in(folder.path(), &["export", RUN, "--to", "npy"]).code, 2);
    assert_eq!(run_in(folder.path(), &["export", RUN, "--to", "tarball"]).code, 2);
    assert_eq!(code(folder.path(), &["export", "nowhere", "--to", "onnx"]), input("run::cannot_read"));
}

#[test]
fn images_are_classified() {
    let folder = folder();
    keep(folder.path());
    let images = folder.path().join("images/deep");
    fs::create_dir_all(&images).unwrap();
    for (place, name) in (0..3_u32).zip(["c.png", "b.png", "a.PNG"]) {
        let image = GrayImage::from_fn(28, 28, |x, y| image::Luma([(x * y + 90 * place).to_le_bytes()[0]]));
        image.save_with_format(images.join(name), image::ImageFormat::Png).unwrap();
    }
    fs::write(images.join("notes.txt"), "no image").unwrap();
    let said = run_in(folder.path(), &["predict", RUN, "images", "--format", "json"]).object();
    let samples = said["samples"].as_array().unwrap();
    let names: Vec<&str> = samples.iter().map(|sample| sample["file"].as_str().unwrap()).collect();
    assert_eq!(names, ["images/deep/a.PNG", "images/deep/b.png", "images/deep/c.png"]);
    for sample in samples {
        let numbers = |key: &str| -> Vec<f64> {
            sample[key].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
        };
        let (probabilities, logits) = (numbers("probabilities"), numbers("logits"));
        let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
        let class = usize::try_from(sample["class"].as_u64().unwrap()).unwrap();
        assert!(logits.iter().all(|logit| *logit <= logits[class]));
        assert!(logits.iter().zip(&probabilities).all(|(logit, likely)| (logit.exp() / sum - likely).abs() < 1e-12));
    }
    let csv = run_in(folder.path(), &["predict", RUN, "images/deep/b.png", "images", "--csv"]).out;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((lines.len(), lines[0]), (5, "file,class,name,p0,p1,p2,p3,p4,p5,p6,p7,p8,p9"));
    assert_eq!(lines[1], lines[3]);
    let human = run_in(folder.path(), &["predict", RUN, "images"]).out;
    assert!(human.lines().all(|line| line.starts_with("images/deep/") && line.ends_with(" %")), "{human}");
}

#[test]
fn images_that_do_not_fit_are_faults() {
    let folder = folder();
    keep(folder.path());
    GrayImage::new(20, 28).save(folder.path().join("small.png")).unwrap();
    fs::write(folder.path().join("broken.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let of = |image: &str| code(folder.path(), &["predict", RUN, image]).1;
    assert_eq!(of("small.png"), "data::wrong_sample_size");
    assert_eq!(of("broken.png"), "data::broken_image");
    assert_eq!(of("empty"), "data::no_images");
    assert_eq!(of("nowhere.png"), "data::unreadable");
}
