//! `gemc fit` on connectomes whose O is known: held-out pairs are told, O is found again, with part of the training pairs wrong.

use gemc::emit::Place;
use gemc::random::RandomStream;
use gemc::train::{FitConfig, Fitted, Measured, Stopped, fit, held_out};

const NEURONS: usize = 300;
const GENES: usize = 20;
const RECIPE: FitConfig = FitConfig { hold_out: 0.2, seed: 3, steps: 600, lr: 0.05 };

/// A connectome that H(X O Xᵀ) makes.
struct Known {
    identities: Vec<f64>,
    interaction: Vec<f64>,
    /// Who is joined, a part of the training pairs the wrong way.
    edges: Vec<(usize, usize)>,
}

/// Draws X and O; flips the part `noise` of the pairs that `RECIPE` does not hold out.
fn known(noise: f64) -> Known {
    let (x, o) =
        (RandomStream::new(1, "X").normal(NEURONS * GENES, 1.0), RandomStream::new(1, "O").normal(GENES * GENES, 1.0));
    let held = held_out(NEURONS * NEURONS, RECIPE.hold_out, RECIPE.seed);
    let mut flips = RandomStream::new(1, "flips");
    let row = |neuron: usize| &x[neuron * GENES..(neuron + 1) * GENES];
    let mut edges = Vec::new();
    for source in 0..NEURONS {
        let sent: Vec<f64> = (0..GENES)
            .map(|b| row(source).iter().enumerate().map(|(a, value)| value * o[a * GENES + b]).sum())
            .collect();
        for target in 0..NEURONS {
            let score: f64 = sent.iter().zip(row(target)).map(|(s, t)| s * t).sum();
            let flipped = flips.unit() < noise && !held[source * NEURONS + target];
            if (score > 0.0) != flipped {
                edges.push((source, target));
            }
        }
    }
    Known { identities: x, interaction: o, edges }
}

fn fitted(known: &Known, given: bool) -> Fitted {
    let identities = given.then_some(known.identities.as_slice());
    let measured = Measured { neurons: NEURONS, edges: &known.edges, genes: GENES, identities };
    fit(measured, RECIPE, Place::CPU, &mut |_, _| {}, &|| None).unwrap()
}

/// Returns the cosine of the angle between two matrices.
fn likeness(one: &[f64], other: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

#[test]
fn held_out_pairs_are_told_and_o_is_found_where_x_is_given() {
    let known = known(0.1);
    let found = fitted(&known, true);
    let (auc, like) = (found.held_out.auc.unwrap(), likeness(&found.interaction, &known.interaction));
    println!("AUC {auc:.4}, {:?}, likeness of O {like:.4}", found.held_out);
    assert!(auc > 0.99, "{auc}");
    assert!(like > 0.97, "{like}");
    assert_eq!((found.parameters, found.held_out.pairs, found.stopped), (400, 18_000, Stopped::Length));
    assert!(found.held_out.precision.unwrap() > 0.95 && found.held_out.recall.unwrap() > 0.95);
}

#[test]
fn held_out_pairs_are_told_where_x_is_learned() {
    let found = fitted(&known(0.1), false);
    let auc = found.held_out.auc.unwrap();
    println!("AUC {auc:.4}, {:?}, training {:?}", found.held_out, found.training);
    assert!(auc >= 0.95, "{auc}");
    assert_eq!(found.parameters, 6_400);
}

#[test]
fn without_noise_the_connectome_is_reproduced() {
    let known = known(0.0);
    let found = fitted(&known, true);
    let there: std::collections::HashSet<_> = known.edges.iter().collect();
    let right = found.predicted.iter().filter(|edge| there.contains(edge)).count() as f64;
    assert!(right / found.predicted.len() as f64 > 0.98 && right / known.edges.len() as f64 > 0.98);
}

#[test]
fn how_strongly_a_gene_is_expressed_changes_nothing() {
    let known = known(0.1);
    // one gene in other units: O's rows and columns are in their inverse
    let mut other = Known { identities: known.identities.clone(), interaction: Vec::new(), edges: known.edges.clone() };
    other.identities.iter_mut().step_by(GENES).for_each(|x| *x *= 1000.0);
    let (one, other) = (fitted(&known, true), fitted(&other, true));
    assert!((one.held_out.auc.unwrap() - other.held_out.auc.unwrap()).abs() < 1e-4);
    let factor = one.interaction[1] / other.interaction[1];
    assert!((factor - 1000.0).abs() < 1.0, "{factor}");
}
