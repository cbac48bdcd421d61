//! A cloud of neurons with its strongest connections, over positions from −1 to 1.

use ::svg::node::element::{Ellipse, Group, Line, Title};

use super::colour;
use super::gaussian_plot::{framed, tenth};
use super::page::INK;

/// Neurons and the connections between them that are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct CloudPicture {
    /// Where each neuron lies, from −1 to 1: along columns, and along rows from the top.
    pub places: Vec<[f64; 2]>,
    /// What is drawn of the connections.
    pub links: Vec<Link>,
}

/// A connection from one neuron to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The neuron that sends, by its number.
    pub from: usize,
    /// The neuron that receives.
    pub to: usize,
    /// The weight.
    pub weight: f32,
}

impl CloudPicture {
    /// Draws it over a square with sides of `side` pixels, weights coloured on a scale that ends at `limit`: the weakest
    /// first, so that the strongest lie on top.
    pub(super) fn draw(&self, side: f64, limit: f32) -> Group {
        let half = side / 2.0;
        let place = |neuron: usize| {
            let place = self.places.get(neuron).copied().unwrap_or_default();
            place.map(|part| tenth(half + part * (half - 6.0)))
        };
        let mut group = framed(side, side);
        for link in self.links.iter().rev() {
            let ([left, top], [right, bottom]) = (place(link.from), place(link.to));
            let [red, green, blue] = colour::of(link.weight, limit);
            let line = Line::new().set("x1", left).set("y1", top).set("x2", right).set("y2", bottom);
            let line = line.set("stroke", format!("#{red:02x}{green:02x}{blue:02x}")).set("stroke-width", 1);
            let said = format!("from neuron {} to {}: {:.4}", link.from, link.to, link.weight);
            group = group.add(line.add(Title::new(said)));
        }
        for neuron in 0..self.places.len() {
            let [x, y] = place(neuron);
            group = group.add(Ellipse::new().set("cx", x).set("cy", y).set("rx", 1.6).set("ry", 1.6).set("fill", INK));
        }
        group
    }
}
