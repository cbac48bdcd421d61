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
        let [mut first, mut second, mut third] = [const { Vec::new() }; 3];
        parse::tour(&mut first).unwrap();
        wire::tour(&mut second).unwrap();
        plan::tour(&mut third).unwrap();
        for (name, said) in [("example_1_parse", first), ("example_2_wire", second), ("example_3_plan", third)] {
            insta::assert_snapshot!(name, String::from_utf8(said).unwrap());
        }
    });
}
