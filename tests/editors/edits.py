#!/usr/bin/env python3
"""Makes a million random edits of a text that the language server holds, asks now and then, and watches its memory.

    python3 tests/editors/edits.py target/release/gemc [--edits 1000000] [--seed 1]

An edit replaces up to three characters by a piece of a model, or by nothing; now and then the text is written anew. After every tenth edit
the faults are waited for, and after every hundredth something is asked. Prints the memory at each tenth of the way. Ends with 1 if the
server ends, answers that there is a bug in gemc, or has grown by more than 10 MB since the first tenth.
"""

import argparse
import random
import sys

from client import Client

BASE = """model m(size = 3) {
    // ä 😀 𝒳
    genome g(size)
    population a = grid(4, 4) { g: gaussian }
    population b = units(2)   { g: random }
    connect a -> b via g
    input a
    output b
}
"""
PIECES = ["", "\n", "}", "{", "(", ")", " ", "population c = units(2)\n", "😀", "ä", "/*", "*/", "//", ":", ",", "g", "->", "3", "via", "bias"]
METHODS = ["hover", "completion", "codeLens", "inlayHint", "semanticTokens/full", "documentSymbol", "formatting", "codeAction", "references"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gemc", help="the program")
    parser.add_argument("--edits", type=int, default=1_000_000, help="[1000000]")
    parser.add_argument("--seed", type=int, default=1, help="of the edits")
    asked = parser.parse_args()
    random.seed(asked.seed)
    client, text, memory = Client(asked.gemc), BASE, []
    client.open(text)
    for count in range(1, asked.edits + 1):
        text = edit(client, text)
        if count % 10 == 0:
            client.faults()
        if count % 100 == 0:
            answer = client.about(random.choice(METHODS), random.randrange(12), random.randrange(40))
            if isinstance(answer, dict) and answer.get("code") == -32603:
                sys.exit(f"after {count} edits: {answer}\n{text}")
        if count % (asked.edits // 10 or 1) == 0:
            memory.append(client.memory())
            print(f"{count} edits: {memory[-1]:.1f} MB", flush=True)
    return client.end() or int(max(memory) > memory[0] + 10)


def edit(client, text):
    """Makes one edit, and returns the text as it is then."""
    if random.random() < 1 / 12 or len(text) > 2_000:
        client.change(BASE)
        return BASE
    start = random.randrange(len(text) + 1)
    end = min(start + random.randrange(4), len(text))
    piece = random.choice(PIECES)
    client.change(piece, place(text, start), place(text, end))
    return text[:start] + piece + text[end:]


def place(text, at):
    """Returns line and column, in units of UTF-16."""
    start = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, at), len(text[start:at].encode("utf-16-le")) // 2


if __name__ == "__main__":
    sys.exit(main())
