"""A story as it falls for one day: every moment a date, every day in a text said as on that day. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from amends.desk.example.days import say_day, say_hour
from amends.desk.example.moments import Moments
from amends.desk.example.stories import BadStoryError, Step, Story
from amends.engine.promises.calendar import WorkingCalendar

_SAID: Final = re.compile(r"\{([+-]?\d+[hm]?):([A-Za-z]+)\}")
_PROMISED: Final = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
TEXTS: Final = frozenset({"text", "quoted", "what", "reason", "question", "who", "words"})
MOMENTS: Final = frozenset({"due", "until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The words of a promise in a reply."""

    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step at its time."""

    at: datetime
    kind: str
    fields: Mapping[str, Any]
    promised: Promised | None = None

    def text(self, name: str) -> str:
        return str(self.fields.get(name, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """A story told for one day."""

    story: Story
    subject: str
    wish: str
    scenes: tuple[Scene, ...]


def tell(*, story: Story, now: datetime, calendar: WorkingCalendar) -> Tale:
    """Lay a story out as it is seen at a moment, its scenes in the order of time."""
    moments = Moments(now=now, calendar=calendar, anchor=story.anchor)
    scenes = sorted((_scene(story, step, moments) for step in story.steps), key=lambda scene: scene.at)
    first = scenes[0].at
    return Tale(
        story=story,
        subject=_say(story.subject, story=story, moments=moments, written=first),
        wish=_say(story.wish, story=story, moments=moments, written=first),
        scenes=tuple(scenes),
    )


def _scene(story: Story, step: Step, moments: Moments) -> Scene:
    at = moments.at(step.at)
    if at > moments.now:
        raise BadStoryError(f"{story.id}: {step.kind} {step.at!r} has not happened yet")
    fields = dict(step.fields)
    for name in MOMENTS & fields.keys():
        fields[name] = moments.at(fields[name])
    if "slots" in fields:
        fields["slots"] = [moments.at(one) for one in fields["slots"]]
    for name in TEXTS & fields.keys():
        fields[name] = _say(str(fields[name]).strip(), story=story, moments=moments, written=at)
    promised = None
    if step.kind in {"replied", "sent", "called"}:
        fields["text"], promised = _mark(story, fields["text"])
        if (promised is None) != ("promise" not in fields):
            raise BadStoryError(f"{story.id}: {step.at!r} marks words without a promise, or promises without words")
    return Scene(at=at, kind=step.kind, fields=fields, promised=promised)


def _say(text: str, *, story: Story, moments: Moments, written: datetime) -> str:
    def said(found: re.Match[str]) -> str:
        told, form = found[1], found[2]
        if form == "time":
            return say_hour(moment=moments.at(told), language=story.language)
        return say_day(day=moments.day(told), today=written.date(), language=story.language, form=form)

    return _SAID.sub(said, text)


def _mark(story: Story, text: str) -> tuple[str, Promised | None]:
    """Take the brackets off the words of a promise, and say where they stood."""
    found = _PROMISED.search(text)
    if found is None:
        return text, None
    plain = text[: found.start()] + found[1] + text[found.end() :]
    if "[[" in plain:
        raise BadStoryError(f"{story.id}: one promise a reply")
    return plain, Promised(words=found[1], start=found.start(), end=found.start() + len(found[1]))
