"""docs/quality.md, made of what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "quality.md"
READERS: Final = ("best", "cues", "learned")
_STEPS: Final = 10
_FEW: Final = 5  # a step with fewer findings says nothing
_NAMES: Final = {"en": "English", "fa": "Persian", "mn": "Mongolian", "tr": "Turkish"}
_GAP: Final = (
    "Never trained on; the thresholds were chosen here. The gap between this table and the first is honest news: what"
    " is written for one instruction is alike, and other people write otherwise."
)
_COLOURS: Final = {"en": "#0f5f63", "fa": "#b26a00", "mn": "#7a3e9d", "tr": "#b3261e"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The labelled replies of one language, judged with one reader.

    `sure` has a pair for everything found or hinted: how sure, and whether it was right; `confused` counts replies in
    which one failing was missed and another one found instead; `missed` counts what was not found.
    """

    figures: Mapping[str, Any]
    failings: Mapping[str, Mapping[str, float]]
    sure: Sequence[tuple[float, bool]]
    confused: Counter[tuple[str, str]]
    missed: Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """The labelled complaints of one language: F1 of each layer."""

    items: int
    macro: float
    layers: Mapping[str, float]
    off_by: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything that the page tells, by language (and reader)."""

    on: date
    replies: Mapping[tuple[str, str], Judged]
    held: Mapping[str, Mapping[str, float]]
    causes: Mapping[str, Causes]
    causes_by_cues: Mapping[str, Causes]
    tweets: str


def page(measured: Measured) -> str:
    """Return the whole page."""
    languages = sorted(_NAMES)
    return (
        "\n\n".join(
            [
                "# How well it judges",
                _intro(measured, languages),
                "## On labelled replies by other hands",
                _whole(measured, languages),
                "## Failing by failing",
                "F1 with the best readers; in brackets how many replies were labelled. A dash: none was.",
                _failings(measured, languages),
                "## Is it as sure as it is right?",
                "![How often a finding was right, by how sure it was](quality-calibration.svg)",
                "Findings and hints with the best readers, all languages together: how many of each step were right.",
                _calibration(measured),
                "## What is taken for what",
                _confused(measured, languages),
                "## On the held-back sitting of our own scenes",
                _GAP,
                _held(measured, languages),
                "## Where a complaint comes from",
                _causes(measured, languages),
            ]
        )
        + "\n"
    )


def _intro(measured: Measured, languages: Sequence[str]) -> str:
    counts = ", ".join(f"{_NAMES[code]} {measured.replies[code, 'best'].figures['items']}" for code in languages)
    return (
        f"Written by `make quality` on {measured.on.isoformat()}. Labelled replies: {counts}; people who wrote none of"
        " our text wrote and labelled them. Cues and their thresholds were once widened with totals of these same"
        " files in view, so the figures of cues alone flatter; heads, weights and thresholds of the learned reader"
        " come from `training/` alone. What to write there next, which numbers are weighed and five cuts"
        " (anger, insult, earlier contact, what undertakes, what only answers) were decided with totals of"
        " these files in view: a fresh set may score a little lower. 'Best' is what the desk uses: cues and"
        " the learned reader together. 'Learned' reads without cues, with heads that were trained"
        " beside cues: it shows what cues are worth, and nobody should use it."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _whole(measured: Measured, languages: Sequence[str]) -> str:
    def two(name: str) -> Callable[[Judged], str]:
        return lambda judged: f"{judged.figures[name]:.2f}"

    rows: Sequence[tuple[str, Callable[[Judged], str]]] = (
        ("macro-F1 over the failings of a reply", two("macro_f1")),
        ("its 90 % interval", lambda one: "–".join(f"{end:.2f}" for end in one.figures["macro_f1_90"])),
        ("precision, all findings together", two("micro_precision")),
        ("recall, all findings together", two("micro_recall")),
        ("clean replies with an alarm, of 100", lambda one: f"{one.figures['alarms_per_100_clean']:.1f}"),
        ("evidence points at the labelled words", two("span_right")),
        ("Brier score of what is found", two("brier")),
        ("good signs, F1", two("good_f1")),
        ("signals of the customer, F1", two("signals_f1")),
        ("promises, F1", two("promise_f1")),
        ("due day right, of promises found", two("due_right")),
    )
    return _table(
        [" / ".join(READERS), *(_NAMES[code] for code in languages)],
        [
            [name, *(" / ".join(show(measured.replies[code, reader]) for reader in READERS) for code in languages)]
            for name, show in rows
        ],
    )


def _failings(measured: Measured, languages: Sequence[str]) -> str:
    names = sorted({name for code in languages for name in measured.replies[code, "best"].failings})

    def cell(code: str, name: str) -> str:
        row = measured.replies[code, "best"].failings.get(name)
        if not row or not row["labelled"]:
            return "—"
        return f"{row['f1']:.2f} ({row['labelled']}; P {row['precision']:.2f}, R {row['recall']:.2f})"

    return _table(
        ["failing", *(_NAMES[code] for code in languages)],
        [[name, *(cell(code, name) for code in languages)] for name in names],
    )


def steps(sure: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Return for each tenth of confidence with enough findings: mean confidence, share that was right, how many."""
    found = []
    for step in range(_STEPS):
        inside = [pair for pair in sure if min(_STEPS - 1, int(pair[0] * _STEPS)) == step]
        if len(inside) >= _FEW:
            mean, right = (sum(part) / len(inside) for part in zip(*inside, strict=True))
            found.append((mean, right, len(inside)))
    return found


def _calibration(measured: Measured) -> str:
    together = [pair for (_, reader), judged in measured.replies.items() if reader == "best" for pair in judged.sure]
    rows = [[f"{mean:.2f}", f"{right:.2f}", str(count)] for mean, right, count in steps(together)]
    return _table(["how sure", "how often right", "findings"], rows)


def plot(measured: Measured) -> str:
    """Return the calibration of each language as a picture: a line on the diagonal would be perfect."""
    size, edge = 360, 44

    def at(x: float, y: float) -> str:
        return f"{edge + x * size:.1f},{edge / 2 + (1 - y) * size:.1f}"

    grid = "".join(
        f'<path d="M{at(tick / 4, 0)} L{at(tick / 4, 1)} M{at(0, tick / 4)} L{at(1, tick / 4)}" stroke="#d8d3ca"/>'
        f'<text x="{edge + tick / 4 * size}" y="{edge / 2 + size + 18}" text-anchor="middle">{tick / 4:g}</text>'
        f'<text x="{edge - 8}" y="{edge / 2 + (1 - tick / 4) * size + 4}" text-anchor="end">{tick / 4:g}</text>'
        for tick in range(5)
    )
    lines = ""
    for place, (code, name) in enumerate(sorted(_NAMES.items())):
        points = steps(measured.replies[code, "best"].sure)
        path = " ".join(at(mean, right) for mean, right, _ in points)
        dots = "".join(
            f'<circle cx="{at(mean, right).split(",")[0]}" cy="{at(mean, right).split(",")[1]}"'
            f' r="{min(9, 2 + count**0.5 / 2):.1f}" fill="{_COLOURS[code]}"/>'
            for mean, right, count in points
        )
        lines += (
            f'<polyline points="{path}" fill="none" stroke="{_COLOURS[code]}" stroke-width="2"/>{dots}'
            f'<text x="{edge + size + 14}" y="{edge / 2 + 16 + 20 * place}" fill="{_COLOURS[code]}">{name}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + edge + 110} {size + edge + 24}"'
        ' font-family="sans-serif" font-size="13" role="img" aria-label="Calibration">'
        f'<rect width="100%" height="100%" fill="#fffefc"/>{grid}'
        f'<path d="M{at(0, 0)} L{at(1, 1)}" stroke="#5c564e" stroke-dasharray="4 4"/>{lines}'
        f'<text x="{edge + size / 2}" y="{size + edge + 14}" text-anchor="middle">how sure</text>'
        f'<text transform="translate(12 {edge / 2 + size / 2}) rotate(-90)" text-anchor="middle">how often right</text>'
        "</svg>\n"
    )


def _confused(measured: Measured, languages: Sequence[str]) -> str:
    best = {code: measured.replies[code, "best"] for code in languages}
    pairs = sum((one.confused for one in best.values()), Counter[tuple[str, str]]())
    missed = sum((one.missed for one in best.values()), Counter[str]())
    told = _table(
        ["labelled and missed", "found instead", "replies, all languages"],
        [
            [name, other, str(count)]
            for (name, other), count in sorted(pairs.items(), key=lambda one: (-one[1], one[0]))[:12]
        ],
    )
    silent = ", ".join(
        f"{name} {count}" for name, count in sorted(missed.items(), key=lambda one: (-one[1], one[0]))[:8]
    )
    return f"{told}\n\nMissed most often, whatever was found instead: {silent}."


def _held(measured: Measured, languages: Sequence[str]) -> str:
    rows = (
        ("replies", "replies", ".0f"),
        ("macro-F1", "macro_f1", ".2f"),
        ("precision", "precision", ".2f"),
        ("recall", "recall", ".2f"),
        ("clean replies with an alarm, of 100", "alarms_per_100_clean", ".1f"),
    )
    return _table(
        ["", *(_NAMES[code] for code in languages)],
        [[name, *(format(measured.held[code][key], form) for code in languages)] for name, key, form in rows],
    )


def _causes(measured: Measured, languages: Sequence[str]) -> str:
    layers = list(measured.causes[languages[0]].layers)

    def cell(code: str, show: Callable[[Causes], float]) -> str:
        return f"{show(measured.causes[code]):.2f} / {show(measured.causes_by_cues[code]):.2f}"

    rows = [
        ["labelled complaints", *(str(measured.causes[code].items) for code in languages)],
        ["macro-F1", *(cell(code, lambda one: one.macro) for code in languages)],
        *([layer, *(cell(code, lambda one, layer=layer: one.layers[layer]) for code in languages)] for layer in layers),
        ["confidence is off by", *(cell(code, lambda one: one.off_by) for code in languages)],
    ]
    told = _table(["with the learned head / by cues alone", *(_NAMES[code] for code in languages)], rows)
    tweets = f"\n\nShort English tweets about airlines: {measured.tweets}." if measured.tweets else ""
    return told + tweets
