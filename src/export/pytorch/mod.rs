//! A forward graph → one readable file of Python with a `torch.nn.Module`, which needs torch and safetensors only. Its numbers lie in
//! the safetensors file beside it.

mod names;
mod steps;

use self::names::Names;
use self::steps::{Step, expression};
use super::fault::{ExportFault, UnsupportedOp};
use super::forward::{ConstantLayout, ForwardConstant, ForwardGraph, ForwardInput};

/// The fixed parts of the file.
const HEAD: &str = include_str!("head.py");
const HELPERS: &str = include_str!("parts.py");
const TAIL: &str = include_str!("tail.py");

/// What the file is called after, and what it holds.
#[derive(Debug, Clone, Copy)]
pub struct PythonFile<'a> {
    /// The name of the file, without its ending.
    pub module: &'a str,
    /// The name of the safetensors file beside it.
    pub arrays: &'a str,
    /// Whether the genome is learned, rather than the grown weights.
    pub genome: bool,
}

/// Writes the file of a network.
///
/// # Errors
///
/// [`UnsupportedOp`] for an operation that only training has.
pub fn pytorch(forward: &ForwardGraph, file: PythonFile<'_>) -> Result<String, ExportFault> {
    let mut names = Names::new();
    let (mut grow, mut run) = (String::new(), String::new());
    let mut variables: Vec<String> = Vec::new();
    let batched = batched(forward);
    let mut shared: Vec<String> = Vec::new();
    for (place, step) in forward.steps.iter().enumerate() {
        let variable = names.variable(&step.name);
        let reads: Vec<String> = step.inputs.iter().map(|input| read(forward, &variables, *input)).collect();
        let made = expression(&Step { step, reads: &reads }).ok_or_else(|| UnsupportedOp {
            tensor: format!("`{}`", step.name),
            op: step.op.name(),
            format: "PyTorch",
        })?;
        let line = format!("        {variable} = {made}\n");
        if batched[place] {
            run += &line;
        } else {
            grow += &line;
        }
        variables.push(variable);
    }
    // what the forward pass reads of what was grown
    let crossing = |input: &ForwardInput| matches!(input, ForwardInput::Step(place) if !batched[*place]);
    let readers = forward.steps.iter().zip(&batched).filter(|(_, batched)| **batched);
    for input in readers.flat_map(|(step, _)| &step.inputs).filter(|input| crossing(input)) {
        let name = read(forward, &variables, *input);
        if !shared.contains(&name) {
            shared.push(name);
        }
    }
    let body = Body { grow, run, shared, output: read(forward, &variables, forward.output) };
    let penalty = forward.penalty.map(|penalty| read(forward, &variables, penalty));
    Ok(text(forward, file, &body, penalty.as_deref()))
}

/// The lines of the two methods.
struct Body {
    grow: String,
    run: String,
    shared: Vec<String>,
    output: String,
}

/// Tells of each step whether it depends on the batch.
fn batched(forward: &ForwardGraph) -> Vec<bool> {
    let mut batched: Vec<bool> = Vec::with_capacity(forward.steps.len());
    for step in &forward.steps {
        let of_batch = |input: &ForwardInput| matches!(input, ForwardInput::Step(place) if batched[*place]);
        let own = step.op.reads_batch() || step.inputs.iter().any(of_batch);
        batched.push(own);
    }
    batched
}

/// Returns the expression of what is read.
fn read(forward: &ForwardGraph, variables: &[String], input: ForwardInput) -> String {
    match input {
        ForwardInput::Step(place) => variables.get(place).cloned().unwrap_or_default(),
        ForwardInput::Constant(place) => forward.constants.get(place).map(constant).unwrap_or_default(),
    }
}

/// Returns the expression of a constant as operations read it.
fn constant(constant: &ForwardConstant) -> String {
    let held = format!("self.held({})", quoted(&constant.name));
    match constant.layout {
        ConstantLayout::Plain => held,
        ConstantLayout::Row => format!("{held}.unsqueeze(0)"),
        ConstantLayout::Vector => format!("{held}.reshape(1, -1, 1)"),
        ConstantLayout::Kernel(field) => {
            format!("{held}.permute(0, 2, 3, 1).reshape(1, 1, {}, {})", field.maps(), field.seen())
        }
    }
}

/// Writes a text of Python.
fn quoted(text: &str) -> String {
    let escaped = |letter: char| match letter {
        '\\' | '"' => format!("\\{letter}"),
        _ if letter.is_control() => format!("\\U{:08x}", u32::from(letter)),
        _ => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

/// Returns a name as a comment may hold it.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if letter.is_control() || ['"', '\\'].contains(&letter) { '_' } else { letter }).collect()
}

fn text(forward: &ForwardGraph, file: PythonFile<'_>, body: &Body, penalty: Option<&str>) -> String {
    let [inputs, outputs] = [forward.inputs, forward.outputs].map(|size| size.to_string());
    let names = body.shared.join(", ");
    let tuple = if body.shared.len() == 1 { format!("{names},") } else { names };
    let mut methods = String::new();
    if !body.shared.is_empty() {
        methods += "\n    def grow(self):\n        \"\"\"Returns what the samples do not change, made of the parameters.\"\"\"\n";
        methods += &format!("{}        return ({tuple})\n", body.grow);
    }
    methods += "\n    def forward(self, samples):\n";
    methods +=
        &format!("        \"\"\"Takes batch × {inputs} numbers from 0 to 1, returns batch × {outputs} logits.\"\"\"\n");
    if !body.shared.is_empty() {
        methods += &format!("        ({tuple}) = self.grow()\n");
    }
    methods += &format!("{}        return {}.squeeze(0).t()\n", body.run, body.output);
    if let Some(penalty) = penalty {
        methods += "\n    def penalty(self):\n        \"\"\"Returns what is added to the loss.\"\"\"\n";
        methods += &format!("{}        return {penalty}.sum()\n", body.grow);
    }
    let (opening, tail) = (opening(forward, file), TAIL.replace("ARRAYS", &quoted(file.arrays)));
    format!("{opening}{HELPERS}{methods}{tail}")
}

/// Writes what stands before the fixed parts: what the file is, and the tensors that it holds.
fn opening(forward: &ForwardGraph, file: PythonFile<'_>) -> String {
    let mut held = String::new();
    for constant in &forward.constants {
        let sizes: Vec<String> = constant.stored_sizes().iter().map(ToString::to_string).collect();
        let learned = if constant.learned { "True" } else { "False" };
        held += &format!("    {}: ([{}], {learned}, {:?}),\n", quoted(&constant.name), sizes.join(", "), constant.rate);
    }
    let what = if file.genome {
        "Its parameters are the genome, from which each forward pass grows the weights.\nTraining goes on where gemc stopped."
    } else {
        "Its parameters are the grown weights and biases."
    };
    let text = HEAD
        .replace("from MODEL", &format!("from {}", plain(file.module)))
        .replace("MODEL", &forward.model)
        .replace("WHAT", what)
        .replace("INPUTS", &forward.inputs.to_string())
        .replace("ARRAYS", &plain(file.arrays));
    format!("{text}{held}}}\n")
}
