"""The list of complaints: what matters now comes first.

The order, and each step only decides where the one before it is equal:

1. a broken promise that nobody has made good;
2. a promise due before the end of the reader's day, or a time to come back that has passed, the earliest first
   (what was put aside until later stands after all others until then);
3. where the customer waits for us: heat, and two grades more where it went wrong a second time;
4. our turn, then a third party's, then the customer's;
5. the oldest unanswered word of the customer, by the hour;
6. what the customer spends a year, against the average of those in the list who pay in the same money;
7. the oldest word again, to the second, and who came first.

Where nobody has to do anything any more, what happened last comes first, after everything else. Every row says which
of these put it where it is (`Row.why`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

from django.db import connection
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
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Rank, Substr, TruncHour

from amends.desk.complaints import fields
from amends.desk.complaints import search as searching
from amends.desk.complaints.models import Companion, Complaint, Draft, ReadMark, Stage, Tagging, Turn, Watch
from amends.desk.complaints.visible import has_walls, visible_to
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent

# fmt: off
View = Literal[
    "now", "mine", "snoozed", "team", "ours", "waiting", "third", "today", "overdue", "due", "hot", "unread",
    "watching", "all",
]
# fmt: on
VIEWS: Final[tuple[View, ...]] = get_args(View)

HOT: Final = 2
AGAIN: Final = 2  # grades of heat that a second failure weighs
MOST: Final = 401  # a list that is drawn again is as long as it was, and one row tells whether there are more
MOST_COUNTED: Final = 1_000  # of all there ever was; what is going on is counted exactly
MOST_FOUND: Final = searching.MOST_FOUND
MOST_WEIGHED: Final = 200  # of the newest that a search found, put in order by how well they fit
MOST_NARROWED: Final = 5_000  # among so many, the newest, that hold the words the filters of a search look
LOOKED_UP: Final = MOST_FOUND + MOST_FOUND // 4  # of the newest that hold the words: some of them were merged
MANY: Final = 500  # from so many on, a view is put in order in parts
AVERAGE_OF: Final = 500  # complaints in which something happened last
WORTH_SAYING: Final = 2  # times the average that a customer spends a year
DRAFT_SHOWN: Final = 120
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
# The order as columns, each ascending; the cursor of a row is its values.
KEYS: Final = ("rank", "due", "calm", "move", "hour", "worth", "waited", "pk")
KEY_TYPES: Final = (int, datetime, int, int, datetime, int, datetime, int)
ENDED_KEYS: Final = ("last_event_at", "pk")


class UnableToContinue(Exception):
    """The cursor is none that a row of this list carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to, beside its view; what is empty does not narrow it."""

    words: str = ""
    language: str = ""
    channel: str = ""
    turn: str = ""
    heat: int = 0  # at least
    owner: int = 0
    team: int = 0
    promise: str = ""  # "broken", "today", "open" or "none"
    again: bool = False  # went wrong a second time
    unread: bool = False
    tag: int = 0
    own: str = ""  # a field of one's own and what it says, as "12:words"


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """The live complaints that are an agent's business without being theirs."""

    beside: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()
    watched: frozenset[int] = frozenset()


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
    channel_name: str
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
    snoozed_until: datetime | None  # while it is put aside
    people: int
    handovers: int
    third_person: bool  # a third person, or a second hand-over
    failed_again: bool
    unread: bool
    mine: bool
    asked: bool  # a colleague's question to the reader is open
    watched: bool
    draft: str  # how the reader's unsent reply begins
    worth: int  # how many times the average the customer spends a year; 0 where that is not worth saying
    why: str  # what put it where it is: see why_here
    why_at: datetime | None
    received_at: datetime
    cursor: str


def circle(*, agent: Agent) -> Circle:
    """Find where the agent was brought in or asked, and what they watch, in one question."""
    brought_in = Companion.objects.filter(agent=agent, complaint__live=True)
    watched = Watch.objects.filter(agent=agent, complaint__live=True)
    rows = (
        brought_in.annotate(as_=Case(When(answered_at=None, then=Value("asked")), default=Value("beside")))
        .values_list("complaint", "as_")
        .union(watched.annotate(as_=Value("watched")).values_list("complaint", "as_"), all=True)
    )
    found: dict[str, set[int]] = {"asked": set(), "beside": set(), "watched": set()}
    for complaint, as_ in rows:
        found[as_].add(complaint)
    return Circle(
        beside=frozenset(found["beside"] | found["asked"]),
        asked=frozenset(found["asked"]),
        watched=frozenset(found["watched"]),
    )


def inbox(
    *,
    agent: Agent,
    view: str = "now",
    now: datetime,
    search: str = "",
    filters: Filters = NO_FILTERS,
    limit: int = 50,
    after: str | None = None,
    around: Circle | None = None,
    best: bool = False,
    hit: Hit | None = None,
    of: int = 0,
) -> list[Row]:
    """List complaints in a view, or what a search finds in it; `after` is the cursor of the last row seen.

    `best` puts what fits the words of a search best first, among the newest that hold them, on one page.

    A page that follows is put in order by the moment of the first one, so that no row is shown twice or skipped.
    Only "all" holds what has ended. Who knows the agent's circle already hands it in, and so does who has looked up
    what the search finds (`hit`), or knows how many the view holds (`of`).

    :raises UnableToContinue: if the cursor is not one of this list
    """
    around = around or circle(agent=agent)
    words = f"{search} {filters.words}".strip()
    if words and hit is None:
        hit = find(agent=agent, view=view, now=now, search=search, filters=filters, around=around)
    cursor = _read_cursor(after) if after else _Cursor(at=now, averages=_averages())
    limit = max(1, min(limit, MOST))
    if hit is not None and best:
        every = Complaint.objects.filter(pk__in=[*hit.live, *(pk for _at, pk in hit.ended[:MOST_WEIGHED])])
        return [
            _row(complaint, agent, now, around, _after(complaint, cursor, KEYS))
            for complaint in _best_first(every, words, cursor, agent)[: limit - 1]
        ]
    if hit is None:
        complaints = _found(agent, view, now, filters, around)
    else:
        complaints = Complaint.objects.filter(pk__in=hit.live) if hit.live else Complaint.objects.none()
    is_many = hit is None and of >= MANY
    live = _first_live(complaints, cursor, agent, limit=limit, is_many=is_many) if cursor.is_live else []
    rows = [_row(complaint, agent, now, around, _after(complaint, cursor, KEYS)) for complaint in live]
    if view == "all" and len(rows) < limit:
        rest = _ended(complaints, cursor) if hit is None else _ended_of(hit, cursor, limit - len(rows))
        ended = _page(rest, agent)[: limit - len(rows)]
        rows += [_row(complaint, agent, now, around, _after(complaint, cursor, ENDED_KEYS)) for complaint in ended]
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a search found in a view: what is going on, and what has ended, the last first."""

    live: tuple[int, ...] = ()
    ended: tuple[tuple[datetime, int], ...] = ()

    def __len__(self) -> int:
        return len(self.live) + len(self.ended)


def find(
    *,
    agent: Agent,
    view: str,
    now: datetime,
    search: str = "",
    filters: Filters = NO_FILTERS,
    around: Circle | None = None,
) -> Hit | None:
    """Look up what a search finds, once for its rows and its count; None where no word is searched for."""
    words = f"{search} {filters.words}".strip()
    if not words:
        return None
    found = _found(agent, view, now, filters, around or circle(agent=agent)).order_by()
    by = _found_by(words, view=view, agent=agent, filters=filters)
    rows = list(found.filter(by).values_list("live", "last_event_at", "pk"))
    ended = sorted(((at, pk) for live, at, pk in rows if not live), reverse=True)
    return Hit(live=tuple(pk for live, _at, pk in rows if live), ended=tuple(ended))


def _best_first(complaints: QuerySet[Complaint], words: str, cursor: _Cursor, agent: Agent) -> list[Complaint]:
    """Put the newest of what was found in the order in which it fits the words; of two that fit alike the newer one."""
    newest = complaints.order_by("-last_event_at", "-pk")[:MOST_WEIGHED]
    fits = {
        pk: searching.fit(words, number=number, name=name, subject=subject)
        for pk, number, name, subject in newest.values_list("pk", "number", "customer__name", "subject")
    }
    chosen = sorted(fits, key=lambda pk: -fits[pk])  # keeps the order of those that are alike
    rows = _page(_with_keys(Complaint.objects.filter(pk__in=chosen), cursor, ZoneInfo(agent.time_zone)), agent)
    by_pk = {row.pk: row for row in rows}
    return [by_pk[pk] for pk in chosen if pk in by_pk]


def one(*, agent: Agent, number: int, now: datetime, around: Circle) -> Row | None:
    """Return the row of one complaint, wherever it would stand."""
    cursor = _Cursor(at=now, averages={})
    found = _page(
        _with_keys(Complaint.objects.filter(visible_to(agent), number=number), cursor, ZoneInfo(agent.time_zone)), agent
    ).first()
    return _row(found, agent, now, around, _after(found, cursor, KEYS)) if found is not None else None


def views_with_counts(
    *,
    agent: Agent,
    now: datetime,
    saved: Mapping[str, tuple[str, Filters]] = MappingProxyType({}),
    around: Circle | None = None,
) -> dict[str, int]:
    """Count every view, and the saved ones by their own names: exactly what is going on, the rest up to MOST_COUNTED.

    The views of one person are counted among what is theirs, the others among what is going on.
    """
    around = around or circle(agent=agent)
    live = Complaint.objects.filter(visible_to(agent), live=True)
    counted: dict[str, int] = {}
    for among, views in ((live.filter(_own(agent, around)), PERSONAL), (live.filter(_theirs(agent)), OF_THE_TEAM)):
        counted |= _count_each(among, {view: _condition(agent, view, now, around) for view in views})
    ours = {name: (view, filters) for name, (view, filters) in saved.items() if view != "all"}
    conditions = {
        name: _condition(agent, view, now, around) & _narrowed(agent, filters, now) & _worded(filters)
        for name, (view, filters) in ours.items()
    }
    counted |= _count_each(live, conditions)
    for name in saved.keys() - ours.keys():
        counted[name] = count(agent=agent, view="all", now=now, filters=saved[name][1], around=around)
    counted["all"] = count(agent=agent, view="all", now=now, around=around)
    return {**{view: counted[view] for view in VIEWS}, **{name: counted[name] for name in saved}}


def _count_each(complaints: QuerySet[Complaint], conditions: Mapping[str, Q]) -> dict[str, int]:
    """Count what meets each condition, all in one question."""
    if not conditions:
        return {}
    # By their place, since a view may be called as a column is.
    counts = complaints.aggregate(
        **{f"count_{place}": Count("pk", filter=condition) for place, condition in enumerate(conditions.values())}
    )
    return {name: counts[f"count_{place}"] for place, name in enumerate(conditions)}


def count(
    *,
    agent: Agent,
    view: str,
    now: datetime,
    search: str = "",
    filters: Filters = NO_FILTERS,
    around: Circle | None = None,
    hit: Hit | None = None,
) -> int:
    """Count what a view, or a search in it, holds: exactly what is going on, up to `most_counted` otherwise."""
    around = around or circle(agent=agent)
    words = f"{search} {filters.words}".strip()
    if words and hit is None:
        hit = find(agent=agent, view=view, now=now, search=search, filters=filters, around=around)
    if hit is not None:
        return min(len(hit), MOST_FOUND)
    found = _found(agent, view, now, filters, around).order_by()
    most = most_counted(view=view, words=words)
    return found.count() if most is None else found.values("pk")[:most].count()


def _found_by(words: str, *, view: str, agent: Agent, filters: Filters) -> Q:
    """Say what a search finds: all of somebody's own and their team's, else the newest of the house.

    More of those is looked up where filters leave some of it out.
    """
    if view in PERSONAL or (view != "all" and agent.team_id is not None):
        return searching.holds(words)
    narrowed = has_walls(agent) or filters != replace(NO_FILTERS, words=filters.words)
    return searching.newest(words, most=MOST_NARROWED if narrowed else LOOKED_UP)


def most_counted(*, view: str, words: str) -> int | None:
    """Return the number at which counting ends, which then means 'or more'; None if it is exact."""
    if words.strip():
        return MOST_FOUND
    return MOST_COUNTED if view == "all" else None


def end_of_day(*, agent: Agent, now: datetime) -> datetime:
    """Return the midnight that ends the agent's day."""
    return _end_of_day(now, ZoneInfo(agent.time_zone))


def _end_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)


def _found(agent: Agent, view: str, now: datetime, filters: Filters, around: Circle) -> QuerySet[Complaint]:
    # What was merged into another one is found there; only "all" could hold it, for it has ended.
    found = Complaint.objects.filter(merged_into=None) if view == "all" else Complaint.objects.all()
    return found.filter(visible_to(agent) & _condition(agent, view, now, around) & _narrowed(agent, filters, now))


PERSONAL: Final[tuple[View, ...]] = ("now", "mine", "snoozed", "unread", "watching")
OF_THE_TEAM: Final[tuple[View, ...]] = ("team", "ours", "waiting", "third", "today", "overdue", "due", "hot")


def _own(agent: Agent, around: Circle) -> Q:
    """What is somebody's business: their own, where they were brought in, and what they watch."""
    return Q(owner=agent) | Q(pk__in=around.beside | around.watched)


def _theirs(agent: Agent) -> Q:
    """Their team's, or everybody's for who belongs to none."""
    return Q(team=agent.team_id) if agent.team_id is not None else Q()


def _condition(agent: Agent, view: str, now: datetime, around: Circle) -> Q:
    """Say what a view holds.

    "now", "mine", "snoozed", "unread" and "watching" are about the agent; "team" and the ones after it are their
    team's, or everybody's for who belongs to none; "all" is everything, ended or not.
    """
    going_on = Q(stage__in=[Stage.RECEIVED, Stage.ANSWERED])
    aside = Q(snoozed_until__gt=now)
    back = (Q(back_at__lte=now) | Q(snoozed_until__lte=now)) & ~aside
    overdue = Q(broken_since__isnull=False) | Q(promise_due_at__lt=now) | (going_on & back)
    today = Q(promise_due_at__gte=now, promise_due_at__lt=end_of_day(agent=agent, now=now))
    due = Q(promise_due_at__lt=end_of_day(agent=agent, now=now)) | Q(broken_since__isnull=False)
    waits = Q(waiting_since__isnull=False) & ~Q(turn=Turn.THIRD_PARTY) & going_on
    resting = Q(back_at__gt=now) | aside
    mine, team = Q(owner=agent), _theirs(agent)
    conditions: Mapping[str, Q] = {
        "now": (mine & (due | (going_on & back) | (waits & ~resting))) | (Q(pk__in=around.asked) & going_on),
        "mine": mine | Q(pk__in=around.beside),
        "snoozed": mine & aside,
        "unread": _own(agent, around) & _unread(agent),
        "watching": Q(pk__in=around.watched),
        "team": team,
        "ours": team & going_on & Q(turn=Turn.OURS),
        "waiting": team & going_on & Q(turn=Turn.THEIRS),
        "third": team & going_on & Q(turn=Turn.THIRD_PARTY),
        "today": team & today,
        "overdue": team & overdue,
        "due": team & due,
        "hot": team & going_on & Q(heat__gte=HOT),
    }
    return Q(live=True) & conditions[view] if view in conditions else Q()


def _unread(agent: Agent) -> Q:
    """Say that something happened since the agent looked."""
    return ~Q(Exists(ReadMark.objects.filter(complaint=OuterRef("pk"), agent=agent, at__gte=OuterRef("last_event_at"))))


def _narrowed(agent: Agent, filters: Filters, now: datetime) -> Q:
    """Say what filters ask for."""
    end = end_of_day(agent=agent, now=now)
    equal = {
        "language": filters.language,
        "channel": filters.channel,
        "turn": filters.turn,
        "owner": filters.owner,
        "team": filters.team,
        "heat__gte": filters.heat,
        "failed_again": filters.again,
    }
    condition = Q(**{name: value for name, value in equal.items() if value})
    condition &= {
        "broken": Q(broken_since__isnull=False),
        "today": Q(promise_due_at__lt=end),
        "open": Q(promise_due_at__isnull=False),
        "none": Q(promise_due_at__isnull=True, broken_since__isnull=True),
    }.get(filters.promise, Q())
    if filters.unread:
        condition &= _unread(agent)
    if filters.tag:  # no join, which would count a complaint once for each of its tags
        condition &= Q(pk__in=Tagging.objects.filter(tag=filters.tag).values("complaint"))
    if filters.own:
        condition &= fields.matching(filters.own)
    return condition


def _worded(filters: Filters) -> Q:
    return searching.holds(filters.words) if filters.words.strip() else Q()


def _page(complaints: QuerySet[Complaint], agent: Agent) -> QuerySet[Complaint]:
    """Fetch what a row shows along with the complaints."""
    read = ReadMark.objects.filter(complaint=OuterRef("pk"), agent=agent).values("at")[:1]
    begun = Draft.objects.filter(complaint=OuterRef("pk"), agent=agent).values(begins=Substr("text", 1, DRAFT_SHOWN))
    return complaints.annotate(
        read_at=Subquery(read, output_field=DateTimeField()), begun=Subquery(begun[:1])
    ).select_related("customer", "owner", "team")


def _ended(complaints: QuerySet[Complaint], cursor: _Cursor) -> QuerySet[Complaint]:
    """Put in order where nobody has to do anything any more."""
    ended = complaints.filter(live=False).order_by("-last_event_at", "-pk")
    if cursor.values and not cursor.is_live:
        at, pk = cursor.values
        ended = ended.filter(Q(last_event_at__lt=at) | Q(last_event_at=at, pk__lt=pk))
    return ended


def _ended_of(hit: Hit, cursor: _Cursor, limit: int) -> QuerySet[Complaint]:
    """The same of what a search found: which those are is known already."""
    rest = hit.ended
    if cursor.values and not cursor.is_live:
        rest = tuple(one for one in rest if one < cursor.values)
    return Complaint.objects.filter(pk__in=[pk for _at, pk in rest[:limit]]).order_by("-last_event_at", "-pk")


def _first_live(
    complaints: QuerySet[Complaint], cursor: _Cursor, agent: Agent, *, limit: int, is_many: bool = False
) -> list[Complaint]:
    """Put in order by the keys alone, which are narrow, and fetch the rows of the page then.

    Of many, first those with a broken promise, which come first: often they fill the page, and the rest is not looked
    at. In the rest only who can come to stand on the page is weighed by what they spend.
    """
    zone = ZoneInfo(agent.time_zone)
    keys: dict[int, tuple[Any, ...]] = {}
    for part in _parts(cursor) if is_many else (Q(),):
        if (left := limit - len(keys)) > 0:
            ordered = _live(complaints.filter(part), cursor, zone, most=left if is_many else 0)
            keys |= {key[-1]: key for key in ordered.values_list(*KEYS)[:left]}
    rows = {row.pk: row for row in _page(Complaint.objects.filter(pk__in=list(keys)), agent)} if keys else {}
    for pk, row in rows.items():
        for name, value in zip(KEYS[:-1], keys[pk], strict=False):
            setattr(row, name, value)
    return [rows[pk] for pk in keys if pk in rows]


def _parts(cursor: _Cursor) -> tuple[Q, ...]:
    rest = Q(broken_since__isnull=True)
    return (rest,) if cursor.values and cursor.values[0] > 0 else (Q(broken_since__isnull=False), rest)


def _live(complaints: QuerySet[Complaint], cursor: _Cursor, zone: ZoneInfo, *, most: int = 0) -> QuerySet[Complaint]:
    """Put in order what somebody has to do something about; of many, the first so many."""
    # SQLite puts in order more slowly for a place in it than it looks up what somebody spends.
    if not most or cursor.values or connection.vendor != "postgresql":
        live = _with_keys(complaints.filter(live=True), cursor, zone).order_by(*KEYS)
        return live.filter(_beyond(cursor.values)) if cursor.values else live
    before = KEYS[: KEYS.index("worth")]
    plain = _with_keys(complaints.filter(live=True), replace(cursor, averages={}), zone)
    placed = plain.annotate(place=Window(Rank(), order_by=before))
    weighed = Case(When(place__lte=most, then=_worth(cursor.averages)), default=Value(0), output_field=IntegerField())
    return placed.annotate(worth=weighed).order_by(*KEYS)


def _with_keys(complaints: QuerySet[Complaint], cursor: _Cursor, zone: ZoneInfo) -> QuerySet[Complaint]:
    """Annotate the columns of the order."""
    now = cursor.at
    end = _end_of_day(now, zone)
    never = Value(NEVER, output_field=DateTimeField())
    soon = Q(promise_due_at__lt=end)
    aside, going_on = Q(snoozed_until__gt=now), Q(stage__in=[Stage.RECEIVED, Stage.ANSWERED])
    woken, back = Q(snoozed_until__lte=now), Q(back_at__lte=now) & ~aside
    return complaints.annotate(
        rank=Case(
            When(broken_since__isnull=False, then=Value(0)),
            When(soon | (going_on & (woken | back)), then=Value(1)),
            When(aside, then=Value(3)),
            default=Value(2),
            output_field=IntegerField(),
        ),
        due=Case(
            When(broken_since__isnull=False, then=F("broken_since")),
            When(soon, then=F("promise_due_at")),
            When(going_on & woken, then=F("snoozed_until")),
            When(going_on & back, then=F("back_at")),
            default=never,
            output_field=DateTimeField(),
        ),
        calm=Case(
            When(turn=Turn.OURS, waiting_since__isnull=False, failed_again=True, then=Value(-AGAIN) - F("heat")),
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
    """Return what customers with a live complaint spend a year on average, by currency; of many, the last ones."""
    latest = Complaint.objects.filter(live=True).order_by("-last_event_at", "-pk").values("pk")[:AVERAGE_OF]
    spend = Complaint.objects.filter(pk__in=latest, customer__yearly_value__gt=0).values_list("customer__currency")
    averages = spend.annotate(Avg("customer__yearly_value")).order_by("customer__currency")
    return {currency: f"{average:.2f}" for currency, average in averages}


def _worth(averages: Mapping[str, str]) -> Combinable:
    """Weigh what a customer spends a year against the average of their currency; most comes first.

    Looked up for each complaint: a join might read every customer there is.
    """
    cases = [
        When(
            currency=currency,
            yearly_value__gt=0,
            then=Cast(Value(-100) * F("yearly_value") / Value(Decimal(average)), IntegerField()),
        )
        for currency, average in averages.items()
    ]
    if not cases:
        return Value(0, output_field=IntegerField())
    weighed = Customer.objects.filter(pk=OuterRef("customer")).annotate(
        weight=Case(*cases, default=Value(0), output_field=IntegerField())
    )
    return Coalesce(Subquery(weighed.values("weight")[:1]), 0, output_field=IntegerField())


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


def why_here(*, complaint: Complaint, now: datetime, end: datetime) -> tuple[str, datetime | None]:
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


def _row(complaint: Complaint, agent: Agent, now: datetime, around: Circle, cursor: str) -> Row:
    since = complaint.waiting_since or complaint.turn_since
    read_at: datetime | None = complaint.read_at  # type: ignore[attr-defined]
    end = end_of_day(agent=agent, now=now)
    why, why_at = why_here(complaint=complaint, now=now, end=end)
    times = -getattr(complaint, "worth", 0) // 100  # only what is going on is weighed
    return Row(
        id=complaint.pk,
        number=complaint.number,
        customer_id=complaint.customer_id,
        customer_name=complaint.customer.name,
        subject=complaint.subject,
        preview=complaint.preview,
        language=complaint.language,
        channel=complaint.channel,
        channel_name=str(complaint.get_channel_display()),
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
        promise_state=_promise_state(complaint, end),
        back_at=complaint.back_at,
        snoozed_until=complaint.snoozed_until if _is_aside(complaint, now) else None,
        people=complaint.people,
        handovers=complaint.handovers,
        third_person=is_passed_around(people=complaint.people, handovers=complaint.handovers),
        failed_again=complaint.failed_again,
        unread=read_at is None or complaint.last_event_at > read_at,
        mine=complaint.owner_id == agent.pk,
        asked=complaint.pk in around.asked,
        watched=complaint.pk in around.watched,
        draft=" ".join((complaint.begun or "").split()),  # type: ignore[attr-defined]
        worth=times if times >= WORTH_SAYING else 0,
        why=why,
        why_at=why_at,
        received_at=complaint.received_at,
        cursor=cursor,
    )


def _is_aside(complaint: Complaint, now: datetime) -> bool:
    return complaint.snoozed_until is not None and complaint.snoozed_until > now


def _promise_state(complaint: Complaint, end_of_today: datetime) -> str:
    if complaint.broken_since is not None:
        return "broken"
    if complaint.promise_due_at is None:
        return ""
    return "soon" if complaint.promise_due_at < end_of_today else "open"


def is_passed_around(*, people: int, handovers: int) -> bool:
    """Raise the flag at a third person or a second hand-over."""
    return people >= 3 or handovers >= 2
