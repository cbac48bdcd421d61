//! Devices: words, what is there, and why not.

use gemc::emit::{NoDevice, Wish, libtorch_version, open, probe};
use tch::Device;

#[test]
fn words_are_wishes() {
    let words = [("auto", Wish::Auto), ("cpu", Wish::Cpu), ("cuda", Wish::Cuda(0)), ("cuda:3", Wish::Cuda(3))];
    for (word, wish) in words {
        assert_eq!(word.parse(), Ok(wish));
    }
    for word in ["gpu", "cuda:", "cuda:x", "CPU", ""] {
        assert_eq!(word.parse::<Wish>().unwrap_err().to_string(), format!("`{word}` is no device"));
    }
}

#[test]
fn the_cpu_is_always_there_and_auto_finds_something() {
    assert_eq!(open(Wish::Cpu).unwrap().name(), "cpu");
    assert!(matches!(open(Wish::Auto).unwrap().device, Device::Cpu | Device::Cuda(0)));
}

#[test]
fn a_gpu_that_is_not_there_is_told_with_its_reason() {
    match (probe(), open(Wish::Cuda(99))) {
        (Ok(found), Err(NoDevice::Fewer { found: said, wanted: 99 })) => assert_eq!(found, said),
        (Err(why), Err(again)) => {
            assert_eq!(why, again);
            assert!(why.to_string().starts_with("no GPU: "), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn libtorch_tells_its_version() {
    let version = libtorch_version();
    assert!(version.starts_with("2."), "{version}");
}
