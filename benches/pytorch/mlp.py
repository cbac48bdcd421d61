#!/usr/bin/env python3
"""The time of a training step of the 784-784-10 perceptron of `models/sgem_mlp.gem` and `models/mlp.gem`, in PyTorch.

    python benches/pytorch/mlp.py --variant sgem-eager
    python benches/pytorch/mlp.py --check               both orders of the S-GEM give the same, and the same gradients

Its weights are learned directly, or grown, W = c X O Xᵀ, from G = 22 genes; neither has biases.
"""

import torch
from torch import nn

from measure import adam, arguments, batches, compiled, report, same, training

SIDE, CLASSES, GENES = 28, 10, 22
PIXELS = SIDE * SIDE
RATE = 0.01

# variant: does it grow its weights, in what order, is it compiled and how, is Adam fused
VARIANTS = {
    "direct": ("direct", "eager", False),
    "direct-fused": ("direct", "eager", True),
    "sgem-eager": ("built", "eager", False),
    "sgem-compile": ("built", "compile", True),
    "sgem-graphs": ("built", "graphs", True),
    "sgem-factored": ("factored", "eager", True),
    "sgem-factored-compile": ("factored", "compile", True),
    "sgem-factored-graphs": ("factored", "graphs", True),
}


class Direct(nn.Module):
    """Both matrices are learned."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(PIXELS, PIXELS, bias=False)
        self.digits = nn.Linear(PIXELS, CLASSES, bias=False)

    def forward(self, x):
        return self.digits(torch.relu(self.hidden(x)))


class Gaussian(nn.Module):
    """What neurons on a 28 × 28 grid express of each gene: exp(−(d / σ)²), d the distance from the gene's centre."""

    def __init__(self):
        super().__init__()
        line = torch.linspace(-1, 1, SIDE)
        self.register_buffer("line", line)
        self.register_buffer("places", torch.cartesian_prod(line, line))
        self.centre = nn.Parameter(torch.atanh(torch.empty(GENES, 2).uniform_(-1, 1)))
        self.width = nn.Parameter(torch.full((GENES,), 0.3).log())

    def forward(self):
        """Neurons × genes, from every neuron's distance to every centre."""
        apart = self.places[:, None, :] - torch.tanh(self.centre)
        return torch.exp(-apart.square().sum(-1) / self.width.exp().square())

    def separable(self):
        """The same: on a grid, the exponential of a sum over the axes is a product of two short ones."""
        apart = self.line[:, None, None] - torch.tanh(self.centre)
        axes = torch.exp(-apart.square() / self.width.exp().square()[:, None])
        return (axes[:, None, :, 0] * axes[None, :, :, 1]).reshape(PIXELS, GENES)


class Grown(nn.Module):
    """S-GEM: two spatial populations and a random, fixed read-out share one O. 616 learned numbers."""

    def __init__(self, order):
        super().__init__()
        self.order = order
        self.o = nn.Parameter(torch.randn(GENES, GENES))
        self.pixels, self.hidden = Gaussian(), Gaussian()
        self.register_buffer("digits", torch.randn(CLASSES, GENES))
        with torch.no_grad():
            first, second = self.weights(1.0, 1.0)
        self.scales = [(2 / PIXELS) ** 0.5 / w.std().item() for w in (first, second)]

    def weights(self, first, second):
        """Both matrices as the paper describes them, times two numbers."""
        x, h = self.pixels(), self.hidden()
        return first * (x @ self.o @ h.T), second * (h @ self.o @ self.digits.T)

    def forward(self, x):
        return self.built(x) if self.order == "built" else self.factored(x)

    def built(self, x):
        """Builds both matrices and uses them."""
        first, second = self.weights(*self.scales)
        return torch.relu(x @ first) @ second

    def factored(self, x):
        """Builds no matrix: the batch goes through the genes."""
        first, second = self.scales
        p, h = self.pixels.separable(), self.hidden.separable()
        y = torch.relu(first * (((x @ p) @ self.o) @ h.T))
        return second * ((y @ h) @ (self.o @ self.digits.T))


def check(batch):
    """Compares outputs and gradients of both orders."""
    net = Grown("built")
    x, labels = next(batches(batch, (PIXELS,), CLASSES))
    names = [name for name, _ in net.named_parameters()]
    found = {}
    for order in ("built", "factored"):
        net.order = order
        y = net(x)
        loss = nn.functional.cross_entropy(y, labels)
        found[order] = [y.detach(), *torch.autograd.grad(loss, list(net.parameters()))]
    for name, built, factored in zip(["output", *names], found["built"], found["factored"], strict=True):
        same(name, factored, built, 1e-3 if name != "output" else 1e-4)
    assert sum(p.numel() for p in net.parameters()) == 616


def main():
    chosen = arguments(__doc__, VARIANTS, batch=64)
    if chosen.check:
        return check(chosen.batch)
    order, way, fused = VARIANTS[chosen.variant]
    with torch.device(chosen.device):
        net = Direct() if order == "direct" else Grown(order)
    source = batches(chosen.batch, (PIXELS,), CLASSES, chosen.device)
    step = training(compiled(net, way), adam(net, RATE, fused), source)
    report("mlp", chosen, step)


if __name__ == "__main__":
    main()
