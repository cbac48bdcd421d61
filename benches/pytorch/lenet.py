#!/usr/bin/env python3
"""The time of a training step of LeNet-5 on 32 × 32 × 1, grown (S-GEM) or classical, in PyTorch.

    python benches/pytorch/lenet.py --variant eager
    python benches/pytorch/lenet.py --check           its convolution, against a loop that builds each neuron's weights

The grown one has 150 genes for its convolutions, whose kernels are not shared between places, and 30 for the rest.
O is multiplied into the identities once, before they are unfolded into windows: neighbours share that work.
"""

import itertools

import torch
from torch import nn
from torch.nn import functional as F

from measure import adam, arguments, batches, compiled, report, same, training

CONV_GENES, FC_GENES, CLASSES, WINDOW = 150, 30, 10, 5
RATE = 0.003

# variant: grown with images in which layout, or classical; is it compiled and how, is Adam fused
VARIANTS = {
    "eager": ("ordinary", "eager", False),
    "eager-fused": ("ordinary", "eager", True),
    "innermost": ("innermost", "eager", True),
    "compile": ("ordinary", "compile", True),
    "graphs": ("ordinary", "graphs", True),
    "direct": ("classical", "eager", False),
    "direct-fused": ("classical", "eager", True),
}


def places(*shape):
    """Returns the positions of neurons on a grid, each axis from −1 to 1, an axis of one neuron at 0: N × axes."""
    axes = [torch.linspace(-1, 1, n) if n > 1 else torch.zeros(1) for n in shape]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(shape))


class InverseSquare(nn.Module):
    """1 / (1 + ((p − μ) · σ)²) for every neuron of an (H, W, C) grid and every gene: (H, W, C, genes)."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = (*shape, CONV_GENES)
        self.register_buffer("places", places(*shape))
        self.centre = nn.Parameter(torch.atanh(torch.empty(CONV_GENES, 3).uniform_(-1, 1)))
        self.slope = nn.Parameter(20 * torch.randn(CONV_GENES, 3))

    def forward(self):
        """(p − μ) · σ is p · σ − μ · σ: one matrix product instead of a tensor of neurons × genes × axes."""
        offset = (torch.tanh(self.centre) * self.slope).sum(-1)
        along = torch.addmm(-offset, self.places, self.slope.T)
        return (1 / (1 + along.square())).reshape(self.shape)


class Gaussian(nn.Module):
    """exp(−(d / σ)²) for every neuron of a grid and every gene: neurons × genes."""

    def __init__(self, *shape):
        super().__init__()
        self.register_buffer("places", places(*shape))
        self.centre = nn.Parameter(torch.atanh(torch.empty(FC_GENES, len(shape)).uniform_(-1, 1)))
        self.width = nn.Parameter(torch.full((FC_GENES,), 0.3).log())

    def forward(self):
        apart = self.places[:, None, :] - torch.tanh(self.centre)
        return torch.exp(-apart.square().sum(-1) / self.width.exp().square())


def windows(image):
    """Unfolds (H, W, C, S), S samples or genes, into the windows of its places: places × 25·C × S, one copy."""
    seen = image.unfold(0, WINDOW, 1).unfold(1, WINDOW, 1).permute(0, 1, 4, 5, 2, 3)
    return seen.reshape(seen.shape[0] * seen.shape[1], -1, image.shape[3])


def pool(image):
    """Averages 2 × 2 of (H, W, C, S)."""
    return (image[0::2, 0::2] + image[0::2, 1::2] + image[1::2, 0::2] + image[1::2, 1::2]) / 4


def developmental(source, target, o):
    """Grows the weights of every place, Y Oᵀ Xᵀ: places × maps × 25·C, from identities (H, W, C, genes)."""
    return torch.bmm(target.flatten(0, 1), windows(source @ o).transpose(1, 2))


class Grown(nn.Module):
    """S-GEM LeNet-5: 26,576 learned numbers."""

    def __init__(self, layout):
        super().__init__()
        self.layout = layout
        self.conv_o = nn.Parameter(torch.randn(CONV_GENES, CONV_GENES))
        self.fc_o = nn.Parameter(torch.randn(FC_GENES, FC_GENES))
        self.image, self.c1, self.c3 = InverseSquare(32, 32, 1), InverseSquare(28, 28, 6), InverseSquare(10, 10, 16)
        self.s4, self.f5, self.f6 = Gaussian(5, 5, 16), Gaussian(120), Gaussian(84)
        self.register_buffer("labels", torch.randn(CLASSES, FC_GENES))
        sizes = {"c1": 6, "c3": 16, "f5": 120, "f6": 84, "labels": CLASSES}
        self.bias = nn.ParameterDict({name: nn.Parameter(torch.zeros(n)) for name, n in sizes.items()})
        self.scales = [1.0] * 5
        with torch.no_grad():
            fans = (25, 150, 400, 120, 84)
            self.scales = [(2 / fan) ** 0.5 / w.std().item() for fan, w in zip(fans, self.weights(), strict=True)]

    def weights(self):
        """All weights of the net; the identities of s2 are those of c1, pooled as its activations are."""
        image, c1, c3 = self.image(), self.c1(), self.c3()
        s4, f5, f6 = self.s4(), self.f5(), self.f6()
        grown = (
            developmental(image, c1, self.conv_o),
            developmental(pool(c1), c3, self.conv_o),
            s4 @ self.fc_o @ f5.T,
            f5 @ self.fc_o @ f6.T,
            f6 @ self.fc_o @ self.labels.T,
        )
        return [scale * w for scale, w in zip(self.scales, grown, strict=True)]

    def forward(self, x):
        c1, c3, f5, f6, labels = self.weights()
        y = self.ordinary(x, c1, c3) if self.layout == "ordinary" else self.innermost(x, c1, c3)
        y = F.gelu(y @ f5 + self.bias["f5"])
        y = F.gelu(y @ f6 + self.bias["f6"])
        return y @ labels + self.bias["labels"]

    def ordinary(self, x, c1, c3):
        """Both convolutions on images as PyTorch lays them out, (B, C, H, W)."""
        y = torch.bmm(c1, windows(x.permute(2, 3, 1, 0))).reshape(28, 28, 6, -1).permute(3, 2, 0, 1)
        y = F.avg_pool2d(F.gelu(y + self.bias["c1"][:, None, None]), 2)
        y = torch.bmm(c3, windows(y.permute(2, 3, 1, 0))).reshape(10, 10, 16, -1).permute(3, 2, 0, 1)
        y = F.avg_pool2d(F.gelu(y + self.bias["c3"][:, None, None]), 2)
        return y.permute(0, 2, 3, 1).flatten(1)

    def innermost(self, x, c1, c3):
        """The same on images with the batch innermost, (H, W, C, B): what a product leaves is the next image."""
        y = torch.bmm(c1, windows(x.permute(2, 3, 1, 0))).reshape(28, 28, 6, -1)
        y = pool(F.gelu(y + self.bias["c1"][:, None]))
        y = torch.bmm(c3, windows(y)).reshape(10, 10, 16, -1)
        y = pool(F.gelu(y + self.bias["c3"][:, None]))
        return y.flatten(0, 2).T


def classical():
    """LeNet-5 with ordinary convolutions: 61,706 learned numbers."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, WINDOW), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, WINDOW), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, CLASSES)),
    )


def neuron_by_neuron(x, source, target, o):
    """A developmental convolution in so many words: each neuron's weights from its window's identities, then its sum.

    `x` is (H, W, C, B), the identities are (H, W, C, genes), what comes out is (H, W, maps, B).
    """
    y = torch.empty(*target.shape[:3], x.shape[3])
    for row, column, one in itertools.product(*map(range, target.shape[:3])):
        seen = (slice(row, row + WINDOW), slice(column, column + WINDOW))
        weights = source[seen].flatten(0, 2) @ o @ target[row, column, one]
        y[row, column, one] = weights @ x[seen].flatten(0, 2)
    return y


def check(batch):
    """Compares both convolutions, the identities and both layouts with plain ones, and counts what the nets learn."""
    net = Grown("ordinary")
    with torch.no_grad():
        image, c1, c3, o = net.image(), net.c1(), net.c3(), net.conv_o
        for name, source, target in (("c1", image, c1), ("c3", pool(c1), c3)):
            x = torch.rand(*source.shape[:3], batch)
            found = torch.bmm(developmental(source, target, o), windows(x)).reshape(*target.shape[:3], batch)
            same(name, found, neuron_by_neuron(x, source, target, o))
        centre, slope = torch.tanh(net.c3.centre), net.c3.slope
        plain = torch.stack([1 / (1 + ((p - centre) * slope).sum(-1).square()) for p in net.c3.places])
        same("identities", c3.reshape(plain.shape), plain)
        x = torch.rand(batch, 1, 32, 32)
        ordinary, net.layout = net(x), "innermost"
        same("layouts", net(x), ordinary)
    learned = [sum(p.numel() for p in some.parameters()) for some in (net, classical())]
    assert learned == [26_576, 61_706], learned


def main():
    chosen = arguments(__doc__, VARIANTS, batch=128)
    if chosen.check:
        return check(chosen.batch)
    kind, way, fused = VARIANTS[chosen.variant]
    with torch.device(chosen.device):
        net = classical() if kind == "classical" else Grown(kind)
    source = batches(chosen.batch, (1, 32, 32), CLASSES, chosen.device)
    step = training(compiled(net, way), adam(net, RATE, fused), source)
    report("lenet", chosen, step)


if __name__ == "__main__":
    main()
