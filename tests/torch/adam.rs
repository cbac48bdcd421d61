//! Adam: the fused call and the plain way, held against each other and against the paper's formulas.

use gemc::emit::{Adam, Route};
use gemc::random::RandomStream;
use tch::{Kind, Tensor, no_grad_guard};

const SHAPES: [[i64; 2]; 3] = [[7, 5], [1, 1], [40, 33]];

fn start() -> Vec<Tensor> {
    let row = |(at, shape): (u64, &[i64; 2])| {
        let count = usize::try_from(shape[0] * shape[1]).unwrap();
        Tensor::from_slice(&RandomStream::new(at, "row").normal(count, 1.0)).view(*shape).set_requires_grad(true)
    };
    (0..).zip(&SHAPES).map(row).collect()
}

/// Gradients of a step, the last one as the transposed view that libtorch may hand out.
fn gradients(step: u64) -> Vec<Tensor> {
    let _guard = no_grad_guard();
    let row = |(at, [rows, columns]): (u64, &[i64; 2])| {
        let count = usize::try_from(rows * columns).unwrap();
        let values = Tensor::from_slice(&RandomStream::new(100 * step + at, "gradient").normal(count, 0.1));
        values.view([*columns, *rows]).transpose(0, 1)
    };
    (0..).zip(&SHAPES).map(row).collect()
}

fn after(route: Route, kind: Kind, steps: u64) -> Vec<Tensor> {
    after_at([1.0; 3], route, kind, steps)
}

fn after_at(rates: [f64; 3], route: Route, kind: Kind, steps: u64) -> Vec<Tensor> {
    let rows: Vec<Tensor> =
        start().iter().map(|row| row.detach().to_kind(kind).copy().set_requires_grad(true)).collect();
    let mut adam = Adam::by(route, &rows).unwrap().at(rates);
    assert_eq!(adam.route(), route);
    for step in 0..steps {
        let lr = if step < 10 { 0.01 } else { 0.003 };
        adam.step(gradients(step).iter().map(|gradient| gradient.to_kind(kind)).collect(), lr).unwrap();
    }
    assert_eq!(adam.route(), route, "the fused call was refused");
    rows
}

fn furthest(a: &[Tensor], b: &[Tensor]) -> f64 {
    let distance = |(a, b): (&Tensor, &Tensor)| (a.to_kind(Kind::Double) - b.to_kind(Kind::Double)).abs().max();
    a.iter().zip(b).map(|pair| distance(pair).double_value(&[])).fold(0.0, f64::max)
}

#[test]
fn all_ways_are_equal() {
    tch::set_num_threads(1);
    assert!(furthest(&after(Route::Fused, Kind::Float, 20), &after(Route::Plain, Kind::Float, 20)) < 1e-6);
    assert!(furthest(&after(Route::Native, Kind::Float, 20), &after(Route::Plain, Kind::Double, 20)) < 1e-6);
    assert!(furthest(&after(Route::Fused, Kind::Double, 20), &after(Route::Plain, Kind::Double, 20)) < 1e-12);
}

#[test]
fn each_row_goes_at_its_rate() {
    tch::set_num_threads(1);
    let rates = [0.1, 1.0, 4.0];
    // a rate of r is a learning rate r times as large for that row alone
    let alone = |row: usize| after_at([rates[row]; 3], Route::Plain, Kind::Double, 20).swap_remove(row);
    let expected: Vec<Tensor> = (0..3).map(alone).collect();
    for (route, kind, within) in [
        (Route::Native, Kind::Float, 1e-6),
        (Route::Fused, Kind::Float, 1e-6),
        (Route::Fused, Kind::Double, 1e-12),
        (Route::Plain, Kind::Double, 1e-15),
    ] {
        assert!(furthest(&after_at(rates, route, kind, 20), &expected) < within, "{route:?} {kind:?}");
    }
    let usual = after(Route::Plain, Kind::Double, 20);
    assert!(furthest(&usual[1..2], &expected[1..2]) < 1e-15 && furthest(&usual[2..], &expected[2..]) > 0.1);
}

#[test]
fn is_the_papers() {
    let (mut value, mut first, mut second) = (start()[1].double_value(&[0, 0]), 0.0, 0.0);
    for step in 0..20 {
        let gradient = gradients(step)[1].double_value(&[0, 0]);
        first = 0.9 * first + 0.1 * gradient;
        second = 0.999 * second + 0.001 * gradient * gradient;
        let count = f64::from(i32::try_from(step).unwrap() + 1);
        let (mean, square) = (first / (1.0 - 0.9_f64.powf(count)), second / (1.0 - 0.999_f64.powf(count)));
        value -= if step < 10 { 0.01 } else { 0.003 } * mean / (square.sqrt() + 1e-8);
    }
    let found = after(Route::Fused, Kind::Double, 20)[1].double_value(&[0, 0]);
    assert!((found - value).abs() < 1e-12, "{found} {value}");
}

#[test]
fn goes_on_from_restored_moments() {
    let rows = start();
    let mut adam = Adam::new(&rows).unwrap();
    for step in 0..5 {
        adam.step(gradients(step), 0.01).unwrap();
    }
    let copies: Vec<Tensor> = rows.iter().map(|row| row.detach().copy().set_requires_grad(true)).collect();
    let mut other = Adam::new(&copies).unwrap();
    other.restore(adam.moments()).unwrap();
    for step in 5..9 {
        adam.step(gradients(step), 0.01).unwrap();
        other.step(gradients(step), 0.01).unwrap();
    }
    assert!(furthest(&rows, &copies) < 1e-15);
}

#[test]
fn an_undefined_gradient_counts_as_zero() {
    for route in [Route::Fused, Route::Plain] {
        let rows = start();
        let before = rows[0].detach().copy();
        let mut adam = Adam::by(route, &rows).unwrap();
        let mut gradients = gradients(0);
        gradients[0] = Tensor::new();
        adam.step(gradients, 0.01).unwrap();
        assert_eq!(rows[0].detach(), before);
    }
}
