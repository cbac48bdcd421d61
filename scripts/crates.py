#!/usr/bin/env python3
"""Holds the licence and the source of every crate to deny.toml, and gathers the licences' texts.

    python3 scripts/crates.py                 every crate of every Cargo.lock; ends with 1 where one does not fit
    python3 scripts/crates.py --texts FILE    writes the licences of all crates that the programs are made of
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# the fuzz targets' is no part of the repository: it is made when they are built, and follows the other
LOCKS = [folder for folder in (ROOT, ROOT / "tests" / "fuzz") if (folder / "Cargo.lock").is_file()]


def main(arguments):
    if not arguments:
        faults = [fault for folder in LOCKS for fault in check(folder)]
        for fault in faults:
            print(f"crates: {fault}", file=sys.stderr)
        return 1 if faults else 0
    if len(arguments) == 2 and arguments[0] == "--texts":
        Path(arguments[1]).write_text(texts(), encoding="utf-8")
        return 0
    print(__doc__.strip())
    return 2


def check(folder, listed=None):
    """Tells what is wrong with the crates of one Cargo.lock."""
    allowed, exceptions, registries = rules((ROOT / "deny.toml").read_text(encoding="utf-8"))
    listed = metadata(folder) if listed is None else listed
    lock = packages((folder / "Cargo.lock").read_text(encoding="utf-8"))
    for crate in lock:
        name = f"{crate['name']} {crate['version']}"
        source = crate.get("source", "")
        if not source:
            # what is not published lies in this repository
            if not any(ROOT in Path(p["manifest_path"]).parents for p in listed if p["name"] == crate["name"]):
                yield f"{name} comes from a folder outside of the repository"
        elif source.removeprefix("registry+") not in registries:
            yield f"{name} comes from {source}, which deny.toml does not allow"
        elif not re.fullmatch(r"[0-9a-f]{64}", crate.get("checksum", "")):
            yield f"{name} has no checksum in Cargo.lock"
    for crate in listed:
        name, licence = f"{crate['name']} {crate['version']}", crate["license"]
        if not licence:
            yield f"{name} names no licence"
        elif not fits(licence, allowed | exceptions.get(crate["name"], set())):
            yield f"{name} is licensed under {licence}, which deny.toml does not allow"


def rules(text):
    """Reads deny.toml, as far as it is looked at here: licences, those of single crates, registries."""
    text = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    strings = lambda found: set(re.findall(r'"([^"]*)"', found.group(1)))
    allowed = strings(re.search(r"^allow = \[(.*?)\]", text, re.MULTILINE | re.DOTALL))
    single = re.findall(r'\{ crate = "([^"]+)", allow = \[([^]]*)\] \}', text)
    exceptions = {name: set(re.findall(r'"([^"]*)"', licences)) for name, licences in single}
    registries = strings(re.search(r"^allow-registry = \[(.*?)\]", text, re.MULTILINE | re.DOTALL))
    return allowed, exceptions, registries


def packages(lock):
    """Reads the packages of a Cargo.lock."""
    blocks = lock.split("[[package]]")[1:]
    return [dict(re.findall(r'^(name|version|source|checksum) = "([^"]*)"$', block, re.MULTILINE)) for block in blocks]


def metadata(folder, *more):
    command = ["cargo", "metadata", "--format-version", "1", "--all-features", *more]
    command += ["--locked"] if folder == ROOT else []
    return json.loads(subprocess.check_output(command, cwd=folder))["packages"]


def fits(licence, allowed):
    """Tells whether an SPDX expression can be met with the licences that are allowed."""
    words = re.findall(r"[()]|[^\s()/]+|/", licence)

    def any_of():
        met = all_of()
        while words and words[0] in ("OR", "/"):
            words.pop(0)
            met = all_of() or met
        return met

    def all_of():
        met = one()
        while words and words[0] == "AND":
            words.pop(0)
            met = one() and met
        return met

    def one():
        word = words.pop(0) if words else ""
        if word == "(":
            met = any_of()
            return bool(words) and words.pop(0) == ")" and met
        if words and words[0] == "WITH":
            word = f"{word} {words.pop(0)} {words.pop(0) if words else ''}"
        return word in allowed

    return any_of() and not words


def texts():
    """Gathers the licences that crates bring along, each text once, under the names of all that bring it."""
    host = re.search(r"^host: (.+)$", subprocess.check_output(["rustc", "-vV"], text=True), re.MULTILINE).group(1)
    listed = [crate for crate in metadata(ROOT, "--filter-platform", host) if crate["source"]]
    brought = {}
    for crate in listed:
        folder = Path(crate["manifest_path"]).parent
        for path in sorted(folder.iterdir()):
            if path.is_file() and re.match(r"(?i)licen[sc]e|copying|notice|unlicense", path.name):
                text = path.read_text(encoding="utf-8", errors="replace").strip()
                brought.setdefault(text, []).append(f"{crate['name']} {crate['version']}")
    lines = [f"{crate['name']} {crate['version']}: {crate['license']}, {crate['repository']}" for crate in listed]
    parts = ["\n".join(lines), *("\n".join(names) + "\n\n" + text for text, names in brought.items())]
    return f"\n\n{'=' * 100}\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
