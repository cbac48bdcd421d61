//! Run k of R is the run that its seed alone gives.

use gemc::emit::{Net, Place};

use crate::stage::{DIRECT, SMALL, plan, stepper};

fn losses(source: &str, seeds: &[u64]) -> Vec<Vec<f64>> {
    let mut stepper = stepper(source, seeds, Place::CPU, 0.01);
    (0..50).map(|_| stepper.step().unwrap().expect("a CPU looks at every loss")).collect()
}

#[test]
fn four_runs_are_four_single_ones() {
    for source in [SMALL, DIRECT] {
        let together = losses(source, &[20, 21, 22, 23]);
        for run in 0..4 {
            let alone = losses(source, &[20 + run as u64]);
            for (step, (all, one)) in together.iter().zip(&alone).enumerate() {
                assert!((all[run] - one[0]).abs() < 1e-12, "run {run}, step {step}: {} {}", all[run], one[0]);
            }
        }
        assert!(together[49].iter().sum::<f64>() < 0.8 * together[0].iter().sum::<f64>(), "nothing is learnt");
    }
}

/// When some have ended, the others go on as if nothing had happened, and those that have ended are computed no more.
#[test]
fn runs_go_on_without_those_that_have_ended() {
    for (source, every) in [(SMALL, 1), (SMALL, 7), (DIRECT, 1)] {
        let start = |seeds: &[u64]| stepper(source, seeds, Place::CPU, 0.01).checking_every(every).unwrap();
        let (mut fewer, mut alone) = (start(&[20, 21, 22, 23]), start(&[23]));
        for step in 0..60 {
            fewer.step().unwrap();
            alone.step().unwrap();
            if step == 20 || step == 35 {
                fewer.keep(if step == 20 { &[1, 3] } else { &[3] }).unwrap();
            }
        }
        assert_eq!((fewer.runs(), fewer.net().seeds(), fewer.net().runs()), ([3].as_slice(), [23].as_slice(), 1));
        fewer.synchronise().unwrap();
        alone.synchronise().unwrap();
        let (fewer, alone) = (fewer.take_losses(), alone.take_losses());
        assert!((fewer[0] / alone[0] - 1.0).abs() < 1e-4, "{fewer:?} {alone:?}");
    }
}

#[test]
fn starting_values_are_the_seeds_alone_bit_for_bit() {
    let plan = plan(SMALL);
    let together = Net::new(&plan, &[5, 6, 7], Place::CPU).unwrap();
    let alone = Net::new(&plan, &[6], Place::CPU).unwrap();
    for ((name, all), (_, one)) in together.named().zip(alone.named()) {
        assert_eq!(all.detach().narrow(0, 1, 1), one.detach(), "{name}");
    }
}

#[test]
fn both_precisions_start_from_the_same_numbers() {
    let plan = plan(SMALL);
    let single = Net::new(&plan, &[5], Place::CPU).unwrap();
    let double = Net::new(&plan, &[5], Place::EXACT).unwrap();
    for ((name, f32), (_, f64)) in single.named().zip(double.named()) {
        assert_eq!(f32.detach(), f64.detach().to_kind(tch::Kind::Float), "{name}");
    }
}

#[test]
fn losses_read_late_are_the_same() {
    let mut now = stepper(SMALL, &[1, 2], Place::CPU, 0.01);
    let mut late = stepper(SMALL, &[1, 2], Place::CPU, 0.01).checking_every(7).unwrap();
    for _ in 0..25 {
        now.step().unwrap();
        assert!(late.step().unwrap().is_none());
    }
    late.synchronise().unwrap();
    let (now, late) = (now.take_losses(), late.take_losses());
    assert!(now.iter().zip(&late).all(|(now, late)| (now / late - 1.0).abs() < 1e-12), "{now:?} {late:?}");
}
