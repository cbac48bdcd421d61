//! Images made smaller by averages over areas: against the definition, in fractions.

use gemc::data::drawings::area_average::{Square, area_average};

/// Returns the mean over an area, pixel by pixel of the image, with all lengths in steps of 1 / `side` of a pixel.
fn by_definition(image: Square<'_>, side: usize) -> Vec<u8> {
    let (from, area) = (image.side, image.side * image.side);
    let overlap = |at: usize, new: usize| {
        let (start, end) = ((at * side).max(new * from), ((at + 1) * side).min((new + 1) * from));
        end.saturating_sub(start)
    };
    let pixel = |new: usize| {
        let one = |at: usize| {
            let (tall, wide) = (overlap(at / from, new / side), overlap(at % from, new % side));
            tall * wide * usize::from(image.pixels[at])
        };
        let sum: usize = (0..area).map(one).sum();
        (sum as f64 / area as f64).round()
    };
    (0..side * side).map(|new| format!("{}", pixel(new)).parse().unwrap()).collect()
}

#[test]
fn each_pixel_is_the_mean_of_what_it_covers() {
    for (from, side) in [(105_usize, 28), (7, 3), (9, 3), (5, 4), (4, 4), (3, 1), (1, 1)] {
        let pixels: Vec<u8> = (0..from * from).map(|at| (at * at * 31 % 256).to_le_bytes()[0]).collect();
        let image = Square { side: from, pixels: &pixels };
        assert_eq!(area_average(image, side), by_definition(image, side), "{from} to {side}");
    }
}

#[test]
fn areas_of_one_value_keep_it() {
    for value in [0, 1, 128, 255] {
        let pixels = vec![value; 105 * 105];
        assert_eq!(area_average(Square { side: 105, pixels: &pixels }, 28), vec![value; 784]);
    }
}
