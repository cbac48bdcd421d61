//! Cycles against themselves unrolled by hand: as a feed-forward text whose copies hold the same numbers, and as a loop over
//! ticks that libtorch differentiates.

use gemc::emit::{LossAndGradients, Net, Place};
use gemc::options::Order;
use gemc::plan::Plan;
use tch::{Kind, Reduction, Tensor};

use crate::stage::{batch, plan_in};

const SEEDS: [u64; 2] = [3, 4];
const BATCH: i64 = 5;
const CLASSES: i64 = 3;

/// A cloud that feeds back into itself for four ticks.
const CYCLIC: &str = "
model cyclic {
    genome g(4)
    interaction back over g
    population pixels = grid(3, 4)       { g: gaussian(sigma: 0.8) }
    population brain  = cloud(9, seed: 2) { g: gaussian(sigma: 0.8), activation: tanh, bias: free }
    population digits = units(3)         { g: random }
    connect pixels -> brain -> digits via g
    connect brain -> brain via back { within: 0.9 }
    unroll 4
    input pixels
    output digits
}
";

/// The same unrolled: the state of each tick is a population of its own.
const UNROLLED: &str = "
model unrolled {
    genome g(4)
    interaction back over g
    population pixels = grid(3, 4)        { g: gaussian(sigma: 0.8) }
    population brain1 = cloud(9, seed: 2) { g: gaussian(sigma: 0.8), activation: tanh, bias: free }
    population brain2 = cloud(9, seed: 2) { g: gaussian(sigma: 0.8), activation: tanh, bias: free }
    population brain3 = cloud(9, seed: 2) { g: gaussian(sigma: 0.8), activation: tanh, bias: free }
    population digits = units(3)          { g: random }
    connect pixels -> brain1 via g
    connect pixels -> brain2 via g
    connect pixels -> brain3 -> digits via g
    connect brain1 -> brain2 -> brain3 via back { within: 0.9 }
    input pixels
    output digits
}
";

/// Calls every copy what it is a copy of.
fn original(name: &str) -> String {
    ["1", "2", "3"].iter().fold(name.to_owned(), |name, copy| name.replace(&format!("brain{copy}"), "brain"))
}

/// Returns the learned rows by name with their gradients; those of copies added up.
fn gradients(plan: &Plan, lesson: &LossAndGradients) -> Vec<(String, Tensor)> {
    let mut sums: Vec<(String, Tensor)> = Vec::new();
    for (parameter, gradient) in plan.learned().zip(&lesson.gradients) {
        let name = original(&parameter.name);
        match sums.iter_mut().find(|(other, _)| *other == name) {
            Some((_, sum)) => *sum = &*sum + gradient,
            None => sums.push((name, gradient.shallow_clone())),
        }
    }
    sums.sort_by(|one, other| one.0.cmp(&other.0));
    sums
}

fn near(found: &Tensor, wanted: &Tensor, what: &str) {
    let error = (found - wanted).norm().double_value(&[]) / wanted.norm().double_value(&[]);
    assert!(error < 1e-12, "{what}: {error:e}");
}

#[test]
fn are_what_they_are_when_unrolled_by_hand() {
    for order in [Order::Synthesized, Order::Factored, Order::Cheapest] {
        let (plan, unrolled) = (plan_in(CYCLIC, order), plan_in(UNROLLED, order));
        let mut net = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
        let mut by_hand = Net::new(&unrolled, &SEEDS, Place::EXACT).unwrap();
        let rows: Vec<(String, Tensor)> = unrolled
            .parameters()
            .iter()
            .map(|parameter| {
                let name = original(&parameter.name);
                let (_, row) = net.named().find(|(other, _)| *other == name).expect("the row is there");
                (parameter.name.to_string(), row.shallow_clone())
            })
            .collect();
        by_hand.load(&rows).unwrap();
        let (x, labels) = batch(&plan);
        near(&net.forward(&x).unwrap().logits, &by_hand.forward(&x).unwrap().logits, "logits");
        let (found, wanted) =
            (net.loss_and_gradients((&x, &labels)).unwrap(), by_hand.loss_and_gradients((&x, &labels)).unwrap());
        near(&found.losses, &wanted.losses, "losses");
        let (found, wanted) = (gradients(&plan, &found), gradients(&unrolled, &wanted));
        assert_eq!(found.len(), wanted.len());
        for ((name, found), (other, wanted)) in found.iter().zip(&wanted) {
            assert_eq!(name, other);
            near(found, wanted, name);
        }
    }
}

/// Two populations in a circle, one of them also with itself and read through a pool; two connections between the same ends.
const CIRCLE: &str = "
model circle {
    genome g(3)
    genome far(2)
    interaction back over g
    population pixels = units(6)    { g: free, far: free }
    population first  = units(5)    { g: free, far: free, activation: tanh, bias: free }
    population second = grid(2, 2)  { g: free, far: free, activation: sigmoid }
    population pooled = average_pool(second, 2)
    population digits = units(3)    { g: random, bias: free }
    connect pixels -> first -> second via g
    connect first -> second via far
    connect second -> first via back
    connect second -> second via direct { acyclic }
    connect pooled -> digits via direct
    unroll 7
    input pixels
    output digits
}
";

/// One run's numbers by name, ready to be differentiated by libtorch.
struct Rows(Vec<(String, Tensor)>);

impl Rows {
    fn get(&self, name: &str) -> &Tensor {
        &self.0.iter().find(|(other, _)| other == name).unwrap_or_else(|| panic!("no `{name}`")).1
    }

    /// c · X O Xᵀ, turned so that it is multiplied from the left.
    fn grown(&self, source: &str, target: &str, (genome, interaction): (&str, &str)) -> Tensor {
        let [sent, received] = [source, target].map(|end| self.get(&format!("{end}.{genome}.X")));
        let scale = self.get(&format!("{source}->{target}.{interaction}.c")).view([1, 1]);
        (sent.matmul(self.get(&format!("{interaction}.O"))).matmul(&received.tr()) * scale).tr()
    }
}

/// Seven ticks from nothing, one after the other, each from copies of the states before.
fn ticked(rows: &Rows, x: &Tensor) -> Tensor {
    let zeros = |count: i64| Tensor::zeros([count, BATCH], (Kind::Double, tch::Device::Cpu));
    let (mut first, mut second, mut pooled, mut digits) = (zeros(5), zeros(4), zeros(1), zeros(3));
    let acyclic = Tensor::ones([4, 4], (Kind::Double, tch::Device::Cpu)).triu(1);
    let lateral = (rows.get("second->second.W") * acyclic).tr();
    let column = |name: &str| rows.get(name).view([-1, 1]);
    for _ in 0..7 {
        let before = (first.shallow_clone(), second.shallow_clone(), pooled.shallow_clone());
        let received = rows.grown("pixels", "first", ("g", "g")).matmul(x)
            + rows.grown("second", "first", ("g", "back")).matmul(&before.1);
        first = (received + column("first.bias")).tanh();
        let received = rows.grown("first", "second", ("g", "g")).matmul(&before.0)
            + rows.grown("first", "second", ("far", "far")).matmul(&before.0)
            + lateral.matmul(&before.1);
        second = received.sigmoid();
        pooled = before.1.mean_dim(0_i64, true, None);
        digits = rows.get("pooled->digits.W").tr().matmul(&before.2) + column("digits.bias");
    }
    digits
}

#[test]
fn follow_a_loop_over_ticks() {
    let plan = plan_in(CIRCLE, Order::Cheapest);
    let mut net = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
    let (x, labels) = batch(&plan);
    let (logits, lesson) = (net.forward(&x).unwrap().logits, net.loss_and_gradients((&x, &labels)).unwrap());
    for run in 0..2 {
        let own = |(name, row): (&str, &Tensor)| (name.to_owned(), row.select(0, run).detach().copy());
        let rows = Rows(net.named().map(own).collect());
        let learned: Vec<Tensor> =
            plan.learned().map(|parameter| rows.get(&parameter.name).set_requires_grad(true)).collect();
        let answer = ticked(&rows, &x.select(0, run).tr()).tr();
        near(&logits.select(0, run), &answer.detach(), "logits");
        let labels = labels.view([2, BATCH]).select(0, run);
        let loss =
            answer.view([BATCH, CLASSES]).cross_entropy_loss(&labels, None::<&Tensor>, Reduction::Mean, -100, 0.0);
        let wanted = Tensor::run_backward(&[loss], &learned, false, false);
        for ((found, wanted), parameter) in lesson.gradients.iter().zip(&wanted).zip(plan.learned()) {
            near(&found.select(0, run), wanted, &parameter.name);
        }
    }
}
