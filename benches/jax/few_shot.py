#!/usr/bin/env python3
"""The time of a training step of few-shot learning by gradient steps (MAML, second order), in JAX.

    python benches/jax/few_shot.py --variant gem-jax-rank
    python benches/jax/few_shot.py --check        both ways are the same, and the same as PyTorch's where torch is there

The networks and tasks of `benches/pytorch/few_shot.py`. A whole step is one jitted function: tasks are drawn and
gathered, forward, backward, Adam. Each step is one call; a scan over several was not tried.

- `vmap`: all tasks at once, with weights of their own.
- `rank`: no task has weights: x W = x W₀ − η (x Aᵀ) D, with inputs A and gradients D of the inner steps before.
"""

import functools
import importlib.util
import math
import sys
from pathlib import Path

BENCHES = Path(__file__).resolve().parent.parent
sys.path.append(str(BENCHES))
import steps  # noqa: E402, from the folder above

GENES = {"direct": 0, "gem": 50, "sgem": 43}
VARIANTS = {f"{model}-jax-{way}": (model, way) for model in GENES for way in ("vmap", "rank")}

if __name__ == "__main__":
    CHOSEN = steps.start_jax(__doc__, VARIANTS, batch=32)

from epoch import adam, cross_entropy, gaussian, jax, jnp, measured, same  # noqa: E402, JAX reads the environment when it is imported

SIDE, CLASSES, INNER_STEPS, RATE = 28, 5, 2, 0.001
POOL, DRAWINGS = 128, 20  # made-up characters, and samples of each


def made(key, model, side=SIDE, genes=None):
    """Returns the parameters of a net, by name."""
    n, genes, keys = side * side, genes or GENES[model], jax.random.split(key, 10)
    made = {"rates": jnp.full(3, math.log(0.1))}
    if model == "direct":
        shapes = ((n, n), (n, n), (n, CLASSES))
        return made | {f"w{at}": normal(keys[at], shape) * (2 / shape[0]) ** 0.5 for at, shape in enumerate(shapes)}
    made |= {"o": normal(keys[0], (genes, genes)), "x3": normal(keys[1], (CLASSES, genes))}
    if model == "gem":
        return made | {f"x{at}": normal(keys[2 + at], (n, genes)) for at in range(3)}
    for at in range(3):
        made[f"centre{at}"] = jnp.arctanh(jax.random.uniform(keys[2 + at], (genes, 2), minval=-0.99, maxval=0.99))
        made[f"width{at}"] = jnp.full(genes, math.log(0.15))
    return made


def normal(key, shape):
    return jax.random.normal(key, shape)


def factors(p, scales, side):
    """Returns each W₀ as matrices whose product it is; the last, to few neurons, is cheaper whole."""
    if "w0" in p:
        return [[p["w0"]], [p["w1"]], [p["w2"]]]
    x = [p[f"x{at}"] if f"x{at}" in p else gaussian(side, p[f"centre{at}"], p[f"width{at}"]) for at in range(4)]
    first, second, third = ((c * p["o"]) @ x.T for c, x in zip(scales, x[1:], strict=True))
    return [[x[0], first], [x[1], second], [x[2] @ third]]


def weights_of(p, scales, side):
    return [functools.reduce(jnp.matmul, some) for some in factors(p, scales, side)]


def calibrated(p, side=SIDE):
    """Returns the numbers that W are multiplied by, so that they start at the usual size."""
    grown = zip((1, 1, 0.3), weights_of(p, (1, 1, 1), side), strict=True)
    return [float(gain * (2 / w.shape[0]) ** 0.5 / w.std()) for gain, w in grown]


def loss_of(weights, x, labels):
    first, second, third = weights
    return cross_entropy(jax.nn.relu(jax.nn.relu(x @ first) @ second) @ third, labels)


def vmap(p, tasks, scales, side):
    """Returns the loss of a batch of tasks that have weights of their own."""
    weights, rates = weights_of(p, scales, side), jnp.exp(p["rates"])

    def of_task(support, support_labels, query, query_labels):
        own = weights
        for _ in range(INNER_STEPS):
            gradients = jax.grad(loss_of)(own, support, support_labels)
            own = [w - r * g for w, r, g in zip(own, rates, gradients, strict=True)]
        return loss_of(own, query, query_labels)

    return jax.vmap(of_task)(*tasks).mean()


def through(x, factors):
    """Returns x W₀ of tasks × samples × neurons, as one product of all rows with each factor."""
    return functools.reduce(jnp.matmul, factors, x.reshape(-1, x.shape[-1])).reshape(*x.shape[:2], -1)


def less(y, rate, x, pairs):
    """Returns y − η (x Aᵀ) D, over the steps taken; the rate is multiplied into what is smallest."""
    for a, d in pairs:
        y = y - (rate * (x @ a.mT)) @ d
    return y


def rank(p, tasks, scales, side):
    """Returns the loss of a batch of tasks that have no weights."""
    support, support_labels, query, query_labels = tasks
    (first, second, third), rates = factors(p, scales, side), jnp.exp(p["rates"])
    backward = [[factor.T for factor in reversed(some)] for some in (second, third)]
    samples = support.shape[1]
    both = jnp.concatenate([support, query], 1)
    shared, gram = through(both, first), rates[0] * (both @ support.mT)
    wanted = jax.nn.one_hot(support_labels, CLASSES, dtype=support.dtype)
    moved, seconds, thirds = 0, [], []  # A of the first connection are the images, so that its D is a sum
    for _ in range(INNER_STEPS):
        z1 = shared[:, :samples] - (gram[:, :samples] @ moved if seconds else 0)
        h1 = jax.nn.relu(z1)
        z2 = less(through(h1, second), rates[1], h1, seconds)
        h2 = jax.nn.relu(z2)
        y = less(through(h2, third), rates[2], h2, thirds)
        d3 = (jax.nn.softmax(y) - wanted) / samples
        d2 = jnp.where(z2 > 0, less(through(d3, backward[1]), rates[2], d3, [(d, a) for a, d in thirds]), 0)
        d1 = jnp.where(z1 > 0, less(through(d2, backward[0]), rates[1], d2, [(d, a) for a, d in seconds]), 0)
        moved = moved + d1
        seconds.append((h1, d2))
        thirds.append((h2, d3))
    h1 = jax.nn.relu(shared[:, samples:] - gram[:, samples:] @ moved)
    h2 = jax.nn.relu(less(through(h1, second), rates[1], h1, seconds))
    return cross_entropy(less(through(h2, third), rates[2], h2, thirds), query_labels)


WAYS = {"vmap": vmap, "rank": rank}


def drawn(key, drawings, count):
    """Returns a batch of tasks, gathered from bytes: support samples and labels, query samples and labels."""
    keys = jax.random.split(key)
    characters = jax.random.uniform(keys[0], (count, POOL)).argsort(-1)[:, :CLASSES, None]
    places = jax.random.uniform(keys[1], (count, CLASSES, DRAWINGS)).argsort(-1)[..., :2]
    x = drawings[characters, places] / jnp.asarray(255, jnp.result_type(float))
    labels = jnp.broadcast_to(jnp.arange(CLASSES), (count, CLASSES))
    return x[:, :, 0], labels, x[:, :, 1], labels


def training(model, way, count):
    """Returns a function that takes one training step and waits for it."""
    keys = jax.random.split(jax.random.key(0), 3)
    drawings = jax.random.randint(keys[0], (POOL, DRAWINGS, SIDE * SIDE), 0, 256, dtype=jnp.uint8)
    p = made(keys[1], model)
    scales = () if model == "direct" else calibrated(p)
    zeros = functools.partial(jax.tree.map, jnp.zeros_like)

    @functools.partial(jax.jit, donate_argnums=0)
    def one(state, drawings):
        p, m, v, done, key = state
        key, now = jax.random.split(key)
        gradients = jax.grad(WAYS[way])(p, drawn(now, drawings, count), scales, SIDE)
        p, m, v = adam(p, gradients, m, v, done + 1.0, RATE)
        return p, m, v, done + 1.0, key

    state = (p, zeros(p), zeros(p), jnp.zeros(()), keys[2])

    def step():
        nonlocal state
        state = jax.block_until_ready(one(state, drawings))

    return step


def pytorch():
    """Returns the counterpart in PyTorch; nothing where this Python cannot import torch."""
    try:
        importlib.import_module("torch")
    except ImportError:
        return None
    sys.path.append(str(BENCHES / "pytorch"))
    spec = importlib.util.spec_from_file_location("few_shot_in_torch", BENCHES / "pytorch" / "few_shot.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def torch_found(other, model, p, tasks, scales):
    """Returns loss and gradients of PyTorch's rank form, of the same parameters and tasks, by their names here."""
    torch = other.torch
    torch.set_default_dtype(torch.float64)
    net = other.made(model, side=6, genes=7)
    net.scales = scales
    named = dict(net.named_parameters())
    ours = {name: name for name in p} | {f"w{at}": f"matrices.{at}" for at in range(3)}
    ours |= {f"{part}{at}": f"populations.{at}.{part}" for part in ("x", "centre", "width") for at in range(4)}
    for name, value in p.items():
        named[ours[name]].data = torch.tensor(value.tolist())
    found = other.found(other.rank, net, [torch.tensor(part.tolist()) for part in tasks])
    return found["loss"].item(), {name: jnp.asarray(found[ours[name]].tolist()) for name in p}


def check():
    """Compares both ways, and PyTorch's where it is there, on a small grid in double precision."""
    jax.config.update("jax_enable_x64", True)
    other = pytorch()
    keys = jax.random.split(jax.random.key(0), 3)
    drawings = jax.random.randint(keys[0], (POOL, DRAWINGS, 36), 0, 256, dtype=jnp.uint8)
    tasks = drawn(keys[1], drawings, 4)
    for model in GENES:
        p = made(keys[2], model, side=6, genes=7)
        scales = [] if model == "direct" else calibrated(p, 6)
        found = {way: jax.value_and_grad(WAYS[way])(p, tasks, scales, 6) for way in WAYS}
        if other:
            found["rank in PyTorch"] = torch_found(other, model, p, tasks, scales)
        loss, gradients = found.pop("vmap")
        for way, (value, others) in found.items():
            same(f"{model}, {way}, loss", value, loss, 1e-9)
            for name, expected in gradients.items():
                same(f"{model}, {way}, {name}", others[name], expected, 1e-9)


def main():
    if CHOSEN.check:
        return check()
    step = training(*VARIANTS[CHOSEN.variant], CHOSEN.batch)
    measured("few_shot", CHOSEN, step)


if __name__ == "__main__":
    main()
