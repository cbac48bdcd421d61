#!/usr/bin/env python3
"""Builds the fuzz targets and lets each look for inputs that do harm.

    python3 tests/fuzz/fuzz.py [--seconds N] [--jobs N] [--corpus FOLDER] [TARGET]…

Needs cargo and a C++ compiler, no nightly toolchain. Every branch is counted by LLVM's own pass, and libFuzzer, which the crate
libfuzzer-sys compiles, changes inputs so that more of them are reached. What is found lies in FOLDER/TARGET.found; the
inputs worth keeping in FOLDER/TARGET, where the next call goes on. Ends with 1 where a target found something.
"""

import argparse
import gzip
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CASES = ROOT / "tests" / "cases"
# Letters of an input at most, and MB that reading one may take.
LONGEST = {"parse": 1024, "text": 4096, "model": 256, "idx": 512, "gzip": 1024, "tar": 8192, "zip": 2048, "image": 4096, "csv": 1024, "npy": 512, "recipe": 1024, "run": 2048}
MEMORY = 1024
# Seconds on the clock, which a busy machine may stretch; a target itself measures the processor's.
PATIENCE = 30
COUNTERS = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    # readers of images then look past wrong sums, which no fuzzer could guess
    "--cfg=fuzzing",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="some of " + ", ".join(LONGEST) + "; all if none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for each target [60]")
    parser.add_argument("--seed", type=int, default=0, help="of the changes that are tried; 0, the default, is another one each time")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1), help="targets at work at once")
    parser.add_argument("--corpus", type=Path, default=HERE / "target" / "corpus", help="where inputs are kept")
    asked = parser.parse_args()
    unknown = set(asked.targets) - set(LONGEST)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    targets = asked.targets or list(LONGEST)
    programs = build(targets)
    for target in targets:
        seed(target, asked.corpus)
    with ThreadPoolExecutor(max(1, asked.jobs)) as pool:
        told = list(pool.map(lambda target: fuzz(target, programs, asked), targets))
    for target, (found, line) in zip(targets, told):
        print(f"{target:<6} {'FOUND SOMETHING' if found else 'found nothing'}: {line}")
    return 1 if any(found for found, _ in told) else 0


def build(targets):
    """Builds targets with counters; for a named machine, so that build scripts and macros get none."""
    host = re.search(r"^host: (.+)$", subprocess.check_output(["rustc", "-vV"], text=True), re.MULTILINE).group(1)
    # the same versions as are shipped; cargo adds the fuzzer's own
    shutil.copy(ROOT / "Cargo.lock", HERE / "Cargo.lock")
    command = ["cargo", "build", "--release", "--target", host]
    for target in targets:
        command += ["--bin", target]
    environment = {**os.environ, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(COUNTERS), "CARGO_INCREMENTAL": "0"}
    environment.setdefault("CARGO_TARGET_DIR", str(HERE / "target"))
    subprocess.run(command, cwd=HERE, env=environment, check=True)
    return Path(environment["CARGO_TARGET_DIR"]) / host / "release"


def fuzz(target, programs, asked):
    """Lets one target run; tells whether it found something, and what it did."""
    corpus, found = asked.corpus / target, asked.corpus / f"{target}.found"
    found.mkdir(parents=True, exist_ok=True)
    command = [
        str(programs / target),
        str(corpus),
        f"-artifact_prefix={found}/",
        f"-max_total_time={asked.seconds}",
        f"-max_len={LONGEST[target]}",
        f"-seed={asked.seed}",
        f"-timeout={PATIENCE}",
        f"-rss_limit_mb={MEMORY}",
        f"-malloc_limit_mb={MEMORY}",
        "-print_final_stats=1",
    ]
    words = dictionary(target)
    if words:
        path = asked.corpus / f"{target}.dict"
        path.write_text("".join(f'"{word}"\n' for word in words), encoding="utf-8")
        command.append(f"-dict={path}")
    with open(asked.corpus / f"{target}.log", "wb") as log:
        code = subprocess.run(command, stdout=log, stderr=log, check=False).returncode
    said = (asked.corpus / f"{target}.log").read_text(encoding="utf-8", errors="replace")
    number = lambda name: int((re.findall(rf"stat::{name}: +(\d+)", said) or [0])[-1])
    line = f"{number('number_of_executed_units')} executions, {number('average_exec_per_sec')} a second"
    line += f", {number('peak_rss_mb')} MB at most, the slowest took {number('slowest_unit_time_sec')} s"
    if code != 0:
        line += f"\n{said[-4000:]}\n  its input lies in {found}"
    return code != 0, line


# --- words and first inputs


def dictionary(target):
    """Makes a target's words; those of texts are the grammar's and all that the cases use."""
    if target in ("parse", "text"):
        words = set(re.findall(r'"((?:[^"\\]|\\.)+)"', (ROOT / "grammar" / "gem.pest").read_text(encoding="utf-8")))
        for case in cases():
            words |= set(re.findall(r"[a-z_]{3,}|[0-9.e-]{2,}", re.sub(r"//.*", "", case.read_text(encoding="utf-8"))))
        return sorted(word for word in words if re.fullmatch(r"[ !#-\[\]-~]+", word))
    return {
        "csv": ["source", "target", "name", "1e308", "nan", "\\x22", "AVA", "AVB", "\\xef\\xbb\\xbf"],
        "recipe": ["title", "train", "trials", "model", "label", "set", "axes", "expect", "accuracy", "1..30", "&a", "*a", "<<"],
        "run": ["F32", "F64", "data_offsets", "__metadata__", "graph", "shape", "dtype", "null", "1e999"],
        "image": ["IHDR", "IDAT", "IEND", "PLTE", "tRNS", "\\xff\\xd8", "\\xff\\xd9", "\\xff\\xc0", "\\xff\\xc4", "\\xff\\xda"],
        "zip": ["PK\\x03\\x04", "PK\\x01\\x02", "PK\\x05\\x06", "PK\\x06\\x06", "PK\\x06\\x07", "back/A/b/1.png", "../"],
        "tar": ["ustar", "a/data_batch_1.bin", "test_batch.bin", "./"],
    }.get(target, [])


def cases():
    return sorted(CASES.rglob("*.gem"))


def seed(target, corpus):
    """Puts a target's first inputs beside those that earlier calls have kept."""
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(seeds(target)):
        (folder / f"seed-{number}").write_bytes(content)


def seeds(target):
    idx = bytes.fromhex("00000803 00000002 00000003 00000002") + bytes(range(12))
    labels = bytes.fromhex("00000801 00000003") + bytes([1, 0, 9])
    if target in ("parse", "text"):
        return [case.read_bytes() for case in cases()]
    if target == "model":
        return [bytes(range(start, start + 64)) for start in range(0, 192, 16)]
    if target == "idx":
        return [idx, labels]
    if target == "gzip":
        return [idx, gzip.compress(idx, mtime=0), gzip.compress(idx[:9], mtime=0) + gzip.compress(idx[9:], mtime=0)]
    if target == "tar":
        return [packed(("a/data_batch_1.bin", "./test_batch.bin")), packed(("test_batch.bin", "a/data_batch_1.bin", "x" * 150))]
    if target == "zip":
        return [zipped(zipfile.ZIP_STORED), zipped(zipfile.ZIP_DEFLATED)]
    if target == "image":
        return [png(0, 1), png(2, 3), png(6, 4), png(4, 2), *(path.read_bytes() for path in sorted(HERE.glob("seeds/*.jpg")))]
    if target == "recipe":
        return [path.read_bytes() for path in sorted((ROOT / "models" / "recipes").glob("*.yaml"))]
    if target == "npy":
        header = lambda kind, sizes: (b"{'descr': '%s', 'fortran_order': False, 'shape': (%s), }" % (kind, sizes)).ljust(117) + b"\n"
        begin = b"\x93NUMPY\x01\x00\x76\x00"
        return [begin + header(b"|u1", b"2, 3") + bytes(6), begin + header(b">f4", b"2,") + bytes(8), begin + header(b"|O", b"1,") + b"(lp0\n."]
    if target == "csv":
        return [b"source,target,weight\nAVA,AVB,1\nAVB,a,2\n", b"name,a,b\na,0,1\nb,1,0\n", b"name,unc\nAVA,0.5\nAVB,1e-3\n", b'a,"b ""c""",d\n1,2,3\n']
    return [(HERE / "seeds" / name).read_bytes() for name in ("run.json", "genome.safetensors")]


def zipped(method):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name in ("back/", "back/A/b/1.png", "back/A/b/2.png", "readme"):
            archive.writestr(zipfile.ZipInfo(name), b"\x89PNG" * 10, method)
    return whole.getvalue()


def packed(names):
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = 20
            archive.addfile(entry, io.BytesIO(bytes(20)))
    return whole.getvalue()


def png(kind, channels):
    """Draws 3 × 2 pixels of eight bits a channel."""

    def chunk(name, content):
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    head = (3).to_bytes(4, "big") + (2).to_bytes(4, "big") + bytes([8, kind, 0, 0, 0])
    rows = b"".join(b"\0" + bytes(range(3 * channels)) for _ in range(2))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    sys.exit(main())
