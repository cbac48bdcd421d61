//! Samples by class: what their maker refuses, where each class lies, and classes that are rotated.

use gemc::data::{ClassSamples, ClassSize, Facts};
use miette::Diagnostic;

use super::Outcome;

fn facts(height: usize, width: usize, channels: usize) -> Facts {
    Facts { name: "shapes".into(), height, width, channels, classes: 2 }
}

fn sizes(samples: [usize; 2]) -> Vec<ClassSize> {
    ["bar", "dot"].into_iter().zip(samples).map(|(name, samples)| ClassSize { name: name.into(), samples }).collect()
}

#[test]
fn every_class_has_its_samples() -> Outcome {
    let shapes = ClassSamples::new(&facts(1, 2, 1), sizes([1, 2]), vec![1, 2, 3, 4, 5, 6])?;
    assert_eq!((shapes.classes(), shapes.len(), shapes.sample_bytes(), shapes.is_empty()), (2, 3, 2, false));
    assert_eq!((shapes.name(0), shapes.samples(0)), ("bar", 0..1));
    assert_eq!((shapes.name(1), shapes.samples(1)), ("dot", 1..3));
    assert_eq!((shapes.sample(2), shapes.pixels().len()), ([5, 6].as_slice(), 6));
    Ok(())
}

#[test]
fn too_few_pixels_and_empty_classes_are_refused() {
    let code = |samples, pixels: usize| {
        let fault = ClassSamples::new(&facts(1, 2, 1), sizes(samples), vec![0; pixels]).unwrap_err();
        assert!(fault.to_string().contains("`shapes`"), "{fault}");
        fault.code().unwrap().to_string()
    };
    assert_eq!(code([1, 2], 5), "data::pixel_count");
    assert_eq!(code([1, 2], 7), "data::pixel_count");
    assert_eq!(code([3, 0], 6), "data::empty_class");
    assert_eq!(code([usize::MAX, usize::MAX], 6), "data::pixel_count");
}

#[test]
fn rotations_are_classes_of_their_own() -> Outcome {
    // 1 2    2 4    4 3    3 1
    // 3 4    1 3    2 1    4 2
    let grey = ClassSamples::new(&facts(2, 2, 1), sizes([1, 1]), vec![1, 2, 3, 4, 5, 6, 7, 8])?.with_rotations()?;
    assert_eq!((grey.classes(), grey.len()), (8, 8));
    let names: Vec<&str> = (0..8).map(|class| grey.name(class)).collect();
    assert_eq!(names, ["bar", "dot", "bar, 90°", "dot, 90°", "bar, 180°", "dot, 180°", "bar, 270°", "dot, 270°"]);
    assert_eq!((grey.samples(2), grey.sample(2)), (2..3, [2, 4, 1, 3].as_slice()));
    assert_eq!(grey.sample(4), [4, 3, 2, 1]);
    assert_eq!(grey.sample(6), [3, 1, 4, 2]);
    assert_eq!(grey.sample(7), [7, 5, 8, 6]);
    let colour = ClassSamples::new(&facts(2, 2, 3), sizes([1, 1]), (0..24).collect())?.with_rotations()?;
    assert_eq!(colour.sample(2), [3, 4, 5, 9, 10, 11, 0, 1, 2, 6, 7, 8]);
    Ok(())
}

#[test]
fn four_rotations_give_the_sample_back() -> Outcome {
    for (side, channels) in [(1, 1), (2, 3), (5, 1), (28, 1)] {
        let facts = facts(side, side, channels);
        let pixels: Vec<u8> = (0..3 * facts.sample_bytes()).map(|at| (at * 7 % 251).to_le_bytes()[0]).collect();
        let once = ClassSamples::new(&facts, sizes([1, 2]), pixels.clone())?.with_rotations()?;
        let third = once.pixels()[3 * pixels.len()..].to_vec();
        let again = ClassSamples::new(&facts, sizes([1, 2]), third)?.with_rotations()?;
        assert_eq!(again.pixels()[pixels.len()..2 * pixels.len()], pixels, "{side} × {side} × {channels}");
    }
    Ok(())
}

#[test]
fn only_square_samples_are_rotated() -> Outcome {
    let fault = ClassSamples::new(&facts(1, 2, 1), sizes([1, 1]), vec![0; 4])?.with_rotations().unwrap_err();
    assert_eq!(fault.to_string(), "samples of 1 × 2 cannot be rotated by 90°");
    Ok(())
}
