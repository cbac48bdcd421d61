//! What `auto` finds: on a GPU, steps recorded and launched as a whole are what they are one by one, and what a CPU makes of them.
//! On a machine without one the same is seen of the CPU, where nothing is recorded.

use std::fs;

use gemc::emit::{Net, Place, Recording, Wish, open};
use gemc::random::RandomStream;
use gemc::train::{SampleBytes, Samples, Stepper};

use crate::skips::{Lack, lacking};
use crate::stage::{DIRECT, SMALL, plan};

const BATCH: usize = 8;
const SAMPLES: usize = 40;

/// Opens a GPU; or the CPU, on which a test sees less.
fn place() -> Place {
    let place = open(Wish::Auto).unwrap();
    if !place.device.is_cuda() {
        lacking(Lack::Gpu);
    }
    place
}

/// Every shipped model where there is a GPU, on which they take no time.
fn texts(place: Place) -> Vec<String> {
    if !place.device.is_cuda() {
        return [SMALL, DIRECT].map(str::to_owned).to_vec();
    }
    let mut paths: Vec<_> = fs::read_dir("models").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Two runs in training, on made-up samples.
fn start(text: &str, place: Place, check_every: u64) -> Stepper {
    let net = Net::new(&plan(text), &[7, 8], place).unwrap();
    let (neurons, classes) = (net.plan().inputs(), net.plan().outputs());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let pixels: Vec<u8> = RandomStream::new(3, "pixels")
        .uniform(SAMPLES * neurons, 127.0)
        .into_iter()
        .map(|one| (128.0 + one) as u8)
        .collect();
    let labels: Vec<u8> = (0..SAMPLES).map(|sample| u8::try_from(sample % classes).unwrap()).collect();
    let pieces = SampleBytes { pixels: &pixels, labels: &labels, neurons, classes };
    let samples = Samples::new(pieces, place).unwrap();
    Stepper::new(net, samples, BATCH, 0.001).unwrap().checking_every(check_every).unwrap()
}

/// Makes steps; returns the runs' mean losses over the last of them.
fn train(mut stepper: Stepper, steps: u64) -> Vec<f64> {
    for step in 0..steps {
        stepper.set_lr(0.001 / (1.0 + step as f64));
        stepper.step().unwrap();
        if step == steps / 2 {
            stepper.synchronise().unwrap();
            stepper.take_losses();
        }
    }
    stepper.synchronise().unwrap();
    stepper.take_losses()
}

fn apart(some: &[f64], others: &[f64]) -> f64 {
    some.iter().zip(others).map(|(one, other)| (one / other - 1.0).abs()).fold(0.0, f64::max)
}

#[test]
fn launched_as_a_whole_steps_are_what_they_are_one_by_one() {
    let place = place();
    for text in texts(place) {
        let [late, now] = [7, 1].map(|every| train(start(&text, place, every), 24));
        let there = train(start(&text, Place::CPU, 1), 24);
        let name = text.lines().find(|line| line.starts_with("model")).unwrap();
        println!("{name}: {:.1e} from one by one, {:.1e} from a CPU", apart(&late, &now), apart(&now, &there));
        assert!(apart(&late, &now) < 1e-6, "{name}: {late:?} {now:?}");
        assert!(apart(&now, &there) < 2e-3, "{name}: {now:?} {there:?}");
    }
}

#[test]
fn nothing_is_recorded_on_a_cpu() {
    let mut done = 0;
    let work = || {
        done += 1;
        Ok(())
    };
    assert!(Recording::of(Place::CPU, work).is_none());
    assert_eq!(done, 0, "the work is for a GPU that is not there");
}

/// What cannot be recorded, since it reads something back, can still be done as it is.
#[test]
fn work_that_reads_back_is_not_recorded() {
    let place = place();
    let ones = tch::Tensor::ones([3], place.options());
    let mut sum = || Ok(ones.f_sum(None)?.f_double_value(&[])?);
    let sum: &mut dyn FnMut() -> Result<f64, gemc::emit::TorchFault> = &mut sum;
    assert!(Recording::of(place, &mut *sum).is_none());
    assert!((sum().unwrap() - 3.0).abs() < 1e-12);
}
