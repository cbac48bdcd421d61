//! A loss that is not finite is found at its exact step, whether losses are looked at each step or once in a while.

use gemc::emit::Place;
use gemc::train::{NotFinite, StepFault, Stepper};
use tch::{Tensor, no_grad_guard};

use crate::stage::{DIRECT, SMALL, stepper};

/// Steps until the fault; spoils one run's row after `after` steps as a diverging update would.
fn fault(mut stepper: Stepper, row: &str, run: i64, after: u64) -> NotFinite {
    for _ in 0..200 {
        if stepper.done() == after {
            spoil(&stepper, row, run);
        }
        match stepper.step() {
            Ok(_) => {}
            Err(StepFault::NotFinite(fault)) => return fault,
            Err(StepFault::Torch(fault)) => panic!("{fault}"),
        }
    }
    panic!("no fault");
}

fn spoil(stepper: &Stepper, row: &str, run: i64) {
    let _guard = no_grad_guard();
    let (_, row) = stepper.net().named().find(|(name, _)| *name == row).expect("the row is there");
    let mut part: Tensor = row.select(0, run);
    let _ = part.fill_(f64::NAN);
}

#[test]
fn names_step_run_and_tensor() {
    let found = fault(stepper(SMALL, &[30, 31, 32], Place::CPU, 0.01), "hidden.g.sigma", 1, 9);
    assert_eq!((found.run, found.seed, found.step), (1, 31, 10));
    assert_eq!(
        found.culprit,
        "the first numbers that are not are those of `hidden.g.sigma` (log of the width σ), already after the update before"
    );
    assert!(found.to_string().starts_with("the loss of run 1 (seed 31) is not finite at step 10: "));
}

#[test]
fn a_replay_finds_the_same_place() {
    // 10³⁷ overflows by itself, in the same step however often one looks
    let at_once = fault(stepper(DIRECT, &[1, 2], Place::CPU, 1e37), "", 0, u64::MAX);
    for every in [2, 7, 50] {
        let late = stepper(DIRECT, &[1, 2], Place::CPU, 1e37).checking_every(every).unwrap();
        assert_eq!(fault(late, "", 0, u64::MAX), at_once, "looking every {every} steps");
    }
    assert!(at_once.step < 5, "{at_once}");
}

#[test]
fn a_run_that_has_ended_may_have_gone_bad() {
    let mut stepper = stepper(SMALL, &[30, 31], Place::CPU, 0.01);
    spoil(&stepper, "g.O", 1);
    stepper.keep(&[0]).unwrap();
    for _ in 0..5 {
        let losses = stepper.step().unwrap().unwrap();
        assert!(losses.len() == 1 && losses[0].is_finite(), "a run touched another");
    }
}

#[test]
fn a_state_that_blows_up_is_named_with_its_tick() {
    let text = "
model exploding {
    population pixels = grid(6, 6)
    population first  = units(20) { activation: relu }
    population second = units(20) { activation: relu }
    population digits = units(4)
    connect pixels -> first -> second -> digits via direct
    connect second -> first via direct
    unroll 45
    input pixels
    output digits
}
";
    let mut stepper = stepper(text, &[30, 31], Place::CPU, 0.01);
    {
        // each round multiplies the state by more than a thousand
        let _guard = no_grad_guard();
        for (_, row) in stepper.net().named().filter(|(name, _)| name.starts_with("second->first")) {
            let _ = row.select(0, 1).fill_(100.0);
        }
        for (_, row) in stepper.net().named().filter(|(name, _)| name.starts_with("first->second")) {
            let _ = row.select(0, 1).fill_(100.0);
        }
        for (_, row) in stepper.net().named().filter(|(name, _)| name.starts_with("pixels->first")) {
            let _ = row.select(0, 1).fill_(1.0);
        }
    }
    let Err(StepFault::NotFinite(found)) = stepper.step() else { panic!("no fault") };
    assert_eq!((found.run, found.seed, found.step), (1, 31, 1));
    // 36 pixels give about 18; each tick multiplies by 20 · 100, and 3.4 · 10³⁸ is the most: after twelve more
    assert_eq!(
        found.culprit,
        "the first numbers that are not are those of what first receives by second->first at tick 13"
    );
}
