//! Slips that many make are answered with what to write instead.

use super::run;

#[test]
fn a_range_of_a_sweep_is_written_with_two_points() {
    let said = run(&["compile", "good.gem", "--train", "glyphs", "--sweep", "genes=1-3"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("write 1..3"), "{}", said.err);
}
