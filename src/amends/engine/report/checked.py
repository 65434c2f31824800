"""One reply, judged: as lines of a linter, as JSON, as SARIF. Places count code points of the reply."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from amends.engine.failings import Failing, Judgement, catalogue
from amends.engine.findings import Finding
from amends.engine.languages.wording import N_, say
from amends.engine.promises.undertaking import Promise

_SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_DUE: Final = N_("promise “{words}” due {due}")
_VAGUE: Final = N_("promise “{words}” no time")
_NO_DAY: Final = N_("promise “{words}” no day of its own")
_SHOWN: Final = 60  # characters of the words that a line shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A reply and what was found in it. `name` is its file or its id."""

    name: str
    text: str
    judgement: Judgement
    promises: tuple[Promise, ...]


def as_object(checked: Checked) -> dict[str, Any]:
    """Return the object of `--format jsonl`: its keys are a contract."""
    return {
        **checked.judgement.as_dict(id=checked.name),
        "promises": [
            {"words": one.words, "start": one.start, "end": one.end, "due": due_text(one.due)}
            for one in checked.promises
        ],
    }


def as_line(checked: Checked) -> str:
    """Return the object as one line of JSON."""
    return json.dumps(as_object(checked), ensure_ascii=False)


def as_json(found: Iterable[Checked]) -> str:
    """Return the objects with all that a reader needs: why it hurts, what to do instead, which claim it serves."""
    objects = []
    for one in found:
        whole = as_object(one)
        for key, findings in (("failings", one.judgement.failings), ("hints", one.judgement.hints)):
            for brief, finding in zip(whole[key], findings, strict=True):
                brief |= {"id": finding.id, "hurts": finding.hurts, "instead": finding.instead}
                brief |= {"claims": list(finding.claims)}
        objects.append(whole)
    return json.dumps(objects if len(objects) != 1 else objects[0], ensure_ascii=False, indent=2) + "\n"


def as_text(found: Iterable[Checked], *, language: str = "en") -> str:
    """Return a line for each finding, hint and promise, with advice under each finding, and a last line that counts.

    What stands around them is in the language of who reads; the advice is in that of the reply.
    """
    checked = list(found)
    lines = [line for one in checked for line in _lines(one, language)]
    lines.append(_count(checked, language))
    return "\n".join(lines) + "\n"


def due_text(due: date | datetime | None) -> str | None:
    """Write when a promise falls due: a day, or a day with its hour, local to the organisation."""
    if isinstance(due, datetime):
        return due.strftime("%Y-%m-%dT%H:%M")
    return due.isoformat() if due else None


def place(text: str, at: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character."""
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def _lines(one: Checked, language: str) -> Iterator[str]:
    hint_ = f"{say(N_('hint'), language)} "
    marked = [(finding, "") for finding in one.judgement.failings] + [(hint, hint_) for hint in one.judgement.hints]
    for finding, mark in sorted(marked, key=lambda pair: (pair[0].start, pair[1], pair[0].end, pair[0].failing)):
        preview = f" ({say(N_('preview'), language)})" if finding.preview else ""
        words = f" “{_short(finding.words)}”" if finding.words.strip() else ""
        yield f"{_where(one, finding.start)} {mark}{finding.failing}{preview}{words}"
        if not mark:
            yield f"    {finding.hurts}"
            yield f"    → {finding.instead}"
    for promise in one.promises:
        due = due_text(promise.due)
        line = _DUE if due else _VAGUE if promise.vague else _NO_DAY
        told = say(line, language).format(words=_short(promise.words), due=(due or "").replace("T", " "))
        yield f"{_where(one, promise.start)} {told}"


def _where(one: Checked, at: int) -> str:
    line, column = place(one.text, at)
    return f"{one.name}:{line}:{column}"


def _count(checked: list[Checked], language: str) -> str:
    failings = sum(len(one.judgement.failings) for one in checked)
    hints = sum(len(one.judgement.hints) for one in checked)
    good = sorted({sign.name for one in checked for sign in one.judgement.good})
    counted = say(N_("Failings: {failings}. Hints: {hints}."), language).format(failings=failings, hints=hints)
    if previews := sum(finding.preview for one in checked for finding in one.judgement.failings):
        tried = say(N_("Of them still being tried out (preview): {previews}."), language).format(previews=previews)
        counted = f"{counted} {tried}"
    if len(checked) > 1:
        clean = sum(not one.judgement.failings for one in checked)
        read = say(N_("Replies: {replies}, clean: {clean}."), language).format(replies=len(checked), clean=clean)
        return f"{read} {counted}"
    return f"{counted} {say(N_('Good: {signs}.'), language).format(signs=', '.join(good))}" if good else counted


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _SHOWN else flat[: _SHOWN - 1] + "…"


def as_sarif(found: Iterable[Checked], *, version: str, language: str = "en") -> str:
    """Return a SARIF 2.1.0 log; failings are warnings, preview ones and hints are notes."""
    failings = [one for one in catalogue() if one.seen == "reply"]
    index = {one.id: at for at, one in enumerate(failings)}
    log = {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "amends",
                        "version": version,
                        "rules": [_rule(one, language) for one in failings],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [result for one in found for result in _results(one, index)],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(failing: Failing, language: str) -> dict[str, Any]:
    return {
        "id": failing.id,
        "shortDescription": {"text": say(failing.title, language)},
        "fullDescription": {"text": say(failing.hurts, language)},
        "help": {"text": say(failing.instead, language)},
        "defaultConfiguration": {"level": "note" if failing.status == "preview" else "warning"},
        "properties": {"tags": list(failing.claims)},
    }


def _results(one: Checked, index: dict[str, int]) -> Iterator[dict[str, Any]]:
    for finding in one.judgement.failings:
        yield _result(one, finding, index, level="note" if finding.preview else "warning")
    for finding in one.judgement.hints:
        yield _result(one, finding, index, level="note")


def _result(one: Checked, finding: Finding, index: dict[str, int], *, level: str) -> dict[str, Any]:
    line, column = place(one.text, finding.start)
    end_line, end_column = place(one.text, finding.end)
    return {
        "ruleId": finding.failing,
        "ruleIndex": index[finding.failing],
        "level": level,
        "rank": round(100 * finding.confidence, 1),
        "message": {"text": f"{finding.hurts} {finding.instead}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(one.name)},
                    "region": {
                        "startLine": line,
                        "startColumn": column,
                        "endLine": end_line,
                        "endColumn": end_column,
                        "charOffset": finding.start,
                        "charLength": finding.end - finding.start,
                    },
                }
            }
        ],
        "partialFingerprints": {"amends/v1": finding.id},
    }


def _uri(name: str) -> str:
    return quote(name)
