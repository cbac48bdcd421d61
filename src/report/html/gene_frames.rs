//! Genes that are Gaussians at several points of a training: one picture at a time under a slider; the first and the last where there is
//! no JavaScript; a row of some on paper.

use super::markup::{inline, paragraph, tag};
use super::picture;
use crate::report::gaussian_plot::{GaussianOutline, trails};
use crate::report::panel::{GRID, along_line, over_grid};

/// Pictures of a row on paper.
const ON_PAPER: usize = 4;

/// Genes of one population on their way.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneFrames {
    /// The population and its genome.
    pub title: String,
    /// What is to be known of it, a sentence each.
    pub notes: Vec<String>,
    /// Whether the population is a line, not a grid.
    pub is_flat: bool,
    /// The pictures, from the first step to the last.
    pub frames: Vec<GeneFrame>,
}

/// One point of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneFrame {
    /// When it was: `step 500`.
    pub label: String,
    /// Where the genes were.
    pub genes: Vec<GaussianOutline>,
}

impl GeneFrames {
    /// Returns how many outlines are drawn.
    pub fn outlines(&self) -> usize {
        self.frames.iter().map(|frame| frame.genes.len()).sum()
    }

    /// Returns it as a figure; `panels` counts the pictures before it.
    pub(super) fn html(&self, panels: &mut usize) -> String {
        let frames: String = (0..self.frames.len()).map(|index| self.frame(index, panels)).collect();
        let notes: String = self.notes.iter().map(|note| paragraph("note", note)).collect();
        let caption = tag("figcaption", "", &inline(&self.title));
        format!("<figure class=\"frames\">\n{caption}\n<div class=\"steps\">\n{frames}</div>\n{notes}</figure>\n")
    }

    fn frame(&self, index: usize, panels: &mut usize) -> String {
        let frame = &self.frames[index];
        let before: Vec<&[GaussianOutline]> =
            self.frames[..=index].iter().map(|frame| frame.genes.as_slice()).collect();
        let drawn = if self.is_flat {
            along_line(&frame.genes, *panels)
        } else {
            over_grid(&frame.genes, Some(trails(&before, GRID)), *panels).0
        };
        *panels += 1;
        let last = self.frames.len().saturating_sub(1);
        let mut class = "frame".to_owned();
        for (word, holds) in [("first", index == 0), ("last", index == last), ("few", is_on_paper(index, last))] {
            if holds {
                class = format!("{class} {word}");
            }
        }
        let label = inline(&frame.label);
        let svg = picture(drawn, &format!("{}, {}", self.title, frame.label));
        let step = tag("p", "class=\"step\"", &label);
        tag("div", &format!("class=\"{class}\" data-step=\"{label}\""), &format!("{step}\n{svg}")) + "\n"
    }
}

/// Tells whether a picture is one of the few, evenly chosen, that are printed.
fn is_on_paper(index: usize, last: usize) -> bool {
    let few = ON_PAPER.min(last + 1);
    (0..few).any(|place| place * last / (few - 1).max(1) == index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_has_the_first_and_the_last() {
        let chosen = |last: usize| (0..=last).filter(|index| is_on_paper(*index, last)).collect::<Vec<_>>();
        assert_eq!(chosen(0), [0]);
        assert_eq!(chosen(1), [0, 1]);
        assert_eq!(chosen(3), [0, 1, 2, 3]);
        assert_eq!(chosen(12), [0, 4, 8, 12]);
    }
}
