//! Runs with fewer genes beside runs with more: each is the run that it is alone.

use gemc::compile::stages;
use gemc::emit::{Cohort, Net, Place};
use gemc::options::{Options, Order};
use gemc::plan::{Plan, spare};
use gemc::train::{Folder, Genome, Job, Member, Recipe, Samples, Stepper, accuracy, beside, run};

use crate::stage::{Patterns, SMALL, recipe, record};

/// Identities that are learned themselves, a bias that is expressed, O held small, one O frozen.
const FREE: &str = "
model free(genes = 5) {
    genome g(genes) { sparse: 0.001 }
    genome h(4)
    interaction still over g { interaction: frozen }
    population pixels = grid(6, 6) { g: free, h: gaussian }
    population hidden = units(12)  { g: split(free), h: free, activation: tanh, bias: expressed(g) }
    population digits = units(4)   { g: random }
    connect pixels -> hidden via g
    connect pixels -> hidden via h
    connect hidden -> digits via still
    connect hidden -> digits via g { frozen }
    input pixels
    output digits
}
";

/// Receptive fields, pooled identities.
const WINDOWS: &str = "
model windows(genes = 5) {
    genome g(genes)
    population pixels = grid(6, 6)    { g: inverse_square(scale: 3) }
    population maps   = grid(4, 4, 2) { g: inverse_square(scale: 3), activation: tanh, bias: per_map }
    population pooled = average_pool(maps, 2)
    population digits = units(4)      { g: gaussian(sigma: 0.5) }
    connect pixels -> maps via g { window: 3 }
    connect pooled -> digits via g
    input pixels
    output digits
}
";

/// Compiles a text for so many genes: as it is alone, and with genes to spare.
fn both(source: &str, genes: usize) -> (Plan, Plan) {
    tch::set_num_threads(1);
    let set = vec![("genes".to_owned(), genes.to_string())];
    let stages = stages("model.gem", source, &Options { set, ..Options::default() }).expect("the model compiles");
    let spare = spare(&stages.wiring, Order::Cheapest, 16).unwrap();
    (stages.plan, spare)
}

fn stepper(net: Net, place: Place) -> Stepper {
    Stepper::new(net, Samples::new(Patterns::new(200, 3).pieces(), place).unwrap(), 16, 0.02).unwrap()
}

#[test]
fn genes_left_out_change_nothing() {
    let symmetric = SMALL.replace("genome g(genes)", "genome g(genes) { interaction: symmetric }");
    let diagonal = SMALL.replace("genome g(genes)", "genome g(genes) { interaction: diagonal }");
    let cases = [SMALL, FREE, WINDOWS, symmetric.as_str(), diagonal.as_str()];
    for (place, bound) in [(Place::EXACT, 1e-8), (Place::CPU, 1e-3)] {
        for source in cases {
            let plans: Vec<(usize, Plan, Plan)> =
                [2, 5, 7].into_iter().map(|genes| (genes, both(source, genes))).map(|(n, (a, b))| (n, a, b)).collect();
            let seeds = [11, 12];
            let cohorts: Vec<Cohort<'_>> = plans.iter().map(|(_, _, plan)| Cohort { plan, seeds: &seeds }).collect();
            let mut together = stepper(Net::beside(&plans[2].2, &cohorts, place).unwrap(), place);
            let mut alone: Vec<(usize, Stepper)> = plans
                .iter()
                .map(|(genes, plan, _)| (*genes, stepper(Net::new(plan, &seeds, place).unwrap(), place)))
                .collect();
            for step in 0..25 {
                let all = together.step().unwrap().unwrap();
                let each = alone.iter_mut().flat_map(|(genes, one)| {
                    one.step().unwrap().unwrap().into_iter().map(|loss| (*genes, loss)).collect::<Vec<_>>()
                });
                for ((genes, one), all) in each.zip(all) {
                    let error = (all / one - 1.0).abs();
                    assert!(error < bound, "{genes} genes, step {step}: {all} {one}\n{source}");
                }
            }
        }
    }
}

#[test]
fn each_member_keeps_what_it_would_keep_alone() {
    let (learn, test) = (Patterns::new(400, 3), Patterns::new(200, 4));
    let recipe = Recipe { runs: 2, ..recipe() };
    let job = |plan| Job {
        plan,
        recipe: &recipe,
        place: Place::EXACT,
        train: learn.pieces(),
        test: test.pieces(),
        clock: &|| 0.0,
    };
    let place = tempfile::tempdir().unwrap();
    let plans = [both(SMALL, 3), both(SMALL, 6)];
    let mut folders: Vec<Folder> = [3, 6]
        .iter()
        .map(|genes| Folder::create(&place.path().join(genes.to_string()), SMALL, record(2, "abc")).unwrap())
        .collect();
    let mut members: Vec<Member<'_>> = plans
        .iter()
        .zip(&mut folders)
        .map(|((kept, start), folder)| Member { start, kept, folder: Some(folder) })
        .collect();
    let outcomes = beside(&job(&plans[1].1), &mut members, &mut (), &|| None).unwrap();
    assert_eq!(outcomes.len(), 2);
    for (((plan, _), outcome), folder) in plans.iter().zip(&outcomes).zip(&folders) {
        let alone = run(&job(plan), None, &mut (), &|| None).unwrap();
        assert_eq!(*outcome, alone);
        let mut net = Net::new(plan, &[77, 78], Place::EXACT).unwrap();
        net.load(&Genome::open(folder.path(), SMALL.len()).unwrap().rows(plan, 2).unwrap()).unwrap();
        let samples = Samples::new(test.pieces(), Place::EXACT).unwrap();
        let found: Vec<Option<f64>> = accuracy(&net, &samples).unwrap().into_iter().map(Some).collect();
        assert_eq!(found, alone.best_accuracy);
    }
}
