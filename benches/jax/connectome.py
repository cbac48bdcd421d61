#!/usr/bin/env python3
"""The time of a training step of the recurrent network of `models/connectome.gem`, in JAX.

    python benches/jax/connectome.py --variant jax-dense
    python benches/jax/connectome.py --check           both ways give the same loss, and the same gradients

512 neurons in a cloud of two dimensions, connected to those within 0.4, four ticks, 24 genes. The weights among them are a
dense matrix and a mask, or the entries of a sparse one (BCOO). What the pixels give is computed once for all ticks.
"""

import math
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
import steps  # noqa: E402, from the folder above

SIDE, NEURONS, CLASSES, GENES, TICKS, WITHIN = 28, 512, 10, 24, 4, 0.4
PIXELS = SIDE * SIDE
RATE = 0.01

# variant: how the weights among the neurons are held
VARIANTS = {"jax-dense": "dense", "jax-bcoo": "bcoo"}

CHOSEN = steps.start_jax(__doc__, VARIANTS, batch=64)

from epoch import cross_entropy, gaussian, jax, jnp, report, same_ways  # noqa: E402, JAX reads the environment when it is imported
from jax.experimental import sparse  # noqa: E402

PLACES = jax.random.uniform(jax.random.key(1), (NEURONS, 2), minval=-1, maxval=1)
NEAR = jnp.linalg.norm(PLACES[:, None] - PLACES, axis=-1) <= WITHIN
PAIRS = jnp.argwhere(NEAR)
DIGITS = jax.random.normal(jax.random.key(2), (CLASSES, GENES))


def made(key):
    """Returns the parameters: 1,808 learned numbers."""
    keys = jax.random.split(key, 4)
    p = {name: jax.random.normal(k, (GENES, GENES)) for name, k in (("g", keys[0]), ("feedback", keys[1]))}
    for name, k in (("pixels", keys[2]), ("brain", keys[3])):
        p[f"{name}.centre"] = jnp.arctanh(jax.random.uniform(k, (GENES, 2), minval=-0.99, maxval=0.99))
        p[f"{name}.width"] = jnp.full(GENES, math.log(0.3))
    return p | {"bias": jnp.zeros(NEURONS)}


def on_grid(p):
    return gaussian(SIDE, p["pixels.centre"], p["pixels.width"])


def in_cloud(p):
    apart = PLACES[:, None] - jnp.tanh(p["brain.centre"])
    return jnp.exp(-jnp.square(apart).sum(-1) / jnp.square(jnp.exp(p["brain.width"])))


def grown(p):
    """The three matrices as the language describes them, the second before its mask."""
    x, h = on_grid(p), in_cloud(p)
    return x @ p["g"] @ h.T, h @ p["feedback"] @ h.T, h @ p["g"] @ DIGITS.T


def scales():
    """Returns what W are multiplied by, so that they start at the usual size."""
    first, second, third = grown(made(jax.random.key(3)))
    fans = (PIXELS, float(NEAR.sum()) / NEURONS, NEURONS)
    return [float((1 / fan) ** 0.5 / w.std()) for fan, w in zip(fans, (first, second, third), strict=True)]


SCALES = scales()


def loss_by(recur):
    """Returns the loss of a net; `recur` returns, from parameters and identities, what multiplies by the matrix within."""

    def loss(p, x, labels):
        pixels, brain = on_grid(p), in_cloud(p)
        given = ((x @ pixels) @ (SCALES[0] * p["g"])) @ brain.T + p["bias"]
        multiply, y = recur(p, brain), jnp.tanh(given)
        for _ in range(TICKS - 1):
            y = jnp.tanh(given + multiply(y))
        return cross_entropy((y @ brain) @ (SCALES[2] * p["g"] @ DIGITS.T), labels)

    return loss


def dense(p, brain):
    within = jnp.where(NEAR, brain @ (SCALES[1] * p["feedback"]) @ brain.T, 0)
    return lambda y: y @ within


def bcoo(p, brain):
    """The entries alone are grown; neurons to the right of the batch, as BCOO multiplies faster there."""
    values = ((brain @ (SCALES[1] * p["feedback"]))[PAIRS[:, 0]] * brain[PAIRS[:, 1]]).sum(-1)
    across = sparse.BCOO((values, PAIRS[:, ::-1]), shape=(NEURONS, NEURONS))
    return lambda y: (across @ y.T).T


LOSSES = {"dense": loss_by(dense), "bcoo": loss_by(bcoo)}


def check():
    keys = jax.random.split(jax.random.key(4))
    x, p = jax.random.uniform(keys[0], (CHOSEN.batch, PIXELS)), made(keys[1])
    same_ways(("dense", "bcoo"), LOSSES, p, x, jnp.arange(CHOSEN.batch) % CLASSES)
    assert sum(value.size for value in p.values()) == 1_808


def main():
    if CHOSEN.check:
        return check()
    report("connectome", CHOSEN, (PIXELS,), CLASSES, LOSSES[VARIANTS[CHOSEN.variant]], RATE, made)


if __name__ == "__main__":
    main()
