"""Reading saved answers: those that somebody may use, and one filled in for a case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import translation

from amends.desk.answers.actions import may_change
from amends.desk.answers.blocks import Block, read, together, whole
from amends.desk.answers.filling import fill
from amends.desk.answers.models import Answer, Kind, Wording
from amends.desk.complaints.models import Complaint, EventKind
from amends.desk.complaints.story import zone_told
from amends.desk.customers.queries import greeting_name
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise, State
from amends.desk.web import wording
from amends.engine.languages import get as language_of
from amends.engine.languages.folding import fold
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyBlock:
    """A block of it, to be taken or left."""

    kind_name: str  # empty where it is words and no more
    text: str
    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A saved answer, filled in for one case."""

    id: int
    name: str
    text: str  # of all blocks that are on
    blocks: tuple[ReadyBlock, ...]
    is_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A saved answer as the page of all of them shows it."""

    id: int
    name: str
    is_shared: bool
    languages: tuple[str, ...]
    written_by: str
    may_change: bool


def ready(*, complaint: Complaint, agent: Agent, words: str = "", now: datetime) -> list[Ready]:
    """The answers in the customer's language that somebody may use, filled in, whose name or words hold some words."""
    language = complaint.language
    rows = Wording.objects.filter(language=language, answer__in=usable(agent=agent)).select_related("answer")
    facts = facts_of(complaint=complaint, agent=agent, now=now)
    wanted = _folded(words, language)
    found = []
    for row in rows.order_by("answer__name", "answer_id"):
        parts = [replace(part, text=fill(part.text, facts)) for part in read(row.text, row.blocks)]
        all_words = " ".join(part.text for part in parts)
        if wanted in _folded(f"{row.answer.name} {all_words}", language):
            found.append(
                Ready(
                    id=row.answer_id,
                    name=row.answer.name,
                    text=whole(parts),
                    blocks=tuple(
                        ReadyBlock(kind_name=_called(part.kind), text=part.text, is_on=part.is_on) for part in parts
                    ),
                    is_shared=row.answer.is_shared,
                )
            )
    return found[:MOST]


def facts_of(*, complaint: Complaint, agent: Agent, now: datetime) -> dict[str, str]:
    """What is filled in, as the customer's language says it.

    `day` is the next day on which the writer works, and `hour` when their work ends on it, so that a word given for
    both can be kept; `received` is the day on which they complained, `promised` when the next open promise falls due.
    An hour is the writer's, by which a promise is read, and says so, unless the customer's clock shows the same one.
    """
    with translation.override(complaint.language):
        return _facts(complaint, agent, now)


def _facts(complaint: Complaint, agent: Agent, now: datetime) -> dict[str, str]:
    language, calendar = complaint.language, agent.calendar()
    receipts = complaint.events.filter(kind=EventKind.ACKNOWLEDGED).select_related("content").order_by("sequence")
    theirs, ours = zone_told(receipts), ZoneInfo(str(calendar.zone))

    def whose(words: str, at: datetime) -> str:
        if theirs is not None and at.astimezone(theirs).utcoffset() == at.astimezone(ours).utcoffset():
            return words
        return f"{words} ({wording.zone_time(ours, language=language)})"

    tomorrow = (now.astimezone(calendar.zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        day = calendar.next_opening(tomorrow).astimezone(calendar.zone)
    except NoWorkingTimeError:
        day = tomorrow
    until = _end_of_work(calendar, day)
    open_promises = Promise.objects.filter(complaint=complaint, state=State.OPEN).order_by("due_at", "pk")
    promise = open_promises.values_list("due_at", "whole_day").first()
    promised = ""
    if promise is not None:
        at, whole_day = promise
        promised = wording.due(at.astimezone(ours), now=now.astimezone(ours), whole_day=whole_day, language=language)
        promised = promised if whole_day else whose(promised, at)
    return {
        "name": greeting_name(customer=complaint.customer, reader_language=language),
        "number": wording.digits(complaint.number, language=language),
        "subject": complaint.subject,
        "owner": agent.name_for(language),
        "day": wording.weekday_and_day(day, language=language),
        "hour": whose(wording.clock(until, language=language), until),
        "received": wording.weekday_and_day(complaint.received_at.astimezone(theirs or ours), language=language),
        "promised": promised,
    }


def _end_of_work(calendar: WorkingCalendar, day: datetime) -> datetime:
    closes = calendar.last_working_moment(day.date()) or day.replace(hour=17)
    return closes if closes.date() == day.date() else day.replace(hour=23, minute=59)  # open until midnight


def all_for(*, agent: Agent) -> list[Row]:
    """Everything that somebody may use, with whether they may change it."""
    rows = usable(agent=agent).select_related("written_by").prefetch_related("wordings")
    return [
        Row(
            id=row.pk,
            name=row.name,
            is_shared=row.is_shared,
            languages=tuple(sorted(one.language for one in row.wordings.all())),
            written_by=row.written_by.name if row.written_by is not None else "",
            may_change=may_change(answer=row, agent=agent),
        )
        for row in rows
    ]


def one(*, pk: int, agent: Agent) -> Answer | None:
    """An answer that somebody may use."""
    return usable(agent=agent).filter(pk=pk).first()


def blocks_of(*, answer: Answer) -> list[Block]:
    rows = answer.wordings.order_by("pk").values_list("language", "text", "blocks")
    return together({language: read(text, blocks) for language, text, blocks in rows})


def _called(kind: str) -> str:
    return "" if kind == Kind.WORDS else str(dict(Kind.choices).get(kind, ""))


def usable(*, agent: Agent) -> QuerySet[Answer]:
    """The answers that somebody may use: their own and everybody's."""
    return Answer.objects.filter(Q(is_shared=True) | Q(written_by=agent)).order_by("name", "pk")


def _folded(text: str, language: str) -> str:
    return " ".join(fold(text, language=language_of(language)).text.split())
