#!/usr/bin/env python3
"""Measures how long an edit takes until its diagnostics are there, and how long the questions take that an editor asks after it.

    python3 tests/editors/speed.py target/release/gemc [--edits 200] [POPULATIONS]…

Types into texts of 1,000 and 10,000 populations over pipes: a letter of a comment, of a number, and of a name, so that the text is without
fault and at fault by turns. Prints medians, and the 95th percentile of the edits, in milliseconds. Nothing is compared with a limit: run
it on a machine that does nothing else.
"""

import argparse
import statistics
import time

from client import Client, chain


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gemc", help="the program")
    parser.add_argument("populations", nargs="*", type=int, default=[1_000, 10_000], help="sizes of the texts [1000 10000]")
    parser.add_argument("--edits", type=int, default=200, help="of each text [200]")
    asked = parser.parse_intermixed_args()
    for populations in asked.populations:
        print(f"{populations} populations", *measure(asked.gemc, populations, asked.edits), sep="\n  ")


def measure(gemc, populations, edits):
    text = chain(populations)
    client = Client(gemc)
    told = [f"opened          {timed(lambda: (client.open(text), client.faults())):8.1f}"]
    for name, needle in {"in a blank": "model big {", "in a number": "units(2", "in a name": "connect p"}.items():
        told.append(typed(client, text, f"edit {name:12}", text.index(needle, len(text) // 2 if "big" not in needle else 0) + len(needle), edits))
    for method in ["inlayHint", "codeLens", "codeLens", "semanticTokens/full", "documentSymbol", "hover", "completion", "references", "formatting"]:
        told.append(f"{method:20} {timed(lambda: client.about(method, line=populations, character=16)):8.1f}")
    told.append(f"memory          {client.memory():8.1f} MB")
    assert client.end() == 0
    return told


def typed(client, text, name, at, edits):
    """Types a digit or a blank and takes it away again, and says how long it took until the faults came."""
    line, column = text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1
    letter = " " if "blank" in name else "7"
    taken, before = [], client.computed()
    for turn in range(edits):
        change = (letter, (line, column), (line, column)) if turn % 2 == 0 else ("", (line, column), (line, column + 1))
        taken.append(timed(lambda: (client.change(*change), client.faults())))
    computed = (client.computed() - before) / edits
    return f"{name} {statistics.median(taken):8.1f}, 95 of 100 within {statistics.quantiles(taken, n=20)[-1]:.1f}; {computed:.1f} of processor time"


def timed(act):
    """Returns how many milliseconds something takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
