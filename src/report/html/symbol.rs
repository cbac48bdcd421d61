//! What tells series apart: eight colours that colour-blind readers tell apart, a symbol and dashes for each.

/// Colours, symbols and dashes: the ninth series has the first colour and the second symbol.
const KINDS: usize = 8;
/// The symbol of a claim.
pub(super) const STAR: usize = KINDS;

/// Returns the class that gives a series its colour.
pub(super) fn colour(series: usize) -> &'static str {
    ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"][series % KINDS]
}

/// Returns the dashes of a line without symbols.
pub(super) fn dash(series: usize) -> &'static str {
    ["none", "7 3", "2 3", "9 3 2 3", "12 4", "5 2", "1 3", "9 3 2 3 2 3"][(series + series / KINDS) % KINDS]
}

/// Returns the outline of a symbol about a place, as far as `reach` pixels.
pub(super) fn symbol(series: usize, [x, y]: [f64; 2], reach: f64) -> String {
    let around = |corners: &[(f64, f64)]| {
        let corner = |(index, (right, down)): (usize, &(f64, f64))| {
            let tenth = |value: f64| (value * 10.0).round() / 10.0;
            format!("{}{} {}", if index == 0 { 'M' } else { 'L' }, tenth(x + right * reach), tenth(y + down * reach))
        };
        corners.iter().enumerate().map(corner).collect::<String>() + "Z"
    };
    if series == STAR {
        return around(&star());
    }
    match (series + series / KINDS) % KINDS {
        0 => format!("M{} {y}a{reach} {reach} 0 1 0 {d} 0a{reach} {reach} 0 1 0 -{d} 0Z", x - reach, d = 2.0 * reach),
        1 => around(&[(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]),
        2 => around(&[(0.0, -1.1), (1.05, 0.8), (-1.05, 0.8)]),
        3 => around(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)]),
        4 => around(&[(0.0, 1.1), (1.05, -0.8), (-1.05, -0.8)]),
        5 => around(&PLUS),
        6 => around(&[(-1.1, 0.0), (0.8, -1.05), (0.8, 1.05)]),
        _ => around(&[(-0.5, -1.0), (0.5, -1.0), (1.0, 0.0), (0.5, 1.0), (-0.5, 1.0), (-1.0, 0.0)]),
    }
}

const PLUS: [(f64, f64); 12] = [
    (-0.35, -1.1),
    (0.35, -1.1),
    (0.35, -0.35),
    (1.1, -0.35),
    (1.1, 0.35),
    (0.35, 0.35),
    (0.35, 1.1),
    (-0.35, 1.1),
    (-0.35, 0.35),
    (-1.1, 0.35),
    (-1.1, -0.35),
    (-0.35, -0.35),
];

fn star() -> [(f64, f64); 10] {
    std::array::from_fn(|corner| {
        let (angle, reach) = (std::f64::consts::PI * corner as f64 / 5.0, if corner % 2 == 0 { 1.15 } else { 0.5 });
        (reach * angle.sin(), -reach * angle.cos())
    })
}
