//! Numbers of a trained network → a page of pictures, one SVG text that needs nothing else.
//!
//! The room knows no tensor and no plan: it is given plain numbers with their names, and draws them. What it is given is
//! a [`Page`] of [`Section`]s of [`Panel`]s; what a panel shows is one of the kinds of [`Picture`]. Many runs are told of on an
//! [`HtmlPage`].

mod axis;
mod cloud;
mod colour;
mod gaussian_plot;
mod html;
mod labels;
mod numbers;
mod page;
mod panel;
mod raster;

pub use cloud::{CloudPicture, Link};
pub use gaussian_plot::GaussianOutline;
pub use html::{
    CellTone, ChartAxis, ChartLine, ChartMark, ChartPoint, ConfusionChart, DataTable, GeneFrame, GeneFrames, HtmlBlock,
    HtmlPage, LineChart, StripChart, StripRow, TableCell,
};
pub use page::{Page, Section};
pub use panel::{Panel, Picture};
pub use raster::{Matrix, Tiles};
