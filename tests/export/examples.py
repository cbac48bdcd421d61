"""Runs the snippets of Python in docs/interop.md, one after the other.

    python examples.py GEMC GCM SGEM_MLP

GCM and SGEM_MLP are runs of these models. What the snippets name is exported first. It needs numpy, onnxruntime, torch and safetensors.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import torch

ROOT = Path(__file__).resolve().parent.parent.parent


def snippets(page):
    """Returns the blocks that are marked `py`."""
    parts = (ROOT / page).read_text().split("```")
    return [part.removeprefix("py\n") for part in parts[1::2] if part.startswith("py\n")]


def main():
    """Exports what the snippets read, and runs them in a folder of their own."""
    gemc = str(Path(sys.argv[1]).resolve())
    runs = {"runs/gcm-1": Path(sys.argv[2]).resolve(), "runs/sgem_mlp-1": Path(sys.argv[3]).resolve()}
    blocks = snippets("docs/interop.md")
    assert len(blocks) == 3, len(blocks)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, run in runs.items():
            Path(name).mkdir(parents=True)
            for file in ("model.gem", "run.json", "genome.safetensors"):
                Path(name, file).write_bytes((run / file).read_bytes())
        for arguments in (
            ["runs/gcm-1", "--to", "safetensors"],
            ["runs/sgem_mlp-1", "--to", "onnx"],
            ["runs/sgem_mlp-1", "--to", "pytorch", "--genome", "--out", "sgem_mlp_genome.py"],
        ):
            subprocess.run([gemc, "export", *arguments], check=True, capture_output=True)
        sys.path.insert(0, folder)
        numbers = numpy.random.default_rng(1).random((8, 784), dtype=numpy.float32)
        for place, block in enumerate(blocks):
            is_torch = "torch" in block
            known = {"torch": torch, "x": torch.from_numpy(numbers) if is_torch else numbers, "labels": torch.arange(8)}
            exec(block, known)
            made = known["loss"] if is_torch else known["logits"]
            assert made.shape == (() if is_torch else (8, 10)), made.shape
            print(f"snippet {place + 1} runs")


if __name__ == "__main__":
    main()
