"""Trains ten steps in gemc and ten in the exported PyTorch module, from the same genome with the same batches, and compares the losses.

    python train.py GEMC MODEL...

The data is a folder of images, all of which are one batch, so the order of samples has no effect. GEMC must have its engine.
It needs numpy, torch and safetensors.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import torch

from check import png

SIDE, CLASSES, EACH, STEPS, RATE = 28, 10, 6, 10, 0.002
TOLERANCE = 1e-4


def gemc(folder, *arguments):
    """Runs gemc in a folder; where GEMC has no engine, GEMC_TRAINER names one that has."""
    program = os.environ.get("GEMC_TRAINER", GEMC) if arguments[0] == "train" else GEMC
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, cwd=folder)
    if done.returncode:
        raise SystemExit(f"gemc {' '.join(map(str, arguments))}\n{done.stderr}")


def images(folder):
    """Writes a folder of images for each class, and returns those to train on with their labels."""
    draw = numpy.random.default_rng(3)
    pixels, labels = [], []
    for split, count in [("train", EACH), ("test", 2)]:
        for label in range(CLASSES):
            place = folder / split / str(label)
            place.mkdir(parents=True)
            for number in range(count):
                image = (draw.integers(0, 256, (SIDE, SIDE, 1)) * (draw.random((SIDE, SIDE, 1)) < 0.2)).astype(numpy.uint8)
                image[2 * label : 2 * label + 6] |= 128
                (place / f"{number}.png").write_bytes(png(image))
                if split == "train":
                    pixels.append(image.reshape(-1))
                    labels.append(label)
    return torch.from_numpy(numpy.array(pixels, dtype=numpy.float32) / 255), torch.tensor(labels)


def losses_of_gemc(folder, model):
    """Trains a run, goes on from its genome for ten steps, and returns the losses of these; the first run is left as `first`."""
    data = f"folder:{folder / 'images'}"
    common = ["--data", data, "--batch", CLASSES * EACH, "--lr", RATE, "--schedule", "constant", "--threads", 1]
    gemc(folder, "train", f"{model}.gem", *common, "--steps", 5, "--eval-every", 5, "--run-dir", "first")
    gemc(
        folder, "train", f"{model}.gem", *common, "--steps", STEPS, "--eval-every", 1,
        "--from", "first", "--run-dir", "second", "--patience", 100,
    )
    lines = (folder / "second/metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["loss"] for line in lines]


def losses_of_torch(folder, x, labels):
    """Trains the exported module for ten steps, and returns the losses."""
    gemc(folder, "export", "first", "--to", "pytorch", "--genome", "--out", "module.py")
    spec = importlib.util.spec_from_file_location("module", folder / "module.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    optimizer = torch.optim.Adam(model.rates(RATE))
    found = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        found.append(loss.item())
        loss.backward()
        optimizer.step()
    return found


def main():
    """Compares all models that are named."""
    failed = False
    for model in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            x, labels = images(folder / "images")
            expected = numpy.array(losses_of_gemc(folder, model))
            found = numpy.array(losses_of_torch(folder, x, labels))
            error = abs(found - expected).max()
            failed = failed or error > TOLERANCE
            print(f"{model:20} {expected[0]:.5f} to {expected[-1]:.5f}, differs by {error:.1e}", flush=True)
    sys.exit(int(failed))


if __name__ == "__main__":
    GEMC = sys.argv[1]
    main()
