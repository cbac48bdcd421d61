#!/usr/bin/env python3
"""Drives Neovim, configured as docs/editors.md says, through all that the language server answers, and compares what it tells.

    python3 tests/editors/neovim.py target/release/gemc [--nvim nvim] [--accept]

Needs Neovim 0.11 and a C compiler, for the tree-sitter grammar. Works in a temporary folder: nobody's configuration is read. What is
expected is in neovim.txt; `--accept` writes it.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GRAMMAR = ROOT / "editors" / "tree-sitter-gem"
# with a mistake, and not yet formatted
MODEL = """model mlp(genes = 22) {
    genome g(genes)

    population pixels = grid(28, 28) { g: gausian }
    population hidden = grid(28, 28) { g: gaussian,   activation: relu }
    population digits = units(10) { g: random }

    connect pixels->hidden->digits via g
    input pixels
    output digits
}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gemc", type=Path, help="the program")
    parser.add_argument("--nvim", default="nvim", help="Neovim [nvim]")
    parser.add_argument("--accept", action="store_true", help="write what is expected")
    asked = parser.parse_args()
    nvim = shutil.which(asked.nvim)
    if not nvim:
        print(f"skipped: neovim (no program `{asked.nvim}`)")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        told = drive(nvim, environment(Path(folder), asked.gemc.resolve()), Path(folder))
    expected = HERE / "neovim.txt"
    if asked.accept:
        expected.write_text(told)
    if told != expected.read_text():
        print(told, f"\nit differs from {expected}", file=sys.stderr)
        return 1
    print(f"{told.count(chr(10))} lines, as expected")
    return 0


def environment(folder, gemc):
    """Sets up a configuration of its own in a folder: that of the page, the parser, the queries. Returns the variables that name it."""
    page = (ROOT / "docs" / "editors.md").read_text()
    config = folder / "config" / "nvim"
    (config / "parser").mkdir(parents=True)
    shutil.copytree(GRAMMAR / "queries", config / "queries" / "gem")
    (config / "init.lua").write_text("\n".join(re.findall(r"```lua\n(.*?)```", page, re.DOTALL)))
    compiler = ["cc", "-shared", "-fPIC", "-O1", "-I", GRAMMAR / "src", GRAMMAR / "src" / "parser.c", "-o", config / "parser" / "gem.so"]
    subprocess.run(compiler, check=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "gemc").symlink_to(gemc)
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {**os.environ, **homes, "HOME": str(folder), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}


def drive(nvim, variables, folder):
    model = folder / "mlp.gem"
    model.write_text(MODEL)
    command = [nvim, "--headless", str(model), "-c", f"luafile {HERE / 'neovim.lua'}"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout.replace("\r\n", "\n") + (f"stderr: {done.stderr}" if done.stderr.strip() else "")


if __name__ == "__main__":
    sys.exit(main())
