#!/usr/bin/env python3
"""The time of a training step of LeNet-5 on 32 × 32 × 1, grown (S-GEM) or classical, in JAX.

    python benches/jax/lenet.py --variant jax-grown
    python benches/jax/lenet.py --check           its convolution, against a loop that builds each neuron's weights

The nets of `benches/pytorch/lenet.py`. O is multiplied into the identities once, before they are unfolded into windows.
Images are (H, W, C, B): what a product over places leaves is the next image.
"""

import itertools
import math
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
import steps  # noqa: E402, from the folder above

CONV_GENES, FC_GENES, CLASSES, WINDOW = 150, 30, 10, 5
RATE = 0.003

# variant: grown; or classical, by windows that are unfolded or by XLA's convolution
VARIANTS = {"jax-grown": "grown", "jax-windows": "unfolded", "jax-conv": "classical"}

CHOSEN = steps.start_jax(__doc__, VARIANTS, batch=128)

from epoch import cross_entropy, jax, jnp, report, same, same_ways  # noqa: E402, JAX reads the environment when it is imported

CONV = {"image": (32, 32, 1), "c1": (28, 28, 6), "c3": (10, 10, 16)}
FC = {"s4": (5, 5, 16), "f5": (120,), "f6": (84,)}
BIASES = {"c1": 6, "c3": 16, "f5": 120, "f6": 84, "labels": CLASSES}
FANS = (25, 150, 400, 120, 84)


def places(*shape):
    """Returns the positions of neurons on a grid, each axis from −1 to 1, an axis of one neuron at 0: N × axes."""
    axes = [jnp.linspace(-1, 1, n) if n > 1 else jnp.zeros(1) for n in shape]
    return jnp.stack(jnp.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(shape))


def made(key):
    """Returns the parameters of the grown net: 26,576 learned numbers. The fixed read-out is `LABELS`."""
    keys = iter(jax.random.split(key, 16))
    p = {name: jax.random.normal(next(keys), (n, n)) for name, n in (("conv", CONV_GENES), ("fc", FC_GENES))}
    for name in CONV:
        p[f"{name}.centre"] = jnp.arctanh(jax.random.uniform(next(keys), (CONV_GENES, 3), minval=-0.99, maxval=0.99))
        p[f"{name}.slope"] = 20 * jax.random.normal(next(keys), (CONV_GENES, 3))
    for name, shape in FC.items():
        centre = jax.random.uniform(next(keys), (FC_GENES, len(shape)), minval=-0.99, maxval=0.99)
        p |= {f"{name}.centre": jnp.arctanh(centre), f"{name}.width": jnp.full(FC_GENES, math.log(0.3))}
    return p | {f"{name}.bias": jnp.zeros(n) for name, n in BIASES.items()}


LABELS = jax.random.normal(jax.random.key(1), (CLASSES, FC_GENES))


def inverse_square(p, name):
    """1 / (1 + ((p − μ) · σ)²) of every neuron of a grid and every gene, by one product: (H, W, C, genes)."""
    slope = p[f"{name}.slope"]
    along = places(*CONV[name]) @ slope.T - (jnp.tanh(p[f"{name}.centre"]) * slope).sum(-1)
    return (1 / (1 + jnp.square(along))).reshape(*CONV[name], CONV_GENES)


def gaussian(p, name):
    """exp(−(d / σ)²) of every neuron of a grid and every gene: neurons × genes."""
    apart = places(*FC[name])[:, None, :] - jnp.tanh(p[f"{name}.centre"])
    return jnp.exp(-jnp.square(apart).sum(-1) / jnp.square(jnp.exp(p[f"{name}.width"])))


def windows(image):
    """Unfolds (H, W, C, S), S samples or genes, into the windows of its places: places × 25·C × S."""
    height, width = image.shape[0] - WINDOW + 1, image.shape[1] - WINDOW + 1
    seen = [image[y : y + height, x : x + width] for y, x in itertools.product(range(WINDOW), range(WINDOW))]
    return jnp.stack(seen, 2).reshape(height * width, -1, image.shape[3])


def pool(image):
    """Averages 2 × 2 of (H, W, C, S)."""
    return (image[0::2, 0::2] + image[0::2, 1::2] + image[1::2, 0::2] + image[1::2, 1::2]) / 4


def developmental(source, target, o):
    """Grows the weights of every place, Y Oᵀ Xᵀ: places × maps × 25·C, from identities (H, W, C, genes)."""
    return jnp.einsum("pmg,pkg->pmk", target.reshape(-1, *target.shape[2:]), windows(source @ o))


def weights(p, scales=(1,) * 5):
    """All weights of the net; the identities of s2 are those of c1, pooled as its activations are."""
    image, c1, c3 = (inverse_square(p, name) for name in CONV)
    s4, f5, f6 = (gaussian(p, name) for name in FC)
    grown = (
        developmental(image, c1, p["conv"]),
        developmental(pool(c1), c3, p["conv"]),
        s4 @ p["fc"] @ f5.T,
        f5 @ p["fc"] @ f6.T,
        f6 @ p["fc"] @ LABELS.T,
    )
    return [scale * w for scale, w in zip(scales, grown, strict=True)]


# what W are multiplied by, so that they start at the usual size: constants of the compiled step, as in gemc
SCALES = [float((2 / fan) ** 0.5 / w.std()) for fan, w in zip(FANS, weights(made(jax.random.key(2))), strict=True)]


def gelu(y):
    return jax.nn.gelu(y, approximate=False)


def grown(p, x, labels):
    c1, c3, f5, f6, last = weights(p, SCALES)
    y = (c1 @ windows(x[..., None, :])).reshape(28, 28, 6, -1)
    y = pool(gelu(y + p["c1.bias"][:, None]))
    y = (c3 @ windows(y)).reshape(10, 10, 16, -1)
    y = pool(gelu(y + p["c3.bias"][:, None])).reshape(400, -1).T
    y = gelu(y @ f5 + p["f5.bias"])
    y = gelu(y @ f6 + p["f6.bias"])
    return cross_entropy(y @ last + p["labels.bias"], labels)


def made_classical(key):
    """Returns the parameters of LeNet-5 with ordinary convolutions: 61,706 learned numbers."""
    shapes = {"c1": (5, 5, 1, 6), "c3": (5, 5, 6, 16), "f5": (400, 120), "f6": (120, 84), "labels": (84, CLASSES)}
    keys = jax.random.split(key, len(shapes))
    drawn = (jax.random.normal(k, s) / math.prod(s[:-1]) ** 0.5 for k, s in zip(keys, shapes.values(), strict=True))
    return dict(zip(shapes, drawn, strict=True)) | {f"{name}.bias": jnp.zeros(n) for name, n in BIASES.items()}


def classical(p, x, labels):
    y = x.transpose(2, 0, 1)[..., None]
    for name in ("c1", "c3"):
        y = jax.lax.conv_general_dilated(y, p[name], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        y = jnp.tanh(y + p[f"{name}.bias"])
        y = y.reshape(y.shape[0], y.shape[1] // 2, 2, y.shape[2] // 2, 2, y.shape[3]).mean((2, 4))
    y = y.reshape(len(y), -1)
    for name in ("f5", "f6"):
        y = jnp.tanh(y @ p[name] + p[f"{name}.bias"])
    return cross_entropy(y @ p["labels"] + p["labels.bias"], labels)


def unfolded(p, x, labels):
    """The same net as `classical`, its convolutions as products with windows."""
    y = x[..., None, :]
    for name in ("c1", "c3"):
        side, kernel = y.shape[0] - WINDOW + 1, p[name].reshape(-1, p[name].shape[3])
        y = jnp.einsum("km,pkb->pmb", kernel, windows(y)).reshape(side, side, kernel.shape[1], -1)
        y = pool(jnp.tanh(y + p[f"{name}.bias"][:, None]))
    y = y.reshape(400, -1).T
    for name in ("f5", "f6"):
        y = jnp.tanh(y @ p[name] + p[f"{name}.bias"])
    return cross_entropy(y @ p["labels"] + p["labels.bias"], labels)


def innermost(loss):
    """Returns a loss of samples × H × W; the net itself has the batch innermost."""
    return lambda p, x, labels: loss(p, x.transpose(1, 2, 0), labels)


LOSSES = {"grown": grown, "unfolded": unfolded, "classical": classical}


def neuron_by_neuron(x, source, target, o):
    """A developmental convolution in so many words: each neuron's weights from its window's identities, then its sum."""
    rows = []
    for row, column, one in itertools.product(*map(range, target.shape[:3])):
        seen = (slice(row, row + WINDOW), slice(column, column + WINDOW))
        w = source[seen].reshape(-1, CONV_GENES) @ o @ target[row, column, one]
        rows.append(w @ x[seen].reshape(len(w), -1))
    return jnp.stack(rows).reshape(*target.shape[:3], -1)


def check():
    """Compares the second convolution with a plain one, both classical nets, and counts what the nets learn."""
    p = made(jax.random.key(3))
    source, target = pool(inverse_square(p, "c1")), inverse_square(p, "c3")
    x = jax.random.uniform(jax.random.key(4), (*source.shape[:3], 2))
    found = (developmental(source, target, p["conv"]) @ windows(x)).reshape(*target.shape[:3], -1)
    same("c3", found, neuron_by_neuron(x, source, target, p["conv"]))
    x, labels = jax.random.uniform(jax.random.key(6), (32, 32, 3)), jnp.arange(3)
    same_ways(("classical", "unfolded"), LOSSES, made_classical(jax.random.key(7)), x, labels)
    learned = [sum(value.size for value in each(jax.random.key(5)).values()) for each in (made, made_classical)]
    assert learned == [26_576, 61_706], learned


def main():
    if CHOSEN.check:
        return check()
    way = VARIANTS[CHOSEN.variant]
    parameters = made if way == "grown" else made_classical
    report("lenet", CHOSEN, (32, 32), CLASSES, innermost(LOSSES[way]), RATE, parameters)


if __name__ == "__main__":
    main()
