"""Measure judgement on labelled replies and causes that are read from AMENDS_SHARED_DATA and never copied.

    quality.py [LANGUAGE…]

For each file of labelled replies: `amends check --input` on the items without their labels, then the scorer that
stands beside the data. For each file of labelled causes: macro-F1 of the layer that `amends causes` proposes, and how
far its confidence is from how often it is right. For the airline tweets, every tenth of them: how many layers are right
by the mapping that was fixed beforehand (LAYERS.md beside them). Ends with 0 and a message where the data is absent.
"""

from __future__ import annotations

import csv
import gzip
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
from amends.engine.languages.vectors import Vectors, load_vectors

LANGUAGES = ("en", "fa", "mn", "tr")
READERS = ("best", "cues")
WRONG = 2  # how `amends check` ends when it could not read its input
EVERY = 10  # of the airline tweets, so that measuring them takes a minute and not ten
SURE = 0.6
AIRLINE = {
    "Flight Attendant Complaints": ("employee",),
    "Customer Service Issue": ("employee", "process"),
    **dict.fromkeys(("Late Flight", "Cancelled Flight"), ("process", "third-party")),
    **dict.fromkeys(("Lost Luggage", "Damaged Luggage", "longlines", "Flight Booking Problems"), ("process",)),
    "Bad Flight": ("product",),
}


def main(wanted: tuple[str, ...]) -> int:
    """Print every table; return how to end."""
    place = os.environ.get("AMENDS_SHARED_DATA", "")
    if not place or not Path(place).is_dir():
        print("quality: AMENDS_SHARED_DATA names no folder; the labelled data is not here, so nothing is measured.")
        return 0
    shared = Path(place)
    ended = [replies(shared, language, reader) for language in wanted for reader in READERS]
    vectors = load_vectors()
    print("\nCause of a complaint: F1 of the layer" + ("" if vectors else ", by cues alone"))
    print(f"{'':4}{'items':>6}{'macro':>8}  " + "".join(f"{layer:>13}" for layer in LAYERS) + f"{'off by':>9}")
    for language in wanted:
        causes(shared, language, vectors)
    if "en" in wanted:
        airline(shared, vectors)
    return max(ended, default=0)


def replies(shared: Path, language: str, reader: str) -> int:
    """Print the scorer's table for one language, read with the learned reader or by cues alone."""
    labelled, scorer = shared / "replies" / f"{language}-dev.jsonl", shared.parent / "tools" / "score.py"
    if not labelled.is_file() or not scorer.is_file():
        print(f"{language}: no labelled replies, or no scorer beside them; left out.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        blind, found = Path(folder, "blind.jsonl"), Path(folder, "found.jsonl")
        run([sys.executable, str(scorer), "--blind", str(labelled)], into=blind)
        amends = str(Path(sys.executable).with_name("amends"))
        if run([amends, "check", "--reader", reader, "--input", str(blind), "--format", "jsonl"], into=found) >= WRONG:
            print(f"{language}: amends check could not read every item.")
            return 1
        print(f"\n{language}: {labelled.name}, reader: {reader}", flush=True)
        return subprocess.run([sys.executable, str(scorer), str(labelled), str(found)], check=False).returncode


def run(command: list[str], *, into: Path) -> int:
    """Run a command with its output in a file; return how it ended."""
    with into.open("wb") as file:
        return subprocess.run(command, stdout=file, check=False).returncode


def causes(shared: Path, language: str, vectors: Vectors | None) -> None:
    """Print one line for the causes of one language."""
    path = shared / "causes" / f"causes-{language}-dev.jsonl"
    if not path.is_file():
        print(f"{language}  no labelled causes; left out.")
        return
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    hit, false, miss = Counter[str](), Counter[str](), Counter[str]()
    sure: list[tuple[float, bool]] = []
    for item in items:
        proposed, confidence = propose(item["text"], language, vectors, note=item.get("resolution", ""))
        right = proposed == item["layer"] or proposed in item.get("optional", ())
        sure.append((confidence, right))
        if right:
            hit[item["layer"]] += 1
        else:
            miss[item["layer"]] += 1
            false[proposed] += 1
    scores = [2 * hit[one] / ((2 * hit[one] + false[one] + miss[one]) or 1) for one in LAYERS]
    line = "".join(f"{score:>13.2f}" for score in scores)
    print(f"{language:4}{len(items):>6}{sum(scores) / len(scores):>8.3f}  {line}{off_by(sure):>9.3f}")


def off_by(sure: list[tuple[float, bool]]) -> float:
    """Return how far confidence is from how often it is right, over five steps of confidence."""
    steps = [[pair for pair in sure if min(4, int(pair[0] * 5)) == step] for step in range(5)]
    gaps = (abs(sum(right - confidence for confidence, right in step)) for step in steps)
    return sum(gaps) / (len(sure) or 1)


def airline(shared: Path, vectors: Vectors | None) -> None:
    """Print how many layers of the airline tweets are right, beside 'always process'."""
    path = shared / "en-airline" / "airline_tweets.csv.gz"
    if not path.is_file():
        print("airline: the tweets are not here; left out.")
        return
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [
            (row["negativereason"], row["text"])
            for row in csv.DictReader(file)
            if row["negativereason"] in AIRLINE and float(row["negativereason_confidence"] or 0) >= SURE
        ][::EVERY]
    found = [(reason, propose(text, "en", vectors)[0]) for reason, text in rows]
    right = sum(layer in AIRLINE[reason] for reason, layer in found)
    always = sum("process" in AIRLINE[reason] for reason, _ in found)
    print(f"\nairline: {len(found)} tweets, {right / len(found):.3f} right; always process {always / len(found):.3f}")
    for reason, wanted in (("Flight Attendant Complaints", "employee"), ("Bad Flight", "product")):
        layers = [layer for each, layer in found if each == reason]
        print(f"airline: {wanted} found in {layers.count(wanted)} of {len(layers)} '{reason}'")


def propose(text: str, language: str, vectors: Vectors | None, *, note: str = "") -> tuple[str, float]:
    """Return the layer that the engine proposes; 'process', the commonest, where it proposes none."""
    said = (Turn(by="customer", text=text, language=language),)
    talk = Conversation(id="1", turns=said, as_of=datetime(2026, 1, 1, tzinfo=UTC))
    found = propose_cause(talk, language=language, note=note, vectors=vectors)
    return (found.layer, found.confidence) if found else ("process", 0.0)


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or LANGUAGES))
