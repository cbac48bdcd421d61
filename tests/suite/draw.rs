//! The picture of a wiring: well-formed, the same every time, nothing over anything else.

use std::fmt::Write;

use gemc::check::check;
use gemc::diag::{Problems, Report};
use gemc::options::Options;
use gemc::syntax::parse;
use gemc::wire::{join, survey};
use roxmltree::{Document, Node};

const SGEM_MLP: &str = include_str!("../../models/sgem_mlp.gem");
const LENET: &str = include_str!("../../models/lenet.gem");
const CONNECTOME: &str = include_str!("../../models/connectome.gem");
const CORTEX: &str = include_str!("../../models/cortex.gem");
const CYCLES: &str = include_str!("../cases/ok/cycles.gem");
const POOLS: &str = include_str!("../cases/ok/pools.gem");

fn svg(source: &str) -> String {
    let mut problems = Problems::new();
    let ast = parse(source, &mut problems).unwrap();
    let checked = check(&ast, &Options::default(), &mut problems);
    let schedule = survey(&checked.skeleton, &mut problems);
    let Ok(model) = checked.model else { panic!("{:?}", Report::new("model.gem", source, problems)) };
    join(model, schedule.unwrap()).svg()
}

/// A chain of populations with some more connections, each from an earlier to a later population.
fn chain(populations: usize, skips: &[(usize, usize)]) -> String {
    let mut text = "model chain {\n  genome g(4)\n  genome long_range(3)\n".to_owned();
    for index in 0..populations {
        writeln!(text, "  population p{index} = grid(7, 7) {{ g: gaussian, long_range: random }}").unwrap();
    }
    for index in 1..populations {
        writeln!(text, "  connect p{} -> p{index} via g", index - 1).unwrap();
    }
    for (from, to) in skips {
        writeln!(text, "  connect p{from} -> p{to} via long_range").unwrap();
    }
    writeln!(text, "  input p0\n  output p{}\n}}", populations - 1).unwrap();
    text
}

/// Parallel populations, all fed by one and feeding one, which are joined themselves.
fn wide(populations: usize) -> String {
    let mut text = "model wide {\n  population first = units(9)\n  population last = units(3)\n".to_owned();
    for index in 0..populations {
        writeln!(text, "  population p{index} = grid(5, 5, 2) {{ activation: relu }}").unwrap();
        writeln!(text, "  connect first -> p{index} -> last via direct").unwrap();
    }
    writeln!(text, "  connect first -> last via basis(2) {{ frozen }}\n  input first\n  output last\n}}").unwrap();
    text
}

fn dense(populations: usize) -> String {
    let skips: Vec<(usize, usize)> =
        (0..populations).flat_map(|to| (0..to.saturating_sub(1)).map(move |from| (from, to))).collect();
    chain(populations, &skips)
}

/// Populations that are each fed by a few of those shortly before, and all read by the last.
fn scattered(populations: usize, seed: usize) -> String {
    let mut text = "model scattered {\n".to_owned();
    for index in 0..populations {
        writeln!(text, "  population p{index} = grid({}, 4)", 1 + index % 9).unwrap();
    }
    let (mut state, mut joined) = (seed, std::collections::BTreeSet::new());
    for to in 1..populations {
        let feeding = if to + 1 == populations { to } else { 2 };
        for feed in 0..feeding {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            let from = if feeding == 2 { to.saturating_sub(1 + (state >> 16) % 7) } else { feed };
            if joined.insert((from, to)) {
                writeln!(text, "  connect p{from} -> p{to} via direct").unwrap();
            }
        }
    }
    writeln!(text, "  input p0\n  output p{}\n}}", populations - 1).unwrap();
    text
}

/// A chain in which every second population is a pool.
fn pooled(populations: usize) -> String {
    let mut text = "model pooled {\n  genome g(4)\n  population p0 = grid(4, 4) { g: gaussian }\n".to_owned();
    for index in 1..populations {
        let before = index - 1;
        if index % 2 == 0 {
            writeln!(text, "  population p{index} = average_pool(p{before}, 1)").unwrap();
        } else {
            writeln!(text, "  population p{index} = grid(4, 4) {{ g: gaussian }}").unwrap();
            writeln!(text, "  connect p{before} -> p{index} via g {{ window: 3, padding: 1 }}").unwrap();
        }
    }
    writeln!(text, "  input p0\n  output p{}\n}}", populations - 1).unwrap();
    text
}

/// A chain with connections back to the given distance, each population joined to itself, and the ticks that it takes.
fn looped(populations: usize, back: &[usize]) -> String {
    let mut text = chain(populations, &[]).trim_end().trim_end_matches('}').to_owned();
    for distance in back {
        for from in (1 + distance..populations).step_by(2) {
            writeln!(text, "  connect p{from} -> p{} via long_range", from - distance).unwrap();
        }
    }
    writeln!(text, "  unroll {}\n}}", populations + back.iter().max().unwrap() + 1).unwrap();
    text
}

fn pictures() -> Vec<String> {
    let skips = [(2, 5), (3, 12), (9, 14), (0, 29), (16, 18), (13, 20), (4, 8), (5, 7), (11, 29), (6, 12)];
    let far: Vec<(usize, usize)> = (0..2000).step_by(7).map(|from| (from, from + 900)).collect();
    let texts = [SGEM_MLP.to_owned(), wide(1), wide(6), wide(40), dense(7), dense(20), chain(2, &[])];
    let pools = [LENET.to_owned(), POOLS.to_owned(), pooled(40), pooled(500)];
    let chains = [chain(30, &[]), chain(30, &skips), chain(200, &skips), chain(201, &skips), chain(3000, &far)];
    let scattered: Vec<String> = (0..12).map(|seed| scattered(8 + 5 * seed, seed)).collect();
    let cyclic = [CONNECTOME.to_owned(), CORTEX.to_owned(), CYCLES.to_owned()];
    let backs =
        [(3, vec![0]), (9, vec![0, 1]), (12, vec![0, 1, 2, 5]), (40, vec![0]), (30, vec![7]), (230, vec![0, 30])];
    let looped: Vec<String> = backs.iter().map(|(populations, back)| looped(*populations, back)).collect();
    texts
        .iter()
        .chain(&cyclic)
        .chain(&looped)
        .chain(&pools)
        .chain(&chains)
        .chain(&scattered)
        .map(|text| svg(text))
        .collect()
}

fn number(node: Node, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

/// Left, top, right and bottom of each population's box.
fn boxes(document: &Document) -> Vec<[f64; 4]> {
    let boxes = document.descendants().filter(|node| node.attribute("class") == Some("population"));
    let edges = |node: Node| {
        let (x, y) = (number(node, "x"), number(node, "y"));
        [x, y, x + number(node, "width"), y + number(node, "height")]
    };
    boxes.map(edges).collect()
}

/// Points on each connection, close to each other.
fn points(document: &Document) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for node in document.descendants().filter(|node| node.attribute("class") == Some("connection")) {
        let mut at = (0.0, 0.0);
        for step in node.attribute("d").unwrap().split(['M', 'L', 'C']) {
            let ends: Vec<(f64, f64)> = step.split_whitespace().map(pair).collect();
            match ends.as_slice() {
                [] => {}
                [to] if at == (0.0, 0.0) => at = *to,
                [to] => at = bend(&mut points, [at, at, *to, *to]),
                [first, second, to] => at = bend(&mut points, [at, *first, *second, *to]),
                _ => panic!("{step}"),
            }
        }
    }
    points
}

fn pair(text: &str) -> (f64, f64) {
    let (x, y) = text.split_once(',').unwrap();
    (x.parse().unwrap(), y.parse().unwrap())
}

/// Adds points along a curve from its control points; returns where it ends.
fn bend(points: &mut Vec<(f64, f64)>, controls: [(f64, f64); 4]) -> (f64, f64) {
    for step in 0..=60 {
        let (on, left) = (f64::from(step) / 60.0, 1.0 - f64::from(step) / 60.0);
        let weights = [left.powi(3), 3.0 * on * left.powi(2), 3.0 * on.powi(2) * left, on.powi(3)];
        let sum =
            |part: fn(&(f64, f64)) -> f64| controls.iter().map(part).zip(weights).map(|(at, weight)| at * weight).sum();
        points.push((sum(|at| at.0), sum(|at| at.1)));
    }
    controls[3]
}

#[test]
fn the_perceptron_looks_like_this() {
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("picture_sgem_mlp", svg(SGEM_MLP));
    });
}

#[test]
fn pictures_are_well_formed_and_keep_to_their_sheet() {
    for picture in pictures() {
        let document = Document::parse(&picture).unwrap();
        let sheet = document.root_element();
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
        let (width, height) = (number(sheet, "width"), number(sheet, "height"));
        for [left, top, right, bottom] in boxes(&document) {
            assert!(left >= 0.0 && top >= 0.0 && right < width && bottom < height);
        }
        for (x, y) in points(&document) {
            assert!(x > -1.0 && y > -1.0 && x < width && y < height, "({x}, {y}) on {width} by {height}");
        }
    }
}

#[test]
fn boxes_lie_apart() {
    for picture in pictures() {
        let boxes = boxes(&Document::parse(&picture).unwrap());
        for (index, one) in boxes.iter().enumerate() {
            for other in &boxes[..index] {
                let apart = one[2] < other[0] || other[2] < one[0] || one[3] < other[1] || other[3] < one[1];
                assert!(apart, "{one:?} over {other:?}");
            }
        }
    }
}

#[test]
fn no_connection_runs_through_a_box() {
    for picture in pictures() {
        let document = Document::parse(&picture).unwrap();
        let boxes = boxes(&document);
        let points = points(&document);
        assert!(points.len() > 60);
        for (x, y) in points {
            let over = boxes.iter().find(|at| at[0] + 1.0 < x && x < at[2] - 1.0 && at[1] < y && y < at[3]);
            assert!(over.is_none(), "({x}, {y}) in {over:?}");
        }
    }
}

#[test]
fn a_pool_is_a_line_of_its_own_kind() {
    let picture = svg(LENET);
    assert_eq!(picture.matches("stroke-dasharray=\"2 4\"").count(), 3, "two pools and the legend");
    assert_eq!(picture.matches("class=\"connection\"").count(), 7);
    assert!(picture.contains("via conv · window 5 · 117,600") && picture.contains("mean of 2 × 2"));
    let large = svg(&pooled(500));
    assert_eq!(boxes(&Document::parse(&large).unwrap()).len(), 12);
    assert_eq!(large.matches("class=\"connection\"").count(), 11);
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    assert_eq!(pictures(), pictures());
}

#[test]
fn a_large_wiring_is_drawn_by_layers() {
    let picture = svg(&chain(3000, &[]));
    assert_eq!(boxes(&Document::parse(&picture).unwrap()).len(), 12);
    assert!(picture.contains("3,000 populations"));
}

#[test]
fn feedback_is_an_arc_under_its_row_and_a_self_connection_a_loop() {
    let picture = svg(CORTEX);
    let document = Document::parse(&picture).unwrap();
    let boxes = boxes(&document);
    let lowest = boxes.iter().map(|at| at[3]).fold(0.0, f64::max);
    let paths = document.descendants().filter(|node| node.attribute("class") == Some("connection"));
    // from right to left, and below all boxes in between
    let mut arcs = 0;
    for path in paths {
        let ends: Vec<(f64, f64)> =
            path.attribute("d").unwrap().split([' ', 'M', 'L', 'C']).filter(|end| !end.is_empty()).map(pair).collect();
        if ends[0].0 > ends[ends.len() - 1].0 {
            arcs += 1;
            assert!(ends.iter().any(|end| end.1 > lowest - 60.0), "{ends:?}");
        }
    }
    assert_eq!(arcs, 5, "three connections back, and two of a population to itself");
    assert!(picture.contains("6 ticks") && picture.contains("within 0.3"));
}
