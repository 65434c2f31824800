"""The list of complaints: a page of it, what a search finds in it, and how many it holds.

What a view holds is said in `held.py`, the order in `order.py`, what a row shows in `shown.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Q, QuerySet, Value

from amends.desk.complaints import found_first, order, shown
from amends.desk.complaints import search as searching
from amends.desk.complaints.held import (
    NO_FILTERS,
    OF_THE_TEAM,
    PERSONAL,
    VIEWS,
    Circle,
    Filters,
    Look,
    Reader,
    circle,
    condition,
    in_view,
    narrowed,
    own,
    theirs,
)
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.order import Cursor, Keys, spending
from amends.desk.complaints.shown import Row
from amends.desk.complaints.visible import has_walls, visible_to
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Among

MOST: Final = 401  # a list that is drawn again is as long as it was, and one row tells whether there are more
MOST_COUNTED: Final = 1_000  # of all there ever was; what is going on is counted exactly
MOST_FOUND: Final = searching.MOST_FOUND
MOST_WEIGHED: Final = 200  # of the newest that a search found, put in order by how well they fit
MOST_NARROWED: Final = 5_000  # among so many, the newest, that hold the words the filters of a search look
LOOKED_UP: Final = MOST_FOUND + MOST_FOUND // 4  # of the newest that hold the words: some of them were merged
MANY: Final = 500  # from so many on, a view is put in order in parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a search found in a view: what is going on, and what has ended, the last first."""

    live: tuple[int, ...] = ()
    ended: tuple[tuple[datetime, int], ...] = ()
    first: found_first.Page | None = None  # instead of both, where no more than a first page was asked for

    def __len__(self) -> int:
        return self.first.held if self.first is not None else len(self.live) + len(self.ended)


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
    if _words(search, filters) and hit is None:
        first = 0 if after or best else limit
        hit = find(agent=agent, view=view, now=now, search=search, filters=filters, around=around, first=first)
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
    reader = Reader(agent=agent, now=now, around=around)
    cursor = Cursor.read(after) if after else Cursor(at=now, averages=spending.at(now))
    limit = _bounded(limit)
    if hit is not None:
        words = _words(search, filters)
        keys = _best(hit, words, cursor, agent)[: limit - 1] if best else _of_hit(hit, cursor, reader, view, limit)
        return shown.rows(keys, reader, cursor), min(len(hit), MOST_FOUND)

    def counted() -> int:
        return count(agent=agent, view=view, now=now, filters=filters, around=around) if is_counted else 0

    def everything() -> QuerySet[Complaint]:
        return in_view(view, reader.seen(), filters).filter(visible_to(agent))

    held: int | None = None
    keys = []
    if cursor.values or not reader.is_plain(filters):
        held = counted()
        if cursor.is_live:
            live = everything().filter(live=True) if view == "all" else everything()
            keys = order.further(live, cursor, agent, limit=limit, is_many=held >= MANY)
    elif connection.vendor == "postgresql":
        keys, held = order.first_page_weighed(cursor, reader, view=view, limit=limit)
    else:
        held = counted()
        keys = order.first_page(cursor, reader, view=view, limit=limit, is_many=held >= MANY)
    if view == "all" and (left := limit - len(keys)) > 0:
        keys += order.ended(everything(), cursor)[:left]
    return shown.rows(keys, reader, cursor), counted() if held is None else held


def find(
    *,
    agent: Agent,
    view: str,
    now: datetime,
    search: str = "",
    filters: Filters = NO_FILTERS,
    around: Circle | None = None,
    first: int = 0,
) -> Hit | None:
    """Look up what a search finds, once for its rows and its count; None where no word is searched for.

    :param first: how many rows of its beginning are wanted; 0 where others are, or another order
    """
    words = _words(search, filters)
    if not words:
        return None
    reader = Reader(agent=agent, now=now, around=around or circle(agent=agent))
    rows = None
    if reader.is_plain(filters):
        pks = searching.ids(words, most=None if reader.has_all_of(view) else LOOKED_UP)
        if pks is not None and first:
            cursor = Cursor(at=now, averages=spending.at(now))
            return Hit(first=found_first.first_page(pks, cursor, reader, view=view, limit=_bounded(first)))
        rows = _plainly_found(pks, view, reader)
    if rows is None:
        every = in_view(view, reader.seen(), filters).filter(visible_to(agent)).order_by()
        by = _found_by(words, view, reader, filters)
        rows = list(every.filter(by).values_list("live", "last_event_at", "pk"))
    ended = sorted(((at, pk) for live, at, pk in rows if not live), reverse=True)
    return Hit(live=tuple(pk for live, _at, pk in rows if live), ended=tuple(ended))


def _bounded(limit: int) -> int:
    return max(1, min(limit, MOST))


def _words(search: str, filters: Filters) -> str:
    """All that is searched for: what was typed above the list, and what narrows it."""
    return f"{search} {filters.words}".strip()


def _plainly_found(pks: Sequence[int] | None, view: str, reader: Reader) -> list[tuple[bool, datetime, int]] | None:
    """Look up what words find where nothing else narrows it; None where those that hold them cannot all be named."""
    if not pks:
        return None if pks is None else []

    def among() -> QuerySet[Any, Any]:
        every = in_view(view, reader.unseen(), NO_FILTERS).filter(Among("pk", "found"))
        return every.order_by().values_list("live", "last_event_at", "pk")

    return questions.ask(("found", view, *reader.shape), among, **reader.blanks, found=pks)


def _found_by(words: str, view: str, reader: Reader, filters: Filters) -> Q:
    """Say what a search finds: all of somebody's own and their team's, else the newest of the house.

    More of those is looked up where filters leave some of it out.
    """
    if reader.has_all_of(view):
        return searching.holds(words)
    is_narrowed = not reader.is_plain(replace(filters, words=""))
    return searching.newest(words, most=MOST_NARROWED if is_narrowed else LOOKED_UP)


def _of_hit(hit: Hit, cursor: Cursor, reader: Reader, view: str, limit: int) -> list[Keys]:
    """Put a page of what a search found in order."""
    if hit.first is not None:
        return list(hit.first.keys[:limit])
    keys: list[Keys] = []
    if not cursor.values:
        keys = order.first_found(hit.live, cursor, reader, limit=limit)
    elif cursor.is_live:
        live = Complaint.objects.filter(searching.these(hit.live))
        keys = order.further(live, cursor, reader.agent, limit=limit, is_many=False)
    if view == "all" and (left := limit - len(keys)) > 0:
        keys += order.ended_found(hit.ended, cursor)[:left]
    return keys


def _best(hit: Hit, words: str, cursor: Cursor, agent: Agent) -> list[Keys]:
    """Put the newest of what was found in the order in which it fits the words; of two that fit alike the newer one."""
    found = Complaint.objects.filter(pk__in=[*hit.live, *(pk for _at, pk in hit.ended[:MOST_WEIGHED])])
    newest = found.order_by("-last_event_at", "-pk")[:MOST_WEIGHED]
    fits = {
        pk: searching.fit(words, number=number, name=name, subject=subject)
        for pk, number, name, subject in newest.values_list("pk", "number", "customer__name", "subject")
    }
    keys = order.of_some(list(fits), cursor, agent)
    chosen = sorted(fits, key=lambda pk: -fits[pk])  # keeps the order of those that are alike
    return [keys[pk] for pk in chosen if pk in keys]


def one(*, agent: Agent, number: int, now: datetime, around: Circle) -> Row | None:
    """Return the row of one complaint, wherever it would stand."""
    cursor = Cursor(at=now, averages={})
    pks = list(Complaint.objects.filter(visible_to(agent), number=number).values_list("pk", flat=True))
    keys = list(order.of_some(pks, cursor, agent).values())
    return next(iter(shown.rows(keys, Reader(agent=agent, now=now, around=around), cursor)), None)


def views_with_counts(
    *,
    agent: Agent,
    now: datetime,
    saved: Mapping[str, tuple[str, Filters]] = MappingProxyType({}),
    around: Circle | None = None,
    with_all: bool = True,
) -> dict[str, int]:
    """Count every view, and the saved ones by their own names: exactly what is going on, the rest up to MOST_COUNTED.

    The views of one person are counted among what is theirs, the others among what is going on.

    :param with_all: whether "all" is counted too, which is a question of its own
    """
    reader = Reader(agent=agent, now=now, around=around or circle(agent=agent))
    counted: dict[str, int] = {}
    for views in (PERSONAL, OF_THE_TEAM):
        if has_walls(agent):
            found = list(_counting(views, reader.seen()).filter(visible_to(agent)))
        else:
            shape = ("counts", views, *reader.shape)
            found = questions.ask(shape, lambda views=views: _counting(views, reader.unseen()), **reader.blanks)
        counted |= dict(zip(views, found[0], strict=True))
    ours = {name: (view, filters) for name, (view, filters) in saved.items() if view != "all"}
    if ours:
        look, live = reader.seen(), Complaint.objects.filter(visible_to(agent), live=True)
        worded = {words: _worded(words) for words in {filters.words for _view, filters in ours.values()}}
        conditions = {
            name: condition(view, look) & narrowed(look, filters) & worded[filters.words]
            for name, (view, filters) in ours.items()
        }
        counted |= dict(zip(conditions, _count_each(live, conditions.values()).get(), strict=True))
    for name in saved.keys() - ours.keys():
        counted[name] = count(agent=agent, view="all", now=now, filters=saved[name][1], around=reader.around)
    if with_all:
        counted["all"] = count(agent=agent, view="all", now=now, around=reader.around)
    return {name: counted[name] for name in (*VIEWS, *saved) if name in counted}


def _counting(views: Sequence[str], look: Look) -> QuerySet[Any, Any]:
    """Count some views, each in a column, among what is somebody's own or their team's."""
    among = own(look) if views is PERSONAL else theirs(look)
    return _count_each(Complaint.objects.filter(among, live=True), [condition(view, look) for view in views])


def _count_each(complaints: QuerySet[Complaint], conditions: Iterable[Q]) -> QuerySet[Any, Any]:
    """Count what meets each condition, all in one row."""
    # By their place, since a view may be called as a column is; over all rows as one group.
    counts = {f"count_{place}": Count("pk", filter=condition) for place, condition in enumerate(conditions)}
    together = complaints.order_by().annotate(together=Value(1)).values("together")
    return together.annotate(**counts).values_list(*counts)


def _worded(words: str) -> Q:
    return searching.holds(words) if words.strip() else Q()


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
    words = _words(search, filters)
    if words and hit is None:
        hit = find(agent=agent, view=view, now=now, search=search, filters=filters, around=around, first=1)
    if hit is not None:
        return min(len(hit), MOST_FOUND)
    most, reader = most_counted(view=view, words=words), Reader(agent=agent, now=now, around=around)
    if reader.is_plain(filters):
        return questions.count(
            ("count", view, *reader.shape),
            lambda: in_view(view, reader.unseen(), filters).order_by().values("pk")[:most],
            **reader.blanks,
        )
    found = in_view(view, reader.seen(), filters).filter(visible_to(agent)).order_by()
    return found.count() if most is None else found.values("pk")[:most].count()


def most_counted(*, view: str, words: str) -> int | None:
    """Return the number at which counting ends, which then means 'or more'; None if it is exact."""
    if words.strip():
        return MOST_FOUND
    return MOST_COUNTED if view == "all" else None
