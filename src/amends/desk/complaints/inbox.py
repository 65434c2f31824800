"""The list of complaints: what matters now comes first.

The order, and each step only decides where the one before it is equal:

1. a broken promise that nobody has made good;
2. a promise due before the end of the reader's day, or a time to come back that has passed, the earliest first;
3. heat, where the customer waits for us;
4. our turn, then a third party's, then the customer's;
5. the oldest unanswered word of the customer, by the hour;
6. what the customer spends a year, against the average of those in the list who pay in the same money;
7. the oldest word again, to the second, and who came first.

Where nobody has to do anything any more, what happened last comes first, after everything else.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from django.db.models import (
    Avg,
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, TruncHour

from amends.desk.complaints import search as searching
from amends.desk.complaints.models import Companion, Complaint, ReadMark, Stage, Turn
from amends.desk.people.models import Agent

View = Literal["now", "mine", "team", "hot", "due", "waiting", "third", "all"]
VIEWS: Final[tuple[View, ...]] = ("now", "mine", "team", "hot", "due", "waiting", "third", "all")

HOT: Final = 2
MOST: Final = 200
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
# The order as columns, each ascending; the cursor of a row is its values.
KEYS: Final = ("rank", "due", "calm", "move", "hour", "worth", "waited", "pk")
KEY_TYPES: Final = (int, datetime, int, int, datetime, int, datetime, int)
ENDED_KEYS: Final = ("last_event_at", "pk")


class UnableToContinue(Exception):
    """The cursor is none that a row of this list carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One complaint in the list."""

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
    waiting: timedelta  # how long whoever has the next move has been waited for
    heat: int
    promise_due_at: datetime | None
    promise_whole_day: bool
    promise_state: str  # "broken", "soon" (before the end of today), "open" or nothing
    back_at: datetime | None
    people: int
    handovers: int
    third_person: bool  # a third person, or a second hand-over
    unread: bool
    mine: bool
    received_at: datetime
    cursor: str


def inbox(
    *,
    agent: Agent,
    view: str = "now",
    now: datetime,
    search: str = "",
    limit: int = 50,
    after: str | None = None,
) -> list[Row]:
    """List complaints in a view, or what a search finds in it; `after` is the cursor of the last row seen.

    A page that follows is put in order by the moment of the first one, so that no row is shown twice or skipped.
    Only "all" holds what has ended.

    :raises UnableToContinue: if the cursor is not one of this list
    """
    complaints = _view(agent, view, now)
    if search.strip():
        complaints = searching.matching(complaints, search)
    cursor = _read_cursor(after) if after else _Cursor(at=now, averages=_averages())
    limit = max(1, min(limit, MOST))
    live = _page(_live(complaints, cursor, ZoneInfo(agent.time_zone)), agent)[:limit] if cursor.is_live else []
    rows = [_row(complaint, agent, now, _after(complaint, cursor, KEYS)) for complaint in live]
    if view == "all" and len(rows) < limit:
        ended = _page(_ended(complaints, cursor), agent)[: limit - len(rows)]
        rows += [_row(complaint, agent, now, _after(complaint, cursor, ENDED_KEYS)) for complaint in ended]
    return rows


def views_with_counts(*, agent: Agent, now: datetime) -> dict[str, int]:
    """Count every view exactly."""
    live = _beside(Complaint.objects.filter(live=True), agent)
    views = [view for view in VIEWS if view != "all"]
    counted: dict[str, int] = live.aggregate(
        **{f"in_{view}": Count("pk", filter=_condition(agent, view, now)) for view in views}
    )
    return {**{view: counted[f"in_{view}"] for view in views}, "all": Complaint.objects.count()}


def count(*, agent: Agent, view: str, now: datetime, search: str = "") -> int:
    """Count what a view, or a search in it, holds."""
    complaints = _view(agent, view, now)
    return (searching.matching(complaints, search) if search.strip() else complaints).count()


def end_of_day(*, agent: Agent, now: datetime) -> datetime:
    """Return the midnight that ends the agent's day."""
    return _end_of_day(now, ZoneInfo(agent.time_zone))


def _end_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)


def _view(agent: Agent, view: str, now: datetime) -> QuerySet[Complaint]:
    return _beside(Complaint.objects.all(), agent).filter(_condition(agent, view, now))


def _beside(complaints: QuerySet[Complaint], agent: Agent) -> QuerySet[Complaint]:
    """Mark the complaints to which the agent was brought in, and those where a question to them is open."""
    brought_in = Companion.objects.filter(complaint=OuterRef("pk"), agent=agent)
    return complaints.annotate(beside=Exists(brought_in), asked=Exists(brought_in.filter(answered_at=None)))


def _condition(agent: Agent, view: str, now: datetime) -> Q:
    """Say what a view holds.

    "now" and "mine" are the agent's own, with those to which they were brought in; "team" and the four after it are
    their team's, or everybody's for who belongs to none; "all" is everything, ended or not.
    """
    going_on = Q(stage__in=[Stage.RECEIVED, Stage.ANSWERED])
    due = Q(promise_due_at__lt=end_of_day(agent=agent, now=now)) | Q(broken_since__isnull=False)
    back = Q(back_at__lte=now)
    waits = Q(waiting_since__isnull=False) & ~Q(turn=Turn.THIRD_PARTY) & going_on
    resting = Q(back_at__gt=now)
    mine = Q(owner=agent)
    team = Q(team=agent.team_id) if agent.team_id is not None else Q()
    conditions: Mapping[str, Q] = {
        "now": (mine & (due | (going_on & back) | (waits & ~resting))) | (Q(asked=True) & going_on),
        "mine": mine | Q(beside=True),
        "team": team,
        "hot": team & going_on & Q(heat__gte=HOT),
        "due": team & due,
        "waiting": team & going_on & Q(turn=Turn.THEIRS),
        "third": team & going_on & Q(turn=Turn.THIRD_PARTY),
    }
    return Q(live=True) & conditions[view] if view in conditions else Q()


def _page(complaints: QuerySet[Complaint], agent: Agent) -> QuerySet[Complaint]:
    """Fetch what a row shows along with the complaints."""
    read = ReadMark.objects.filter(complaint=OuterRef("pk"), agent=agent).values("at")[:1]
    return complaints.annotate(read_at=Subquery(read, output_field=DateTimeField())).select_related(
        "customer", "owner", "team"
    )


def _ended(complaints: QuerySet[Complaint], cursor: _Cursor) -> QuerySet[Complaint]:
    """Put in order where nobody has to do anything any more."""
    ended = complaints.filter(live=False).order_by("-last_event_at", "-pk")
    if cursor.values and not cursor.is_live:
        at, pk = cursor.values
        ended = ended.filter(Q(last_event_at__lt=at) | Q(last_event_at=at, pk__lt=pk))
    return ended


def _live(complaints: QuerySet[Complaint], cursor: _Cursor, zone: ZoneInfo) -> QuerySet[Complaint]:
    """Put in order what somebody has to do something about."""
    live = _with_keys(complaints.filter(live=True), cursor, zone).order_by(*KEYS)
    return live.filter(_beyond(cursor.values)) if cursor.values else live


def _with_keys(complaints: QuerySet[Complaint], cursor: _Cursor, zone: ZoneInfo) -> QuerySet[Complaint]:
    """Annotate the columns of the order."""
    now = cursor.at
    end = _end_of_day(now, zone)
    never = Value(NEVER, output_field=DateTimeField())
    soon = Q(promise_due_at__lt=end)
    back = Q(back_at__lte=now, stage__in=[Stage.RECEIVED, Stage.ANSWERED])
    return complaints.annotate(
        rank=Case(
            When(broken_since__isnull=False, then=Value(0)),
            When(soon | back, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
        due=Case(
            When(broken_since__isnull=False, then=F("broken_since")),
            When(soon, then=F("promise_due_at")),
            When(back, then=F("back_at")),
            default=never,
            output_field=DateTimeField(),
        ),
        calm=Case(
            When(turn=Turn.OURS, waiting_since__isnull=False, then=Value(0) - F("heat")),
            default=Value(0),
            output_field=IntegerField(),
        ),
        move=Case(
            When(turn=Turn.OURS, then=Value(0)),
            When(turn=Turn.THIRD_PARTY, then=Value(1)),
            When(turn=Turn.THEIRS, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        ),
        hour=Coalesce(TruncHour("waiting_since", tzinfo=UTC), never, output_field=DateTimeField()),
        worth=_worth(cursor.averages),
        waited=Coalesce("waiting_since", never, output_field=DateTimeField()),
    )


def _averages() -> dict[str, str]:
    """Return what customers with a live complaint spend a year on average, by currency."""
    spend = Complaint.objects.filter(live=True, customer__yearly_value__gt=0).values_list("customer__currency")
    averages = spend.annotate(Avg("customer__yearly_value")).order_by("customer__currency")
    return {currency: f"{average:.2f}" for currency, average in averages}


def _worth(averages: Mapping[str, str]) -> Combinable:
    """Weigh what a customer spends a year against the average of their currency; most comes first."""
    cases = [
        When(
            customer__currency=currency,
            customer__yearly_value__gt=0,
            then=Cast(Value(-100) * F("customer__yearly_value") / Value(Decimal(average)), IntegerField()),
        )
        for currency, average in averages.items()
    ]
    return Case(*cases, default=Value(0), output_field=IntegerField())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cursor:
    """Where a page begins: the moment and the averages by which the first page was ordered, and the last row's keys."""

    at: datetime
    averages: Mapping[str, str]
    values: tuple[Any, ...] = ()

    @property
    def is_live(self) -> bool:
        return len(self.values) in {0, len(KEYS)}


def _after(complaint: Complaint, cursor: _Cursor, keys: Sequence[str]) -> str:
    """Write the cursor that begins after a row."""
    values = [getattr(complaint, key) for key in keys]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    line = json.dumps([cursor.at.isoformat(), cursor.averages, plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(line.encode()).decode()


def _read_cursor(text: str) -> _Cursor:
    try:
        at, averages, plain = json.loads(base64.urlsafe_b64decode(text.encode()))
        values = tuple(datetime.fromisoformat(value) if isinstance(value, str) else int(value) for value in plain)
        averages = {str(currency)[:3]: f"{Decimal(average):.2f}" for currency, average in averages.items()}
        cursor = _Cursor(at=datetime.fromisoformat(at), averages=averages, values=values)
    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise UnableToContinue from error
    moments = [cursor.at, *(value for value in values if isinstance(value, datetime))]
    kinds = tuple(type(value) for value in values)
    if kinds not in {KEY_TYPES, (datetime, int)} or any(moment.tzinfo is None for moment in moments):
        raise UnableToContinue
    if any(not Decimal(average).is_finite() or Decimal(average) <= 0 for average in averages.values()):
        raise UnableToContinue
    return cursor


def _beyond(values: tuple[Any, ...]) -> Q:
    """Say 'after these values': a later first key, or an equal one and a later second, and so on."""
    later = Q(pk__in=[])
    for key, value in reversed(list(zip(KEYS, values, strict=True))):
        later = Q(**{f"{key}__gt": value}) | (Q(**{key: value}) & later)
    return later


def _row(complaint: Complaint, agent: Agent, now: datetime, cursor: str) -> Row:
    since = complaint.waiting_since or complaint.turn_since
    read_at: datetime | None = complaint.read_at  # type: ignore[attr-defined]
    return Row(
        id=complaint.pk,
        number=complaint.number,
        customer_id=complaint.customer_id,
        customer_name=complaint.customer.name,
        subject=complaint.subject,
        preview=complaint.preview,
        language=complaint.language,
        channel=complaint.channel,
        owner_id=complaint.owner_id,
        owner_name=complaint.owner.name,
        team_name=complaint.team.name if complaint.team is not None else "",
        stage=complaint.stage,
        turn=complaint.turn,
        waiting_since=complaint.waiting_since,
        waiting=max(timedelta(), now - since) if since is not None else timedelta(),
        heat=complaint.heat,
        promise_due_at=complaint.promise_due_at,
        promise_whole_day=complaint.promise_whole_day,
        promise_state=_promise_state(complaint, end_of_day(agent=agent, now=now)),
        back_at=complaint.back_at,
        people=complaint.people,
        handovers=complaint.handovers,
        third_person=is_passed_around(people=complaint.people, handovers=complaint.handovers),
        unread=read_at is None or complaint.last_event_at > read_at,
        mine=complaint.owner_id == agent.pk,
        received_at=complaint.received_at,
        cursor=cursor,
    )


def _promise_state(complaint: Complaint, end_of_today: datetime) -> str:
    if complaint.broken_since is not None:
        return "broken"
    if complaint.promise_due_at is None:
        return ""
    return "soon" if complaint.promise_due_at < end_of_today else "open"


def is_passed_around(*, people: int, handovers: int) -> bool:
    """Raise the flag at a third person or a second hand-over."""
    return people >= 3 or handovers >= 2
