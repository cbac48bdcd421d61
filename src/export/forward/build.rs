//! A plan → its forward graph. First it is decided, from the output back, which tensors stay operations and which become constants;
//! then the reference interpreter computes the constants, and the operations are listed.

use rustc_hash::FxHashMap;

use super::linear::{Form, Linear, linear};
use super::{ConstantLayout, ForwardConstant, ForwardGraph, ForwardInput, ForwardStep};
use crate::diag::Bug;
use crate::export::fault::{ExportFault, TooLargeToExport};
use crate::plan::{Array, Bilinear, Dim, Interpreter, Op, Plan, Shape, Sizes, Tensor, TensorId, TensorNames};

/// Numbers that are computed for constants at most.
const MOST_NUMBERS: u64 = 1 << 28;

/// What becomes of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Unused,
    Step,
    Constant,
}

/// What is known of the tensors of a plan.
struct Survey<'a> {
    plan: &'a Plan,
    /// Whether the rows of the genome stay what they are.
    genome: bool,
    /// Which tensors must be computed when the graph is run.
    open: Vec<bool>,
    /// Those that are weights applied to an activity.
    linear: Vec<Option<Linear>>,
    /// The names of those that hold a bias, or are views of such a row.
    biases: Vec<Option<String>>,
    roles: Vec<Role>,
}

impl ForwardGraph {
    /// Makes the grown network of the run that `interpreter` holds: every weight and bias is a constant, whatever scales weights is
    /// multiplied into them.
    ///
    /// # Errors
    ///
    /// Too many numbers, or a bug in gemc.
    pub fn grown(plan: &Plan, interpreter: &Interpreter<'_>) -> Result<Self, ExportFault> {
        let batched = plan.batched();
        let (linear, biases) = (linear(plan, &batched), biases(plan, &batched));
        let mut open = batched;
        // what is made of a bias alone follows it
        for (id, tensor) in plan.numbered() {
            let of_bias = |operand: &TensorId| {
                open[operand.index()] || is_bias(plan.tensor(*operand), biases[operand.index()].as_ref())
            };
            let is_view = biases[id.index()].is_some();
            open[id.index()] = open[id.index()] || !is_view && tensor.operands.iter().any(of_bias);
        }
        Survey { plan, genome: false, open, linear, biases, roles: Vec::new() }.graph(interpreter, None)
    }

    /// Makes the network of the run that `interpreter` holds with what is learned as constants, and all that is made of it as
    /// operations; the penalty too, where it is `penalized`.
    ///
    /// # Errors
    ///
    /// As for [`ForwardGraph::grown`].
    pub fn with_genome(plan: &Plan, interpreter: &Interpreter<'_>, penalized: bool) -> Result<Self, ExportFault> {
        let none = || vec![None; plan.tensors().len()];
        let (open, linear, biases) = (plan.changing(), vec![None; plan.tensors().len()], none());
        let penalty = plan.penalty().filter(|_| penalized);
        Survey { plan, genome: true, open, linear, biases, roles: Vec::new() }.graph(interpreter, penalty)
    }
}

/// Returns for each tensor the name of the bias that it is, or that it is a view of the row of.
fn biases(plan: &Plan, batched: &[bool]) -> Vec<Option<String>> {
    let mut names: Vec<Option<String>> = Vec::with_capacity(plan.tensors().len());
    for (id, tensor) in plan.numbered() {
        let labelled = tensor.label.ends_with(".bias").then(|| tensor.label.to_string());
        let name = match (&tensor.op, tensor.operands.as_slice()) {
            _ if batched[id.index()] => None,
            (Op::Unsqueeze { .. } | Op::Expand { .. } | Op::Reshape { .. }, &[row]) => {
                labelled.or_else(|| names[row.index()].clone())
            }
            _ => labelled,
        };
        names.push(name);
    }
    names
}

/// Tells whether a tensor is a bias as a population receives it, R × N × 1.
fn is_bias(tensor: &Tensor, name: Option<&String>) -> bool {
    name.is_some() && matches!(tensor.shape.dims(), [Dim::Runs, Dim::Size(_), Dim::Size(1)])
}

impl Survey<'_> {
    fn graph(mut self, interpreter: &Interpreter<'_>, penalty: Option<TensorId>) -> Result<ForwardGraph, ExportFault> {
        let output = self.plan.output();
        self.roles = vec![Role::Unused; self.plan.tensors().len()];
        for id in std::iter::once(output).chain(penalty) {
            self.roles[id.index()] = self.role(id);
        }
        for (id, tensor) in self.plan.numbered().rev() {
            if self.roles[id.index()] == Role::Step {
                let own = self.linear[id.index()].as_ref().map(|linear| vec![linear.active]);
                for read in own.unwrap_or_else(|| tensor.operands.to_vec()) {
                    self.roles[read.index()] = self.role(read);
                }
            }
        }
        let numbers = self.numbers(interpreter)?;
        Listing::new(&self, numbers).list(output, penalty)
    }

    /// Returns what becomes of a tensor that is read.
    fn role(&self, id: TensorId) -> Role {
        let tensor = self.plan.tensor(id);
        let is_held = matches!(tensor.op, Op::Parameter(_)) && self.genome || !self.open[id.index()];
        if is_held { Role::Constant } else { Role::Step }
    }

    /// Computes all that constants are made of.
    fn numbers(&self, interpreter: &Interpreter<'_>) -> Result<FxHashMap<TensorId, Array>, ExportFault> {
        let mut wanted = Vec::new();
        for (id, _) in self.plan.numbered() {
            match (self.roles[id.index()], &self.linear[id.index()]) {
                (Role::Step, Some(linear)) => wanted.extend(linear.parts.iter().chain(&linear.scales).copied()),
                (Role::Constant, _) => wanted.push(id),
                (Role::Step | Role::Unused, _) => {}
            }
        }
        wanted.sort();
        wanted.dedup();
        let (needed, one) = (self.plan.needed(&wanted), Sizes { runs: 1, batch: 1 });
        let made = self.plan.numbered().filter(|(id, _)| needed[id.index()]);
        let found = made.map(|(_, tensor)| tensor.shape.count(one)).fold(0, u64::saturating_add);
        if found > MOST_NUMBERS {
            return Err(TooLargeToExport { found, most: MOST_NUMBERS }.into());
        }
        let arrays = interpreter.compute(&wanted)?;
        Ok(wanted.into_iter().zip(arrays).collect())
    }
}

/// A graph while its constants and operations are listed.
struct Listing<'a> {
    survey: &'a Survey<'a>,
    names: TensorNames,
    numbers: FxHashMap<TensorId, Array>,
    constants: Vec<ForwardConstant>,
    steps: Vec<ForwardStep>,
    places: FxHashMap<TensorId, ForwardInput>,
    /// Kernels that were repeated for each place, by the place of their constant.
    repeated: FxHashMap<usize, ForwardInput>,
}

impl<'a> Listing<'a> {
    fn new(survey: &'a Survey<'a>, numbers: FxHashMap<TensorId, Array>) -> Self {
        let (constants, steps) = (Vec::new(), Vec::new());
        let (places, repeated) = (FxHashMap::default(), FxHashMap::default());
        Self { survey, names: TensorNames::new(survey.plan), numbers, constants, steps, places, repeated }
    }

    fn list(mut self, output: TensorId, penalty: Option<TensorId>) -> Result<ForwardGraph, ExportFault> {
        let survey = self.survey;
        for (id, tensor) in survey.plan.numbered() {
            let place = match (survey.roles[id.index()], &survey.linear[id.index()]) {
                (Role::Unused, _) => continue,
                (Role::Constant, _) => self.constant(id, tensor)?,
                (Role::Step, Some(linear)) => self.weighted(id, tensor, linear)?,
                (Role::Step, None) => {
                    let inputs = tensor.operands.iter().map(|id| self.place(*id)).collect::<Result<_, _>>()?;
                    self.step(self.names.tensor(id).to_owned(), tensor.op.clone(), inputs, tensor.shape.clone())
                }
            };
            self.places.insert(id, place);
        }
        let (model, inputs, outputs) = (survey.plan.name().to_owned(), survey.plan.inputs(), survey.plan.outputs());
        let (output, penalty) = (self.place(output)?, penalty.map(|penalty| self.place(penalty)).transpose()?);
        Ok(ForwardGraph { model, constants: self.constants, steps: self.steps, output, penalty, inputs, outputs })
    }

    fn place(&self, id: TensorId) -> Result<ForwardInput, Bug> {
        self.places.get(&id).copied().ok_or_else(|| bug(self.names.tensor(id), "is read before it is made"))
    }

    fn numbers(&self, id: TensorId) -> Result<&Array, Bug> {
        self.numbers.get(&id).ok_or_else(|| bug(self.names.tensor(id), "was not computed"))
    }

    fn step(&mut self, name: String, op: Op, inputs: Vec<ForwardInput>, shape: Shape) -> ForwardInput {
        self.steps.push(ForwardStep { name, op, inputs, shape });
        ForwardInput::Step(self.steps.len() - 1)
    }

    /// Lists a tensor that is read as it is.
    fn constant(&mut self, id: TensorId, tensor: &Tensor) -> Result<ForwardInput, Bug> {
        let array = self.numbers(id)?.clone();
        let row = if let Op::Parameter(row) = tensor.op { self.survey.plan.rows().get(row.index()) } else { None };
        let (learned, rate) = row.map_or((false, 1.0), |row| (row.learned && self.survey.genome, row.rate));
        let bias = self.survey.biases[id.index()].clone().filter(|_| array.sizes().len() == 3);
        let (name, layout, learned) = match (bias, row) {
            (Some(name), _) => (name, ConstantLayout::Vector, true),
            (None, Some(row)) => (row.name.to_string(), ConstantLayout::Row, learned),
            (None, None) => (self.names.tensor(id).to_owned(), ConstantLayout::Plain, false),
        };
        Ok(self.known_or_new(ForwardConstant { name, array, layout, learned, rate }))
    }

    /// Lists weights, and the operation that applies them to an activity.
    fn weighted(&mut self, id: TensorId, tensor: &Tensor, linear: &Linear) -> Result<ForwardInput, ExportFault> {
        let active = self.place(linear.active)?;
        let array = self.weights(linear)?;
        let layout =
            if let Form::Kernel(field) = linear.form { ConstantLayout::Kernel(field) } else { ConstantLayout::Row };
        let name = format!("{}.weight", linear.connection);
        let weights = self.known_or_new(ForwardConstant { name, array, layout, learned: true, rate: 1.0 });
        let (op, weights) = match linear.form {
            Form::Dense => (Op::MatMul { transpose_left: false, transpose_right: false }, weights),
            Form::Fields(field) => (Op::LocalConv(Bilinear::Forward, Box::new(field)), weights),
            Form::Kernel(field) => {
                let repeated = self.repeated(weights, &linear.connection, [field.places(), field.maps(), field.seen()]);
                (Op::LocalConv(Bilinear::Forward, Box::new(field)), repeated)
            }
        };
        Ok(self.step(self.names.tensor(id).to_owned(), op, vec![weights, active], tensor.shape.clone()))
    }

    /// Repeats a kernel for each place, the first time that it is read.
    fn repeated(&mut self, kernel: ForwardInput, connection: &str, sizes: [usize; 3]) -> ForwardInput {
        let ForwardInput::Constant(place) = kernel else { return kernel };
        if let Some(known) = self.repeated.get(&place) {
            return *known;
        }
        let op = Op::Expand { axis: 1, length: Dim::Size(sizes[0]) };
        let made = self.step(format!("{connection}.fields"), op, vec![kernel], Shape::per_run(&sizes));
        self.repeated.insert(place, made);
        made
    }

    /// Returns W, scaled, as operations read it: a matrix as 1 × `N_t` × `N_s`.
    fn weights(&self, linear: &Linear) -> Result<Array, Bug> {
        let unfit = || bug(&linear.connection, "has weights of several shapes");
        let parts = linear.parts.iter().map(|part| self.numbers(*part)).collect::<Result<Vec<&Array>, Bug>>()?;
        let first = *parts.first().ok_or_else(unfit)?;
        let mut sum = vec![0.0; first.numbers().len()];
        for part in &parts {
            if part.sizes() != first.sizes() {
                return Err(unfit());
            }
            sum.iter_mut().zip(part.numbers()).for_each(|(sum, number)| *sum += number);
        }
        let mut factor = linear.factor;
        for scale in &linear.scales {
            factor *= self.numbers(*scale)?.numbers().first().copied().unwrap_or(1.0);
        }
        for number in &mut sum {
            *number *= factor;
        }
        match (linear.form, first.sizes()) {
            (Form::Dense, &[1, rows, columns]) => {
                let turned = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
                Array::new(&[1, columns, rows], turned.map(|place| sum[place]).collect())
            }
            _ => Array::new(first.sizes(), sum),
        }
        .ok_or_else(unfit)
    }

    /// Enters a constant; one of the same name and numbers is entered once.
    fn known_or_new(&mut self, mut constant: ForwardConstant) -> ForwardInput {
        while let Some(place) = self.constants.iter().position(|known| known.name == constant.name) {
            if self.constants[place].array == constant.array {
                return ForwardInput::Constant(place);
            }
            constant.name.push('\'');
        }
        self.constants.push(constant);
        ForwardInput::Constant(self.constants.len() - 1)
    }
}

fn bug(tensor: &str, why: &str) -> Bug {
    Bug { pass: "export", tensor: tensor.to_owned(), why: why.to_owned() }
}
