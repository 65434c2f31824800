"""What a list shows of a complaint: one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import BigIntegerField, DateTimeField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Substr

from amends.desk.complaints.held import Reader
from amends.desk.complaints.models import Channel, Complaint, Draft, ReadMark, Stage, Turn
from amends.desk.complaints.order import KEYS, Cursor, Keys
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank

WORTH_SAYING: Final = 2  # times the average that a customer spends a year
DRAFT_SHOWN: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a row tells of a complaint as it stands in the database."""

    id: int
    number: int
    customer_id: int
    customer_name: str
    subject: str
    preview: str
    language: str
    channel: str
    owner_id: int
    owner_name: str
    team_name: str
    stage: str
    turn: str
    waiting_since: datetime | None  # the oldest unanswered word of the customer
    heat: int
    promise_due_at: datetime | None
    promise_whole_day: bool
    back_at: datetime | None
    people: int
    handovers: int
    failed_again: bool
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(_Told):
    """One complaint in the list."""

    channel_name: str
    waiting: timedelta  # how long whoever has the next move has been waited for
    promise_state: str  # "broken", "soon" (before the end of today), "open" or nothing
    snoozed_until: datetime | None  # while it is put aside
    third_person: bool  # a third person, or a second hand-over
    unread: bool
    mine: bool
    asked: bool  # a colleague's question to the reader is open
    watched: bool
    draft: str  # how the reader's unsent reply begins
    worth: int  # how many times the average the customer spends a year; 0 where that is not worth saying
    why: str  # what put it where it is: see why_here
    why_at: datetime | None
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown(_Told):
    """What a row is made of."""

    live: bool
    turn_since: datetime | None
    broken_since: datetime | None
    snoozed_until: datetime | None
    last_event_at: datetime
    read_at: datetime | None  # by the reader
    begun: str | None  # of the reader's unsent reply


_TOLD: Final = [one.name for one in fields(_Told)]
_SHOWN: Final = [one.name for one in fields(_Shown)]


def rows(keys: Sequence[Keys], reader: Reader, cursor: Cursor) -> list[Row]:
    """Make rows of what stands at some places of a list, all in one question; `keys` put each at its place."""
    if not keys:
        return []
    told = questions.ask("shown", _rows, agent=reader.agent.pk, pks=[key[-1] for key in keys])
    by_pk = {one.id: one for one in (_Shown(**dict(zip(_SHOWN, row, strict=True))) for row in told)}
    end = reader.end
    return [_row(by_pk[key[-1]], reader, key, cursor, end=end) for key in keys if key[-1] in by_pk]


def _rows() -> QuerySet[Any, Any]:
    agent, here = Blank("agent", BigIntegerField()), OuterRef("pk")
    read = ReadMark.objects.filter(complaint=here, agent=agent).values("at")[:1]
    begun = Draft.objects.filter(complaint=here, agent=agent).values(begins=Substr("text", 1, DRAFT_SHOWN))[:1]
    of_others = {
        "customer_name": F("customer__name"),
        "owner_name": F("owner__name"),
        "team_name": Coalesce("team__name", Value("")),
        "read_at": Subquery(read, output_field=DateTimeField()),
        "begun": Subquery(begun),
    }
    return Complaint.objects.filter(Among("pk", "pks")).annotate(**of_others).values_list(*_SHOWN)


def why_here(*, complaint: Complaint | _Shown, now: datetime, end: datetime) -> tuple[str, datetime | None]:
    """Name what put a complaint where it stands in the list, and since or until when: the order above, in one word."""
    waits = complaint.waiting_since if complaint.turn == Turn.OURS else None
    due, back, until = complaint.promise_due_at, complaint.back_at, complaint.snoozed_until
    going_on = complaint.stage in {Stage.RECEIVED, Stage.ANSWERED}
    reasons: tuple[tuple[bool, str, datetime | None], ...] = (
        (not complaint.live, "ended", complaint.last_event_at),
        (complaint.broken_since is not None, "broken", complaint.broken_since),
        (due is not None and due < end, "promised", due),
        (until is not None and until <= now and going_on, "woken", until),
        (until is not None and until > now, "aside", until),
        (back is not None and back <= now and going_on, "back", back),
        (waits is not None and complaint.failed_again, "again", waits),
        (waits is not None and complaint.heat > 0, "heat", waits),
        (waits is not None, "waits", waits),
        (complaint.turn == Turn.OURS, "owed", due),
    )
    return next(((name, at) for holds, name, at in reasons if holds), (complaint.turn, complaint.turn_since))


def _row(one: _Shown, reader: Reader, keys: Keys, cursor: Cursor, *, end: datetime) -> Row:
    now = reader.now
    since = one.waiting_since or one.turn_since
    why, why_at = why_here(complaint=one, now=now, end=end)
    times = -keys[_WORTH] // 100 if len(keys) == len(KEYS) else 0  # only what is going on is weighed
    return Row(
        **{name: getattr(one, name) for name in _TOLD},
        channel_name=_channel_name(one.channel),
        waiting=max(timedelta(), now - since) if since is not None else timedelta(),
        promise_state=_promise_state(one, end),
        snoozed_until=one.snoozed_until if one.snoozed_until is not None and one.snoozed_until > now else None,
        third_person=is_passed_around(people=one.people, handovers=one.handovers),
        unread=one.read_at is None or one.last_event_at > one.read_at,
        mine=one.owner_id == reader.agent.pk,
        asked=one.id in reader.around.asked,
        watched=one.id in reader.around.watched,
        draft=" ".join((one.begun or "").split()),
        worth=times if times >= WORTH_SAYING else 0,
        why=why,
        why_at=why_at,
        cursor=cursor.after(keys),
    )


_WORTH: Final = KEYS.index("worth")


def _channel_name(channel: str) -> str:
    return str(Channel(channel).label) if channel in Channel else channel


def _promise_state(one: _Shown, end_of_today: datetime) -> str:
    if one.broken_since is not None:
        return "broken"
    if one.promise_due_at is None:
        return ""
    return "soon" if one.promise_due_at < end_of_today else "open"


def is_passed_around(*, people: int, handovers: int) -> bool:
    """Raise the flag at a third person or a second hand-over."""
    return people >= 3 or handovers >= 2
