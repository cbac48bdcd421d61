//! Counting under masks: the same as looking at every pair, and in steps that are counted, so that hostile sizes are refused
//! before any work is done.

use gemc::compile::faults;
use gemc::geometry::{Cloud, Density, Joins, Mask, Space};
use gemc::options::Options;
use gemc::random::RandomStream;

/// Returns the pairs that a mask joins, by its definition.
fn defined(joins: &Joins) -> Vec<(usize, usize)> {
    let targets = joins.ends[1].neurons();
    let joined = joins.pairs().enumerate().filter(|(_, joined)| *joined);
    joined.map(|(pair, _)| (pair / targets, pair % targets)).collect()
}

fn agree(joins: &Joins) -> usize {
    let (wanted, mut found) = (defined(joins), Vec::new());
    joins.each(|source, target| found.push((source, target)));
    assert_eq!(found, wanted, "{joins:?}");
    assert_eq!(joins.count(), wanted.len() as u64, "{joins:?}");
    wanted.len()
}

/// Draws a space of so many dimensions.
fn space(draw: &mut RandomStream, dims: usize) -> Space {
    let mut below = |bound: usize| usize::try_from(draw.permutation(bound)[0]).unwrap();
    if dims > 3 || below(3) == 0 {
        return Space::Cloud(Cloud { neurons: 1 + below(60), dims, seed: below(5) as u64 });
    }
    Space::Grid((0..dims).map(|_| 1 + below([40, 9, 5][dims - 1])).collect())
}

#[test]
fn near_pairs_are_those_of_the_definition() {
    let (mut draw, mut some, mut none) = (RandomStream::new(1, "spaces"), 0, 0);
    for round in 0..600 {
        let dims = [1, 2, 2, 3, 3, 5][round % 6];
        let one = space(&mut draw, dims);
        let itself = round % 4 == 0;
        let other = if itself { one.clone() } else { space(&mut draw, dims) };
        // radii that neurons of a grid lie apart exactly are among them
        let radius =
            [0.25, 0.5, 1.0, 2.0, 0.1, 1e-3][round / 6 % 6] * (1.0 + f64::from(u8::from(round % 5 == 0)) * draw.unit());
        let density = (round % 3 == 0).then(|| Density { part: 0.4, seed: 3, purpose: "a".to_owned() });
        let mask = Mask { within: Some(radius), density, acyclic: itself && round % 8 == 0 };
        match agree(&Joins { mask, ends: [one, other] }) {
            0 => none += 1,
            _ => some += 1,
        }
    }
    assert!(some > 300 && none > 20, "{some} masks join some pairs, {none} none");
}

#[test]
fn drawn_pairs_are_those_of_the_definition() {
    for (sources, targets, part) in
        [(1, 1, 1.0), (700, 13, 0.1), (13, 1111, 0.02), (90, 90, 0.5), (40, 40, 1e-3), (2, 3, 1e-300)]
    {
        for acyclic in [false, true] {
            let density = Some(Density { part, seed: 5, purpose: "a->b via g".to_owned() });
            let ends = [sources, targets].map(|neurons| Space::Grid(vec![neurons]));
            agree(&Joins { mask: Mask { within: None, density, acyclic }, ends });
        }
    }
    let ends = [7, 7].map(|neurons| Space::Grid(vec![neurons]));
    assert_eq!(agree(&Joins { mask: Mask { within: None, density: None, acyclic: true }, ends }), 21);
}

#[test]
fn distances_on_large_grids_are_counted_in_few_steps() {
    for axes in [vec![60_000], vec![240, 240], vec![120, 160, 3], vec![40, 40, 40], vec![1, 60_000]] {
        for radius in [1e-3, 0.05, 0.7, 3.0] {
            let ends = [Space::Grid(axes.clone()), Space::Grid(axes.clone())];
            let joins = Joins { mask: Mask { within: Some(radius), density: None, acyclic: false }, ends };
            let counted = joins.counted(u64::MAX).unwrap();
            assert!(counted.steps < 40_000_000, "{axes:?} within {radius}: {} steps", counted.steps);
            assert!(counted.joined >= axes.iter().product::<usize>() as u64);
        }
    }
}

#[test]
fn near_neurons_of_a_cloud_are_found_in_their_cells() {
    let cloud = || Space::Cloud(Cloud { neurons: 40_000, dims: 2, seed: 1 });
    let joins = Joins { mask: Mask { within: Some(0.02), density: None, acyclic: false }, ends: [cloud(), cloud()] };
    let counted = joins.counted(u64::MAX).unwrap();
    // of 1.6 billion pairs
    assert!(counted.steps < 20_000_000, "{} steps", counted.steps);
    // each neuron has about 40,000 · π 0.02² / 4 around it
    assert!((450_000..550_000).contains(&counted.joined), "{}", counted.joined);
}

/// Texts of a few hundred bytes that took between 19 seconds and 6 minutes to check.
#[test]
fn masks_over_large_populations_are_refused_or_cheap() {
    let twenty = |shape: &str, mask: &str| {
        let some = (0..20).map(|index| format!("connect a -> b via i{index} {{ {mask} }}\n"));
        let interactions = (0..20).map(|index| format!("interaction i{index} over g\n"));
        let (some, interactions): (String, String) = (some.collect(), interactions.collect());
        format!(
            "model m {{\ngenome g(2)\n{interactions}population a = {shape} {{ g: free }}\n\
             population b = {shape} {{ g: free }}\n{some}input a\noutput b\n}}\n"
        )
    };
    let options = Options { memory_limit: u64::MAX, ..Options::default() };
    for (shape, mask, code) in [
        ("units(30000)", "density: 0.001", Some("gem::too_much_work")),
        ("units(30000)", "acyclic", Some("gem::acyclic_between")),
        ("cloud(30000)", "within: 1", Some("gem::too_much_work")),
        ("cloud(30000, dims: 16)", "within: 1", Some("gem::too_much_work")),
        ("grid(200, 200)", "within: 1, density: 0.1", Some("gem::too_much_work")),
        ("units(60000)", "within: 0.5", None),
        ("grid(200, 200)", "within: 0.5", None),
        ("grid(100, 100, 3)", "within: 0.5", None),
        ("cloud(30000)", "within: 0.01", None),
    ] {
        let report = faults("m.gem", &twenty(shape, mask), &options);
        let found: Vec<String> = report.findings().into_iter().map(|finding| finding.code).collect();
        let wanted: Vec<String> = code.into_iter().map(str::to_owned).collect();
        // one mask is refused and the others are not counted any more
        let found = if code == Some("gem::acyclic_between") { found[..1].to_vec() } else { found };
        assert_eq!(found, wanted, "{shape} {{ {mask} }}\n{report}");
    }
}

#[test]
fn the_limit_of_work_can_be_raised_and_lowered() {
    let text = "model m {
  population a = units(1000)
  population b = units(1000)
  connect a -> b via direct { density: 0.5 }
  input a
  output b
}";
    let codes = |work_limit| faults("m.gem", text, &Options { work_limit, ..Options::default() }).counts();
    assert_eq!((codes(999_999), codes(1_000_000)), ([1, 0], [0, 0]));
}
