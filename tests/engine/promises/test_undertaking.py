"""Sentences in four languages: what is a promise in them, where, and when it falls due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.grammar import CODES
from amends.engine.promises.undertaking import Promise, find_promises

NOW = datetime(2026, 11, 18, 10, 15)
HERE = Path(__file__).parent / "sentences"


@dataclass(frozen=True)
class Case:
    language: str
    text: str
    spans: tuple[tuple[int, int], ...]
    dues: tuple[str, ...]


def cases(language: str) -> list[Case]:
    found = []
    for line in (HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        marked, _, dues = line.partition(" => ")
        text, spans = "", []
        for outside, inside in re.findall(r"(.*?)(?:\[\[(.*?)\]\]|$)", marked):
            text += outside
            if inside:
                spans.append((len(text), len(text) + len(inside)))
                text += inside
        found.append(Case(language, text, tuple(spans), tuple(dues.split(", ")) if dues else ()))
    return found


def found_in(text: str, language: str) -> tuple[Promise, ...]:
    weekdays = (5, 6, 0, 1, 2) if language == "fa" else range(5)
    calendar = WorkingCalendar.office(zone=ZoneInfo("UTC"), weekdays=weekdays)
    return find_promises(text, language=language, now=NOW, calendar=calendar)


def due(promise: Promise) -> str:
    if promise.due is None:
        return "vague" if promise.vague else "open"
    return promise.due.isoformat(timespec="minutes") if isinstance(promise.due, datetime) else promise.due.isoformat()


def points_at(promise: Promise, span: tuple[int, int]) -> bool:
    length = span[1] - span[0]
    shared = min(promise.end, span[1]) - max(promise.start, span[0])
    return shared * 2 >= length and promise.end - promise.start <= max(2 * length, length + 20)


@pytest.mark.parametrize("case", [case for code in CODES for case in cases(code)], ids=lambda case: case.text)
def test_sentence(case: Case) -> None:
    found = found_in(case.text, case.language)
    assert [due(promise) for promise in found] == list(case.dues), [promise.words for promise in found]
    for promise, span in zip(found, case.spans, strict=True):
        assert points_at(promise, span), promise.words
        assert case.text[promise.start : promise.end] == promise.words


@pytest.mark.parametrize("language", CODES)
def test_there_are_enough_sentences_of_both_kinds(language: str) -> None:
    both = cases(language)
    assert sum(bool(case.spans) for case in both) >= 40
    assert sum(not case.spans for case in both) >= 20
