#!/usr/bin/env python3
"""Takes the pictures of Neovim in docs/images: a model at fault with its diagnostics, and one without fault with its hints and colours.

    python3 tests/editors/screenshot.py target/release/gemc [--nvim nvim]

Needs the Debian packages xterm, xvfb, x11-apps, imagemagick and fonts-dejavu-core. Look at the pictures before they are committed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from neovim import MODEL, ROOT, environment

DISPLAY = ":87"
FAULTY = MODEL.replace("->hidden->", " -> hiden -> ").replace("gaussian,   ", "gaussian, ").replace("units(10) {", "units(10)    {")
# keys that are typed once the server has answered
SHOTS = {
    "nvim_diagnostics": (FAULTY, ""),
    "nvim_hints": (FAULTY.replace("gausian", "gaussian").replace("hiden", "hidden"), "5GfhK"),
}
LOOKS = "set number signcolumn=yes laststatus=0 noruler noshowcmd shortmess+=F termguicolors | colorscheme default | set background=light"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gemc", type=Path, help="the program")
    parser.add_argument("--nvim", default="nvim", help="Neovim [nvim]")
    asked = parser.parse_args()
    server = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1300x320x24"], stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        for name, (text, keys) in SHOTS.items():
            with tempfile.TemporaryDirectory() as folder:
                shoot(Path(folder), shutil.which(asked.nvim), asked.gemc.resolve(), text, keys, ROOT / "docs" / "images" / f"{name}.png")
    finally:
        server.terminate()
        server.wait()
    return 0


def shoot(folder, nvim, gemc, text, keys, picture):
    variables = {**environment(folder, gemc), "DISPLAY": DISPLAY, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    (folder / "mlp.gem").write_text(text)
    socket = folder / "socket"
    editor = [nvim, "--listen", str(socket), "-c", LOOKS, "-c", "lua vim.treesitter.start(0, 'gem')", str(folder / "mlp.gem")]
    terminal = ["xterm", "-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "140x13+0+0", "-b", "4", "-e", *editor]
    shown = subprocess.Popen(terminal, env=variables, cwd=folder)
    try:
        time.sleep(6)
        if keys:
            subprocess.run([nvim, "--server", str(socket), "--remote-send", keys], env=variables, check=True)
            time.sleep(2)
        subprocess.run(f"xwd -root | convert xwd:- -trim -bordercolor white -colors 64 PNG8:{picture}", shell=True, env={**os.environ, "DISPLAY": DISPLAY}, check=True)
    finally:
        shown.terminate()
        shown.wait()


if __name__ == "__main__":
    sys.exit(main())
