//! What writes one fault: miette's drawing of the lines around it, or, without the feature `fancy`, miette's sentences.

#[cfg(not(feature = "fancy"))]
use miette::NarratableReportHandler;
#[cfg(feature = "fancy")]
use miette::{GraphicalReportHandler, GraphicalTheme};

use super::report::Style;

/// Returns what draws a fault in this style.
#[cfg(feature = "fancy")]
pub(super) fn handler(style: Style) -> GraphicalReportHandler {
    let bare = || GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
    match style {
        Style::Colour { width } => GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_width(width),
        Style::Bare { width } => bare().with_width(width),
        Style::Plain => bare().with_width(100),
    }
    .with_links(false)
}

/// Returns what tells a fault in sentences, which have no style.
#[cfg(not(feature = "fancy"))]
pub(super) fn handler(_: Style) -> NarratableReportHandler {
    NarratableReportHandler::new()
}
