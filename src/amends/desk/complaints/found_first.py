"""The first page of what words find in a view: put in order and counted in one walk through what was found.

What was found is read once: it stands under the name of the table, with the columns by which a view and its order are
told, and the questions that lists ask anyway are asked of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import connection
from django.db.models import F, IntegerField, QuerySet

from amends.desk.complaints.held import NO_FILTERS, Look, Reader, in_view, live_in_view
from amends.desk.complaints.in_one import moment
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.order import (
    BEFORE_WORTH,
    KEY_TYPES,
    ORDERED,
    UNWEIGHED,
    Cursor,
    Keys,
    blanks,
    weighed_page,
    weights_of,
    with_keys,
)
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank

_COMPLAINTS: Final = Complaint._meta.db_table  # noqa: SLF001
_LOOKED_AT: Final = (
    *("id", "live", "last_event_at", "merged_into_id", "customer_id", "owner_id", "team_id", "stage", "turn", "heat"),
    *("failed_again", "waiting_since", "promise_due_at", "broken_since", "back_at", "snoozed_until"),
)
_ENDED: Final = 9  # stands where the rank stands of what goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The first rows in their order, and how many there are in all."""

    keys: tuple[Keys, ...] = ()
    held: int = 0


def first_page(pks: Sequence[int], cursor: Cursor, reader: Reader, *, view: str, limit: int) -> Page:
    """Put in order what goes on, then, where that leaves room, what has ended; and count all of it."""
    if not pks:
        return Page()
    weights = weights_of(cursor)
    rows = questions.ask(
        ("first page found", view, *reader.shape, tuple(weights)),
        partial(_going_on, reader, view=view, weights=weights),
        partial(_written, look=reader.unseen(), view=view, weights=weights),
        **reader.blanks,
        **weights,
        found=pks,
        limit=limit,
        last=limit - 1,
    )
    live = sorted(_keys(row[:-1]) for row in rows if row[0] != _ENDED)
    ended = sorted(((_moment(row[1]), row[-2]) for row in rows if row[0] == _ENDED), reverse=True)
    return Page(keys=(*live, *ended), held=rows[0][-1] if rows else 0)


def _keys(row: Sequence[Any]) -> Keys:
    return tuple(_moment(value) if kind is datetime else value for kind, value in zip(KEY_TYPES, row, strict=True))


def _moment(value: Any) -> Any:
    """A moment as the database gives it; SQLite gives text."""
    return moment(value) if isinstance(value, str) else value


def _going_on(reader: Reader, *, view: str, weights: Iterable[str]) -> QuerySet[Any, Any]:
    look, by_hand = reader.unseen(), connection.vendor == "postgresql"
    keyed = with_keys(live_in_view(view, look), look.now, look.end, {} if by_hand else blanks(weights))
    keyed = keyed.annotate(one=F("pk"), whose=F("customer_id"))
    return keyed.order_by().values_list(*(UNWEIGHED if by_hand else ORDERED))


def _written(words: str, values: list[Any], *, look: Look, view: str, weights: Iterable[str]) -> tuple[str, list[Any]]:
    """Put what was found, all of the view in it and a page of it around the question after what goes on."""
    every = in_view(view, look, NO_FILTERS).order_by().values_list("live", "last_event_at", "pk")
    in_the_view, of_all = questions.in_words(every)
    columns = ", ".join(_LOOKED_AT)
    limit, last = Blank("limit", IntegerField()), Blank("last", IntegerField())
    if connection.vendor == "postgresql":
        schema, one_of, names = "", "id = ANY(%s::bigint[])", UNWEIGHED
        page, given = weighed_page(weights, limit="%s", last="%s")
        given = [limit, last, *given, limit]
    else:
        # Without its schema the name would be that of what is just being said.
        schema, one_of, names = "main.", "id IN (SELECT value FROM json_each(%s))", ORDERED
        page = f"page AS MATERIALIZED (SELECT * FROM every ORDER BY {', '.join(ORDERED)} LIMIT %s)"  # noqa: S608 - words of ours alone
        given = [limit]
    written = f"""
        WITH {_COMPLAINTS} AS MATERIALIZED (SELECT {columns} FROM {schema}{_COMPLAINTS} WHERE {one_of}),
        held (live, at, pk) AS MATERIALIZED ({in_the_view}),
        every ({", ".join(names)}) AS MATERIALIZED ({words}),
        {page}
        SELECT page.*, (SELECT count(*) FROM held) FROM page
        UNION ALL
        SELECT {_ENDED}, over.at, {"NULL, " * (len(BEFORE_WORTH))}over.pk, (SELECT count(*) FROM held)
        FROM (SELECT at, pk FROM held WHERE NOT live ORDER BY at DESC, pk DESC
              LIMIT %s - (SELECT count(*) FROM page)) AS over
    """  # noqa: S608 - words of ours alone
    return written, [Among("pk", "found"), *of_all, *values, *given, limit]
