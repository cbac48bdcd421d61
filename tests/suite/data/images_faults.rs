//! Folders of images that are none, and images in them that are damaged: each is named, and what was expected of it.

use std::error::Error;
use std::fs;
use std::path::Path;

use gemc::data::{DataError, describe, load};
use image::RgbImage;
use miette::Diagnostic;

use super::Outcome;
use super::images::{fault, grey, name, save, two_classes};
#[cfg(unix)]
use crate::skips::{Lack, lacking};

/// Checks the fault's code and that it begins with a path and ends with some words.
fn check(fault: &DataError, code: &str, path: &Path, words: &str) {
    let text = fault.to_string();
    assert_eq!(fault.code().map(|code| code.to_string()).as_deref(), Some(code), "{text}");
    assert!(text.starts_with(&format!("{}: ", path.display())), "{text} does not begin with {}", path.display());
    assert!(text.contains(words), "{text} lacks {words}");
    assert!(fault.is_environment() && (fault.help().is_some()), "{text}");
}

#[test]
fn a_folder_without_classes() -> Outcome {
    let root = tempfile::tempdir()?;
    check(&fault(&root.path().join("gone"))?, "data::unreadable", &root.path().join("gone"), "cannot be read");
    check(&fault(root.path())?, "data::few_classes", root.path(), "holds no folder of images, expected at least 2");
    save(root.path(), "1.png", &grey(2, 2, 1))?;
    check(&fault(root.path())?, "data::few_classes", root.path(), "holds no folder of images");
    let file = root.path().join("1.png");
    check(&fault(&file)?, "data::unreadable", &file, "cannot be read");
    save(root.path(), "ant/1.png", &grey(2, 2, 1))?;
    check(&fault(root.path())?, "data::few_classes", root.path(), "holds one folder of images, `ant`");
    assert!(matches!(load("folder:", &[], None), Err(DataError::Unknown(_))));
    Ok(())
}

#[test]
fn a_split_without_its_other_half() -> Outcome {
    let root = tempfile::tempdir()?;
    two_classes(&root.path().join("train"), 3)?;
    let alone = fault(root.path())?;
    check(&alone, "data::few_classes", root.path(), "holds one folder of images, `train`");
    assert!(alone.help().is_some_and(|help| help.to_string().contains("`test` or `val`")));
    two_classes(&root.path().join("test"), 3)?;
    save(root.path(), "train/cat/1.png", &grey(4, 3, 1))?;
    let (train, test) = (root.path().join("train"), root.path().join("test"));
    check(
        &fault(root.path())?,
        "data::unlike_splits",
        &test,
        &format!("lacks a folder `cat`, which {} has", train.display()),
    );
    fs::remove_dir_all(train.join("cat"))?;
    save(root.path(), "test/dog/1.png", &grey(4, 3, 1))?;
    check(
        &fault(root.path())?,
        "data::unlike_splits",
        &train,
        &format!("lacks a folder `dog`, which {} has", test.display()),
    );
    Ok(())
}

#[test]
fn a_class_with_too_few_images() -> Outcome {
    let root = tempfile::tempdir()?;
    two_classes(root.path(), 3)?;
    let cat = root.path().join("cat");
    fs::create_dir(&cat)?;
    check(&fault(root.path())?, "data::few_images", &cat, "holds no .png, .jpg or .jpeg image, expected at least 2");
    fs::write(cat.join("1.bmp"), "")?;
    check(&fault(root.path())?, "data::few_images", &cat, "holds no .png, .jpg or .jpeg image");
    save(root.path(), "cat/1.png", &grey(4, 3, 1))?;
    check(&fault(root.path())?, "data::few_images", &cat, "holds 1 image, expected at least 2");
    let split = tempfile::tempdir()?;
    two_classes(&split.path().join("train"), 1)?;
    two_classes(&split.path().join("test"), 1)?;
    assert!(load(&name(split.path()), &[], None).is_ok(), "one image is enough where it need not be shared");
    Ok(())
}

#[test]
fn more_classes_than_a_label_tells_apart() -> Outcome {
    let root = tempfile::tempdir()?;
    for class in 0..257 {
        for file in ["1.png", "2.png"] {
            let path = root.path().join(format!("{class:03}"));
            fs::create_dir_all(&path)?;
            fs::write(path.join(file), "")?;
        }
    }
    check(&fault(root.path())?, "data::many_classes", root.path(), "holds 257 folders of images, at most 256");
    Ok(())
}

#[test]
fn an_image_of_another_size() -> Outcome {
    let root = tempfile::tempdir()?;
    two_classes(root.path(), 3)?;
    save(root.path(), "bee/9.png", &grey(3, 4, 1))?;
    let file = root.path().join("bee/9.png");
    check(&fault(root.path())?, "data::image_size", &file, "is 3 × 4, expected 4 × 3 as ");
    assert!(describe(&name(root.path())).is_err(), "it is told before anything is compiled");
    Ok(())
}

/// Puts bytes into a folder of whole images, and returns the fault of loading it and the file's path.
fn with(file: &str, bytes: &[u8]) -> Result<(DataError, std::path::PathBuf), Box<dyn Error>> {
    let root = tempfile::tempdir()?;
    two_classes(root.path(), 3)?;
    let path = root.path().join("bee").join(file);
    fs::write(&path, bytes)?;
    Ok((fault(root.path())?, path))
}

/// Returns the bytes of an image with some structure.
fn bytes(name: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let root = tempfile::tempdir()?;
    let pixel = |x: u32, y: u32| image::Rgb([x, y, x * y].map(|value| (value * 5 % 251).to_le_bytes()[0]));
    save(root.path(), name, &RgbImage::from_fn(3, 4, pixel).into())?;
    Ok(fs::read(root.path().join(name))?)
}

#[test]
fn an_image_that_is_cut_off() -> Outcome {
    for name in ["z.png", "z.jpg"] {
        let whole = bytes(name)?;
        for length in [0, 1, 2, 10, whole.len() / 2, whole.len() - 20, whole.len() - 2, whole.len() - 1] {
            let (fault, path) = with(name, &whole[..length])?;
            check(&fault, "data::broken_image", &path, "is no whole PNG or JPEG image: ");
        }
    }
    Ok(())
}

#[test]
fn an_image_that_is_something_else() -> Outcome {
    for bytes in [b"no image at all".as_slice(), b"GIF89a, says its head", &[0; 1000], b"\xff\xd8\xff\xd9"] {
        let (fault, path) = with("z.jpg", bytes)?;
        check(&fault, "data::broken_image", &path, "is no whole PNG or JPEG image: ");
    }
    Ok(())
}

/// The decoder of JPEG keeps room for as many samples as the first component has, and panics where another has more. Both
/// the file that a fuzzer has found and a whole image that is altered so are refused before.
#[test]
fn a_colour_with_more_samples_than_the_brightness() -> Outcome {
    let found = fs::read(format!("{}/tests/fuzz/seeds/oversampled.jpg", env!("CARGO_MANIFEST_DIR")))?;
    let mut altered = bytes("z.jpg")?;
    let frame = altered.windows(2).position(|mark| mark == [0xff, 0xc0]).unwrap();
    // name, samples and table of each component stand from the tenth byte behind the mark on
    for (component, samples) in [(0, 0x11), (1, 0x22), (2, 0x11)] {
        altered[frame + 11 + 3 * component] = samples;
    }
    for bytes in [found, altered] {
        let file = std::path::Path::new("z.jpg");
        let fault = gemc::data::image_file::pixels_of(&bytes, file, 3).unwrap_err();
        check(&fault.into(), "data::broken_image", file, "one of its colours has more samples than its brightness");
    }
    Ok(())
}

#[test]
fn a_damaged_byte_is_no_panic() -> Outcome {
    for name in ["z.png", "z.jpg"] {
        let whole = bytes(name)?;
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            // a byte of a comment or of a pixel may well be another one
            let root = tempfile::tempdir()?;
            two_classes(root.path(), 2)?;
            fs::write(root.path().join("bee").join(name), damaged)?;
            if let Err(fault) = load(&super::images::name(root.path()), &[], None) {
                assert!(matches!(fault, DataError::Images(_)), "{fault}");
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_class_that_cannot_be_read() -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir()?;
    two_classes(root.path(), 3)?;
    std::os::unix::fs::symlink(root.path().join("gone.png"), root.path().join("bee/lost.png"))?;
    assert!(load(&name(root.path()), &[], None).is_ok(), "a link that leads nowhere is no image");
    let locked = root.path().join("bee");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000))?;
    if fs::read_dir(&locked).is_ok() {
        lacking(Lack::Permissions);
    } else {
        check(&fault(root.path())?, "data::unreadable", &locked, "cannot be read");
    }
    Ok(fs::set_permissions(&locked, fs::Permissions::from_mode(0o755))?)
}
