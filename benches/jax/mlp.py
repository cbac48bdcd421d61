#!/usr/bin/env python3
"""The time of a training step of the 784-784-10 perceptron of `models/sgem_mlp.gem` and `models/mlp.gem`, in JAX.

    python benches/jax/mlp.py --variant jax-factored
    python benches/jax/mlp.py --check               both orders of the S-GEM give the same loss, and the same gradients

The nets of `benches/pytorch/mlp.py`. `jax-ten` are ten runs at once, by `vmap`, in the factored form.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
import steps  # noqa: E402, from the folder above

SIDE, CLASSES, GENES = 28, 10, 22
PIXELS = SIDE * SIDE
RATE = 0.01

# variant: how the net is computed, and how many runs at once
VARIANTS = {
    "jax-factored": ("factored", 1),
    "jax-built": ("built", 1),
    "jax-direct": ("direct", 1),
    "jax-ten": ("factored", 10),
}

CHOSEN = steps.start_jax(__doc__, VARIANTS, batch=64)

from epoch import cross_entropy, gaussian, jax, jnp, report, same_ways  # noqa: E402, JAX reads the environment when it is imported


def made(key):
    """Returns the parameters of an S-GEM: 616 learned numbers. The fixed read-out is `DIGITS`."""
    keys = jax.random.split(key, 3)
    p = {"o": jax.random.normal(keys[0], (GENES, GENES))}
    for at, name in enumerate(("pixels", "hidden")):
        p[f"{name}.centre"] = jnp.arctanh(jax.random.uniform(keys[1 + at], (GENES, 2), minval=-0.99, maxval=0.99))
        p[f"{name}.width"] = jnp.full(GENES, jnp.log(0.3))
    return p


def made_direct(key):
    keys = jax.random.split(key)
    shapes = {"hidden": (PIXELS, PIXELS), "digits": (PIXELS, CLASSES)}
    return {name: jax.random.normal(k, s) * (2 / s[0]) ** 0.5 for k, (name, s) in zip(keys, shapes.items())}


DIGITS = jax.random.normal(jax.random.key(1), (CLASSES, GENES))


def expressed(p, name):
    return gaussian(SIDE, p[f"{name}.centre"], p[f"{name}.width"])


def weights(p, scales=(1, 1)):
    """Both matrices as the paper describes them, times two numbers."""
    x, h = expressed(p, "pixels"), expressed(p, "hidden")
    return scales[0] * (x @ p["o"] @ h.T), scales[1] * (h @ p["o"] @ DIGITS.T)


# what W are multiplied by, so that they start at the usual size: constants of the compiled step, as in gemc
SCALES = [float((2 / PIXELS) ** 0.5 / w.std()) for w in weights(made(jax.random.key(2)))]


def built(p, x, labels):
    """Builds both matrices and uses them."""
    first, second = weights(p, SCALES)
    return cross_entropy(jax.nn.relu(x @ first) @ second, labels)


def factored(p, x, labels):
    """Builds no matrix: the batch goes through the genes."""
    pixels, hidden = expressed(p, "pixels"), expressed(p, "hidden")
    y = jax.nn.relu(((x @ pixels) @ (SCALES[0] * p["o"])) @ hidden.T)
    return cross_entropy((y @ hidden) @ (SCALES[1] * p["o"] @ DIGITS.T), labels)


def direct(p, x, labels):
    return cross_entropy(jax.nn.relu(x @ p["hidden"]) @ p["digits"], labels)


LOSSES = {"built": built, "factored": factored, "direct": direct}


def check():
    keys = jax.random.split(jax.random.key(3))
    x = jax.random.uniform(keys[0], (CHOSEN.batch, PIXELS))
    p = made(keys[1])
    same_ways(("built", "factored"), LOSSES, p, x, jnp.arange(CHOSEN.batch) % CLASSES)
    assert sum(value.size for value in p.values()) == 616


def main():
    if CHOSEN.check:
        return check()
    way, runs = VARIANTS[CHOSEN.variant]
    report("mlp", CHOSEN, (PIXELS,), CLASSES, LOSSES[way], RATE, made_direct if way == "direct" else made, runs)


if __name__ == "__main__":
    main()
