//! Small files that claim, or unpack to, far more than there is memory: refused by their headers, in little memory and time.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use flate2::write::{GzEncoder, ZlibEncoder};
use flate2::{Compression, Crc};

use super::{Said, folder, unwrapped};

/// Kibibytes of addresses that the program gets.
const ROOM: u64 = 600_000;

/// Runs `gemc` in `folder` with little memory; it must not take long.
fn run_small(folder: &Path, arguments: &[&str]) -> Said {
    let began = Instant::now();
    let done = Command::new("sh")
        .args(["-c", &format!("ulimit -v {ROOM}; exec \"$0\" \"$@\"")])
        .arg(assert_cmd::cargo::cargo_bin!("gemc"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("GEMC_DATA")
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said = Said { out: text(done.stdout), err: text(done.stderr), code: done.status.code().unwrap_or(-1) };
    assert!(began.elapsed() < Duration::from_secs(10), "{arguments:?} took {:?}\n{}", began.elapsed(), said.err);
    said
}

/// Returns a gzip file of `bytes` and a gibibyte of zeros.
fn gzip_bomb(bytes: &[u8]) -> Vec<u8> {
    let packed = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    // members of a gzip file follow each other
    [packed(bytes), packed(&vec![0; 16 << 20]).repeat(64)].concat()
}

/// Returns a PNG image of `width` × `height` pixels, one bit each, with `before` in front of the pixels.
fn png(width: u32, height: u32, before: &[u8], pixels: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    let rest = [chunk(*b"IDAT", &zlib(pixels)), chunk(*b"IEND", &[])].concat();
    [b"\x89PNG\r\n\x1a\n", &chunk(*b"IHDR", &head)[..], before, &rest].concat()
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(data);
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes()[..], &kind, data, &sum.sum().to_be_bytes()].concat()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Returns a JPEG image whose head claims 65,535 × 65,535 pixels.
fn jpeg() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let small = image::DynamicImage::from(image::GrayImage::from_pixel(8, 8, image::Luma([7])));
    small.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    let frame = bytes.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 9].fill(0xff);
    bytes
}

/// Writes `count` copies of an image for each of two classes into `pets`.
fn pets(folder: &Path, name: &str, image: &[u8], count: usize) {
    let _ = fs::remove_dir_all(folder.join("pets"));
    for class in ["ant", "bee"] {
        fs::create_dir_all(folder.join("pets").join(class)).unwrap();
        for at in 0..count {
            fs::write(folder.join("pets").join(class).join(format!("{at}{name}")), image).unwrap();
        }
    }
}

const OWN: &str = "model own(height = 1, width = 1, classes = 4) {
    population a = grid(height, width)
    population b = units(classes)
    connect a -> b via direct
    input a
    output b
}
";

#[test]
fn a_gibibyte_behind_a_small_file_is_not_unpacked() {
    let folder = folder();
    let set = folder.path().join("data/mnist");
    fs::create_dir_all(&set).unwrap();
    for name in ["train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] {
        fs::write(set.join(name), "").unwrap();
    }
    let file = set.join("train-images-idx3-ubyte.gz");
    let header = |sizes: [u32; 3]| [vec![0, 0, 8, 3], sizes.map(u32::to_be_bytes).concat()].concat();
    let cases = [
        // just what a file may claim at most, then more, then what the set has and much that follows
        (
            header([1 << 20, 32, 32]),
            "data::wrong_sizes",
            "holds 1048576 images of 32 × 32, expected 60000 images of 28 × 28",
        ),
        (header([u32::MAX, u32::MAX, u32::MAX]), "data::absurd_size", "4294967295 × 4294967295 × 4294967295"),
        (header([60_000, 28, 28]), "data::trailing_bytes", "goes on after the 47040016 unpacked bytes"),
    ];
    for (bytes, code, words) in cases {
        fs::write(&file, gzip_bomb(&bytes)).unwrap();
        assert!(fs::metadata(&file).unwrap().len() < 2 << 20);
        let said = run_small(folder.path(), &["data", "verify", "mnist", "--data-dir", "data"]);
        let all = unwrapped(&(said.out + &said.err));
        assert!(said.code == 3 && all.contains(words), "{code}: {} {all}", said.code);
    }
}

#[test]
fn an_archive_of_another_length_is_not_read() {
    let folder = folder();
    let set = folder.path().join("data/cifar10");
    fs::create_dir_all(&set).unwrap();
    File::create(set.join("cifar-10-binary.tar.gz")).unwrap().set_len(1 << 40).unwrap();
    let said = run_small(folder.path(), &["data", "verify", "cifar10", "--data-dir", "data"]);
    let all = unwrapped(&(said.out + &said.err));
    assert!(said.code == 3 && all.contains("goes on after the 170052171 bytes expected"), "{} {all}", said.code);
}

#[test]
fn images_that_claim_too_much_are_not_decoded() {
    let folder = folder();
    fs::write(folder.path().join("own.gem"), OWN).unwrap();
    let profile = [b"x\0\0", &zlib(&vec![0; 256 << 20])[..]].concat();
    let wide = png(8_192, 8_192, &[], &vec![0; 8_192 * 1_025]);
    let cases = [
        (".png", png(65_535, 65_535, &[], &[0; 100]), 3, "data::image_too_large", "65535 × 65535 pixels"),
        (".jpg", jpeg(), 3, "data::image_too_large", "65535 × 65535 pixels"),
        (".png", wide, 80, "data::folder_too_large", "160 images of 8192 × 8192 × 1 are 10737418240 bytes"),
    ];
    for (name, image, count, code, words) in cases {
        pets(folder.path(), name, &image, count);
        assert!(image.len() < 1 << 20, "{} bytes", image.len());
        let said = run_small(folder.path(), &["compile", "own.gem", "--data", "folder:pets"]);
        let told = unwrapped(&said.err);
        assert!(said.code == 3 && told.contains(code) && told.contains(words), "{} {}", said.code, said.err);
        assert!(said.err.contains("help:"), "{}", said.err);
    }
    // a profile of colours that unpacks to 256 MiB is not looked at
    pets(folder.path(), ".png", &png(4, 4, &chunk(*b"iCCP", &profile), &[0; 8]), 3);
    let said = run_small(folder.path(), &["compile", "own.gem", "--data", "folder:pets"]);
    assert!(said.code == 0 && said.err.contains("height = 4, width = 4"), "{} {}", said.code, said.err);
    // a file that is long on disk
    pets(folder.path(), ".png", &png(4, 4, &[], &[0; 8]), 3);
    File::options().write(true).open(folder.path().join("pets/ant/1.png")).unwrap().set_len(1 << 40).unwrap();
    let said = run_small(folder.path(), &["compile", "own.gem", "--data", "folder:pets"]);
    assert!(said.code == 3 && said.err.contains("data::broken_image"), "{} {}", said.code, said.err);
}
