"""The sum of docs/scale.md, made of what docs/benchmarks.md says was measured: what a billion messages take.

    scale_page.py [--check]

With --check nothing is written: it ends with 1 when the page says something else than the figures.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
MEASURED: Final = "## An audit of a million messages"  # in docs/benchmarks.md
HEADING: Final = "### What a billion messages take"  # in docs/scale.md

BILLION: Final = 1_000_000_000
TURNS: Final = 10  # messages of a conversation
MANY: Final = 64  # cores
HOUR: Final = 3_600_000  # milliseconds

# Measured once, on 2026-11-22, on the same machine, over conversations of ten messages with 18 findings each.
FIRST_WALK: Final = 0.158  # ms of one core for a message: decision 0046
ADDING: Final = 0.81  # ms of one core for a conversation
RESULTS: Final = 6_200  # bytes of a conversation's findings on their way
WAITING: Final = 100  # bytes of memory for a conversation's waiting times
FINDINGS: Final = 312  # bytes of a conversation in findings.parquet
LINES: Final = 2_000  # bytes of a conversation as JSON lines


@dataclass(frozen=True, slots=True)
class Judging:
    """What was measured of an audit."""

    cores: int
    a_second: float  # messages, on all cores
    each: float  # ms of one core for a message
    is_reckoned: bool  # of the clock and the cores, where the processor's own time was not written down


def read(page: str) -> Judging:
    """Read the figures from the text of docs/benchmarks.md.

    :raises ValueError: if they are not there
    """
    part = page.partition(f"{MEASURED}\n")[2].partition("\n## ")[0]
    cores = re.search(r"(\d+) cores", part)
    told = re.search(r"^\| a message(?: more)? \| [\d.,]+ ms, ([\d.,]+) a second", part, re.MULTILINE)
    if cores is None or told is None:
        raise ValueError(f"docs/benchmarks.md says nothing of a message under '{MEASURED}'")
    worked = re.search(r"^\| processor time of a message(?: more)? \| ([\d.,]+) ms", part, re.MULTILINE)
    many = int(cores[1])
    a_second = _number(told[1])
    each = _number(worked[1]) if worked else 1000 * many / a_second
    return Judging(many, a_second, each, is_reckoned=worked is None)


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def section(measured: Judging) -> str:
    """Write the part of docs/scale.md, its heading first."""
    talks = BILLION // TURNS
    judging = BILLION * measured.each / HOUR
    adding = talks * ADDING / HOUR
    keeps_up = max(1, int(TURNS * measured.each / ADDING))
    alone = 1000 / measured.each
    how = f"{measured.each:.2f} ms of one core for a message, {alone:,.0f} a second"
    if measured.is_reckoned:
        how += f" (half of the {measured.a_second:,.0f}" if measured.cores == 2 else f" (of {measured.a_second:,.0f}"
        how += f" a second that {measured.cores} cores managed: [benchmarks.md](benchmarks.md))"
    else:
        how += f" ({measured.a_second:,.0f} a second on {measured.cores} cores: [benchmarks.md](benchmarks.md))"
    return f"""{HEADING}
Written by `tools/scale_page.py`, which `make bench` calls, from the audit in [benchmarks.md](benchmarks.md); a test fails when the two disagree. Conversations of {TURNS} messages, judged by cues, in four languages.

| | Measured | A billion messages ({talks // 1_000_000} million conversations) |
|--|--|--|
| everything: reading, both walks, judging, adding up | {how} | {_hours(judging)} of one core: {_hours(judging / MANY)} of {MANY} cores, if nothing else were the limit |
| of it, the first walk, for texts that went to many | {FIRST_WALK:.2f} ms of one core for a message ([0046](decisions/0046-sentences-remembered.md)) | {_hours(BILLION * FIRST_WALK / HOUR)} of one core |
| adding up and writing, on the machine that asks | {ADDING} ms of one core for a conversation with 18 findings | {_hours(adding)} of one core |
| results on their way to it | {RESULTS / 1000:.1f} kB a conversation | {talks * RESULTS / 1e9:,.0f} GB |
| `findings.parquet` | {FINDINGS} bytes a conversation | {talks * FINDINGS / 1e9:,.0f} GB |
| JSON lines read | {LINES / 1000:.1f} kB a conversation, not compressed | {talks * LINES / 1e9:,.0f} GB, twice |

The third row is the limit: **one machine adds up, and it keeps up with about {keeps_up} cores that judge.** More cores bring nothing today, and a billion messages take {_hours(adding)} however many there are. It also keeps each waiting time, about a hundred bytes a conversation: {talks * WAITING / 1e9:,.0f} GB for a billion messages. So a hundred million messages ({_hours(adding / 10)} of adding up, {_hours(judging / 10)} of one core for everything) are what a run of one night takes; a billion is ten runs, by year or by brand, each with a report of its own. To go further, tasks would have to add up their files themselves and hand over sums; that is not built.

The learned reader (`--reader best`) costs many times as much as cues; see [benchmarks.md](benchmarks.md).
"""  # noqa: E501 - lines of a page


def _hours(hours: float) -> str:
    return f"{hours:,.0f} hours" if hours >= 10 else f"{hours:.1f} hours"


def put(page: str, part: str) -> str:
    """Return the text of docs/scale.md with a new sum in the place of the old one.

    :raises ValueError: if it has no such part
    """
    before, heading, after = page.partition(f"{HEADING}\n")
    if not heading:
        raise ValueError(f"docs/scale.md has no part '{HEADING}'")
    rest = re.split(r"^(?=##)", after, maxsplit=1, flags=re.MULTILINE)[1:]
    return before + "\n".join([part, *rest])


def write() -> bool:
    """Write the sum; return whether the page said something else before."""
    page = DOCS / "scale.md"
    old = page.read_text(encoding="utf-8")
    new = put(old, section(read((DOCS / "benchmarks.md").read_text(encoding="utf-8"))))
    if new != old:
        page.write_text(new, encoding="utf-8")
    return new != old


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when the page is behind")
    if parser.parse_args().check:
        page = (DOCS / "scale.md").read_text(encoding="utf-8")
        if put(page, section(read((DOCS / "benchmarks.md").read_text(encoding="utf-8")))) != page:
            sys.exit("docs/scale.md does not say what docs/benchmarks.md does: python tools/scale_page.py")
    else:
        print("docs/scale.md: written anew" if write() else "docs/scale.md: nothing new")


if __name__ == "__main__":
    main()
