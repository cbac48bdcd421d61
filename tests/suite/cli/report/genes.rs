//! Genes during training: a figure for each Gaussian population, its pictures, and what is said of snapshots that are of no use.

use std::fs;

use super::{assert_alone, page, parsed, report, said, with_class};
use crate::cli::draw::{keep, keep_snapshots};
use crate::cli::folder;

#[test]
fn each_gaussian_population_has_a_figure() {
    let folder = folder();
    keep(folder.path());
    keep_snapshots(folder.path(), &[0, 1, 10, 2_000]);
    let done = report(folder.path(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let text = page(folder.path());
    assert_alone(&text);
    let document = parsed(&text);
    let figures: Vec<_> = with_class(&document, "frames").collect();
    let captions = said(&document, "figcaption");
    // of the genes that `near` sends nothing is read
    for name in ["pixels.g", "near.g.in"] {
        assert!(captions.iter().any(|caption| caption == name), "{captions:?}");
    }
    assert_eq!(figures.len(), 2);
    for figure in figures {
        let frames: Vec<_> = figure.descendants().filter(|node| node.attribute("data-step").is_some()).collect();
        let steps: Vec<&str> = frames.iter().filter_map(|frame| frame.attribute("data-step")).collect();
        assert_eq!(steps, ["step 0", "step 1", "step 10", "step 2,000"]);
        let classes: Vec<&str> = frames.iter().filter_map(|frame| frame.attribute("class")).collect();
        assert_eq!(classes, ["frame first few", "frame few", "frame few", "frame last few"]);
        // five genes a picture, with a path each from the second on
        let count = |name: &str| {
            let of =
                |frame: &roxmltree::Node| frame.descendants().filter(|node| node.tag_name().name() == name).count();
            frames.iter().map(of).collect::<Vec<usize>>()
        };
        assert_eq!((count("ellipse"), count("path")), (vec![5; 4], vec![0, 5, 5, 5]));
        let first = |frame: usize| frames[frame].descendants().find(|node| node.tag_name().name() == "ellipse");
        let at = |frame: usize| first(frame).unwrap().attribute("cx").unwrap().to_owned();
        assert_ne!(at(0), at(3), "a gene that is moved is drawn elsewhere");
    }
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let distinct: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len(), "no name is given twice");
}

#[test]
fn many_snapshots_are_drawn_evenly() {
    let folder = folder();
    keep(folder.path());
    let steps: Vec<u64> = (0..100).map(|step| step * 10).collect();
    keep_snapshots(folder.path(), &steps);
    report(folder.path(), &[]);
    let text = page(folder.path());
    let document = parsed(&text);
    let shown: Vec<&str> = document.descendants().filter_map(|node| node.attribute("data-step")).take(24).collect();
    assert_eq!((shown[0], shown[1], shown[23]), ("step 0", "step 40", "step 990"));
    assert!(said(&document, "p").iter().any(|line| line == "24 of 100 snapshots are drawn, evenly chosen."));
    assert_eq!(with_class(&document, "few").count(), 2 * 4);
}

#[test]
fn snapshots_of_no_use_are_told_and_the_rest_is_drawn() {
    let folder = folder();
    keep(folder.path());
    keep_snapshots(folder.path(), &[0, 5, 10]);
    let at = |name: &str| folder.path().join("runs/small-1/snapshots").join(name);
    fs::write(at("5.safetensors"), "half").unwrap();
    fs::write(at(".part-x"), "half").unwrap();
    report(folder.path(), &[]);
    let text = page(folder.path());
    let document = parsed(&text);
    let steps: Vec<&str> = document.descendants().filter_map(|node| node.attribute("data-step")).collect();
    assert_eq!(steps, ["step 0", "step 10"].repeat(2));
    let told = said(&document, "p").into_iter().find(|line| line.starts_with("1 snapshot cannot be used: "));
    assert!(told.is_some_and(|line| line.contains("5.safetensors")), "{:?}", said(&document, "p"));

    // those of another training are none of this one
    let bytes = fs::read(at("0.safetensors")).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let source = text.split("\"source\":\"").nth(1).unwrap()[..8].to_owned();
    let place = text.find(&source).unwrap();
    for name in ["0.safetensors", "10.safetensors"] {
        let mut bytes = fs::read(at(name)).unwrap();
        let place = String::from_utf8_lossy(&bytes).find(&source).unwrap_or(place);
        bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
        fs::write(at(name), bytes).unwrap();
    }
    let done = report(folder.path(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let text = page(folder.path());
    let document = parsed(&text);
    assert_eq!(with_class(&document, "frames").count(), 0);
    assert!(said(&document, "p").iter().any(|line| line.starts_with("3 snapshots cannot be used: ")));
}
