//! Which tensors are weights applied to one activity, whatever scales them: each is one matrix, or one set of receptive fields.

use crate::plan::{Bilinear, ConvGeometry, Dim, Op, ParameterId, Plan, Tensor, TensorId};

/// What a target receives through the weights of one connection.
#[derive(Debug, Clone)]
pub(super) struct Linear {
    /// The connection's name.
    pub(super) connection: String,
    /// Tensors whose sum is W, before it is scaled.
    pub(super) parts: Vec<TensorId>,
    /// Multiplies W.
    pub(super) factor: f64,
    /// Tensors of one number that multiply W.
    pub(super) scales: Vec<TensorId>,
    /// The source's activity.
    pub(super) active: TensorId,
    /// Which pairs of neurons W joins.
    pub(super) form: Form,
}

/// Which pairs of neurons weights join.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// All: R × `N_s` × `N_t`.
    Dense,
    /// Those within receptive fields, each with its own weight: R × places × maps × K.
    Fields(ConvGeometry),
    /// The same, with one kernel for each map: R × 1 × maps × K.
    Kernel(ConvGeometry),
}

/// Whose rows of the parameter table a tensor is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum User<'a> {
    Nobody,
    One(&'a str),
    Several,
}

/// Returns for each tensor what it is if it is weights applied to an activity; `batched` tells which tensors depend on the batch.
pub(super) fn linear(plan: &Plan, batched: &[bool]) -> Vec<Option<Linear>> {
    let users = users(plan);
    let mut found: Vec<Option<Linear>> = Vec::with_capacity(plan.tensors().len());
    for (_, tensor) in plan.numbered() {
        let made = match (&tensor.op, tensor.operands.as_slice()) {
            (Op::MatMul { transpose_left: true, transpose_right: false }, &[weights, active])
                if !batched[weights.index()] && batched[active.index()] =>
            {
                whole(plan, weights, active, Form::Dense, &users)
            }
            (Op::LocalConv(Bilinear::Forward, field), &[weights, active])
                if !batched[weights.index()] && batched[active.index()] =>
            {
                fields(plan, [weights, active], **field, &users)
            }
            (Op::Affine { factor, offset: 0.0 }, &[of]) => {
                found[of.index()].clone().map(|linear| Linear { factor: linear.factor * factor, ..linear })
            }
            (Op::Multiply, &[of, scale]) if is_number(plan.tensor(scale)) && !batched[scale.index()] => {
                found[of.index()].clone().map(|mut linear| {
                    linear.scales.push(scale);
                    linear
                })
            }
            (Op::Add, &[one, other]) => joined(found[one.index()].as_ref(), found[other.index()].as_ref()),
            _ => None,
        };
        found.push(made);
    }
    found
}

fn whole(plan: &Plan, weights: TensorId, active: TensorId, form: Form, users: &[User<'_>]) -> Option<Linear> {
    let label = plan.tensor(weights).label.as_str();
    let connection = match (label.strip_suffix(".W"), users[weights.index()]) {
        (Some(connection), _) | (None, User::One(connection)) => connection,
        (None, User::Nobody | User::Several) => return None,
    };
    let connection = connection.to_owned();
    Some(Linear { connection, parts: vec![weights], factor: 1.0, scales: Vec::new(), active, form })
}

/// Takes one kernel for all places as such.
fn fields(plan: &Plan, [weights, active]: [TensorId; 2], field: ConvGeometry, users: &[User<'_>]) -> Option<Linear> {
    let tensor = plan.tensor(weights);
    match (&tensor.op, tensor.operands.as_slice()) {
        (Op::Expand { axis: 1, .. }, &[kernel]) => whole(plan, kernel, active, Form::Kernel(field), users),
        _ => whole(plan, weights, active, Form::Fields(field), users),
    }
}

/// Joins two products of parts of the same weights with the same activity.
fn joined(one: Option<&Linear>, other: Option<&Linear>) -> Option<Linear> {
    let (one, other) = (one?, other?);
    let is_plain = |linear: &Linear| linear.scales.is_empty() && linear.factor.to_bits() == 1.0_f64.to_bits();
    let same = one.connection == other.connection && one.active == other.active && one.form == other.form;
    (same && is_plain(one) && is_plain(other))
        .then(|| Linear { parts: [one.parts.as_slice(), other.parts.as_slice()].concat(), ..one.clone() })
}

/// Tells whether a tensor is one number for each run.
fn is_number(tensor: &Tensor) -> bool {
    matches!(tensor.shape.dims(), [Dim::Runs, rest @ ..] if rest.iter().all(|dim| *dim == Dim::Size(1)))
}

/// Returns for each tensor which connection uses the rows that it is made of.
fn users(plan: &Plan) -> Vec<User<'_>> {
    let of_row = |id: ParameterId| match plan.rows().get(id.index()).map(|row| row.shared_by.as_slice()) {
        Some([one]) => User::One(one),
        _ => User::Several,
    };
    let mut users: Vec<User<'_>> = Vec::with_capacity(plan.tensors().len());
    for tensor in plan.tensors() {
        let own = if let Op::Parameter(id) = tensor.op { of_row(id) } else { User::Nobody };
        users.push(tensor.operands.iter().map(|id| users[id.index()]).fold(own, one_of));
    }
    users
}

fn one_of<'a>(one: User<'a>, other: User<'a>) -> User<'a> {
    match (one, other) {
        (User::Nobody, user) | (user, User::Nobody) => user,
        (User::One(one), User::One(other)) if one == other => User::One(one),
        _ => User::Several,
    }
}
