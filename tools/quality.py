"""Measure judgement on labelled replies and causes that are read from AMENDS_SHARED_DATA and never copied.

    quality.py [LANGUAGE…]

For each file of labelled replies: `amends check --input` on the items without their labels, then the scorer that
stands beside the data. For each file of labelled causes: macro-F1 of the layer that the engine proposes. Ends with 0
and a message where the data is absent.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from amends.engine.causes import LAYERS, propose_cause
from amends.engine.conversation import Conversation, Turn

LANGUAGES = ("en", "fa", "mn", "tr")
WRONG = 2  # how `amends check` ends when it could not read its input


def main(wanted: tuple[str, ...]) -> int:
    """Print every table; return how to end."""
    place = os.environ.get("AMENDS_SHARED_DATA", "")
    if not place or not Path(place).is_dir():
        print("quality: AMENDS_SHARED_DATA names no folder; the labelled data is not here, so nothing is measured.")
        return 0
    shared = Path(place)
    ended = [replies(shared, language) for language in wanted]
    print("\nCause of a complaint: F1 of the layer")
    print(f"{'':4}{'items':>6}{'macro':>8}  " + "".join(f"{layer:>13}" for layer in LAYERS))
    for language in wanted:
        causes(shared, language)
    return max(ended, default=0)


def replies(shared: Path, language: str) -> int:
    """Print the scorer's table for one language."""
    labelled, scorer = shared / "replies" / f"{language}-dev.jsonl", shared.parent / "tools" / "score.py"
    if not labelled.is_file() or not scorer.is_file():
        print(f"{language}: no labelled replies, or no scorer beside them; left out.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        blind, found = Path(folder, "blind.jsonl"), Path(folder, "found.jsonl")
        run([sys.executable, str(scorer), "--blind", str(labelled)], into=blind)
        amends = str(Path(sys.executable).with_name("amends"))
        if run([amends, "check", "--input", str(blind), "--format", "jsonl"], into=found) >= WRONG:
            print(f"{language}: amends check could not read every item.")
            return 1
        print(f"\n{language}: {labelled.name}", flush=True)
        return subprocess.run([sys.executable, str(scorer), str(labelled), str(found)], check=False).returncode


def run(command: list[str], *, into: Path) -> int:
    """Run a command with its output in a file; return how it ended."""
    with into.open("wb") as file:
        return subprocess.run(command, stdout=file, check=False).returncode


def causes(shared: Path, language: str) -> None:
    """Print one line for the causes of one language."""
    path = shared / "causes" / f"causes-{language}-dev.jsonl"
    if not path.is_file():
        print(f"{language}  no labelled causes; left out.")
        return
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    hit, false, miss = Counter[str](), Counter[str](), Counter[str]()
    for item in items:
        proposed = propose(item, language)
        if proposed == item["layer"] or proposed in item.get("optional", ()):
            hit[item["layer"]] += 1
        else:
            miss[item["layer"]] += 1
            false[proposed] += 1
    scores = [2 * hit[one] / ((2 * hit[one] + false[one] + miss[one]) or 1) for one in LAYERS]
    line = "".join(f"{score:>13.2f}" for score in scores)
    print(f"{language:4}{len(items):>6}{sum(scores) / len(scores):>8.3f}  {line}")


def propose(item: dict[str, str], language: str) -> str:
    """Return the layer that the engine proposes; 'process', the commonest, where it proposes none."""
    said = (Turn(by="customer", text=item["text"], language=language),)
    talk = Conversation(id=item["id"], turns=said, as_of=datetime(2026, 1, 1, tzinfo=UTC))
    found = propose_cause(talk, language=language, note=item.get("resolution", ""))
    return found.layer if found else "process"


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or LANGUAGES))
