"""Reading what people were told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, QuerySet, Subquery

from amends.desk.complaints.models import EventContent, ReadMark
from amends.desk.complaints.visible import has_walls, visible_to
from amends.desk.notices.addressed import MENTIONED
from amends.desk.notices.models import ByMail, Notice, Wish
from amends.desk.notices.words import say
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.engine.languages.reading import without_quotes

COUNTED_FOR: Final = timedelta(days=7)
SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notice as its reader sees it."""

    event: int
    number: int
    subject: str
    customer: str
    words: str
    kind: str
    at: datetime
    is_new: bool
    is_urgent: bool


def unseen(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Leave out what was seen: on the list of notices, or by opening the complaint since."""
    opened = ReadMark.objects.filter(complaint=OuterRef("complaint"), agent=OuterRef("agent"), at__gte=OuterRef("at"))
    return notices.filter(~Exists(opened), seen_at=None)


def count_new(*, agent: Agent, now: datetime) -> int:
    """How many notices somebody has not seen; what is older than a week is counted no more."""
    since = now - COUNTED_FOR
    if has_walls(agent):
        return _new(agent.pk, since).filter(visible_to(agent, "complaint__")).count()
    return counted_new(agent=agent, now=now).asked()


def counted_new(*, agent: Agent, now: datetime) -> questions.Count:
    """The same where no wall stands, to be asked together with other counts."""
    return questions.Count("new notices", _new_ones, {"agent": agent.pk, "since": now - COUNTED_FOR})


def told(*, agent: Agent, now: datetime) -> list[Told]:
    """The newest notices of somebody, newest first."""
    seen = Notice.objects.filter(visible_to(agent, "complaint__"), agent=agent, at__lte=now)
    rows = list(_whole(seen.order_by("-at", "-event_id")[:SHOWN]))
    fresh = set(unseen(Notice.objects.filter(pk__in=[row.pk for row in rows])).values_list("pk", flat=True))
    names, notes = _names(rows), _notes(rows)
    return [_told(row, reader=agent, fresh=fresh, names=names, notes=notes) for row in rows]


def newest(*, agent: Agent, now: datetime) -> Told | None:
    """The newest notice that somebody has not seen."""
    since = now - COUNTED_FOR
    if has_walls(agent):
        rows = list(_whole(_new(agent.pk, since).filter(visible_to(agent, "complaint__")).order_by("-at")[:1]))
    else:
        rows = questions.ask("newest notice", _newest_one, agent=agent.pk, since=since)
    if not rows:
        return None
    (row,) = rows
    return _told(row, reader=agent, fresh={row.pk}, names=_names([row]), notes=_notes([row]))


def of_events(*, agent: Agent, events: Collection[int]) -> list[Told]:
    """Notices of one person, oldest first, as a letter tells them."""
    seen = Notice.objects.filter(visible_to(agent, "complaint__"), agent=agent, pk__in=events)
    rows = list(_whole(seen.order_by("at", "event_id")))
    names, notes = _names(rows), _notes(rows)
    return [_told(row, reader=agent, fresh=set(events), names=names, notes=notes) for row in rows]


def whom(*, events: Collection[int]) -> dict[int, int]:
    """For whom each of some events was meant; those that were meant for nobody are left out."""
    return dict(Notice.objects.filter(pk__in=events).values_list("pk", "agent"))


def by_mail(*, agent: Agent) -> ByMail:
    """What somebody wants mailed."""
    row = Wish.objects.filter(agent=agent).first()
    return ByMail(row.by_mail) if row is not None else ByMail.ASKED


def _whole(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.select_related("event__content", "event__agent", "complaint__owner", "complaint__customer")


def _new(agent: Any, since: Any) -> QuerySet[Notice]:
    return unseen(Notice.objects.filter(agent=agent, at__gt=since))


def _new_ones() -> QuerySet[Any, Any]:
    return _new(Blank("agent", BigIntegerField()), Blank("since", DateTimeField())).order_by().values("pk")


def _newest_one() -> QuerySet[Notice]:
    newest = _new(Blank("agent", BigIntegerField()), Blank("since", DateTimeField())).order_by("-at")
    # Its number within, for itself: beside all that is told of it, the database would weigh in which order to join.
    return _whole(Notice.objects.filter(pk=Subquery(newest.values("pk")[:1])))


def _names(rows: Iterable[Notice]) -> dict[int, str]:
    """Name those who stand in the events only by number."""
    told = {int(pk) for row in rows for role in ("from", "to") if (pk := row.event.content.data.get(role))}
    return dict(Agent.objects.filter(pk__in=told).values_list("pk", "name"))


def _notes(rows: Iterable[Notice]) -> dict[int, str]:
    """The words of the notes in which somebody was mentioned, without what these quote: it may be a customer's."""
    told = {row.event.content.data.get("event") for row in rows if row.kind == MENTIONED}
    notes = EventContent.objects.filter(pk__in=told).values_list("pk", "text") if told else ()
    return {pk: without_quotes(text) for pk, text in notes}


def _told(
    row: Notice, *, reader: Agent, fresh: Collection[int], names: Mapping[int, str], notes: Mapping[int, str]
) -> Told:
    said = say(
        kind=row.kind,
        by=row.event.agent.name if row.event.agent is not None else "",
        data=row.event.content.data,
        names=names,
        owner="" if row.complaint.owner_id == reader.pk else row.complaint.owner.name,
        question=notes.get(row.event.content.data.get("event", 0), "") or row.event.content.text,
    )
    return Told(
        event=row.event_id,
        number=row.complaint.number,
        subject=row.complaint.subject,
        customer=row.complaint.customer.name,
        words=said.words,
        kind=row.kind,
        at=row.at,
        is_new=row.pk in fresh,
        is_urgent=said.is_urgent,
    )
