#!/usr/bin/env python3
"""Installs what `make build` made, with a libtorch of its own; nothing of the checkout is needed afterwards.

    python3 scripts/install.py install      --prefix PREFIX [--destdir DIR] [--torch yes|no] --built FOLDER
    python3 scripts/install.py uninstall    --prefix PREFIX [--destdir DIR]

`make install` and `make uninstall` call it. What is laid down is listed in PREFIX/lib/gemc/installed.txt, and uninstalling removes
what is listed and the folders that are then empty, nothing else. With `--torch no` the programs look for libtorch in
LIBTORCH, and for the torch of python3, when they start.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("gemc", "gemc-torch")
LIST = "lib/gemc/installed.txt"
# What the front of gemc looks for, from the folder of the programs: src/cli/libtorch.rs.
TORCH = "lib/gemc/torch"
SHELLS = {
    "bash": "share/bash-completion/completions/gemc",
    "zsh": "share/zsh/site-functions/_gemc",
    "fish": "share/fish/vendor_completions.d/gemc.fish",
}
DOCUMENTS = "share/doc/gemc"
# What libtorch opens by name while it runs: its CUDA half, and the compiler of kernels with its own parts.
OPENED = ("libtorch_cuda.so", "libnvrtc")


class Fault(Exception):
    """Something that the user can put right."""


class Tree:
    """The files below a prefix, and the list of those that were laid down."""

    def __init__(self, prefix, destdir):
        if not prefix.is_absolute():
            raise Fault(f"PREFIX={prefix}: must be an absolute path")
        self.root = Path(f"{destdir}{prefix}") if str(destdir) not in ("", ".") else prefix
        self.files = []

    def path(self, name):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files.append(name)
        return path

    def copy(self, source, name, mode=0o644):
        # a program that is running is replaced, not written into
        path = self.path(name)
        part = path.with_name(f".{path.name}.part")
        shutil.copyfile(source, part)
        part.chmod(mode)
        os.replace(part, path)

    def write(self, text, name):
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            self.copy(file.name, name)

    def remove(self):
        """Removes what an earlier install laid down, and folders that are then empty."""
        listed = self.root / LIST
        if not listed.is_file():
            return False
        for name in [*listed.read_text(encoding="utf-8").split("\n"), LIST]:
            path = self.root / name
            # a list that was tampered with leads nowhere else
            if not name or ".." in Path(name).parts or Path(name).is_absolute():
                continue
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self.root or not folder.is_relative_to(self.root) or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()
        return True


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=("install", "uninstall"))
    parser.add_argument("--prefix", type=Path, required=True)
    parser.add_argument("--destdir", default="")
    parser.add_argument("--torch", choices=("yes", "no"), default="yes")
    parser.add_argument("--built", type=Path, default=ROOT / "target" / "release")
    asked = parser.parse_args(arguments)
    tree = Tree(asked.prefix, asked.destdir)
    try:
        if asked.verb == "uninstall":
            if not tree.remove():
                raise Fault(f"nothing of gemc is installed in {tree.root}: there is no {LIST}")
            print(f"removed gemc from {tree.root}")
            return 0
        install(tree, asked.built.resolve(), asked.torch == "yes")
    except OSError as error:
        raise Fault(f"cannot write in {tree.root}: {error}") from error
    print(f"installed gemc in {tree.root}: {tree.root / 'bin' / 'gemc'}")
    return 0


def install(tree, built, torch):
    for program in PROGRAMS:
        if not os.access(built / program, os.X_OK):
            raise Fault(f"there is no {built / program}: `make build` makes it")
    libraries = collect(built / "gemc-torch") if torch else {}
    tree.remove()
    for program in PROGRAMS:
        tree.copy(built / program, f"bin/{program}", 0o755)
    for name, source in libraries.items():
        tree.copy(source, name, 0o755 if ".so" in name else 0o644)
    with tempfile.TemporaryDirectory() as pages:
        subprocess.run([built / "gemc", "manual", pages], check=True)
        for page in sorted(Path(pages).iterdir()):
            tree.copy(page, f"share/man/man1/{page.name}")
    for shell, name in SHELLS.items():
        tree.write(subprocess.check_output([built / "gemc", "completions", shell], text=True), name)
    for path in [ROOT / "LICENSE-MIT", ROOT / "LICENSE-APACHE", ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        tree.copy(path, f"{DOCUMENTS}/{path.name}")
    for path in sorted((ROOT / "docs").glob("*.md")):
        tree.copy(path, f"{DOCUMENTS}/docs/{path.name}")
    if (built / "licences.txt").is_file():
        tree.copy(built / "licences.txt", f"{DOCUMENTS}/licences-of-crates.txt")
    tree.write("".join(f"{name}\n" for name in tree.files), LIST)


def collect(engine):
    """Finds the libraries of libtorch that the engine loads: where each goes, and where it lies."""
    if sys.platform != "linux":
        raise Fault("libtorch is installed along on Linux only; `make install TORCH=no` installs the programs alone")
    loaded = linked(engine)
    core = loaded.get("libtorch_cpu.so")
    if core is None:
        raise Fault(f"{engine} finds no libtorch; `--torch no` (`make install TORCH=no`) installs the programs alone")
    torch = core.parent.parent
    ours = lambda path: path.is_relative_to(torch) or path.is_relative_to(torch.parent / "nvidia")
    found = set(filter(ours, loaded.values()))
    for library in whole_set(torch):
        found.add(library)
        found.update(filter(ours, linked(library).values()))
    files = {place(path, torch): path for path in found}
    for about in ("version.py", "build-version"):
        if (torch / about).is_file():
            files[f"{TORCH}/{about}"] = torch / about
    for licence in [*torch.parent.glob("torch-*.dist-info/licenses/*"), *torch.parent.glob("nvidia_*.dist-info/**/License*")]:
        if licence.is_file():
            owner = licence.relative_to(torch.parent).parts[0].split("-")[0]
            files[f"{DOCUMENTS}/{owner}-{licence.name}"] = licence
    return files


def whole_set(torch):
    """Lists what is opened by name where libtorch came with all of CUDA; of the small set nothing."""
    if not any(torch.parent.glob("nvidia/**/libcublas.so*")):
        return []
    begins = lambda path: path.name.startswith(OPENED) and ".so" in path.name and path.is_file()
    return [path.resolve() for path in [*(torch / "lib").iterdir(), *torch.parent.glob("nvidia/**/lib/*")] if begins(path)]


def place(path, torch):
    """Returns where a library goes: beside its fellows as it lay, as they find each other by that."""
    inside = path.relative_to(torch.parent)
    return f"{TORCH}/{path.relative_to(torch)}" if path.is_relative_to(torch) else f"{Path(TORCH).parent}/{inside}"


def linked(program):
    """Asks the loader what it would load for a program: each library by the name it is wanted under."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    # its folder as it is, its name as it is wanted
    real = lambda path: Path(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    return {name: real(path) for name, path in re.findall(r"^\s*(\S+) => (/.+) \(0x", said, re.MULTILINE)}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Fault as fault:
        print(f"install: {fault}", file=sys.stderr)
        sys.exit(3)
