"""What went wrong on the way, as the course of a complaint shows it: told of the case, and of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, QuerySet

from amends.desk.complaints.as_conversation import as_conversation
from amends.desk.complaints.models import Complaint
from amends.desk.people.limits import limits
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.engine.conversation import Cause
from amends.engine.failings import get, judge_events
from amends.engine.languages.reading import read
from amends.engine.languages.wording import say

WORDS_SHOWN = 160
TOLD_ELSEWHERE = frozenset({"broken-promise"})  # the ledger beside it names each with its words and its hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One thing that went wrong, ready to be shown."""

    name: str
    title: str
    hurts: str
    instead: str
    words: str  # of a message; '' where an event tells it
    at: datetime | None
    preview: bool


def course_of(*, complaint: Complaint, language: str, now: datetime) -> tuple[Passage, ...]:
    """Look at a complaint from its first word until now, in the working time of its team; the oldest trouble first."""
    talk = as_conversation(complaint=complaint, now=now)
    calendar = complaint.owner.calendar() if complaint.team is None else complaint.team.calendar.as_value()
    reading = read(talk, language=complaint.language)
    found = judge_events(reading, wording=language, limits=limits(), calendar=calendar, proposed=_proposed(complaint))
    passages = [
        Passage(
            name=one.failing,
            title=say(get(one.failing).title, language),
            hurts=one.hurts,
            instead=one.instead,
            words=" ".join(one.words.split())[:WORDS_SHOWN] if one.turn >= 0 else "",
            at=talk.turns[one.turn].at if one.turn >= 0 else talk.events[one.events[0]].at,
            preview=one.preview,
        )
        for one in found
        if one.failing not in TOLD_ELSEWHERE
    ]
    return tuple(sorted(passages, key=lambda passage: (passage.at or now, passage.name)))


def _proposed(complaint: Complaint) -> tuple[Cause, float] | None:
    """Where the complaint seems to come from, while nobody has confirmed it."""
    for layer, theme, confidence in questions.ask("cause not confirmed", _cause_of, complaint=complaint.pk):
        return (Cause(layer=layer, theme=theme or ""), float(confidence)) if layer else None
    return None


def _cause_of() -> QuerySet[Complaint, Any]:
    rows = Complaint.objects.filter(pk=Blank("complaint", BigIntegerField()), cause__confirmed_at__isnull=True)
    return rows.values_list("cause__layer", "cause__theme__name", "cause__confidence")
