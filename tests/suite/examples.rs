//! The examples that need no libtorch say what their snapshots say.

// a test calls `tour`, so that `main` has no caller here
#[allow(dead_code)]
#[path = "../../examples/1_parse.rs"]
mod parse;
#[allow(dead_code)]
#[path = "../../examples/3_plan.rs"]
mod plan;
#[allow(dead_code)]
#[path = "../../examples/2_wire.rs"]
mod wire;

#[test]
fn examples_say_what_they_said() {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("example_1_parse", parse::tour());
        insta::assert_snapshot!("example_2_wire", wire::tour().unwrap());
        insta::assert_snapshot!("example_3_plan", plan::tour().unwrap());
    });
}
