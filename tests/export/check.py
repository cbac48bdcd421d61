"""Compares what `gemc export` writes of runs with what gemc computes: ONNX Runtime, the PyTorch modules, and NumPy.

    python check.py GEMC RUN...

For each run this exports every format into a temporary folder, computes the logits of the same samples by each of them, and fails
where they differ by more than 1e-5 of the greatest. It needs numpy, onnx, onnxruntime, torch and safetensors.
"""

import importlib.util
import json
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from safetensors.numpy import load_file

SAMPLES = 64
TOLERANCE = 1e-5


def gemc(*arguments):
    """Runs gemc and returns what it prints."""
    done = subprocess.run([GEMC, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"gemc {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def samples(facts):
    """Draws samples as bytes, rows x columns x channels: noise in a random part of the pixels."""
    draw = numpy.random.default_rng(5)
    sizes = (SAMPLES, facts["height"], facts["width"], facts["channels"])
    kept = draw.random(sizes) < draw.random((SAMPLES, 1, 1, 1))
    return (draw.integers(0, 256, sizes) * kept).astype(numpy.uint8)


def png(pixels):
    """Returns the bytes of an image, grey or in colour."""
    rows, columns, channels = pixels.shape
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", columns, rows, 8, 2 if channels == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def by_gemc(run, pixels, which):
    """Computes logits by `gemc predict`, the reference interpreter in double precision; nothing for a few-shot run."""
    if json.loads((run / "run.json").read_text())["recipe"].get("few_shot"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        for place, sample in enumerate(pixels):
            Path(folder, f"{place:05}.png").write_bytes(png(sample))
        answers = json.loads(gemc("predict", run, folder, "--run", which, "--format", "json"))
    return numpy.array([answer["logits"] for answer in answers["samples"]])


def by_onnx(path, x):
    """Checks a file, and computes logits by ONNX Runtime."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    logits = session.run(None, {"samples": x})[0]
    # the batch is open
    one = session.run(None, {"samples": x[:1]})[0]
    assert numpy.allclose(one, logits[:1], rtol=1e-4, atol=1e-4 * abs(logits).max())
    return logits


def by_torch(path, x):
    """Computes logits by the exported module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    logits = model(torch.from_numpy(x))
    logits.logsumexp(1).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is None or torch.isfinite(parameter.grad).all(), name
    return logits.detach().numpy()


def layers(arrays):
    """Returns the connections of a chain of populations, in order; nothing for other networks."""
    links = [name.removesuffix(".weight").split("->") for name in arrays if name.endswith(".weight")]
    if not all(len(link) == 2 for link in links):
        return None
    following = dict(links)
    start = set(following) - set(following.values())
    if len(start) != 1 or len(following) != len(links):
        return None
    order, at = [], start.pop()
    while at in following:
        order.append((at, following[at]))
        at = following[at]
    return order if len(order) == len(links) else None


def by_numpy(path, x, activation):
    """Computes logits of a chain of dense connections from the arrays alone; nothing for other networks."""
    arrays = load_file(path)
    chain = layers(arrays)
    if chain is None or any(arrays[f"{a}->{b}.weight"].ndim != 2 for a, b in chain):
        return None
    for place, (source, target) in enumerate(chain):
        x = x @ arrays[f"{source}->{target}.weight"].T + arrays.get(f"{target}.bias", 0)
        if place + 1 < len(chain):
            x = activation(x)
    return x


def difference(found, expected):
    """Returns the greatest difference, as part of the greatest number."""
    return abs(found - expected).max() / abs(expected).max()


def check(run):
    """Checks a run; returns the greatest difference of each way."""
    record = json.loads((run / "run.json").read_text())
    found = {}
    for which in range(len(record["seeds"])):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            for to, ending in [("onnx", "onnx"), ("pytorch", "py")]:
                for option in [[], ["--genome"]]:
                    out = folder / f"{''.join(option).strip('-') or 'grown'}.{ending}"
                    gemc("export", run, "--to", to, "--out", out, "--run", which, *option)
            gemc("export", run, "--to", "safetensors", "--out", folder / "arrays.safetensors", "--run", which)
            gemc("export", run, "--to", "safetensors", "--genome", "--out", folder / "rows.safetensors", "--run", which)
            kept, rows = load_file(run / "genome.safetensors"), load_file(folder / "rows.safetensors")
            assert kept.keys() == rows.keys() and all((kept[name][which] == rows[name]).all() for name in kept)
            facts, margin = record["facts"], record["padding"]
            pixels = samples(facts)
            around = ((0, 0), (margin, margin), (margin, margin), (0, 0))
            x = numpy.pad(pixels, around).reshape(SAMPLES, -1).astype(numpy.float32) / numpy.float32(255)
            ways = {
                "onnx": by_onnx(folder / "grown.onnx", x),
                "onnx --genome": by_onnx(folder / "genome.onnx", x),
                "pytorch": by_torch(folder / "grown.py", x),
                "pytorch --genome": by_torch(folder / "genome.py", x),
                "numpy": by_numpy(folder / "arrays.safetensors", x, lambda x: numpy.maximum(x, 0)),
            }
            expected = by_gemc(run, pixels, which)
            # gemc predicts nothing for a run that learns its classes from samples
            expected = ways["numpy"] if expected is None else expected
            for way, logits in ways.items():
                if logits is not None:
                    found[way] = max(found.get(way, 0), difference(logits, expected))
    return found


def main():
    """Checks all runs that are named."""
    failed = False
    for run in map(Path, sys.argv[2:]):
        found = check(run)
        failed = failed or max(found.values()) > TOLERANCE
        print(f"{run.name:24}", ", ".join(f"{way} {error:.1e}" for way, error in found.items()), flush=True)
    sys.exit(int(failed))


if __name__ == "__main__":
    GEMC = sys.argv[1]
    main()
