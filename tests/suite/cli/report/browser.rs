//! The page in a real browser: what a reader does with the slider is what is shown.

use std::fs;
use std::path::Path;
use std::process::Command;

use roxmltree::Document;

use super::{page, report};
use crate::cli::draw::{keep, keep_evaluation, keep_snapshots};
use crate::cli::folder;
use crate::skips::{Lack, lacking};

/// Opens all parts of the page, and does with the first slider what a key press does.
const READER: &str = "<script>
document.querySelectorAll('details').forEach(function (part) { part.open = true; });
const slider = document.querySelector('input[type=range]');
document.body.dataset.sliders = String(document.querySelectorAll('input[type=range]').length);
document.body.dataset.before = slider.getAttribute('aria-valuetext');
slider.focus();
document.body.dataset.focus = String(document.activeElement === slider);
slider.value = '1';
slider.dispatchEvent(new Event('input'));
document.body.dataset.after = slider.getAttribute('aria-valuetext');
const frames = Array.from(slider.closest('figure').querySelectorAll('.frame'));
document.body.dataset.shown = frames.filter(function (frame) { return frame.offsetParent !== null; })
  .map(function (frame) { return frame.dataset.step; }).join('; ');
document.body.dataset.named = slider.getAttribute('aria-label');
document.body.dataset.fetched = String(performance.getEntriesByType('resource').length);
</script></body>";

/// Returns what chromium makes of a page; nothing where there is no chromium.
fn dumped(path: &Path, more: &[&str]) -> Option<String> {
    let mut chromium = Command::new("chromium");
    chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]).args(more);
    let profile = path.with_extension("profile");
    let done = chromium.arg(format!("--user-data-dir={}", profile.display())).arg(path).output().ok()?;
    Some(String::from_utf8(done.stdout).unwrap()).filter(|_| done.status.success())
}

#[test]
fn a_slider_shows_one_step_of_the_training() {
    let folder = folder();
    keep(folder.path());
    keep_snapshots(folder.path(), &[0, 1, 10, 2_000]);
    keep_evaluation(folder.path(), None, &[]);
    report(folder.path(), &[]);
    let text = page(folder.path());
    let path = folder.path().join("read.html");
    fs::write(&path, text.replace("</body>", READER)).unwrap();
    let Some(dom) = dumped(&path, &[]) else { return lacking(Lack::Chromium) };
    for part in [
        "data-sliders=\"2\"",
        "data-before=\"step 2,000\"",
        "data-focus=\"true\"",
        "data-after=\"step 1\"",
        "data-shown=\"step 1\"",
        "data-named=\"pixels.g, step of training\"",
        "data-fetched=\"0\"",
    ] {
        assert!(dom.contains(part), "{part}: {}", &dom[dom.rfind("<body").unwrap_or(0)..][..400]);
    }
    // what a reader without JavaScript is given: the first and the last
    let document = Document::parse_with_options(
        &text,
        roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() },
    );
    let document = document.unwrap();
    assert!(!document.descendants().any(|node| node.tag_name().name() == "input"), "the slider needs JavaScript");
}
