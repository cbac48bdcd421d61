#!/usr/bin/env python3
"""The time of a training step of few-shot learning by gradient steps (MAML, second order), in PyTorch.

    python benches/pytorch/few_shot.py --variant gem-vmap
    python benches/pytorch/few_shot.py --check          all ways give the same losses and gradients

The perceptrons 784-784-784-5 of `models/omniglot_{direct,gem,sgem}.gem`: relu, no biases, weights learned directly or
grown, W = c X O Xᵀ. A task has 5 classes, one sample of each to learn from and one to be judged by; two gradient steps
change W of each connection, at a rate that is learned as its logarithm. A batch is 32 tasks.

- `loop`: task after task, with weights of its own, `torch.autograd.grad(create_graph=True)`.
- `vmap`: all tasks at once, with weights of their own, `torch.func.vmap` and `torch.func.grad`. By 1 to 8 tasks
  at a time it is no faster.
- `rank`: no task has weights. A step changes W by a matrix of low rank, so that x W = x W₀ − η (x Aᵀ) D, with inputs A
  and gradients D of the steps before. All tasks share the products with W₀, which go through the genes where cheaper.
"""

import functools
import math
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
import steps  # noqa: E402, from the folder above

if __name__ == "__main__":
    steps.keep_memory()  # before torch is there

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn.functional import cross_entropy, one_hot  # noqa: E402

from measure import adam, arguments, report, same  # noqa: E402

SIDE, CLASSES, INNER_STEPS, RATE = 28, 5, 2, 0.001
GENES = {"direct": 0, "gem": 50, "sgem": 43}
POOL, DRAWINGS = 128, 20  # made-up characters, and samples of each


class Net(nn.Module):
    """What all have: a rate for each of three connections, as its logarithm."""

    def __init__(self):
        super().__init__()
        self.rates = nn.Parameter(torch.full((3,), math.log(0.1)))

    def weights(self):
        """Returns the three matrices W₀."""
        return [functools.reduce(torch.matmul, factors) for factors in self.factors()]


class Direct(Net):
    """All three matrices are learned."""

    def __init__(self, side):
        super().__init__()
        n = side * side
        shapes = ((n, n), (n, n), (n, CLASSES))
        self.matrices = nn.ParameterList(torch.randn(shape) * (2 / shape[0]) ** 0.5 for shape in shapes)

    def factors(self):
        return [[w] for w in self.matrices]


class Gaussian(nn.Module):
    """What neurons on a grid express of each gene, exp(−(d / σ)²): neurons × genes."""

    def __init__(self, side, genes):
        super().__init__()
        self.register_buffer("line", torch.linspace(-1, 1, side))
        self.centre = nn.Parameter(torch.atanh(torch.empty(genes, 2).uniform_(-1, 1)))
        self.width = nn.Parameter(torch.full((genes,), 0.15).log())

    def forward(self):
        """On a grid, the exponential of a sum over the axes is a product of two short ones."""
        apart = self.line[:, None, None] - torch.tanh(self.centre)
        axes = torch.exp(-apart.square() / self.width.exp().square()[:, None])
        return (axes[:, None, :, 0] * axes[None, :, :, 1]).flatten(0, 1)


class Free(nn.Module):
    """Every neuron learns its own expression: neurons × genes."""

    def __init__(self, neurons, genes):
        super().__init__()
        self.x = nn.Parameter(torch.randn(neurons, genes))

    def forward(self):
        return self.x


class Grown(Net):
    """Four populations share one O."""

    def __init__(self, kind, side, genes):
        super().__init__()
        self.o = nn.Parameter(torch.randn(genes, genes))
        layers = [Free(side * side, genes) if kind == "gem" else Gaussian(side, genes) for _ in range(3)]
        self.populations = nn.ModuleList([*layers, Free(CLASSES, genes)])
        self.scales = [1.0] * 3
        with torch.no_grad():
            grown = zip((1, 1, 0.3), self.weights(), strict=True)
            self.scales = [gain * (2 / w.shape[0]) ** 0.5 / w.std().item() for gain, w in grown]

    def factors(self):
        """Returns each W₀ as matrices whose product it is; the last, to few neurons, is cheaper whole."""
        x = [population() for population in self.populations]
        first, second, third = ((c * self.o) @ x.T for c, x in zip(self.scales, x[1:], strict=True))
        return [[x[0], first], [x[1], second], [x[2] @ third]]


def forward(weights, x):
    first, second, third = weights
    return torch.relu(torch.relu(x @ first) @ second) @ third


def loss_of(weights, x, labels):
    return cross_entropy(forward(weights, x), labels)


def moved(weights, rates, gradients):
    """Returns W − η · gradient, in one pass over each."""
    return tuple(torch.addcmul(w, r, g, value=-1) for w, r, g in zip(weights, rates, gradients, strict=True))


def loop(net, tasks):
    """Leaves gradients task by task, by copies of the weights, which are grown once, and returns the loss."""
    grown, rates = net.weights(), net.rates.exp()
    copies = [tensor.detach().requires_grad_() for tensor in (*grown, rates)]
    *weights, own_rates = copies
    total = 0
    for support, support_labels, query, query_labels in zip(*tasks, strict=True):
        own = weights
        for _ in range(INNER_STEPS):
            gradients = torch.autograd.grad(loss_of(own, support, support_labels), own, create_graph=True)
            own = moved(own, own_rates, gradients)
        loss = loss_of(own, query, query_labels) / len(tasks[0])
        loss.backward()
        total += loss.detach()
    torch.autograd.backward([*grown, rates], [copy.grad for copy in copies])
    return total


def vmap(net, tasks):
    """Leaves gradients by all tasks at once, and returns the loss."""
    weights, rates = tuple(net.weights()), net.rates.exp()

    def of_task(support, support_labels, query, query_labels):
        own = weights
        for _ in range(INNER_STEPS):
            own = moved(own, rates, torch.func.grad(loss_of)(own, support, support_labels))
        return loss_of(own, query, query_labels)

    loss = torch.func.vmap(of_task)(*tasks).mean()
    loss.backward()
    return loss.detach()


def through(x, factors):
    """Returns x W₀ of tasks × samples × neurons, as one product of all rows with each factor."""
    rows = x.flatten(0, 1)
    for factor in factors:
        rows = rows @ factor
    return rows.unflatten(0, x.shape[:2])


class Connection:
    """W of all tasks, never made: W₀ − η Σ Aᵀ D, of rows of inputs A and of gradients D of each step taken."""

    def __init__(self, factors, rate):
        self.factors, self.transposed = factors, [factor.T for factor in reversed(factors)]
        self.rate, self.steps = rate, []

    def forward(self, x):
        y = through(x, self.factors)
        for a, d in self.steps:
            y = self.less(y, x @ a.mT, d)
        return y

    def backward(self, g):
        x = through(g, self.transposed)
        for a, d in self.steps:
            x = self.less(x, g @ d.mT, a)
        return x

    def less(self, y, gram, rows):
        """Returns y − η · gram · rows; rate and sign are multiplied into what is smallest."""
        return torch.baddbmm(y, -self.rate * gram, rows)


class First:
    """The same for images: they are the inputs of every step, so that A is theirs, and D is a sum over the steps."""

    def __init__(self, factors, rate, support, query):
        both = torch.cat([support, query], 1)
        sizes = [support.shape[1], query.shape[1]]
        self.shared = through(both, factors).split(sizes, 1)
        self.gram = (-rate * (both @ support.mT)).split(sizes, 1)
        self.d = None

    def forward(self, which):
        """Returns what support samples (0) or query samples (1) send."""
        y = self.shared[which]
        return y if self.d is None else torch.baddbmm(y, self.gram[which], self.d)

    def step(self, d):
        self.d = d if self.d is None else self.d + d


def rank(net, tasks):
    """Leaves gradients by all tasks at once, none of which has weights, and returns the loss."""
    support, support_labels, query, query_labels = tasks
    factors, rates = net.factors(), net.rates.exp().unbind()
    first = First(factors[0], rates[0], support, query)
    second, third = (Connection(factors[at], rates[at]) for at in (1, 2))
    wanted = one_hot(support_labels, CLASSES).to(support.dtype)
    masked = torch.ops.aten.threshold_backward  # of a relu's gradient: one pass, and it can be differentiated
    for _ in range(INNER_STEPS):
        h1 = torch.relu(first.forward(0))
        h2 = torch.relu(second.forward(h1))
        d3 = (torch.softmax(third.forward(h2), -1) - wanted) / support.shape[1]
        d2 = masked(third.backward(d3), h2, 0)
        d1 = masked(second.backward(d2), h1, 0)
        first.step(d1)
        second.steps.append((h1, d2))
        third.steps.append((h2, d3))
    y = third.forward(torch.relu(second.forward(torch.relu(first.forward(1)))))
    loss = cross_entropy(y.flatten(0, 1), query_labels.flatten())
    loss.backward()
    return loss.detach()


WAYS = {"loop": loop, "vmap": vmap, "rank": rank}
VARIANTS = {f"{model}-{way}": (model, way) for model in GENES for way in WAYS}


def made(model, side=SIDE, genes=None):
    """Makes a net."""
    return Direct(side) if model == "direct" else Grown(model, side, genes or GENES[model])


def tasks(count, pixels=SIDE * SIDE, device="cpu"):
    """Yields batches of tasks, gathered from bytes: support samples and labels, query samples and labels."""
    drawings = torch.randint(0, 256, (POOL, DRAWINGS, pixels), dtype=torch.uint8, device=device)
    labels = torch.arange(CLASSES, device=device).expand(count, CLASSES)
    while True:
        characters = torch.rand(count, POOL, device=device).argsort(-1)[:, :CLASSES, None]
        drawn = torch.rand(count, CLASSES, DRAWINGS, device=device).argsort(-1)[..., :2]
        x = drawings[characters, drawn].to(torch.get_default_dtype()) / 255
        yield x[:, :, 0], labels, x[:, :, 1], labels


def training(net, way, optimiser, source):
    """Returns a function that takes one training step."""

    def step():
        optimiser.zero_grad(set_to_none=True)
        way(net, next(source))
        optimiser.step()

    return step


def found(way, net, batch):
    """Returns the loss and all gradients."""
    net.zero_grad(set_to_none=True)
    loss = way(net, batch)
    return {"loss": loss} | {name: parameter.grad.clone() for name, parameter in net.named_parameters()}


def check():
    """Compares all ways on a small grid in double precision, and counts what the nets learn."""
    torch.set_default_dtype(torch.float64)
    for model in GENES:
        net, batch = made(model, side=6, genes=7), next(tasks(4, pixels=36))
        plain, *others = ((name, found(way, net, batch)) for name, way in WAYS.items())
        for name, values in others:
            for what, value in values.items():
                same(f"{model}, {name}, {what}", value, plain[1][what], 1e-9)
    learned = [sum(p.numel() for p in made(model).parameters()) - 3 for model in GENES]
    assert learned == [1_233_232, 120_350, 2_451], learned


def main():
    chosen = arguments(__doc__, VARIANTS, batch=32)
    if chosen.check:
        return check()
    torch.set_flush_denormal(True)  # the far ends of Gaussians
    model, way = VARIANTS[chosen.variant]
    with torch.device(chosen.device):
        net = made(model)
    source = tasks(chosen.batch, device=chosen.device)
    report("few_shot", chosen, training(net, WAYS[way], adam(net, RATE, fused=True), source))


if __name__ == "__main__":
    main()
