//! One picture with its title, its scale and what is to be known of it.

use ::svg::node::Node;
use ::svg::node::element::{ClipPath, Definitions, Group, Image, Rectangle};
use image::RgbImage;

use super::axis::{Axes, axes};
use super::cloud::CloudPicture;
use super::gaussian_plot::{self, GaussianOutline};
use super::numbers::{Reach, short};
use super::page::{EDGE, INK, SOFT, text};
use super::raster::{self, Matrix, Tiles};

/// Pixels of an image's side that is enlarged, at most; of a side that is stretched; of an entry's side at most.
const SIDE: u32 = 480;
const THIN: u32 = 120;
const ENTRY: u32 = 16;
/// Pixels of the square that a grid is.
pub(super) const GRID: f64 = 300.0;
/// Pixels of the square that a cloud is.
const CLOUD: f64 = 440.0;
/// Pixels of a panel's width at least.
const NARROWEST: f64 = 200.0;
/// Of the title, of a line of notes, of the scale with its numbers.
const TITLE: f64 = 22.0;
const LINE: f64 = 15.0;
const SCALE: f64 = 34.0;
/// Pixels of the scale's length.
const LENGTH: f64 = 180.0;
/// Pixels that a letter of a note takes.
const LETTER: f64 = 6.3;

/// What a panel shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// A matrix as a heat map.
    Matrix(Matrix),
    /// Small matrices of one size on one scale.
    Tiles(Tiles),
    /// Genes over a grid.
    Grid(Vec<GaussianOutline>),
    /// Genes along a line.
    Line(Vec<GaussianOutline>),
    /// Neurons in a cloud.
    Cloud(CloudPicture),
}

/// A picture with its title and notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The name in the source.
    pub title: String,
    /// What is to be known of it, a line each.
    pub notes: Vec<String>,
    /// What it shows.
    pub picture: Picture,
}

/// A panel with its size.
pub(super) struct Drawn {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) group: Group,
}

impl Panel {
    /// Returns the upper end of its colour scale, where it has one.
    pub fn limit(&self) -> Option<f32> {
        self.reach().map(|reach| reach.limit)
    }

    fn reach(&self) -> Option<Reach> {
        match &self.picture {
            Picture::Matrix(matrix) => Some(Reach::of(matrix.values.iter())),
            Picture::Tiles(tiles) => Some(Reach::of(tiles.tiles.iter().flatten())),
            Picture::Cloud(cloud) if cloud.links.is_empty() => None,
            Picture::Cloud(cloud) => Some(Reach::of(cloud.links.iter().map(|link| &link.weight))),
            Picture::Grid(_) | Picture::Line(_) => None,
        }
    }

    /// Draws it; `index` is its number on the page.
    pub(super) fn draw(&self, index: usize) -> Drawn {
        let reach = self.reach();
        let limit = reach.map_or(1.0, |reach| reach.limit);
        let mut notes = self.notes.clone();
        let (picture, width, height) = match &self.picture {
            Picture::Matrix(matrix) => numbered(placed(&matrix.image(limit)), matrix),
            Picture::Tiles(tiles) => placed(&tiles.image(limit)),
            Picture::Grid(genes) => {
                let (drawn, without) = over_grid(genes, None, index);
                notes.extend(without);
                drawn
            }
            Picture::Cloud(cloud) => clipped(cloud.draw(CLOUD, limit), [CLOUD, CLOUD], index),
            Picture::Line(genes) => along_line(genes, index),
        };
        if let Picture::Matrix(matrix) = &self.picture
            && let [rows, columns] = matrix.block()
            && rows.max(columns) > 1
        {
            notes.push(format!("a pixel is the entry of greatest size among {rows} × {columns}"));
        }
        notes.extend(reach.and_then(Reach::left_out));
        let longest = notes.iter().chain([&self.title]).map(|line| line.chars().count()).max().unwrap_or(0);
        let mut title = text(&self.title, 13.0, INK, 0.0, 13.0);
        title.assign("font-weight", 600);
        let mut group = Group::new().add(title).add(picture.set("transform", format!("translate(0,{TITLE})")));
        let mut bottom = TITLE + height + 8.0;
        if let Some(reach) = reach {
            group = group.add(legend(reach).set("transform", format!("translate(0,{bottom})")));
            bottom += SCALE;
        }
        for line in &notes {
            group = group.add(text(line, 11.0, SOFT, 0.0, bottom + 11.0));
            bottom += LINE;
        }
        Drawn { width: width.max(NARROWEST).max((longest as f64 * LETTER).ceil()), height: bottom, group }
    }
}

/// Puts an image on the page, enlarged by whole numbers as far as there is room.
fn placed(image: &RgbImage) -> (Group, f64, f64) {
    let sides = [image.width(), image.height()];
    let whole = sides.map(|side| (SIDE / side).clamp(1, ENTRY)).into_iter().min().unwrap_or(1);
    // a side that is thin all the same is stretched
    let times = sides.map(|side| whole.max((THIN / side).min(ENTRY)));
    let image = raster::enlarged(image, times);
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let frame = Rectangle::new().set("width", width).set("height", height).set("fill", "none").set("stroke", EDGE);
    (Group::new().add(shown(&image, width, height)).add(frame), width, height)
}

/// Numbers the rows and columns of a matrix that is on the page.
fn numbered((drawn, width, height): (Group, f64, f64), matrix: &Matrix) -> (Group, f64, f64) {
    let Axes { left, top, numbers } = axes([matrix.rows, matrix.columns], [width, height]);
    let shifted = drawn.add(numbers).set("transform", format!("translate({left},{top})"));
    (Group::new().add(shifted), left + width, top + height)
}

fn shown(image: &RgbImage, width: f64, height: f64) -> Image {
    let shown = Image::new().set("width", width).set("height", height).set("preserveAspectRatio", "none");
    shown.set("style", "image-rendering:pixelated").set("href", raster::address(image))
}

/// Draws genes over a grid, above what is `below` them; returns what is to be said where some bear no number.
pub(super) fn over_grid(
    genes: &[GaussianOutline],
    below: Option<Group>,
    index: usize,
) -> ((Group, f64, f64), Option<String>) {
    let genes_drawn = gaussian_plot::over_grid(genes, below, GRID);
    let (drawn, width, height) = clipped(genes_drawn, [GRID, GRID], index);
    let (numbers, without) = gaussian_plot::numbers(genes, GRID);
    let said = (without > 0).then(|| format!("{without} bear no number, for want of room"));
    ((drawn.add(numbers), width, height), said)
}

/// Draws genes along a line.
pub(super) fn along_line(genes: &[GaussianOutline], index: usize) -> (Group, f64, f64) {
    let size = [GRID, gaussian_plot::height(genes)];
    let (drawn, width, height) = clipped(gaussian_plot::along_line(genes, GRID), size, index);
    let (numbers, left) = gaussian_plot::line_numbers(genes);
    let shifted = drawn.add(numbers).set("transform", format!("translate({left},0)"));
    (Group::new().add(shifted), left + width, height)
}

/// Puts genes on the page, cut off at the edge of the grid.
fn clipped(genes: Group, [width, height]: [f64; 2], index: usize) -> (Group, f64, f64) {
    let edge = Rectangle::new().set("width", width).set("height", height);
    let clip = ClipPath::new().set("id", format!("grid{index}")).add(edge);
    let drawn = genes.set("clip-path", format!("url(#grid{index})"));
    (Group::new().add(Definitions::new().add(clip)).add(drawn), width, height)
}

/// Draws the scale with its numbers.
fn legend(reach: Reach) -> Group {
    let bar = shown(&raster::scale(), LENGTH, 10.0);
    let number = |value: f32, anchor: &str, x: f64| {
        let mut number = text(&short(value), 11.0, INK, x, 24.0);
        number.assign("text-anchor", anchor);
        number
    };
    let group = Group::new().add(bar).add(number(-reach.limit, "start", 0.0));
    group.add(number(0.0, "middle", LENGTH / 2.0)).add(number(reach.limit, "end", LENGTH))
}
