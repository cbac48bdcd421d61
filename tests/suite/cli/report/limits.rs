//! Labels that stay apart, pages that stay small, commands that exist, folders that hold nothing.

use std::fs;

use roxmltree::Node;

use super::{grown, made, page, parsed, report, said, with_class};
use crate::cli::draw::keep;
use crate::cli::{folder, run_in};

#[test]
fn ticks_do_not_lie_over_each_other() {
    for (least, greatest) in [(1, 3), (1, 40), (3, 3_000), (1, 4_000_000)] {
        let folder = folder();
        for parameters in [least, greatest] {
            made(folder.path(), &format!("runs/{parameters}"), &[Some(0.123), Some(0.987)], |record| {
                record.parameters = parameters;
                record.recipe.length = parameters * 1_000;
            });
        }
        assert_eq!(report(folder.path(), &[]).code, 0);
        let text = page(folder.path());
        let document = parsed(&text);
        let mut charts = 0;
        for chart in with_class(&document, "chart") {
            let size: Vec<f64> =
                chart.attribute("viewBox").unwrap().split(' ').map(|part| part.parse().unwrap()).collect();
            let boxes: Vec<[f64; 4]> =
                chart.descendants().filter(|node| node.tag_name().name() == "text").map(filled).collect();
            assert!(boxes.len() > 4);
            for (index, [left, right, top, bottom]) in boxes.iter().enumerate() {
                assert!(
                    *left >= 0.0 && *right <= size[2] && *top >= 0.0 && *bottom <= size[3],
                    "{parameters:?} beyond the paper",
                    parameters = [least, greatest]
                );
                for [l, r, t, b] in &boxes[..index] {
                    assert!(
                        right <= l || r <= left || bottom <= t || b <= top,
                        "{least} to {greatest}: a label lies over another"
                    );
                }
            }
            charts += 1;
        }
        assert_eq!(charts, 4);
    }
}

/// Returns the box that a line of type fills: left, right, top, bottom.
fn filled(node: Node) -> [f64; 4] {
    let number = |name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
    let (x, y, wide) = (number("x"), number("y"), node.text().unwrap().chars().count() as f64 * 6.6);
    let left = match node.attribute("text-anchor") {
        Some("middle") => x - wide / 2.0,
        Some("end") => x - wide,
        _ => x,
    };
    [left, left + wide, y - 10.0, y + 2.0]
}

#[test]
fn the_page_stays_small() {
    let folder = folder();
    keep(folder.path());
    for copy in 2..=26 {
        let run = folder.path().join(format!("runs/small-{copy}"));
        fs::create_dir(&run).unwrap();
        for file in ["run.json", "model.gem", "genome.safetensors"] {
            fs::copy(folder.path().join("runs/small-1").join(file), run.join(file)).unwrap();
        }
    }
    let done = report(folder.path(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let text = page(folder.path());
    let document = parsed(&text);
    assert_eq!(with_class(&document, "drawing").count(), 24);
    let left =
        said(&document, "p").into_iter().filter(|line| line.starts_with("Pictures are left out here: 24 runs")).count();
    assert_eq!(left, 2);
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let distinct: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len(), "no name is given twice");
    // the same seed of the same settings is one run, however often it is there
    assert!(said(&document, "td").iter().any(|cell| cell == "37.50 %"));
    assert!(said(&document, "title").iter().any(|title| title.ends_with(", n = 2")), "two seeds");
}

#[test]
fn the_command_that_repeats_a_run_has_options_that_exist() {
    let folder = folder();
    made(folder.path(), "runs/a b", &[Some(0.5)], |record| {
        record.held_out = Some(500);
        record.weights = "factored".to_owned();
        record.recipe.few_shot = Some(gemc::options::FewShot::default());
        record.split = Some("lake".to_owned());
        record.rotations = true;
    });
    report(folder.path(), &[]);
    let text = page(folder.path());
    let command = said(&parsed(&text), "pre").remove(0);
    assert!(
        command.starts_with("gemc train 'runs/a b/model.gem' --set genes=5 --data glyphs --seed 0 --runs 1 "),
        "{command}"
    );
    let help = run_in(folder.path(), &["train", "--help"]).out;
    let options: Vec<&str> = command.split(' ').filter(|word| word.starts_with("--")).collect();
    assert!(options.len() > 14, "{command}");
    assert!(options.iter().all(|option| help.contains(option)), "{command}");
}

#[test]
fn where_there_is_nothing_it_says_so() {
    let folder = folder();
    let done = report(folder.path(), &[]);
    assert!(done.code == 1 && done.err.contains("run::cannot_read"), "{}", done.err);
    fs::create_dir(folder.path().join("empty")).unwrap();
    let done = report(folder.path(), &["empty"]);
    assert!(done.code == 0 && done.err.contains("empty holds no runs"), "{}", done.err);
    assert!(!folder.path().join("empty/report.html").exists());
    grown(folder.path(), 2, &[Some(0.5)]);
    let done = report(folder.path(), &["--out", "nowhere/a.html"]);
    assert!(done.code == 3 && done.err.contains("cli::unwritable"), "{}", done.err);
}
