//! Models of any number of populations, for the bench and the test of how compilation grows.

/// Writes a model of `populations` populations over one genome: a chain in which every tenth also reads the one eleven
/// before it, so that there are a tenth more connections.
///
/// Every population has two neurons; what grows is the number of things, not their size.
pub(crate) fn model(populations: usize) -> String {
    let mut text = String::from("model big {\n    genome g(2)\n    population p0 = units(2) { g: free }\n");
    for index in 1..populations {
        text += &format!("    population p{index} = units(2) {{ g: free, activation: tanh }}\n");
        text += &format!("    connect p{} -> p{index} via g\n", index - 1);
        if index % 10 == 0 && index > 10 {
            text += &format!("    connect p{} -> p{index} via g\n", index - 11);
        }
    }
    text + &format!("    input p0\n    output p{}\n}}\n", populations - 1)
}
