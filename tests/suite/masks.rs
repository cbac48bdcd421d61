//! Clouds and masks: the same numbers for ever, counted as by hand.

use gemc::check::{Model, check};
use gemc::compile::{compile, faults};
use gemc::diag::Problems;
use gemc::geometry::{Cloud, Density, Joins, Mask, Space};
use gemc::options::Options;
use gemc::syntax::parse;

/// The first two places of seed 0.
const CLOUD_0: [f64; 4] =
    [-0.079_936_544_724_724_67, 0.924_066_861_378_589_6, 0.048_553_030_695_924_76, -0.746_292_657_460_154];

fn cloud(neurons: usize, dims: usize, seed: u64) -> Space {
    Space::Cloud(Cloud { neurons, dims, seed })
}

fn density(part: f64, seed: u64) -> Mask {
    Mask { within: None, density: Some(Density { part, seed, purpose: "a->b via g".to_owned() }), acyclic: false }
}

fn within(radius: f64) -> Mask {
    Mask { within: Some(radius), density: None, acyclic: false }
}

fn model(text: &str) -> Model {
    let mut problems = Problems::new();
    check(&parse(text, &mut problems).unwrap(), &Options::default(), &mut problems).model.unwrap()
}

#[test]
fn places_never_change() {
    let found = cloud(2, 2, 0).positions();
    assert_eq!(found, CLOUD_0);
    // a larger cloud of the same seed begins with the same places
    assert_eq!(cloud(50, 2, 0).positions()[..4], found);
    assert_ne!(cloud(2, 2, 1).positions(), found);
}

#[test]
fn places_lie_in_the_cube_and_learned_ones_start_there() {
    let cloud = Cloud { neurons: 5000, dims: 3, seed: 9 };
    let places = cloud.positions();
    assert_eq!(places.len(), 15_000);
    assert!(places.iter().all(|at| (-1.0..1.0).contains(at)));
    let mean = places.iter().sum::<f64>() / 15_000.0;
    let square = places.iter().map(|at| at * at).sum::<f64>() / 15_000.0;
    assert!(mean.abs() < 0.02 && (square - 1.0 / 3.0).abs() < 0.01, "{mean} {square}");
    for (place, start) in places.iter().zip(cloud.starts()) {
        assert!((place.clamp(-0.999, 0.999) - start.tanh()).abs() < 1e-12);
    }
}

#[test]
fn grids_lie_evenly() {
    assert_eq!(Space::Grid(vec![2, 3]).positions(), [-1.0, -1.0, -1.0, 0.0, -1.0, 1.0, 1.0, -1.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(Space::Grid(vec![1, 2]).positions(), [0.0, -1.0, 0.0, 1.0]);
}

#[test]
fn distances_are_euclidean_and_the_bound_is_open() {
    let ends = [Space::Grid(vec![3, 3]), Space::Grid(vec![3, 3])];
    // a grid of step 1: four neighbours at 1, four at √2
    let joined = |radius| Joins { mask: within(radius), ends: ends.clone() }.count();
    assert_eq!([joined(1.0), joined(1.1), joined(1.5), joined(3.0)], [9, 9 + 24, 9 + 24 + 16, 81]);
    let (from, to) = (cloud(40, 3, 1), cloud(30, 3, 2));
    let (sent, received) = (from.positions(), to.positions());
    let near = |pair: usize| {
        let offset = |axis: usize| sent[pair / 30 * 3 + axis] - received[pair % 30 * 3 + axis];
        (0..3).map(|axis| offset(axis).powi(2)).sum::<f64>().sqrt() < 0.7
    };
    let found: Vec<bool> = Joins { mask: within(0.7), ends: [from.clone(), to.clone()] }.pairs().collect();
    assert_eq!(found, (0..1200).map(near).collect::<Vec<_>>());
    assert!(found.contains(&true) && found.contains(&false));
}

#[test]
fn a_density_keeps_its_part_and_nothing_else_changes_what_it_draws() {
    let ends = [Space::Grid(vec![300]), Space::Grid(vec![200])];
    let joins = |mask: Mask| Joins { mask, ends: ends.clone() };
    let kept = joins(density(0.1, 3)).count();
    assert!((5_750..6_250).contains(&kept), "{kept} of 60,000");
    assert_eq!(joins(density(1.0, 3)).count(), 60_000);
    assert_ne!(joins(density(0.1, 4)).pairs().collect::<Vec<_>>(), joins(density(0.1, 3)).pairs().collect::<Vec<_>>());
    let both = Mask { acyclic: true, ..density(0.1, 3) };
    let thin: Vec<bool> = joins(density(0.1, 3)).pairs().collect();
    let found: Vec<bool> = joins(both).pairs().collect();
    assert_eq!(found, (0..60_000).map(|pair| thin[pair] && pair / 200 < pair % 200).collect::<Vec<_>>());
}

#[test]
fn synapses_and_parameters_leave_out_what_is_masked() {
    let text = "model m {
  population a = cloud(12)
  population b = cloud(12) { activation: tanh }
  population c = units(3)
  connect a -> b via direct { density: 0.5 }
  connect b -> b via direct { acyclic }
  connect b -> c via direct
  unroll 3
  input a
  output c
}";
    let model = model(text);
    let [first, second, third] = model.projections() else { panic!() };
    let mask = first.mask.clone().unwrap();
    let drawn = Joins { mask, ends: [cloud(12, 2, 0), cloud(12, 2, 0)] }.pairs().filter(|joined| *joined).count();
    assert_eq!(model.synapses(first), drawn as u64);
    assert_eq!((model.synapses(second), model.synapses(third)), (66, 36));
    let counts = compile(text, &Options::default()).unwrap().counts();
    assert_eq!(counts.synapses, drawn as u64 + 66 + 36);
    assert_eq!(counts.parameters, counts.synapses);
}

#[test]
fn connections_of_one_seed_draw_apart() {
    let text = "model m {
  population a = units(20)
  population b = units(20)
  population c = units(20)
  connect a -> b -> c via direct { density: 0.5, seed: 1 }
  input a
  output c
}";
    let model = model(text);
    let ends = [Space::Grid(vec![20]), Space::Grid(vec![20])];
    let pairs = |index: usize| -> Vec<bool> {
        let mask = model.projections()[index].mask.clone().unwrap();
        Joins { mask, ends: ends.clone() }.pairs().collect()
    };
    assert_ne!(pairs(0), pairs(1));
}

#[test]
fn huge_masks_are_refused_and_not_drawn() {
    let text = "model m {
  population a = units(1099511627776)
  population b = units(1099511627776)
  connect a -> b via direct { density: 0.5 }
  input a
  output b
}";
    let codes = |options: &Options| -> Vec<String> {
        faults("m.gem", text, options).findings().into_iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes(&Options { memory_limit: u64::MAX, ..Options::default() }), ["gem::out_of_range"]);
    assert_eq!(codes(&Options::default()), ["gem::too_large"]);
}

#[test]
fn positions_count_in_the_memory_limit() {
    // a hundred thousand neurons in sixteen dimensions: 12.2 MiB of positions, twice 4 bytes each
    let text = "model m {
  population a = cloud(100000, dims: 16)
  population b = units(1)
  connect a -> b via direct
  input a
  output b
}";
    let codes = |limit: u64| -> Vec<String> {
        let options = Options { memory_limit: limit << 20, ..Options::default() };
        faults("m.gem", text, &options).findings().into_iter().map(|finding| finding.code).collect()
    };
    assert_eq!((codes(14), codes(16)), (vec!["gem::too_large".to_owned()], Vec::new()));
}
