//! The pages of the manual.

use std::fs;

use tempfile::tempdir;

#[test]
fn there_is_a_page_for_each_command() {
    let folder = tempdir().unwrap();
    let said = super::run_in(folder.path(), &["manual", "pages"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let page = |name: &str| fs::read_to_string(folder.path().join("pages").join(name)).unwrap();
    let whole = page("gemc.1");
    assert!(whole.contains(".TH gemc 1"), "{whole}");
    let help = super::run(&["--help"]).out;
    let listed =
        help.split("Commands:").nth(1).unwrap().lines().skip(1).map_while(|line| line.split_whitespace().next());
    for verb in listed.filter(|verb| *verb != "help") {
        assert!(page(&format!("gemc-{verb}.1")).contains("SYNOPSIS"), "{verb}");
    }
    assert!(page("gemc-data-list.1").contains("gemc data list") && !folder.path().join("pages/gemc-manual.1").exists());
    assert!(page("gemc-compile.1").contains("\\-\\-train") && whole.contains("gemc\\-compile(1)"));
}

#[test]
fn a_folder_that_cannot_be_made_is_three() {
    let said = super::run(&["manual", "good.gem/pages"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("cli::unwritable"), "{}", said.err);
}
