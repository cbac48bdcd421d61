//! A page about runs → one HTML text that needs nothing else: no file, no font, no other program. It is well-formed XML too.
//!
//! A page is a list of [`HtmlBlock`]s; charts are drawn by [`line_chart`] and [`strip_chart`], `page.css` gives both themes their
//! colours, `page.js` sorts tables, hides series and makes sliders. The page can be read without it.

mod confusion_chart;
mod density;
mod frame;
mod gene_frames;
mod line_chart;
mod markup;
mod ruler;
mod strip_chart;
mod symbol;
mod table;

pub use confusion_chart::ConfusionChart;
pub use gene_frames::{GeneFrame, GeneFrames};
pub use line_chart::{ChartLine, ChartMark, ChartPoint, LineChart};
pub use ruler::ChartAxis;
pub use strip_chart::{StripChart, StripRow};
pub use table::{CellTone, DataTable, TableCell};

use ::svg::node::element::Group;

use self::markup::{clean, inline, lines, paragraph, tag};
use super::page::{FONTS, Section};
use super::panel::Panel;
use super::raster::base64;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// A browser that heeds this fetches nothing, whatever the page holds.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct HtmlPage {
    /// What it is about.
    pub title: String,
    /// What is on it, from the top.
    pub blocks: Vec<HtmlBlock>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum HtmlBlock {
    /// The heading of what follows.
    Heading(String),
    /// The heading of a part of that.
    Subheading(String),
    /// A paragraph.
    Text(String),
    /// What the reader must know before all else, a line each.
    Notice(Vec<String>),
    /// Names with their values.
    Facts(Vec<[String; 2]>),
    /// Lines over two axes.
    Lines(LineChart),
    /// Small charts side by side.
    Beside(Vec<LineChart>),
    /// Values of single seeds.
    Strips(StripChart),
    /// Which classes are taken for which.
    Confusion(ConfusionChart),
    /// A table.
    Table(DataTable),
    /// A text as it was written, with its title.
    Source([String; 2]),
    /// A finished SVG document, with what it shows.
    Drawing {
        /// The document.
        svg: String,
        /// What it shows, for who does not see it.
        alt: String,
    },
    /// Pictures of what was learned.
    Pictures(Vec<Section>),
    /// Genes on their way through a training.
    Genes(GeneFrames),
    /// Parts that the reader unfolds.
    Folded {
        /// The name by which links lead to it, where some do.
        name: Option<String>,
        /// What stands there before it is unfolded.
        title: String,
        /// What appears.
        blocks: Vec<HtmlBlock>,
    },
}

impl HtmlPage {
    /// Returns the page. The same blocks give the same bytes.
    pub fn html(&self) -> String {
        let mut panels = 0;
        let body: String = self.blocks.iter().map(|block| block.html(&mut panels)).collect();
        let title = inline(&self.title);
        let viewport = "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>";
        format!(
            "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n{viewport}\n\
             <meta name=\"color-scheme\" content=\"light dark\"/>\n<link rel=\"icon\" href=\"data:,\"/>\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n<script>\n{SCRIPT}</script>\n\
             </body>\n</html>\n",
            inline(POLICY)
        )
    }
}

impl HtmlBlock {
    /// Returns it as markup; `panels` counts the pictures before it, whose parts have names of their own.
    fn html(&self, panels: &mut usize) -> String {
        match self {
            Self::Heading(text) => tag("h2", "", &inline(text)) + "\n",
            Self::Subheading(text) => tag("h3", "", &inline(text)) + "\n",
            Self::Text(text) => paragraph("text", text),
            Self::Notice(lines) => {
                let items: String = lines.iter().map(|line| tag("li", "", &inline(line))).collect();
                tag("ul", "class=\"notice\"", &items) + "\n"
            }
            Self::Facts(facts) => {
                let fact = |[name, value]: &[String; 2]| tag("dt", "", &inline(name)) + &tag("dd", "", &inline(value));
                tag("dl", "", &facts.iter().map(fact).collect::<String>()) + "\n"
            }
            Self::Lines(chart) => chart.html(false),
            Self::Beside(charts) => {
                tag("div", "class=\"beside\"", &charts.iter().map(|chart| chart.html(true)).collect::<String>()) + "\n"
            }
            Self::Strips(chart) => chart.html(),
            Self::Confusion(chart) => chart.html(),
            Self::Table(table) => table.html(),
            Self::Source([title, text]) => tag("h3", "", &inline(title)) + &tag("pre", "", &lines(text)) + "\n",
            Self::Drawing { svg, alt } => {
                let source = format!("data:image/svg+xml;base64,{}", base64(svg.as_bytes()));
                format!("<img class=\"drawing\" alt=\"{}\" src=\"{source}\"/>\n", inline(alt))
            }
            Self::Pictures(sections) => sections.iter().map(|section| pictures(section, panels)).collect(),
            Self::Genes(frames) => frames.html(panels),
            Self::Folded { name, title, blocks } => {
                let content: String = blocks.iter().map(|block| block.html(panels)).collect();
                let name = name.as_ref().map(|name| format!(" id=\"{}\"", inline(name))).unwrap_or_default();
                let title = inline(title);
                format!("<details{name}>\n<summary>{title}</summary>\n{content}</details>\n")
            }
        }
    }
}

/// Sets panels side by side, as many as there is room for.
fn pictures(section: &Section, panels: &mut usize) -> String {
    let panel = |panel: &Panel| {
        let drawn = panel.draw(*panels);
        *panels += 1;
        picture((drawn.group, drawn.width, drawn.height), &panel.title)
    };
    if section.panels.is_empty() {
        return String::new();
    }
    let drawn: Vec<String> = section.panels.iter().map(panel).collect();
    tag("h3", "", &inline(&section.title)) + &tag("div", "class=\"pictures\"", &drawn.join("\n")) + "\n"
}

/// Returns what is drawn, with its width and height, as an element of the page.
fn picture((group, width, height): (Group, f64, f64), title: &str) -> String {
    let (width, height) = (width.ceil(), height.ceil());
    let paper = ::svg::Document::new().set("viewBox", (-2, 0, width + 4.0, height)).set("width", width + 4.0);
    let paper = paper.set("height", height).set("font-family", FONTS).set("role", "img").set("class", "picture");
    paper.set("aria-label", clean(title).into_owned()).add(group).to_string()
}
