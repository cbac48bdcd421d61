//! Folders of images: classes by their names, splits by folders or by chance, grey and colour, PNG and JPEG.

use std::error::Error;
use std::fs;
use std::path::Path;

use gemc::data::{DataError, ImageFolder, describe, load};
use image::{DynamicImage, GrayAlphaImage, GrayImage, ImageFormat, LumaA, Rgb, RgbImage, Rgba, RgbaImage};

use super::Outcome;

/// Returns a grey image of `height` × `width` pixels that all have this value.
pub(super) fn grey(height: u32, width: u32, value: u8) -> DynamicImage {
    GrayImage::from_pixel(width, height, image::Luma([value])).into()
}

/// Returns a coloured image of 4 × 3 pixels.
fn coloured(colour: [u8; 3]) -> DynamicImage {
    RgbImage::from_pixel(3, 4, Rgb(colour)).into()
}

/// Writes an image, in the format that its name ends with.
pub(super) fn save(root: &Path, name: &str, image: &DynamicImage) -> Outcome {
    let path = root.join(name);
    fs::create_dir_all(path.parent().ok_or("no folder")?)?;
    let lower = name.to_lowercase();
    let format = if lower.ends_with("png") { ImageFormat::Png } else { ImageFormat::Jpeg };
    Ok(image.save_with_format(path, format)?)
}

/// Makes a folder with `count` grey images for each of the classes `ant` and `bee`: those of `ant` are 0, 1, 2, …, those of
/// `bee` 100, 101, 102, …
pub(super) fn two_classes(root: &Path, count: u8) -> Outcome {
    for (class, first) in [("bee", 100), ("ant", 0)] {
        for at in 0..count {
            save(root, &format!("{class}/{at:03}.png"), &grey(4, 3, first + at))?;
        }
    }
    Ok(())
}

pub(super) fn name(root: &Path) -> String {
    format!("folder:{}", root.display())
}

pub(super) fn fault(root: &Path) -> Result<DataError, Box<dyn Error>> {
    load(&name(root), &[], None).err().ok_or_else(|| "it was loaded".into())
}

#[test]
fn classes_and_files_come_by_their_names() -> Outcome {
    let root = tempfile::tempdir()?;
    for split in ["train", "test"] {
        two_classes(&root.path().join(split), 3)?;
        save(root.path(), &format!("{split}/ant/b/7.JPEG"), &grey(4, 3, 50))?;
        save(root.path(), &format!("{split}/ant/b-a.Jpg"), &grey(4, 3, 60))?;
        save(root.path(), &format!("{split}/ant/.hidden.png"), &grey(9, 9, 1))?;
        save(root.path(), &format!("{split}/.hidden/1.png"), &grey(9, 9, 1))?;
        fs::write(root.path().join(split).join("ant/notes.txt"), "no image")?;
        fs::write(root.path().join(split).join("notes.txt"), "no class")?;
    }
    let images = ImageFolder::open(root.path())?;
    assert_eq!(images.classes(), ["ant", "bee"]);
    assert_eq!(images.samples(), [8, 8]);
    let set = load(&name(root.path()), &[], None)?;
    assert_eq!((set.facts.height, set.facts.width, set.facts.channels, set.facts.classes), (4, 3, 1, 2));
    assert_eq!(set.facts, describe(&name(root.path()))?);
    assert_eq!(set.facts.name, name(root.path()));
    assert_eq!(set.train.labels(), [0, 0, 0, 0, 0, 1, 1, 1]);
    let firsts: Vec<u8> = (0..8).map(|i| set.train.sample(i)[0]).collect();
    assert_eq!(firsts, [0, 1, 2, 60, 50, 100, 101, 102], "files of a folder before those of the folders in it");
    Ok(())
}

#[test]
fn takes_val_where_there_is_no_test() -> Outcome {
    let root = tempfile::tempdir()?;
    two_classes(&root.path().join("train"), 3)?;
    two_classes(&root.path().join("val"), 2)?;
    assert_eq!(ImageFolder::open(root.path())?.samples(), [6, 4]);
    two_classes(&root.path().join("test"), 1)?;
    assert_eq!(ImageFolder::open(root.path())?.samples(), [6, 2]);
    Ok(())
}

#[test]
fn holds_some_out_where_there_is_no_split() -> Outcome {
    let (root, elsewhere) = (tempfile::tempdir()?, tempfile::tempdir()?);
    two_classes(root.path(), 30)?;
    two_classes(elsewhere.path(), 30)?;
    let set = load(&name(root.path()), &[], None)?;
    assert_eq!((set.train.len(), set.test.len()), (50, 10));
    assert_eq!(set.test.labels(), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    let mut values: Vec<u8> =
        (0..50).map(|i| set.train.sample(i)[0]).chain((0..10).map(|i| set.test.sample(i)[0])).collect();
    assert!(values[..25].is_sorted() && values[50..55].is_sorted());
    let held: Vec<u8> = values[50..60].to_vec();
    // whoever changes these changes what was held out in earlier runs
    assert_eq!(held, [1, 3, 7, 8, 9, 102, 110, 117, 119, 120]);
    values.sort_unstable();
    assert_eq!(values, (0..30).chain(100..130).collect::<Vec<u8>>(), "each is in one of the two");
    let other = load(&name(elsewhere.path()), &[], None)?;
    assert_eq!((other.hash, &other.test), (set.hash, &set.test), "the folder's place does not matter");
    for (count, held) in [(2, 1), (3, 1), (8, 1), (9, 2), (12, 2)] {
        let root = tempfile::tempdir()?;
        two_classes(root.path(), count)?;
        assert_eq!(ImageFolder::open(root.path())?.samples(), [2 * (usize::from(count) - held), 2 * held]);
    }
    Ok(())
}

#[test]
fn spreads_grey_over_colour_and_leaves_transparency_out() -> Outcome {
    let root = tempfile::tempdir()?;
    for split in ["train", "test"] {
        save(root.path(), &format!("{split}/a/1.png"), &grey(4, 3, 7))?;
        save(root.path(), &format!("{split}/a/2.png"), &coloured([1, 2, 3]))?;
        save(root.path(), &format!("{split}/b/1.png"), &RgbaImage::from_pixel(3, 4, Rgba([4, 5, 6, 0])).into())?;
        save(root.path(), &format!("{split}/b/2.png"), &GrayAlphaImage::from_pixel(3, 4, LumaA([8, 100])).into())?;
        save(root.path(), &format!("{split}/b/3.png"), &DynamicImage::from(grey(4, 3, 9).into_luma16()))?;
    }
    let set = load(&name(root.path()), &[], None)?;
    assert_eq!(set.facts.channels, 3);
    let firsts: Vec<&[u8]> = (0..5).map(|i| &set.train.sample(i)[..3]).collect();
    assert_eq!(firsts, [[7, 7, 7], [1, 2, 3], [4, 5, 6], [8, 8, 8], [9, 9, 9]]);
    Ok(())
}

#[test]
fn the_hash_is_of_what_is_learned() -> Outcome {
    let hash = |class: &str, value: u8, channels: u8| -> Result<String, Box<dyn Error>> {
        let root = tempfile::tempdir()?;
        for split in ["train", "test"] {
            save(root.path(), &format!("{split}/a/1.png"), &grey(4, 3, 7))?;
            let image = if channels == 1 { grey(4, 3, value) } else { coloured([value; 3]) };
            save(root.path(), &format!("{split}/{class}/1.png"), &image)?;
        }
        Ok(load(&name(root.path()), &[], None)?.hash)
    };
    assert_eq!(hash("b", 5, 1)?, hash("b", 5, 1)?);
    assert_ne!(hash("b", 5, 1)?, hash("b", 6, 1)?);
    assert_ne!(hash("b", 5, 1)?, hash("c", 5, 1)?);
    assert_ne!(hash("b", 5, 1)?, hash("b", 5, 3)?);
    Ok(())
}

#[cfg(unix)]
#[test]
fn follows_links_but_not_in_circles() -> Outcome {
    let (root, elsewhere) = (tempfile::tempdir()?, tempfile::tempdir()?);
    two_classes(elsewhere.path(), 4)?;
    std::os::unix::fs::symlink(elsewhere.path().join("ant"), root.path().join("ant"))?;
    fs::create_dir(root.path().join("bee"))?;
    for at in 0..4 {
        let image = format!("bee/{at:03}.png");
        std::os::unix::fs::symlink(elsewhere.path().join(&image), root.path().join(&image))?;
    }
    std::os::unix::fs::symlink(root.path().join("bee"), root.path().join("bee/again"))?;
    let set = load(&name(root.path()), &[], None)?;
    assert_eq!((set.train.len(), set.test.len()), (6, 2));
    assert_eq!(set.hash, load(&name(elsewhere.path()), &[], None)?.hash);
    Ok(())
}
