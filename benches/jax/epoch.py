"""What the scripts beside this one share: made-up data, Adam, and an epoch of training that is one call of a jitted scan.

A step is the whole of it, as in `benches/pytorch/measure.py`: a batch is gathered from bytes in shuffled order, forward,
backward, Adam. Numbers are float32, and the state is donated, so that each step writes where the last one stood.
"""

import functools
import json
import sys

import steps

try:
    import jax
    import jax.numpy as jnp
except ImportError as fault:
    sys.exit(f"this Python cannot import jax ({fault}): install it with `python -m pip install jax`")

SAMPLES = 1_000


def cross_entropy(y, labels):
    return -jnp.take_along_axis(jax.nn.log_softmax(y), labels[..., None], -1).mean()


def adam(p, gradients, m, v, count, rate):
    """Returns parameters and moments after a step."""
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
    first, second = 1 - 0.9**count, 1 - 0.999**count
    p = jax.tree.map(lambda p, m, v: p - rate * (m / first) / (jnp.sqrt(v / second) + 1e-8), p, m, v)
    return p, m, v


def gaussian(side, centre, width):
    """What neurons on a grid express of each gene, exp(−(d / σ)²), by a product of two short ones: neurons × genes.

    `centre` is μ before its tanh, genes × 2, and `width` the logarithm of σ.
    """
    apart = jnp.linspace(-1, 1, side)[:, None, None] - jnp.tanh(centre)
    axes = jnp.exp(-jnp.square(apart) / jnp.square(jnp.exp(width))[:, None])
    return (axes[:, None, :, 0] * axes[None, :, :, 1]).reshape(side * side, -1)


def started(p, key):
    """Returns the state of a run that begins: parameters, both moments, steps done, and what its orders are drawn from."""
    zeros = functools.partial(jax.tree.map, jnp.zeros_like)
    return p, zeros(p), zeros(p), jnp.zeros(()), key


def epoch(loss, rate, batch, state, pixels, labels):
    """Returns the state of one run after an epoch; `loss` takes parameters, samples and labels."""
    p, m, v, done, key = state
    key, now = jax.random.split(key)
    count = len(pixels) // batch
    order = jax.random.permutation(now, len(pixels))[: count * batch].reshape(count, batch)

    def one(carry, index):
        p, m, v, done = carry
        x = pixels[index].astype(jnp.float32) / 255
        p, m, v = adam(p, jax.grad(loss)(p, x, labels[index]), m, v, done + 1, rate)
        return (p, m, v, done + 1), None

    (p, m, v, done), _ = jax.lax.scan(one, (p, m, v, done), order)
    return p, m, v, done, key


def report(name, chosen, shape, classes, loss, rate, made, runs=1):
    """Measures steps of `runs` runs at once and prints one line of JSON; `made` returns a run's parameters from a key."""
    samples = max(SAMPLES, chosen.batch)
    keys = jax.random.split(jax.random.key(0), 4)
    pixels = jax.random.randint(keys[0], (samples, *shape), 0, 256, dtype=jnp.uint8)
    labels = jax.random.randint(keys[1], (samples,), 0, classes)
    one = functools.partial(epoch, loss, rate, chosen.batch)
    if runs == 1:
        state = started(made(keys[2]), keys[3])
    else:
        state = jax.vmap(started)(jax.vmap(made)(jax.random.split(keys[2], runs)), jax.random.split(keys[3], runs))
        one = jax.vmap(one, in_axes=(0, None, None))
    jitted = jax.jit(one, donate_argnums=0)

    def step():
        nonlocal state
        state = jax.block_until_ready(jitted(state, pixels, labels))

    measured(name, chosen, step, samples // chosen.batch)


def measured(name, chosen, call, each=1):
    """Measures a function that takes `each` steps and prints one line of JSON."""
    ms, count = steps.median_block(call, chosen.steps)
    line = {
        "name": name,
        "variant": chosen.variant,
        "threads": chosen.threads,
        "device": chosen.device,
        "ms_per_step": ms / each,
        "steps": count * each,
        "jax": jax.__version__,
    }
    print(json.dumps(line))


def same(what, found, expected, tolerance=1e-4):
    """Says how far two arrays lie apart, relative to the larger; ends the script where that is too far."""
    gap = float(jnp.abs(found - expected).max() / jnp.abs(expected).max())
    print(f"{what}: {gap:.1e} apart", file=sys.stderr)
    if not gap < tolerance:
        sys.exit(f"{what}: more than {tolerance:.0e} apart")


def same_ways(names, losses, p, x, labels):
    """Compares loss and gradients of several ways of computing one net with those of the first."""
    (first, *others), expected = names, None
    for name in (first, *others):
        loss, gradients = jax.value_and_grad(losses[name])(p, x, labels)
        expected = expected or (loss, gradients)
        same(f"{name}, loss", loss, expected[0])
        for key, gradient in gradients.items():
            same(f"{name}, {key}", gradient, expected[1][key], 1e-3)
