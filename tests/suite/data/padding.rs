//! Samples that are smaller than the input: which margins there are, and zeros where they belong.

use gemc::compile::{faults, stages};
use gemc::data::{Dataset, Facts, Glyphs, Split, Standing};
use gemc::options::Options;

use super::Outcome;

fn options(height: usize, width: usize, channels: usize) -> Options {
    let facts = Facts { name: "some".into(), height, width, channels, classes: 10 };
    Options { facts: Some(facts), ..Options::default() }
}

fn text(input: &str) -> String {
    format!(
        "model padded {{\n    population pixels = {input}\n    population digits = units(10)\n    \
         connect pixels -> digits via direct\n    input pixels\n    output digits\n}}\n"
    )
}

#[test]
fn a_sample_fits_with_the_same_even_margin() {
    let cases = [
        ("grid(32, 32)", [32, 32, 1], 0),
        ("grid(32, 32)", [28, 28, 1], 2),
        ("grid(32, 32, 1)", [28, 28, 1], 2),
        ("grid(32, 32, 3)", [28, 28, 3], 2),
        ("grid(12, 30)", [2, 20, 1], 5),
        ("units(784)", [28, 28, 1], 0),
        ("units(12)", [2, 2, 3], 0),
    ];
    for (input, [height, width, channels], margin) in cases {
        let options = options(height, width, channels);
        let stages = stages("padded.gem", &text(input), &options).unwrap();
        assert_eq!(stages.model().margin(options.facts.as_ref().unwrap()), Some(margin), "{input}");
    }
}

#[test]
fn what_does_not_fit_is_told_what_would() {
    let one = |input: &str, [height, width, channels]: [usize; 3]| {
        let report = faults("padded.gem", &text(input), &options(height, width, channels));
        let [finding] = &report.findings()[..] else { panic!("{input}: {report}") };
        assert_eq!(finding.code, "gem::sample_mismatch");
        finding.help.clone().unwrap()
    };
    let larger = "declare the input as `grid(28, 28)`, or as `grid(32, 32)`: a sample then lies in its middle, 2 zeros";
    assert!(one("grid(31, 31)", [28, 28, 1]).starts_with(larger));
    assert!(one("grid(32, 30)", [28, 28, 1]).starts_with(larger));
    assert!(one("grid(32, 28)", [28, 28, 1]).starts_with(larger));
    assert!(
        one("grid(32, 32, 2)", [28, 28, 3])
            .starts_with("declare the input as `grid(28, 28, 3)`, or as `grid(32, 32, 3)`")
    );
    assert!(one("grid(32, 32)", [28, 28, 3]).starts_with("declare the input as `grid(28, 28, 3)`, or as"));
    assert_eq!(one("grid(28, 28, 3)", [28, 28, 1]), "declare the input as `grid(28, 28)`");
    assert_eq!(one("grid(24, 24)", [28, 28, 1]), "declare the input as `grid(28, 28)`");
    assert_eq!(one("grid(24, 32)", [28, 28, 1]), "declare the input as `grid(28, 28)`");
    assert_eq!(one("units(1024)", [28, 28, 1]), "declare the input as `grid(28, 28)`");
}

#[test]
fn zeros_lie_on_every_side() -> Outcome {
    let facts = Facts { name: "tiny".into(), height: 1, width: 2, channels: 2, classes: 2 };
    let split = |first: u8| Split::new(&facts, (first..first + 8).collect(), vec![0, 1]);
    let (train, test) = (split(1)?, split(11)?);
    let set = Dataset { train, test, hash: String::new(), standing: Standing::Whole, facts };
    assert_eq!(set.clone().padded(0), set);
    let padded = set.padded(1);
    assert_eq!((padded.facts.height, padded.facts.width, padded.facts.channels), (3, 4, 2));
    assert_eq!(padded.train.labels(), [0, 1]);
    let sample = |first: u8| {
        let row = [0, 0, first, first + 1, first + 2, first + 3, 0, 0];
        [[0; 8], row, [0; 8]].concat()
    };
    assert_eq!(padded.train.pixels(), [sample(1), sample(5)].concat());
    assert_eq!(padded.test.sample(1), sample(15));
    Ok(())
}

#[test]
fn padding_moves_no_pixel() -> Outcome {
    let glyphs = Glyphs { train: 3, test: 2, ..Glyphs::default() }.draw()?;
    let padded = glyphs.clone().padded(2);
    assert_eq!(padded.hash, glyphs.hash, "it is the same data");
    for i in 0..3 {
        for (y, row) in padded.train.sample(i).chunks(32).enumerate() {
            let inside = (2..30).contains(&y);
            let expected = if inside { &glyphs.train.sample(i)[(y - 2) * 28..(y - 1) * 28] } else { &[0; 28][..] };
            assert_eq!((&row[..2], &row[2..30], &row[30..]), (&[0, 0][..], expected, &[0, 0][..]));
        }
    }
    Ok(())
}
