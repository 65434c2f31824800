"""Reading saved answers: those that somebody may use, and one filled in for a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from amends.desk.answers.actions import may_change
from amends.desk.answers.filling import fill
from amends.desk.answers.models import Answer, Wording
from amends.desk.complaints.models import Complaint
from amends.desk.customers.queries import greeting_name
from amends.desk.people.models import Agent
from amends.desk.web import wording
from amends.engine.languages import get as language_of
from amends.engine.languages.folding import fold
from amends.engine.promises.calendar import NoWorkingTimeError

MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A saved answer, filled in for one case."""

    id: int
    name: str
    text: str
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
    rows = Wording.objects.filter(language=language, answer__in=_usable(agent)).select_related("answer")
    facts = facts_of(complaint=complaint, agent=agent, now=now)
    wanted = _folded(words, language)
    found = []
    for row in rows.order_by("answer__name", "answer_id"):
        text = fill(row.text, facts)
        if wanted in _folded(f"{row.answer.name} {text}", language):
            found.append(Ready(id=row.answer_id, name=row.answer.name, text=text, is_shared=row.answer.is_shared))
    return found[:MOST]


def facts_of(*, complaint: Complaint, agent: Agent, now: datetime) -> dict[str, str]:
    """What is filled in, as the customer's language says it; `day` is the next day on which the owner works."""
    language = complaint.language
    calendar = agent.calendar()
    tomorrow = (now.astimezone(calendar.zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        day = calendar.next_opening(tomorrow).astimezone(calendar.zone)
    except NoWorkingTimeError:
        day = tomorrow
    return {
        "name": greeting_name(customer=complaint.customer, reader_language=language),
        "number": wording.digits(complaint.number, language=language),
        "subject": complaint.subject,
        "owner": agent.name,
        "day": wording.weekday_and_day(day, language=language),
    }


def all_for(*, agent: Agent) -> list[Row]:
    """Everything that somebody may use, with whether they may change it."""
    rows = _usable(agent).select_related("written_by").prefetch_related("wordings")
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
    return _usable(agent).filter(pk=pk).first()


def texts_of(*, answer: Answer) -> dict[str, str]:
    return dict(answer.wordings.values_list("language", "text"))


def _usable(agent: Agent) -> QuerySet[Answer]:
    return Answer.objects.filter(Q(is_shared=True) | Q(written_by=agent))


def _folded(text: str, language: str) -> str:
    return " ".join(fold(text, language=language_of(language)).text.split())
