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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import (
    Avg,
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    DecimalField,
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
from amends.desk.complaints.models import Channel, Companion, Complaint, Draft, ReadMark, Stage, Tagging, Turn, Watch
from amends.desk.complaints.visible import has_walls, visible_to
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank

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
MANY_FOUND: Final = 100  # from so many on, only who can stand on the page is weighed by what they spend
MANY: Final = 500  # from so many on, a view is put in order in parts
AVERAGE_OF: Final = 500  # complaints in which something happened last
AVERAGES_HOLD: Final = timedelta(minutes=1)
WORTH_SAYING: Final = 2  # times the average that a customer spends a year
DRAFT_SHOWN: Final = 120
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
# The order as columns, each ascending; the cursor of a row is its values.
KEYS: Final = ("rank", "due", "calm", "move", "hour", "worth", "waited", "pk")
URGENT: Final = 1  # the rank of what a time has come for, after what is broken
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Who looks at what moment: as they are, or as blanks in a question that is asked again and again."""

    agent: Any
    team: Any  # None for who belongs to none
    now: Any
    end: Any  # the midnight that ends their day
    asked: Q
    beside: Q
    watched: Q


def _seen(*, agent: Agent, now: datetime, around: Circle) -> _Look:
    """The look of somebody as they are."""
    return _Look(
        agent=agent.pk,
        team=agent.team_id,
        now=now,
        end=end_of_day(agent=agent, now=now),
        asked=Q(pk__in=around.asked),
        beside=Q(pk__in=around.beside),
        watched=Q(pk__in=around.watched),
    )


def _unseen(*, agent: Agent, around: Circle) -> _Look:
    """The look of anybody whose questions have the same shape (`_shape`)."""
    return _Look(
        agent=Blank("agent", BigIntegerField()),
        team=Blank("team", BigIntegerField()) if agent.team_id is not None else None,
        now=Blank("now", DateTimeField()),
        end=Blank("end", DateTimeField()),
        asked=Q(Among("pk", "asked")) if around.asked else Q(pk__in=[]),
        beside=Q(Among("pk", "beside")) if around.beside else Q(pk__in=[]),
        watched=Q(Among("pk", "watched")) if around.watched else Q(pk__in=[]),
    )


def _shape(*, agent: Agent, around: Circle) -> tuple[bool, ...]:
    """What of somebody decides the shape of their questions."""
    return (agent.team_id is not None, bool(around.asked), bool(around.beside), bool(around.watched))


def _fill(*, agent: Agent, now: datetime, around: Circle) -> dict[str, Any]:
    """What stands in the blanks."""
    return {
        "agent": agent.pk,
        "team": agent.team_id,
        "now": now,
        "end": end_of_day(agent=agent, now=now),
        "asked": around.asked,
        "beside": around.beside,
        "watched": around.watched,
    }


def _is_plain(*, agent: Agent, filters: Filters) -> bool:
    """Whether a list is asked for in one of the shapes that are kept: nothing narrows it, and no wall stands."""
    return filters == NO_FILTERS and not has_walls(agent)


def circle(*, agent: Agent) -> Circle:
    """Find where the agent was brought in or asked, and what they watch, in one question."""
    found: dict[str, set[int]] = {"asked": set(), "beside": set(), "watched": set()}
    for complaint, as_ in questions.ask("circle", _around, agent=agent.pk):
        found[as_].add(complaint)
    return Circle(
        beside=frozenset(found["beside"] | found["asked"]),
        asked=frozenset(found["asked"]),
        watched=frozenset(found["watched"]),
    )


def _around() -> QuerySet[Any, Any]:
    agent = Blank("agent", BigIntegerField())
    brought_in = Companion.objects.filter(agent=agent, complaint__live=True)
    watched = Watch.objects.filter(agent=agent, complaint__live=True)
    return (
        brought_in.annotate(as_=Case(When(answered_at=None, then=Value("asked")), default=Value("beside")))
        .values_list("complaint", "as_")
        .union(watched.annotate(as_=Value("watched")).values_list("complaint", "as_"), all=True)
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
) -> list[Row]:
    """List complaints in a view, or what a search finds in it; `after` is the cursor of the last row seen.

    `best` puts what fits the words of a search best first, among the newest that hold them, on one page.

    A page that follows is put in order by the moment of the first one, so that no row is shown twice or skipped.
    Only "all" holds what has ended. Who knows the agent's circle already hands it in, and so does who has looked up
    what the search finds (`hit`).

    :raises UnableToContinue: if the cursor is not one of this list
    """
    around = around or circle(agent=agent)
    if f"{search} {filters.words}".strip() and hit is None:
        hit = find(agent=agent, view=view, now=now, search=search, filters=filters, around=around)
    rows, _held = page(
        agent=agent, view=view, now=now, search=search, filters=filters, limit=limit, after=after, around=around,
        best=best, hit=hit, is_counted=False,
    )  # fmt: skip
    return rows


def page(
    *,
    agent: Agent,
    view: str,
    now: datetime,
    search: str,
    filters: Filters,
    limit: int,
    after: str | None,
    around: Circle,
    best: bool,
    hit: Hit | None,
    is_counted: bool = True,
) -> tuple[list[Row], int]:
    """List as `inbox` does, and count all that the list holds, as `count` does.

    :raises UnableToContinue: if the cursor is not one of this list
    """
    words = f"{search} {filters.words}".strip()
    cursor = _read_cursor(after) if after else _Cursor(at=now, averages=spending.at(now))
    limit = max(1, min(limit, MOST))
    if hit is not None and best:
        every = Complaint.objects.filter(pk__in=[*hit.live, *(pk for _at, pk in hit.ended[:MOST_WEIGHED])])
        best_first = _best_first(every, words, cursor, agent)[: limit - 1]
        return [_row(shown, agent, now, around, keys, cursor) for shown, keys in best_first], min(len(hit), MOST_FOUND)
    is_first = hit is None and not cursor.values and _is_plain(agent=agent, filters=filters)
    weighs = is_first and connection.vendor == "postgresql"
    of_all = view == "all" or (view in OF_THE_TEAM and agent.team_id is None)
    keys: list[tuple[Any, ...]] = []
    held: int | None = None
    if weighs and of_all:  # a great many: what is urgent mostly fills the page
        keys, _urgent = _weighed_keys(cursor, agent, view=view, around=around, limit=limit, is_urgent=True)
    if weighs and len(keys) < limit:
        keys, held = _weighed_keys(cursor, agent, view=view, around=around, limit=limit)
    if is_counted and (held is None or view == "all"):
        held = count(agent=agent, view=view, now=now, search=search, filters=filters, around=around, hit=hit)

    def narrowed() -> QuerySet[Complaint]:
        if hit is not None:
            return Complaint.objects.filter(searching.these(hit.live))
        return _found(view, _seen(agent=agent, now=now, around=around), filters).filter(visible_to(agent))

    held = held or 0
    is_many = hit is None and held >= MANY
    if is_first and not weighs:
        keys = _first_keys(cursor, agent, view=view, around=around, limit=limit, is_many=is_many)
    elif cursor.is_live and not is_first:
        pks = hit.live if hit is not None and not cursor.values else None
        keys = _further_keys(pks, narrowed(), cursor, agent, view=view, limit=limit, is_many=is_many)
    if view == "all" and (left := limit - len(keys)) > 0:
        keys += _ended(narrowed(), cursor)[:left] if hit is None else _ended_of(hit, cursor, left)
    by_pk = {shown.pk: shown for shown in _shown([key[-1] for key in keys], agent)}
    return [_row(by_pk[key[-1]], agent, now, around, key, cursor) for key in keys if key[-1] in by_pk], held


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
    around = around or circle(agent=agent)
    rows = _plainly_found(words, view=view, agent=agent, now=now, filters=filters, around=around)
    if rows is None:
        look = _seen(agent=agent, now=now, around=around)
        found = _found(view, look, filters).filter(visible_to(agent)).order_by()
        by = _found_by(words, view=view, agent=agent, filters=filters)
        rows = list(found.filter(by).values_list("live", "last_event_at", "pk"))
    ended = sorted(((at, pk) for live, at, pk in rows if not live), reverse=True)
    return Hit(live=tuple(pk for live, _at, pk in rows if live), ended=tuple(ended))


def _plainly_found(
    words: str, *, view: str, agent: Agent, now: datetime, filters: Filters, around: Circle
) -> list[tuple[bool, datetime, int]] | None:
    """Look up what words find where nothing else narrows it, and all that hold them can be named; None elsewhere."""
    if not _is_plain(agent=agent, filters=filters):
        return None
    pks = searching.ids(words, most=None if _is_theirs(view, agent) else LOOKED_UP)
    if pks is None:
        return None
    shape = ("found", view, *_shape(agent=agent, around=around))
    asked = partial(_among_found, agent, view=view, around=around)
    fill = _fill(agent=agent, now=now, around=around)
    return questions.ask(shape, asked, **fill, found=pks) if pks else []


def _among_found(agent: Agent, *, view: str, around: Circle) -> QuerySet[Any, Any]:
    found = _found(view, _unseen(agent=agent, around=around), NO_FILTERS).filter(Among("pk", "found"))
    return found.order_by().values_list("live", "last_event_at", "pk")


def _best_first(
    complaints: QuerySet[Complaint], words: str, cursor: _Cursor, agent: Agent
) -> list[tuple[_Shown, tuple[Any, ...]]]:
    """Put the newest of what was found in the order in which it fits the words; of two that fit alike the newer one."""
    newest = complaints.order_by("-last_event_at", "-pk")[:MOST_WEIGHED]
    fits = {
        pk: searching.fit(words, number=number, name=name, subject=subject)
        for pk, number, name, subject in newest.values_list("pk", "number", "customer__name", "subject")
    }
    chosen = sorted(fits, key=lambda pk: -fits[pk])  # keeps the order of those that are alike
    keys = _keys_of(chosen, cursor, agent)
    by_pk = {shown.pk: shown for shown in _shown(chosen, agent)}
    return [(by_pk[pk], keys[pk]) for pk in chosen if pk in by_pk and pk in keys]


def _keys_of(pks: Sequence[int], cursor: _Cursor, agent: Agent) -> dict[int, tuple[Any, ...]]:
    """The keys of some complaints, wherever they would stand."""
    keyed = _with_keys(
        Complaint.objects.filter(pk__in=pks),
        cursor.at,
        _end_of_day(cursor.at, ZoneInfo(agent.time_zone)),
        cursor.averages,
    )
    return {key[-1]: key for key in keyed.values_list(*KEYS)}


def one(*, agent: Agent, number: int, now: datetime, around: Circle) -> Row | None:
    """Return the row of one complaint, wherever it would stand."""
    cursor = _Cursor(at=now, averages={})
    pks = list(Complaint.objects.filter(visible_to(agent), number=number).values_list("pk", flat=True))
    shown, keys = _shown(pks, agent), _keys_of(pks, cursor, agent)
    return _row(shown[0], agent, now, around, keys[shown[0].pk], cursor) if shown else None


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
    fill = _fill(agent=agent, now=now, around=around)
    counted: dict[str, int] = {}
    for views in (PERSONAL, OF_THE_TEAM):
        if has_walls(agent):
            look = _seen(agent=agent, now=now, around=around)
            found = list(_counting(views, look).filter(visible_to(agent)))
        else:
            shape = ("counts", views, *_shape(agent=agent, around=around))
            found = questions.ask(
                shape, lambda views=views: _counting(views, _unseen(agent=agent, around=around)), **fill
            )
        counted |= dict(zip(views, found[0], strict=True))
    ours = {name: (view, filters) for name, (view, filters) in saved.items() if view != "all"}
    if ours:
        look, live = _seen(agent=agent, now=now, around=around), Complaint.objects.filter(visible_to(agent), live=True)
        conditions = {
            name: _condition(view, look) & _narrowed(look, filters) & _worded(filters)
            for name, (view, filters) in ours.items()
        }
        counted |= dict(zip(conditions, _count_each(live, conditions.values()).get(), strict=True))
    for name in saved.keys() - ours.keys():
        counted[name] = count(agent=agent, view="all", now=now, filters=saved[name][1], around=around)
    counted["all"] = count(agent=agent, view="all", now=now, around=around)
    return {**{view: counted[view] for view in VIEWS}, **{name: counted[name] for name in saved}}


def _counting(views: Sequence[str], look: _Look) -> QuerySet[Any, Any]:
    """Count some views, each in a column, among what is somebody's own or their team's."""
    among = _own(look) if views is PERSONAL else _theirs(look)
    return _count_each(Complaint.objects.filter(among, live=True), [_condition(view, look) for view in views])


def _count_each(complaints: QuerySet[Complaint], conditions: Iterable[Q]) -> QuerySet[Any, Any]:
    """Count what meets each condition, all in one row."""
    # By their place, since a view may be called as a column is; over all rows as one group.
    counts = {f"count_{place}": Count("pk", filter=condition) for place, condition in enumerate(conditions)}
    together = complaints.order_by().annotate(together=Value(1)).values("together")
    return together.annotate(**counts).values_list(*counts)


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
    most = most_counted(view=view, words=words)
    if _is_plain(agent=agent, filters=filters):
        return questions.count(
            ("count", view, *_shape(agent=agent, around=around)),
            lambda: _found(view, _unseen(agent=agent, around=around), filters).order_by().values("pk")[:most],
            **_fill(agent=agent, now=now, around=around),
        )
    look = _seen(agent=agent, now=now, around=around)
    found = _found(view, look, filters).filter(visible_to(agent)).order_by()
    return found.count() if most is None else found.values("pk")[:most].count()


def _found_by(words: str, *, view: str, agent: Agent, filters: Filters) -> Q:
    """Say what a search finds: all of somebody's own and their team's, else the newest of the house.

    More of those is looked up where filters leave some of it out.
    """
    if _is_theirs(view, agent):
        return searching.holds(words)
    narrowed = has_walls(agent) or filters != replace(NO_FILTERS, words=filters.words)
    return searching.newest(words, most=MOST_NARROWED if narrowed else LOOKED_UP)


def _is_theirs(view: str, agent: Agent) -> bool:
    """Whether a view holds what is somebody's own or their team's, of which a search finds all."""
    return view in PERSONAL or (view != "all" and agent.team_id is not None)


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


def _found(view: str, look: _Look, filters: Filters) -> QuerySet[Complaint]:
    """What a view holds, narrowed; what its reader may see of it is said by who asks."""
    # What was merged into another one is found there; only "all" could hold it, for it has ended.
    found = Complaint.objects.filter(merged_into=None) if view == "all" else Complaint.objects.all()
    return found.filter(_condition(view, look) & _narrowed(look, filters))


PERSONAL: Final[tuple[View, ...]] = ("now", "mine", "snoozed", "unread", "watching")
OF_THE_TEAM: Final[tuple[View, ...]] = ("team", "ours", "waiting", "third", "today", "overdue", "due", "hot")


def _own(look: _Look) -> Q:
    """What is somebody's business: their own, where they were brought in, and what they watch."""
    return Q(owner=look.agent) | look.beside | look.watched


def _theirs(look: _Look) -> Q:
    """Their team's, or everybody's for who belongs to none."""
    return Q(team=look.team) if look.team is not None else Q()


def _condition(view: str, look: _Look) -> Q:
    """Say what a view holds.

    "now", "mine", "snoozed", "unread" and "watching" are about the agent; "team" and the ones after it are their
    team's, or everybody's for who belongs to none; "all" is everything, ended or not.
    """
    now, end = look.now, look.end
    going_on = Q(stage__in=[Stage.RECEIVED, Stage.ANSWERED])
    aside = Q(snoozed_until__gt=now)
    back = (Q(back_at__lte=now) | Q(snoozed_until__lte=now)) & ~aside
    overdue = Q(broken_since__isnull=False) | Q(promise_due_at__lt=now) | (going_on & back)
    today = Q(promise_due_at__gte=now, promise_due_at__lt=end)
    due = Q(promise_due_at__lt=end) | Q(broken_since__isnull=False)
    waits = Q(waiting_since__isnull=False) & ~Q(turn=Turn.THIRD_PARTY) & going_on
    resting = Q(back_at__gt=now) | aside
    mine, team = Q(owner=look.agent), _theirs(look)
    conditions: Mapping[str, Q] = {
        "now": (mine & (due | (going_on & back) | (waits & ~resting))) | (look.asked & going_on),
        "mine": mine | look.beside,
        "snoozed": mine & aside,
        "unread": _own(look) & _unread(look),
        "watching": look.watched,
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


def _unread(look: _Look) -> Q:
    """Say that something happened since the agent looked."""
    read = ReadMark.objects.filter(complaint=OuterRef("pk"), agent=look.agent, at__gte=OuterRef("last_event_at"))
    return ~Q(Exists(read))


def _narrowed(look: _Look, filters: Filters) -> Q:
    """Say what filters ask for."""
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
        "today": Q(promise_due_at__lt=look.end),
        "open": Q(promise_due_at__isnull=False),
        "none": Q(promise_due_at__isnull=True, broken_since__isnull=True),
    }.get(filters.promise, Q())
    if filters.unread:
        condition &= _unread(look)
    if filters.tag:  # no join, which would count a complaint once for each of its tags
        condition &= Q(pk__in=Tagging.objects.filter(tag=filters.tag).values("complaint"))
    if filters.own:
        condition &= fields.matching(filters.own)
    return condition


def _worded(filters: Filters) -> Q:
    return searching.holds(filters.words) if filters.words.strip() else Q()


class _Shown(NamedTuple):
    """What a row shows of a complaint, in the order in which it is asked for."""

    pk: int
    number: int
    customer_id: int
    customer_name: str
    subject: str
    preview: str
    language: str
    channel: str
    owner_id: int
    owner_name: str
    team_name: str | None
    live: bool
    stage: str
    turn: str
    turn_since: datetime | None
    waiting_since: datetime | None
    heat: int
    promise_due_at: datetime | None
    promise_whole_day: bool
    broken_since: datetime | None
    back_at: datetime | None
    snoozed_until: datetime | None
    people: int
    handovers: int
    failed_again: bool
    last_event_at: datetime
    received_at: datetime
    read_at: datetime | None
    begun: str | None


_OF_OTHERS: Final = {"customer_name": "customer__name", "owner_name": "owner__name", "team_name": "team__name"}


def _shown(pks: Sequence[int], agent: Agent) -> list[_Shown]:
    """Fetch what rows show of some complaints, in one question."""
    if not pks:
        return []
    return list(map(_Shown._make, questions.ask("shown", _rows, agent=agent.pk, pks=pks)))


def _rows() -> QuerySet[Any, Any]:
    agent = Blank("agent", BigIntegerField())
    read = ReadMark.objects.filter(complaint=OuterRef("pk"), agent=agent).values("at")[:1]
    begun = Draft.objects.filter(complaint=OuterRef("pk"), agent=agent).values(begins=Substr("text", 1, DRAFT_SHOWN))
    return (
        Complaint.objects.filter(Among("pk", "pks"))
        .annotate(read_at=Subquery(read, output_field=DateTimeField()), begun=Subquery(begun[:1]))
        .values_list(*(_OF_OTHERS.get(name, name) for name in _Shown._fields))
    )


def _ended(complaints: QuerySet[Complaint], cursor: _Cursor) -> QuerySet[Complaint, tuple[Any, ...]]:
    """Put in order where nobody has to do anything any more."""
    ended = complaints.filter(live=False).order_by("-last_event_at", "-pk")
    if cursor.values and not cursor.is_live:
        at, pk = cursor.values
        ended = ended.filter(Q(last_event_at__lt=at) | Q(last_event_at=at, pk__lt=pk))
    return ended.values_list(*ENDED_KEYS)


def _ended_of(hit: Hit, cursor: _Cursor, limit: int) -> list[tuple[Any, ...]]:
    """The same of what a search found: which those are is known already."""
    rest = hit.ended
    if cursor.values and not cursor.is_live:
        rest = tuple(one for one in rest if one < cursor.values)
    return list(rest[:limit])


def _first_keys(
    cursor: _Cursor, agent: Agent, *, view: str, around: Circle, limit: int, is_many: bool
) -> list[tuple[Any, ...]]:
    """Put the first page of a view in order by the keys alone, which are narrow.

    Of many, first those with a broken promise, which come first: often they fill the page, and the rest is not looked
    at.
    """
    weights = _weights(cursor)
    fill = _fill(agent=agent, now=cursor.at, around=around)
    keys: list[tuple[Any, ...]] = []
    for place, part in enumerate(_parts(cursor) if is_many else (Q(),)):
        if len(keys) < limit:
            shape = ("keys", view, *_shape(agent=agent, around=around), tuple(weights), limit, is_many, place)
            asked = partial(_keys, part, agent, view=view, around=around, weights=weights, limit=limit)
            keys += questions.ask(shape, asked, **fill, **weights)
    return keys[:limit]


def _further_keys(
    found: Sequence[int] | None,
    complaints: QuerySet[Complaint],
    cursor: _Cursor,
    agent: Agent,
    *,
    view: str,
    limit: int,
    is_many: bool,
) -> list[tuple[Any, ...]]:
    """The same where a list is narrowed, or further down in it; or of what a search found, and goes on."""
    if found is None:
        live = complaints.filter(live=True) if view == "all" else complaints
        return _live_keys(live, cursor, agent, limit=limit, is_many=is_many)
    weights, most = _weights(cursor), limit if len(found) >= MANY_FOUND else 0
    asked = partial(_keys_of_found, weights, limit=limit, most=most)
    end = _end_of_day(cursor.at, ZoneInfo(agent.time_zone))
    told = {"found": found, "now": cursor.at, "end": end, **weights}
    return questions.ask(("keys of found", tuple(weights), limit, most), asked, **told) if found else []


def _keys_of_found(weights: Iterable[str], *, limit: int, most: int) -> QuerySet[Any, Any]:
    averages = {name.removeprefix(_AVERAGE): Blank(name, DecimalField()) for name in weights}
    now, end = Blank("now", DateTimeField()), Blank("end", DateTimeField())
    found = Complaint.objects.filter(Among("pk", "found"))
    return _live(found, now, end, averages, most=most).values_list(*KEYS)[:limit]


_AVERAGE: Final = "average "


def _weights(cursor: _Cursor) -> dict[str, Decimal]:
    """Name the averages as what stands in the blanks of a question."""
    return {f"{_AVERAGE}{currency}": Decimal(average) for currency, average in cursor.averages.items()}


def _keys(
    part: Q, agent: Agent, *, view: str, around: Circle, weights: Iterable[str], limit: int
) -> QuerySet[Any, Any]:
    look = _unseen(agent=agent, around=around)
    averages = {name.removeprefix(_AVERAGE): Blank(name, DecimalField()) for name in weights}
    return _live(_going_on(view, look).filter(part), look.now, look.end, averages).values_list(*KEYS)[:limit]


def _weighed_keys(
    cursor: _Cursor, agent: Agent, *, view: str, around: Circle, limit: int, is_urgent: bool = False
) -> tuple[list[tuple[Any, ...]], int]:
    """The same on PostgreSQL, in one walk through the view: the keys of the first page, and how many are going on.

    Or through what is urgent in it: what a broken promise, or a time that has come, puts before all the rest.

    What a customer spends is the sixth key, and is looked up only for rows that can come to stand on the page: those
    whose first five keys are not behind those of its last row.
    """
    weights = _weights(cursor)
    rows = questions.ask(
        ("weighed", view, is_urgent, *_shape(agent=agent, around=around), tuple(weights), limit),
        lambda: _unweighed(agent, view=view, around=around, is_urgent=is_urgent),
        partial(_weighing, weights=weights, limit=limit),
        **_fill(agent=agent, now=cursor.at, around=around),
        **weights,
    )
    return [row[:-1] for row in rows], rows[0][-1] if rows else 0


def _going_on(view: str, look: _Look) -> QuerySet[Complaint]:
    # Said twice, PostgreSQL would expect a hundredth of what there is, and walk through it by another index.
    found = _found(view, look, NO_FILTERS)
    return found.filter(live=True) if view == "all" else found


def _unweighed(agent: Agent, *, view: str, around: Circle, is_urgent: bool) -> QuerySet[Any, Any]:
    look = _unseen(agent=agent, around=around)
    keyed = _with_keys(_going_on(view, look), look.now, look.end, {}).annotate(one=F("pk"), whose=F("customer_id"))
    if is_urgent:
        come = Q(promise_due_at__lt=look.end) | Q(snoozed_until__lte=look.now) | Q(back_at__lte=look.now)
        keyed = keyed.filter(Q(broken_since__isnull=False) | come, rank__lte=URGENT)
    return keyed.order_by().values_list(*_BEFORE_WORTH, "waited", "one", "whose")


def _weighing(words: str, values: list[Any], *, weights: Iterable[str], limit: int) -> tuple[str, list[Any]]:
    before = ", ".join(f"every.{key}" for key in _BEFORE_WORTH)
    cases, given = " WHEN false THEN 0", []
    for name in weights:
        cases += " WHEN customer.currency = %s AND customer.yearly_value > 0"
        cases += " THEN (-100 * customer.yearly_value / %s)::integer"
        given += [name.removeprefix(_AVERAGE), Blank(name, DecimalField())]
    written = f"""
        WITH every AS MATERIALIZED ({words}),
        first AS MATERIALIZED (SELECT * FROM every ORDER BY {before} LIMIT {limit}),
        last AS (SELECT {before} FROM first AS every ORDER BY {before} OFFSET {limit - 1})
        SELECT {before}, CASE{cases} ELSE 0 END AS worth, every.waited, every.one, (SELECT count(*) FROM every)
        FROM every LEFT JOIN {_CUSTOMERS} AS customer ON customer.id = every.whose
        WHERE coalesce(({before}) <= (SELECT {before} FROM last AS every), true)
        ORDER BY {before}, worth, every.waited, every.one LIMIT {limit}
    """  # noqa: S608 - words of ours alone
    return written, [*values, *given]


_BEFORE_WORTH: Final = KEYS[: KEYS.index("worth")]
_CUSTOMERS: Final = Customer._meta.db_table  # noqa: SLF001


def _live_keys(
    complaints: QuerySet[Complaint], cursor: _Cursor, agent: Agent, *, limit: int, is_many: bool
) -> list[tuple[Any, ...]]:
    """The same in a list that is narrowed, or further down in it."""
    end = _end_of_day(cursor.at, ZoneInfo(agent.time_zone))
    keys: list[tuple[Any, ...]] = []
    for part in _parts(cursor) if is_many else (Q(),):
        if (left := limit - len(keys)) > 0:
            most = left if is_many and not cursor.values else 0
            ordered = _live(complaints.filter(part), cursor.at, end, cursor.averages, most=most)
            beyond = ordered.filter(_beyond(cursor.values)) if cursor.values else ordered
            keys += beyond.values_list(*KEYS)[:left]
    return keys


def _parts(cursor: _Cursor) -> tuple[Q, ...]:
    rest = Q(broken_since__isnull=True)
    return (rest,) if cursor.values and cursor.values[0] > 0 else (Q(broken_since__isnull=False), rest)


def _live(
    complaints: QuerySet[Complaint], now: Any, end: Any, averages: Mapping[str, Any], *, most: int = 0
) -> QuerySet[Complaint]:
    """Put in order what somebody has to do something about; of many, the first so many."""
    # SQLite puts in order more slowly for a place in it than it looks up what somebody spends.
    if not most or connection.vendor != "postgresql":
        return _with_keys(complaints, now, end, averages).order_by(*KEYS)
    before = KEYS[: KEYS.index("worth")]
    plain = _with_keys(complaints, now, end, {})
    placed = plain.annotate(place=Window(Rank(), order_by=before))
    weighed = Case(When(place__lte=most, then=_worth(averages)), default=Value(0), output_field=IntegerField())
    return placed.annotate(worth=weighed).order_by(*KEYS)


def _with_keys(complaints: QuerySet[Complaint], now: Any, end: Any, averages: Mapping[str, Any]) -> QuerySet[Complaint]:
    """Annotate the columns of the order."""
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
        worth=_worth(averages),
        waited=Coalesce("waiting_since", never, output_field=DateTimeField()),
    )


class Spending:
    """What customers with a live complaint spend a year on average, by currency; of many, the last ones.

    Each process looks it up once a minute: it moves slowly, and every list is weighed against it. The pages of one
    list are all weighed against what its first one was (`_Cursor`).
    """

    def __init__(self) -> None:
        self._found: tuple[datetime, dict[str, str]] | None = None

    def at(self, now: datetime) -> dict[str, str]:
        if self._found is None or not timedelta() <= now - self._found[0] < AVERAGES_HOLD:
            rows = questions.ask("averages", _spent)
            self._found = now, {currency: f"{average:.2f}" for currency, average in rows}
        return self._found[1]

    def forget(self) -> None:
        """Look it up the next time."""
        self._found = None


spending: Final = Spending()


def _spent() -> QuerySet[Any, Any]:
    latest = Complaint.objects.filter(live=True).order_by("-last_event_at", "-pk").values("pk")[:AVERAGE_OF]
    spend = Complaint.objects.filter(pk__in=latest, customer__yearly_value__gt=0).values_list("customer__currency")
    return spend.annotate(Avg("customer__yearly_value")).order_by("customer__currency")


def _worth(averages: Mapping[str, Any]) -> Combinable:
    """Weigh what a customer spends a year against the average of their currency; most comes first.

    Looked up for each complaint: a join might read every customer there is.
    """
    cases = [
        When(
            currency=currency,
            yearly_value__gt=0,
            then=Cast(Value(-100) * F("yearly_value") / _as_value(average), IntegerField()),
        )
        for currency, average in averages.items()
    ]
    if not cases:
        return Value(0, output_field=IntegerField())
    weighed = Customer.objects.filter(pk=OuterRef("customer")).annotate(
        weight=Case(*cases, default=Value(0), output_field=IntegerField())
    )
    return Coalesce(Subquery(weighed.values("weight")[:1]), 0, output_field=IntegerField())


def _as_value(average: Any) -> Any:
    return average if isinstance(average, Blank) else Value(Decimal(average))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cursor:
    """Where a page begins: the moment and the averages by which the first page was ordered, and the last row's keys."""

    at: datetime
    averages: Mapping[str, str]
    values: tuple[Any, ...] = ()

    @property
    def is_live(self) -> bool:
        return len(self.values) in {0, len(KEYS)}


def _after(cursor: _Cursor, values: Sequence[Any]) -> str:
    """Write the cursor that begins after a row."""
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


def _row(  # noqa: PLR0917 - as a sentence
    shown: _Shown, agent: Agent, now: datetime, around: Circle, keys: tuple[Any, ...], cursor: _Cursor
) -> Row:
    since = shown.waiting_since or shown.turn_since
    end = end_of_day(agent=agent, now=now)
    why, why_at = why_here(complaint=shown, now=now, end=end)
    times = -keys[_WORTH] // 100 if len(keys) == len(KEYS) else 0  # only what is going on is weighed
    return Row(
        id=shown.pk,
        number=shown.number,
        customer_id=shown.customer_id,
        customer_name=shown.customer_name,
        subject=shown.subject,
        preview=shown.preview,
        language=shown.language,
        channel=shown.channel,
        channel_name=_channel_name(shown.channel),
        owner_id=shown.owner_id,
        owner_name=shown.owner_name,
        team_name=shown.team_name or "",
        stage=shown.stage,
        turn=shown.turn,
        waiting_since=shown.waiting_since,
        waiting=max(timedelta(), now - since) if since is not None else timedelta(),
        heat=shown.heat,
        promise_due_at=shown.promise_due_at,
        promise_whole_day=shown.promise_whole_day,
        promise_state=_promise_state(shown, end),
        back_at=shown.back_at,
        snoozed_until=shown.snoozed_until if shown.snoozed_until is not None and shown.snoozed_until > now else None,
        people=shown.people,
        handovers=shown.handovers,
        third_person=is_passed_around(people=shown.people, handovers=shown.handovers),
        failed_again=shown.failed_again,
        unread=shown.read_at is None or shown.last_event_at > shown.read_at,
        mine=shown.owner_id == agent.pk,
        asked=shown.pk in around.asked,
        watched=shown.pk in around.watched,
        draft=" ".join((shown.begun or "").split()),
        worth=times if times >= WORTH_SAYING else 0,
        why=why,
        why_at=why_at,
        received_at=shown.received_at,
        cursor=_after(cursor, keys),
    )


_WORTH: Final = KEYS.index("worth")


def _channel_name(channel: str) -> str:
    return str(Channel(channel).label) if channel in Channel else channel


def _promise_state(shown: _Shown, end_of_today: datetime) -> str:
    if shown.broken_since is not None:
        return "broken"
    if shown.promise_due_at is None:
        return ""
    return "soon" if shown.promise_due_at < end_of_today else "open"


def is_passed_around(*, people: int, handovers: int) -> bool:
    """Raise the flag at a third person or a second hand-over."""
    return people >= 3 or handovers >= 2
