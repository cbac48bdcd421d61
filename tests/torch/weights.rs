//! Synthesized weights against the formulas of each expression, computed here by loops over plain numbers.

use gemc::emit::{Net, Place};
use gemc::options::Order;
use tch::{Kind, Tensor};

use crate::stage::plan_in;

const SOURCE: (usize, usize) = (3, 4);
const TARGET: usize = 5;
const GENES: usize = 3;

/// A table of numbers, row after row.
type Matrix = Vec<Vec<f64>>;

/// The live values of a net, by name.
struct Values(Vec<(String, Vec<f64>)>);

impl Values {
    fn of(net: &Net) -> Self {
        let numbers = |tensor: &Tensor| Vec::<f64>::try_from(tensor.detach().reshape([-1])).unwrap();
        Self(net.named().map(|(name, tensor)| (name.to_owned(), numbers(tensor))).collect())
    }

    fn get(&self, name: &str) -> &[f64] {
        let found = self.0.iter().find(|(key, _)| key == name);
        &found.unwrap_or_else(|| panic!("no `{name}` in the table")).1
    }

    fn matrix(&self, name: &str, columns: usize) -> Matrix {
        self.get(name).chunks(columns).map(<[f64]>::to_vec).collect()
    }
}

/// Positions of a line or grid: each axis evenly on [−1, 1].
fn positions(axes: &[usize]) -> Matrix {
    let mut all = vec![Vec::new()];
    for &length in axes {
        let place = |at: usize| -1.0 + 2.0 * at as f64 / (length - 1) as f64;
        all = all
            .iter()
            .flat_map(|head: &Vec<f64>| (0..length).map(move |at| [&head[..], &[place(at)]].concat()))
            .collect();
    }
    all
}

/// X by the formula of its expression.
fn identity(form: &str, values: &Values, prefix: &str, axes: &[usize]) -> Matrix {
    let dims = axes.len();
    let named = |part: &str| format!("{prefix}.{part}");
    if form == "free" || form.starts_with("random") {
        let identity = values.matrix(&named("X"), GENES);
        for gene in 0..GENES {
            let sum: f64 = identity.iter().map(|neuron| neuron[gene]).sum();
            assert_eq!(sum.abs() < 1e-12, form == "random(contrasts)", "{prefix}, gene {gene}: {sum}");
        }
        return identity;
    }
    let mu = values.matrix(&named("mu"), dims);
    let sigma = values.get(&named("sigma"));
    let gene = |p: &Vec<f64>, a: usize| match form {
        "gaussian" => {
            let squares: f64 = (0..dims).map(|d| (p[d] - mu[a][d].tanh()).powi(2)).sum();
            (-squares / sigma[a].exp().powi(2)).exp()
        }
        "gaussian(anisotropic)" => {
            let scaled = |d: usize| ((p[d] - mu[a][d].tanh()) / sigma[a * dims + d].exp()).powi(2);
            (-(0..dims).map(scaled).sum::<f64>()).exp()
        }
        "inverse_square" => {
            let along: f64 = (0..dims).map(|d| (p[d] - mu[a][d]) * sigma[a * dims + d]).sum();
            1.0 / (1.0 + along.powi(2))
        }
        other => panic!("no formula for {other}"),
    };
    positions(axes).iter().map(|p| (0..GENES).map(|a| gene(p, a)).collect()).collect()
}

/// c · X O Xᵀ by its definition, c so that the weights deviate by √(2 / fan-in).
fn synthesize(sent: &Matrix, interaction: &Matrix, received: &Matrix) -> Vec<f64> {
    let weight = |s: &Vec<f64>, t: &Vec<f64>| -> f64 {
        (0..GENES).flat_map(|a| (0..GENES).map(move |b| (a, b))).map(|(a, b)| s[a] * interaction[a][b] * t[b]).sum()
    };
    let raw: Vec<f64> = sent.iter().flat_map(|s| received.iter().map(move |t| weight(s, t))).collect();
    let mean = raw.iter().sum::<f64>() / raw.len() as f64;
    let deviation = (raw.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / raw.len() as f64).sqrt();
    let gain = (2.0 / sent.len() as f64).sqrt() / deviation;
    raw.iter().map(|w| gain * w).collect()
}

/// Compiles a model of two populations, and returns its table and its weights.
fn grown(head: &str, source: &str, target: &str, via: &str) -> (Values, Vec<f64>) {
    let (height, width) = SOURCE;
    let text = format!(
        "model m {{\nstart fan_in\n{head}\npopulation a = grid({height}, {width}) {{ {source} }}\npopulation b = units({TARGET}) {{ {target} }}\n\
         connect a -> b via {via}\ninput a\noutput b\n}}\n"
    );
    let plan = plan_in(&text, Order::Synthesized);
    let net = Net::new(&plan, &[11], Place::EXACT).unwrap();
    let neurons = i64::try_from(plan.inputs()).unwrap();
    let x = Tensor::zeros([1, 1, neurons], (Kind::Double, tch::Device::Cpu));
    let trace = net.trace((&x, &Tensor::from_slice(&[0_i64]))).unwrap();
    let (_, weights) = trace.iter().find(|(id, _)| plan.tensor(*id).label == "a->b.W").unwrap();
    (Values::of(&net), Vec::<f64>::try_from(weights.detach().reshape([-1])).unwrap())
}

fn assert_close(found: &[f64], wanted: &[f64], what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-10 * wanted.abs().max(1e-3), "{what}: {found} {wanted}");
    }
}

#[test]
fn follow_the_formula_of_every_expression() {
    let forms = ["free", "random", "random(contrasts)", "gaussian", "gaussian(anisotropic)", "inverse_square"];
    for sent in forms {
        for received in forms {
            let (values, weights) = grown("genome g(3)", &format!("g: {sent}"), &format!("g: {received}"), "g");
            let from = identity(sent, &values, "a.g", &[SOURCE.0, SOURCE.1]);
            let to = identity(received, &values, "b.g", &[TARGET]);
            let wanted = synthesize(&from, &values.matrix("g.O", GENES), &to);
            assert_close(&weights, &wanted, &format!("{sent} -> {received}"));
        }
    }
}

#[test]
fn read_the_identity_of_the_right_side() {
    for form in ["free", "random", "random(contrasts)", "gaussian", "gaussian(anisotropic)", "inverse_square"] {
        let split = format!("g: split({form})");
        let (values, weights) = grown("genome g(3)", &split, &split, "g");
        let from = identity(form, &values, "a.g.out", &[SOURCE.0, SOURCE.1]);
        let to = identity(form, &values, "b.g.in", &[TARGET]);
        assert_close(&weights, &synthesize(&from, &values.matrix("g.O", GENES), &to), &split);
    }
}

#[test]
fn follow_every_rule_of_the_interaction() {
    let (values, weights) = grown("genome g(3) { interaction: symmetric }", "g: free", "g: free", "g");
    let upper = values.get("g.O");
    assert_eq!(upper.len(), 6, "six numbers make a symmetric 3 × 3 matrix");
    let at = |index: usize| upper[index];
    let whole = vec![vec![at(0), at(1), at(2)], vec![at(1), at(3), at(4)], vec![at(2), at(4), at(5)]];
    let ends = |values: &Values| (values.matrix("a.g.X", GENES), values.matrix("b.g.X", GENES));
    let (from, to) = ends(&values);
    assert_close(&weights, &synthesize(&from, &whole, &to), "symmetric");

    let (values, weights) = grown("genome g(3) { interaction: diagonal }", "g: free", "g: free", "g");
    let diagonal = values.get("g.O");
    let whole = (0..GENES).map(|a| (0..GENES).map(|b| if a == b { diagonal[a] } else { 0.0 }).collect()).collect();
    let (from, to) = ends(&values);
    assert_close(&weights, &synthesize(&from, &whole, &to), "diagonal");

    let (values, weights) = grown("genome g(3) { interaction: rank(2) }", "g: free", "g: free", "g");
    let (left, right) = (values.get("g.O.left"), values.get("g.O.right"));
    let entry = |a: usize, b: usize| (0..2).map(|r| left[a * 2 + r] * right[r * GENES + b]).sum();
    let whole = (0..GENES).map(|a| (0..GENES).map(|b| entry(a, b)).collect()).collect();
    let (from, to) = ends(&values);
    assert_close(&weights, &synthesize(&from, &whole, &to), "rank");

    let (values, weights) =
        grown("genome g(3)\ninteraction h over g { interaction: frozen }", "g: free", "g: free", "h");
    let (from, to) = ends(&values);
    assert_close(&weights, &synthesize(&from, &values.matrix("h.O", GENES), &to), "frozen, over another's genes");
}

#[test]
fn of_other_encodings_are_what_they_say() {
    let (values, weights) = grown("", "", "", "direct");
    assert_close(&weights, values.get("a->b.W"), "direct");
    let (values, weights) = grown("", "", "", "basis(2)");
    let (basis, parts) = (values.matrix("a->b.R", 2), values.matrix("a->b.P", TARGET));
    let entry = |row: &Vec<f64>, column: usize| row[0] * parts[0][column] + row[1] * parts[1][column];
    let wanted: Vec<f64> = basis.iter().flat_map(|row| (0..TARGET).map(move |column| entry(row, column))).collect();
    assert_close(&weights, &wanted, "basis");
}

/// Developmental convolution by its definition, neuron by neuron: c · `Y_r Oᵀ X_rᵀ`, and what it makes of a sample.
#[test]
fn of_a_window_are_each_neurons_own() {
    let (source, target, side) = ([5, 6, 2], [3, 4, 3], 3);
    let text = "
model m {
    genome g(3)
    start fan_in
    population a = grid(5, 6, 2) { g: inverse_square(scale: 3) }
    population b = grid(3, 4, 3) { g: inverse_square(scale: 3) }
    population c = units(2)
    connect a -> b via g { window: 3 }
    connect b -> c via direct
    input a
    output c
}";
    let plan = plan_in(text, Order::Cheapest);
    let net = Net::new(&plan, &[11], Place::EXACT).unwrap();
    let values = Values::of(&net);
    let from = identity("inverse_square", &values, "a.g", &source);
    let to = identity("inverse_square", &values, "b.g", &target);
    let interaction = values.matrix("g.O", GENES);
    let raw = |s: usize, t: usize| -> f64 {
        let pairs = (0..GENES).flat_map(|a| (0..GENES).map(move |b| (a, b)));
        pairs.map(|(a, b)| from[s][a] * interaction[a][b] * to[t][b]).sum()
    };
    // who sees whom
    let mut seen: Vec<Vec<usize>> = Vec::new();
    for (row, column, _) in places(target) {
        let field = places([side, side, source[2]]);
        seen.push(field.map(|(down, across, map)| ((row + down) * 6 + column + across) * 2 + map).collect());
    }
    let all: Vec<f64> = seen
        .iter()
        .enumerate()
        .flat_map(|(t, field)| field.iter().map(move |s| (*s, t)))
        .map(|(s, t)| raw(s, t))
        .collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let deviation = (all.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / all.len() as f64).sqrt();
    let gain = (2.0 / 18.0_f64).sqrt() / deviation;
    let sample: Vec<f64> = (0..60).map(|pixel| f64::from(pixel % 7) - 3.0).collect();
    let wanted: Vec<f64> =
        seen.iter().enumerate().map(|(t, field)| field.iter().map(|s| gain * raw(*s, t) * sample[*s]).sum()).collect();
    let x = Tensor::from_slice(&sample).view([1, 1, 60]);
    let trace = net.trace((&x, &Tensor::from_slice(&[0_i64]))).unwrap();
    let (_, found) = trace.iter().find(|(id, _)| plan.tensor(*id).label == "b").unwrap();
    assert_close(&Vec::<f64>::try_from(found.reshape([-1])).unwrap(), &wanted, "b");
    let (_, weights) = trace.iter().find(|(id, _)| plan.tensor(*id).label == "a->b.W").unwrap();
    let deviations = weights.std(false).double_value(&[]);
    assert!((deviations - (2.0 / 18.0_f64).sqrt()).abs() < 1e-12, "{deviations}");
}

/// Lists rows, columns and maps, the last fastest.
fn places([rows, columns, maps]: [usize; 3]) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..rows).flat_map(move |row| (0..columns).flat_map(move |column| (0..maps).map(move |map| (row, column, map))))
}
