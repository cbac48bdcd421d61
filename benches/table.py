"""Rounds of measurements → a table in Markdown → its place on a page, between two marks."""

import os
import platform
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path


class Fault(Exception):
    """Something about this machine that the user can put right."""


@dataclass(frozen=True)
class Device:
    """What computed: its words in a table, and its marks on a page."""

    words: str
    begin: str
    end: str


CPU = Device("", "<!-- compare: begin -->", "<!-- compare: end -->")


def tell(name, what):
    """Returns what nvidia-smi tells of a GPU; `name` is cuda or cuda:N."""
    ask = ["nvidia-smi", "-i", name.partition(":")[2] or "0", f"--query-gpu={what}", "--format=csv,noheader,nounits"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as fault:
        raise Fault(f"nvidia-smi does not tell the {what} of {name} ({fault})") from None


def gpu(name):
    """Returns a GPU as a table names it."""
    return Device(f"{tell(name, 'name')}, ", "<!-- compare on a GPU: begin -->", "<!-- compare on a GPU: end -->")


def table(pairs, how, device, versions):
    """Returns the table: medians of all rounds, and of the ratio also the least and the greatest."""
    other = "other" if any("JAX" in told for pair in pairs for told in pair.variants.values()) else "PyTorch"
    lines = [
        f"{how}, {device.words}{machine()}, {versions}.",
        "",
        f"| network | batch | {other} | gemc, ms | {other}, ms | {other} / gemc | gemc, MB | {other}, MB |",
        "|---|--:|---|--:|--:|--:|--:|--:|",
    ]
    for pair in pairs:
        for variant, told in pair.variants.items():
            rounds = pair.rounds[variant]
            theirs = [theirs for _, theirs in rounds]
            ratios = [theirs.ms / ours.ms for ours, theirs in rounds if ours]
            cells = [
                f"`{pair.model}`{pair.note}",
                str(pair.batch),
                told,
                middle([one.ms for one in pair.ours], shown),
                middle([one.ms for one in theirs], shown),
                spread(ratios),
                middle([one.memory for one in pair.ours], whole),
                middle([one.memory for one in theirs], whole),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    why = "is skipped on gemc's side, and measured once on the other"
    skipped = list(dict.fromkeys(f"- `{pair.model}` {why}: {pair.reason}" for pair in pairs if pair.reason))
    return "\n".join([*lines, *([""] if skipped else []), *skipped])


def middle(values, shown):
    return shown(statistics.median(values)) if values else "—"


def spread(ratios):
    if len(ratios) < 2:
        return middle(ratios, shown)
    return f"{middle(ratios, shown)} ({shown(min(ratios))} to {shown(max(ratios))})"


def shown(value):
    """Shows three digits or so."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def whole(value):
    return f"{value:.0f}"


def counted(count, noun):
    return f"{count} {noun}{'' if count == 1 else 's'}"


def machine():
    """Names the processor and its cores."""
    names = []
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    except OSError:
        pass
    return f"{names[0] if names else platform.machine()} ({counted(os.cpu_count(), 'core')})"


def around(page, device):
    """Returns what stands on a page before its table and after it."""
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as fault:
        raise Fault(f"{page} cannot be read ({fault.strerror})") from None
    before, begin, rest = text.partition(device.begin)
    _, end, after = rest.partition(device.end)
    if not (begin and end):
        raise Fault(f"{page} lacks the lines `{device.begin}` and `{device.end}` that the table goes between")
    return before, after


def write(page, device, text):
    """Puts the table between the marks of a page."""
    before, after = around(page, device)
    page.write_text(f"{before}{device.begin}\n\n{text}\n\n{device.end}{after}", encoding="utf-8")
