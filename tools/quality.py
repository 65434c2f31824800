"""Measure how well the engine judges, print it, and write docs/quality.md.

    quality.py [LANGUAGE…]

Labelled replies and causes are read from AMENDS_SHARED_DATA and never copied; the scorer stands beside them. The same
items are judged with the best readers, by cues alone and by the learned reader alone. Beside that, the held-back scenes
of `training/` are judged, of which thresholds were chosen and nothing was learned. docs/quality.md is written when all
four languages were measured. Ends with 0 and a message where the data is absent.
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
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from quality_page import PAGE, READERS, Causes, Judged, Measured, page, plot

from amends.cli import readers
from amends.engine.audit import check
from amends.engine.causes import LAYERS, propose_cause
from amends.engine.conversation import Conversation, Facts, Turn
from amends.engine.failings.catalogue import catalogue
from amends.engine.failings.judgement import judge
from amends.engine.languages.learned import best_readers
from amends.engine.languages.vectors import Vectors, load_vectors
from amends.engine.report.checked import as_line
from amends.intake.items import Item, items

LANGUAGES = ("en", "fa", "mn", "tr")
EVERY = 10  # of the airline tweets, so that measuring them takes a minute and not ten
SURE = 0.6
AIRLINE = {
    "Flight Attendant Complaints": ("employee",),
    "Customer Service Issue": ("employee", "process"),
    **dict.fromkeys(("Late Flight", "Cancelled Flight"), ("process", "third-party")),
    **dict.fromkeys(("Lost Luggage", "Damaged Luggage", "longlines", "Flight Booking Problems"), ("process",)),
    "Bad Flight": ("product",),
}
TRAINING = Path(__file__).resolve().parents[1] / "training"


def main(wanted: tuple[str, ...]) -> int:
    """Print every figure; write the page when all languages were measured; return how to end."""
    place = os.environ.get("AMENDS_SHARED_DATA", "")
    if not place or not Path(place).is_dir():
        print("quality: AMENDS_SHARED_DATA names no folder; the labelled data is not here, so nothing is measured.")
        return 0
    shared = Path(place)
    judged = {(language, reader): replies(shared, language, reader) for language in wanted for reader in READERS}
    vectors = load_vectors()
    by_cause = {language: causes(shared, language, vectors) for language in wanted}
    by_cues = {language: causes(shared, language, None) for language in wanted}
    tweets = airline(shared, vectors) if "en" in wanted else ""
    held = {language: held_back(language) for language in wanted}
    whole = all(judged.values()) and all(by_cause.values()) and set(wanted) == set(LANGUAGES)
    if whole:
        measured = Measured(
            on=date.today(),  # noqa: DTZ011  # the day on which the page is written
            replies={key: one for key, one in judged.items() if one},
            held={language: one for language, one in held.items() if one},
            causes={language: one for language, one in by_cause.items() if one},
            causes_by_cues={language: one for language, one in by_cues.items() if one},
            tweets=tweets,
        )
        PAGE.write_text(page(measured), encoding="utf-8")
        PAGE.with_name("quality-calibration.svg").write_text(plot(measured), encoding="utf-8")
        print(f"\nwritten: {PAGE.name}")
    return 0 if any(judged.values()) or not judged else 1


def replies(shared: Path, language: str, reader: str) -> Judged | None:
    """Judge the labelled replies of one language with one reader, print the scorer's table and return the figures."""
    labelled, scorer = shared / "replies" / f"{language}-dev.jsonl", shared.parent / "tools" / "score.py"
    if not labelled.is_file() or not scorer.is_file():
        print(f"{language}: no labelled replies, or no scorer beside them; left out.")
        return None
    with tempfile.TemporaryDirectory() as folder:
        blind, found, told = (Path(folder, name) for name in ("blind.jsonl", "found.jsonl", "told.json"))
        run([sys.executable, str(scorer), "--blind", str(labelled)], into=blind)
        if not write_judged(blind, reader, into=found):
            print(f"{language}: not every item could be read.")
            return None
        if run([sys.executable, str(scorer), str(labelled), str(found), "--json"], into=told):
            print(f"{language}: the scorer found items without an answer.")
            return None
        figures = json.loads(told.read_text(encoding="utf-8"))
        table = figures.pop("failings")
        print(f"\n{language}: {labelled.name}, reader: {reader}")
        for name, row in table.items():
            print(f"  {name:20}" + "".join(f"{value:>8}" for value in row.values()))
        print("  " + ", ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
        pairs = list(zip(_lines(labelled), _lines(found), strict=True))
    return Judged(
        figures=figures,
        failings=table,
        sure=[
            (entry["confidence"], entry["name"] in _names(item["failings"]))
            for item, answer in pairs
            for entry in answer["failings"] + answer["hints"]
            if entry["name"] not in item.get("optional", ())
        ],
        confused=Counter(
            (missed, false)
            for item, answer in pairs
            for missed in _names(item["failings"]) - _names(answer["failings"])
            for false in _names(answer["failings"]) - _names(item["failings"]) - set(item.get("optional", ()))
        ),
        missed=Counter(
            name for item, answer in pairs for name in _names(item["failings"]) - _names(answer["failings"])
        ),
    )


def write_judged(blind: Path, reader: str, *, into: Path) -> bool:
    """Judge items as `amends check --format jsonl` does, here: what one reader has read, the others remember."""
    chosen = readers.chosen(reader)
    read = list(items(blind, now=datetime.now(tz=UTC)))
    with into.open("w", encoding="utf-8") as file:
        for one in read:
            if isinstance(one, Item):
                file.write(as_line(check(one.conversation, name=one.conversation.id, readers=chosen)) + "\n")
    return all(isinstance(one, Item) for one in read)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _names(entries: Sequence[Mapping[str, Any]]) -> set[str]:
    return {entry["name"] for entry in entries}


def run(command: list[str], *, into: Path) -> int:
    """Run a command with its output in a file; return how it ended."""
    with into.open("wb") as file:
        return subprocess.run(command, stdout=file, check=False).returncode


def held_back(language: str) -> dict[str, float]:
    """Judge the held-back scenes of one language; print and return the figures."""
    hit, false, miss = Counter[str](), Counter[str](), Counter[str]()
    count = clean = alarms = 0
    for talk, marked, perhaps in _scenes(language):
        found = {one.failing for one in judge(talk, readers=best_readers(), language=language).failings}
        hit.update(found & marked)
        false.update(found - marked - perhaps)
        miss.update(marked - found)
        count += 1
        clean += not marked | perhaps
        alarms += bool(found) and not marked | perhaps
    names = [failing.id for failing in catalogue() if failing.seen == "reply" and hit[failing.id] + miss[failing.id]]
    figures = {
        "replies": count,
        "macro_f1": sum(2 * hit[one] / (2 * hit[one] + false[one] + miss[one]) for one in names) / (len(names) or 1),
        "precision": hit.total() / ((hit + false).total() or 1),
        "recall": hit.total() / ((hit + miss).total() or 1),
        "alarms_per_100_clean": 100 * alarms / (clean or 1),
    }
    print(f"held back, {language}: " + ", ".join(f"{name} {value:.3g}" for name, value in figures.items()), flush=True)
    return figures if count else {}


def _scenes(language: str) -> Iterator[tuple[Conversation, frozenset[str], frozenset[str]]]:
    """Yield the held-back replies with what is marked in them, and what fair judges could mark."""
    sys.path.insert(0, str(TRAINING))
    from scenes import HELD_BACK, read_scenes, talk_of

    for scene in read_scenes():
        if scene.sitting == HELD_BACK and scene.language == language:
            for reply in scene.replies:
                yield talk_of(scene, reply), reply.failings, reply.perhaps


def causes(shared: Path, language: str, vectors: Vectors | None) -> Causes | None:
    """Print one line for the causes of one language, and return the figures."""
    path = shared / "causes" / f"causes-{language}-dev.jsonl"
    if not path.is_file():
        print(f"{language}  no labelled causes; left out.")
        return None
    hit, false, miss = Counter[str](), Counter[str](), Counter[str]()
    sure: list[tuple[float, bool]] = []
    for item in _lines(path):
        proposed, confidence = propose(item["text"], language, vectors, note=item.get("resolution", ""))
        right = proposed == item["layer"] or proposed in item.get("optional", ())
        sure.append((confidence, right))
        if right:
            hit[item["layer"]] += 1
        else:
            miss[item["layer"]] += 1
            false[proposed] += 1
    scores = {one: 2 * hit[one] / ((2 * hit[one] + false[one] + miss[one]) or 1) for one in LAYERS}
    found = Causes(items=len(sure), macro=sum(scores.values()) / len(scores), layers=scores, off_by=off_by(sure))
    line = ", ".join(f"{layer} {score:.2f}" for layer, score in scores.items())
    how = "" if vectors else " (by cues alone)"
    print(
        f"causes, {language}{how}: {found.items} items, macro-F1 {found.macro:.3f}, {line}, off by {found.off_by:.3f}"
    )
    return found


def off_by(sure: list[tuple[float, bool]]) -> float:
    """Return how far confidence is from how often it is right, over five steps of confidence."""
    steps = [[pair for pair in sure if min(4, int(pair[0] * 5)) == step] for step in range(5)]
    gaps = (abs(sum(right - confidence for confidence, right in step)) for step in steps)
    return sum(gaps) / (len(sure) or 1)


def airline(shared: Path, vectors: Vectors | None) -> str:
    """Print and return how many layers of the airline tweets are right, beside 'always process'."""
    path = shared / "en-airline" / "airline_tweets.csv.gz"
    if not path.is_file():
        print("airline: the tweets are not here; left out.")
        return ""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [
            (row["negativereason"], row["text"])
            for row in csv.DictReader(file)
            if row["negativereason"] in AIRLINE and float(row["negativereason_confidence"] or 0) >= SURE
        ][::EVERY]
    found = [(reason, propose(text, "en", vectors)[0]) for reason, text in rows]
    right = sum(layer in AIRLINE[reason] for reason, layer in found)
    always = sum("process" in AIRLINE[reason] for reason, _ in found)
    told = f"{len(found)} tweets, {right / len(found):.2f} right; always 'process' {always / len(found):.2f}"
    for reason, wanted in (("Flight Attendant Complaints", "employee"), ("Bad Flight", "product")):
        layers = [layer for each, layer in found if each == reason]
        told += f"; '{wanted}' found in {layers.count(wanted)} of {len(layers)} '{reason}'"
    print(f"airline: {told}")
    return told


def propose(text: str, language: str, vectors: Vectors | None, *, note: str = "") -> tuple[str, float]:
    """Return the layer that the engine proposes; 'process', the commonest, where it proposes none."""
    said = (Turn(by="customer", text=text, language=language),)
    talk = Conversation(id="1", turns=said, as_of=datetime(2026, 1, 1, tzinfo=UTC), facts=Facts())
    found = propose_cause(talk, language=language, note=note, vectors=vectors)
    return (found.layer, found.confidence) if found else ("process", 0.0)


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or LANGUAGES))
