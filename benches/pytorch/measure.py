"""What the scripts beside this one share: their arguments, made-up data, and how long a training step takes.

A step is the whole of it: a batch is gathered from bytes, forward, backward, the optimiser. `steps.py` times it.
"""

import json
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
import steps  # noqa: E402, from the folder above

try:
    import torch
except ImportError as fault:
    sys.exit(f"this Python cannot import torch ({fault}): benches/README.md says how to set one up")

SAMPLES = 1_000


def arguments(about, variants, batch):
    """Reads the command line; `variants` are names, the first is the default."""
    chosen = steps.parser(about, variants, batch).parse_args()
    torch.set_num_threads(chosen.threads)
    if chosen.device != "cpu" and not torch.cuda.is_available():
        sys.exit("this Python's torch can use no GPU")
    torch.manual_seed(0)
    return chosen


def batches(count, shape, classes, device="cpu"):
    """Yields batches without end: `count` of 1,000 made-up samples, gathered in shuffled order, pixels in [0, 1]."""
    samples = max(SAMPLES, count)
    pixels = torch.randint(0, 256, (samples, *shape), dtype=torch.uint8, device=device)
    labels = torch.randint(0, classes, (samples,), device=device)
    while True:
        order = torch.randperm(samples, device=device)
        for start in range(0, samples - count + 1, count):
            index = order[start : start + count]
            yield pixels[index].float() / 255, labels[index]


def adam(net, rate, fused):
    """Adam as PyTorch makes it by itself, or its fused form."""
    return torch.optim.Adam(net.parameters(), lr=rate, **({"fused": True} if fused else {}))


def compiled(net, way):
    """Compiles a net, or leaves it. `graphs` also replays what it launches on a GPU as CUDA graphs."""
    modes = {"eager": None, "compile": "default", "graphs": "reduce-overhead"}
    return torch.compile(net, mode=modes[way]) if modes[way] else net


def training(net, optimiser, source):
    """Returns a function that takes one training step."""

    def step():
        x, labels = next(source)
        optimiser.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(x), labels).backward()
        optimiser.step()

    return step


def now():
    """Returns seconds; a GPU has then done all that it was given."""
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
    return time.perf_counter()


def report(name, chosen, step):
    """Measures a step and prints one line of JSON."""
    ms, count = steps.median_block(step, chosen.steps, now)
    line = {
        "name": name,
        "variant": chosen.variant,
        "threads": chosen.threads,
        "device": chosen.device,
        "ms_per_step": ms,
        "steps": count,
        "torch": torch.__version__,
    }
    print(json.dumps(line))


def same(what, found, expected, tolerance=1e-4):
    """Says how far two tensors lie apart, relative to the larger; ends the script where that is too far."""
    gap = ((found - expected).abs().max() / expected.abs().max()).item()
    print(f"{what}: {gap:.1e} apart", file=sys.stderr)
    if not gap < tolerance:
        sys.exit(f"{what}: more than {tolerance:.0e} apart")
