//! Computes an ONNX graph in double precision, operator by operator as the standard defines them.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use std::collections::HashMap;

use super::read::{Numbers, ReadGraph, ReadNode};

/// Computes the output for these samples, batch × neurons.
pub(super) fn evaluate(graph: &ReadGraph, samples: Numbers) -> Numbers {
    let mut made: HashMap<&str, Numbers> = HashMap::from([(graph.input.as_str(), samples)]);
    for node in &graph.nodes {
        let find = |name: &String| made.get(name.as_str()).or_else(|| graph.constants.get(name));
        let inputs: Vec<&Numbers> =
            node.inputs.iter().map(|name| find(name).unwrap_or_else(|| panic!("{name}"))).collect();
        let result = apply(node, &inputs);
        assert!(made.insert(&node.output, result).is_none(), "{} is made twice", node.output);
        assert!(!graph.constants.contains_key(&node.output), "{} is a constant, too", node.output);
    }
    made.remove(graph.output.as_str()).unwrap()
}

fn apply(node: &ReadNode, inputs: &[&Numbers]) -> Numbers {
    let whole = |name: &str| node.attributes[name].clone();
    let axis = || usize::try_from(node.attributes["axis"][0]).unwrap();
    let places = |place: usize| inputs[place].numbers.iter().map(|number| *number as i64).collect::<Vec<i64>>();
    match (node.op.as_str(), inputs) {
        ("Relu", [x]) => map(x, |x| x.max(0.0)),
        ("Tanh", [x]) => map(x, f64::tanh),
        ("Sin", [x]) => map(x, f64::sin),
        ("Cos", [x]) => map(x, f64::cos),
        ("Sigmoid", [x]) => map(x, |x| 1.0 / (1.0 + (-x).exp())),
        ("Exp", [x]) => map(x, f64::exp),
        ("Sqrt", [x]) => map(x, f64::sqrt),
        ("Abs", [x]) => map(x, f64::abs),
        ("Erf", [x]) => map(x, libm::erf),
        ("Reciprocal", [x]) => map(x, |x| 1.0 / x),
        ("Identity" | "Cast", [x]) => map(x, |x| x),
        ("Add", [x, y]) => zip(x, y, |x, y| x + y),
        ("Sub", [x, y]) => zip(x, y, |x, y| x - y),
        ("Mul", [x, y]) => zip(x, y, |x, y| x * y),
        ("Div", [x, y]) => zip(x, y, |x, y| x / y),
        ("Greater", [x, y]) => zip(x, y, |x, y| f64::from(u8::from(x > y))),
        ("MatMul", [x, y]) => product(x, y),
        ("Transpose", [x]) => transposed(x, &whole("perm")),
        ("Unsqueeze", [x, _]) => {
            let mut sizes = x.sizes.clone();
            sizes.insert(usize::try_from(places(1)[0]).unwrap(), 1);
            Numbers { sizes, numbers: x.numbers.clone() }
        }
        ("Squeeze", [x, _]) => {
            let mut sizes = x.sizes.clone();
            assert_eq!(sizes.remove(usize::try_from(places(1)[0]).unwrap()), 1);
            Numbers { sizes, numbers: x.numbers.clone() }
        }
        ("Reshape", [x, _]) => reshaped(x, &places(1)),
        ("Expand", [x, _]) => {
            let sizes: Vec<usize> = places(1).into_iter().map(|size| usize::try_from(size).unwrap()).collect();
            let ones = Numbers { numbers: vec![1.0; sizes.iter().product()], sizes };
            zip(x, &ones, |x, _| x)
        }
        ("Shape", [x]) => {
            let [start, end] = ["start", "end"].map(|name| usize::try_from(whole(name)[0]).unwrap());
            let numbers: Vec<f64> = x.sizes[start..end].iter().map(|size| *size as f64).collect();
            Numbers { sizes: vec![numbers.len()], numbers }
        }
        ("Concat", parts) => {
            assert_eq!(axis(), 0);
            let numbers: Vec<f64> = parts.iter().flat_map(|part| part.numbers.clone()).collect();
            Numbers { sizes: vec![numbers.len()], numbers }
        }
        ("Pad", [x, _]) => padded(x, &places(1)),
        ("Gather", [x, y]) => gathered(x, y, axis()),
        ("ReduceSum", [x, _]) => reduced(x, &places(1), whole("keepdims")[0] == 1, 1.0),
        ("ReduceMean", [x]) => {
            let count: usize = whole("axes").iter().map(|axis| x.sizes[usize::try_from(*axis).unwrap()]).product();
            reduced(x, &whole("axes"), whole("keepdims")[0] == 1, count as f64)
        }
        (op, _) => panic!("the operator {op} of {} inputs", inputs.len()),
    }
}

fn map(x: &Numbers, of: impl Fn(f64) -> f64) -> Numbers {
    Numbers { sizes: x.sizes.clone(), numbers: x.numbers.iter().map(|x| of(*x)).collect() }
}

/// Makes an array by the index of each element.
fn from_fn(sizes: &[usize], of: impl Fn(&[usize]) -> f64) -> Numbers {
    let count: usize = sizes.iter().product();
    let index = |mut place: usize| {
        let mut index = vec![0; sizes.len()];
        for (at, size) in index.iter_mut().zip(sizes).rev() {
            (*at, place) = (place % size, place / size);
        }
        index
    };
    Numbers { sizes: sizes.to_vec(), numbers: (0..count).map(|place| of(&index(place))).collect() }
}

/// Returns the element at an index of which the last places count, an axis of length 1 holding for all.
fn element(x: &Numbers, index: &[usize]) -> f64 {
    let own = &index[index.len() - x.sizes.len()..];
    let place = own.iter().zip(&x.sizes).fold(0, |place, (at, size)| place * size + if *size == 1 { 0 } else { *at });
    x.numbers[place]
}

fn zip(x: &Numbers, y: &Numbers, of: impl Fn(f64, f64) -> f64) -> Numbers {
    let rank = x.sizes.len().max(y.sizes.len());
    let size = |of: &Numbers, axis: usize| (axis + of.sizes.len()).checked_sub(rank).map_or(1, |axis| of.sizes[axis]);
    let joint = |axis: usize| match (size(x, axis), size(y, axis)) {
        (1, size) | (size, 1) => size,
        (one, other) => {
            assert_eq!(one, other);
            one
        }
    };
    let sizes: Vec<usize> = (0..rank).map(joint).collect();
    from_fn(&sizes, |index| of(element(x, index), element(y, index)))
}

fn product(x: &Numbers, y: &Numbers) -> Numbers {
    let split = |of: &Numbers| {
        let (stack, matrix) = of.sizes.split_at(of.sizes.len() - 2);
        (stack.to_vec(), matrix[0], matrix[1])
    };
    let ((stack, rows, inner), (other, outer, columns)) = (split(x), split(y));
    assert_eq!((&stack, inner), (&other, outer));
    let count: usize = stack.iter().product();
    let mut numbers = vec![0.0; count * rows * columns];
    for (row, sums) in numbers.chunks_exact_mut(columns.max(1)).enumerate() {
        let matrix = row / rows;
        for k in 0..inner {
            let left = x.numbers[row * inner + k];
            let right = &y.numbers[(matrix * inner + k) * columns..][..columns];
            sums.iter_mut().zip(right).for_each(|(sum, right)| *sum += left * right);
        }
    }
    Numbers { sizes: [stack.as_slice(), &[rows, columns]].concat(), numbers }
}

fn transposed(x: &Numbers, order: &[i64]) -> Numbers {
    let order: Vec<usize> = order.iter().map(|axis| usize::try_from(*axis).unwrap()).collect();
    let sizes: Vec<usize> = order.iter().map(|axis| x.sizes[*axis]).collect();
    from_fn(&sizes, |index| {
        let mut own = vec![0; index.len()];
        order.iter().zip(index).for_each(|(axis, at)| own[*axis] = *at);
        element(x, &own)
    })
}

fn reshaped(x: &Numbers, sizes: &[i64]) -> Numbers {
    let known: i64 = sizes.iter().filter(|size| **size >= 0).product();
    let open = x.numbers.len() / usize::try_from(known).unwrap().max(1);
    let sizes: Vec<usize> = sizes.iter().map(|size| usize::try_from(*size).unwrap_or(open)).collect();
    assert_eq!(sizes.iter().product::<usize>(), x.numbers.len());
    Numbers { sizes, numbers: x.numbers.clone() }
}

fn padded(x: &Numbers, by: &[i64]) -> Numbers {
    let (before, after) = by.split_at(x.sizes.len());
    assert!(before.iter().all(|size| *size == 0));
    let sizes: Vec<usize> =
        x.sizes.iter().zip(after).map(|(size, more)| size + usize::try_from(*more).unwrap()).collect();
    let inside = |index: &[usize]| index.iter().zip(&x.sizes).all(|(at, size)| at < size);
    from_fn(&sizes, |index| if inside(index) { element(x, index) } else { 0.0 })
}

fn gathered(x: &Numbers, places: &Numbers, axis: usize) -> Numbers {
    let sizes = [&x.sizes[..axis], &places.sizes, &x.sizes[axis + 1..]].concat();
    from_fn(&sizes, |index| {
        let behind = axis + places.sizes.len();
        let place = places.sizes.iter().zip(&index[axis..behind]).fold(0, |place, (size, at)| place * size + at);
        let taken = places.numbers[place] as usize;
        element(x, &[&index[..axis], &[taken], &index[behind..]].concat())
    })
}

fn reduced(x: &Numbers, axes: &[i64], keep: bool, by: f64) -> Numbers {
    assert!(!keep);
    let axes: Vec<usize> = axes.iter().map(|axis| usize::try_from(*axis).unwrap()).collect();
    let left: Vec<usize> = (0..x.sizes.len()).filter(|axis| !axes.contains(axis)).collect();
    let sizes: Vec<usize> = left.iter().map(|axis| x.sizes[*axis]).collect();
    let gone: Vec<usize> = axes.iter().map(|axis| x.sizes[*axis]).collect();
    from_fn(&sizes, |index| {
        let mut own = vec![0; x.sizes.len()];
        left.iter().zip(index).for_each(|(axis, at)| own[*axis] = *at);
        let mut sum = 0.0;
        for place in 0..gone.iter().product::<usize>() {
            let mut rest = place;
            for (axis, size) in axes.iter().zip(&gone).rev() {
                (own[*axis], rest) = (rest % size, rest / size);
            }
            sum += element(x, &own);
        }
        sum / by
    })
}
