"""
What the pages of figures count, as columns of numbers: one row a complaint, a promise, a reply and so on.

Each kind of row has a moment by which it belongs to a span, its complaint, and everything by which the pages are
narrowed. Words stand as numbers (`code`), times as seconds since 1970, money as hundredths; what is missing is 0, and
NO_MONEY where 0 would say something. The same columns are kept by day (kept.py) and read from the tables here.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from amends.desk.coaching.models import Kind as SeenKind
from amends.desk.coaching.models import Seen
from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.insight.models import Look, OnTheWay
from amends.desk.promises.models import Promise, State
from amends.desk.remedies.models import Fault, Remedy
from amends.desk.remedies.models import State as RemedyState
from amends.desk.third_parties.models import Wait
from amends.engine.causes import AGAINST_THE_PLAN

type Array = npt.NDArray[Any]
type Columns = dict[str, Array]

A_DAY: Final = 86_400
NO_MONEY: Final = np.iinfo(np.int64).min
A_PERSON_CAME: Final = (EventKind.REPLIED, EventKind.CALLED)
ASKED: Final = (EventKind.ASKED_FOR_PERSON, EventKind.ASKED_FOR_MANAGER)

_words: dict[int, str] = {0: ""}


def code(word: str | None) -> int:
    """Return the number that a word stands as; the word can be had back from it with `word_of`."""
    if not word:
        return 0
    number = zlib.crc32(word.encode()) or 1
    _words[number] = word
    return number


def word_of(number: int) -> str:
    """Return the word that a number stands for."""
    return _words[int(number)]


def moment(at: datetime | None) -> int:
    """Return a time in whole seconds; 0 where there is none."""
    return 0 if at is None else int(at.timestamp())


def _money(value: Decimal | None) -> int:
    return NO_MONEY if value is None else int(value * 100)


def _number(value: Any) -> int:
    return int(value or 0)


def _rated(data: Mapping[str, Any] | None) -> int:
    """Both answers of the customer in one number: tens are the outcome, ones the handling."""
    told = data or {}
    outcome, handling = told.get("outcome"), told.get("handling")
    if not isinstance(outcome, int) or not isinstance(handling, int):
        return 0
    return 10 * outcome + handling if 1 <= outcome <= 5 and 1 <= handling <= 5 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: how it is stored, where it is read, and how a value becomes a number."""

    name: str
    dtype: str
    source: str
    turn: Callable[[Any], int]


def _column(name: str, turn: Callable[[Any], int] = _number, *, source: str = "", dtype: str = "<u4") -> Column:
    return Column(name=name, dtype=dtype, source=source or name, turn=turn)


def _flag(name: str) -> Column:
    return _column(name, dtype="u1")


def _narrowing(way: str) -> tuple[Column, ...]:
    """By what every page may be narrowed; `way` leads from the row to its complaint."""
    return (
        _column("team", source=f"{way}team_id"),
        _column("product", source=f"{way}product_id"),
        _column("branch", source=f"{way}branch_id"),
        _column("channel", code, source=f"{way}channel"),
        _column("language", code, source=f"{way}language"),
        _column("group", source=f"{way}customer__group_member__group_id"),
        _column("spends", _money, source=f"{way}customer__yearly_value", dtype="<i8"),
        _column("currency", code, source=f"{way}customer__currency"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of row: how the tables are asked for it, by which moment, and its columns."""

    name: str
    ask: Callable[[], QuerySet[Any, Any]]
    at: str  # the field of its moment
    way: str  # to its complaint
    own: tuple[Column, ...]

    columns: tuple[Column, ...] = field(init=False, compare=False)  # what all kinds have, and its own

    def __post_init__(self) -> None:
        first = (_column("at", moment, source=self.at), _column("complaint", source=f"{self.way}pk"))
        object.__setattr__(self, "columns", (*first, *_narrowing(self.way), *self.own))


def _complaints() -> QuerySet[Any, Any]:
    of_it = Event.objects.filter(complaint=OuterRef("pk"))
    # Heard when the words came in; and again when a reply was read with what came before it.
    heard = of_it.filter(content__data__signals__icontains='"leaving"')
    read = Seen.objects.filter(event__complaint=OuterRef("pk"), kind=SeenKind.SIGNAL, name="leaving")
    verdict = of_it.filter(kind__in=[EventKind.CONTENT, EventKind.NOT_CONTENT]).order_by("-sequence")
    fixed = of_it.filter(kind=EventKind.REMEDY).order_by("at")
    rated = of_it.filter(kind=EventKind.RATED).order_by("-sequence")
    return Complaint.objects.annotate(
        leaving=Exists(heard),
        leaving_read=Exists(read),
        verdict=Subquery(verdict.values("kind")[:1]),
        fixed=Subquery(fixed.values("at")[:1]),
        rated=Subquery(rated.values("content__data")[:1]),
        at_fault=Exists(Fault.objects.filter(complaint=OuterRef("pk"), lifted_at__isnull=True)),
        looked_at=Exists(Look.objects.filter(complaint=OuterRef("pk"))),
    )


def _promises() -> QuerySet[Any, Any]:
    return Promise.objects.filter(state__in=[State.KEPT, State.BROKEN])


def _replies() -> QuerySet[Any, Any]:
    return Event.objects.filter(kind=EventKind.REPLIED, by=By.AGENT)


def _seen() -> QuerySet[Any, Any]:
    found = Seen.objects.filter(
        kind__in=[SeenKind.FAILING, SeenKind.GOOD], event__kind=EventKind.REPLIED, event__by=By.AGENT
    )
    return found.values("event_id", "kind", "name").annotate(times=Count("pk"))


def _asked() -> QuerySet[Any, Any]:
    came = Event.objects.filter(complaint=OuterRef("complaint"), kind__in=A_PERSON_CAME, at__gte=OuterRef("at"))
    return Event.objects.filter(kind__in=ASKED).annotate(came=Subquery(came.order_by("at").values("at")[:1]))


def _remedies() -> QuerySet[Any, Any]:
    return Remedy.objects.filter(state=RemedyState.DONE, cost__gt=0)


def _is_said(value: Any) -> int:
    return int(value is not None)


def _is_kept(value: Any) -> int:
    return int(value == State.KEPT)


def _is_against(value: Any) -> int:
    return int(value in AGAINST_THE_PLAN)


def _some(value: Any) -> int:
    return int(bool(value))


def _few(value: Any) -> int:
    return min(int(value or 0), 0xFFFF)


COMPLAINTS: Final = Kind(
    name="complaint",
    ask=_complaints,
    at="received_at",
    way="",
    own=(
        _column("customer", source="customer_id"),
        _column("person", moment, source="first_person_at"),
        _column("resolved", moment, source="resolved_at"),
        _column("closed", moment, source="closed_at"),
        _column("fixed", moment),
        _column("people", _few, dtype="<u2"),
        _column("layer", code, source="cause__layer"),
        _column("theme", source="cause__theme_id"),
        _column("stage", code),
        _column("verdict", code),
        _column("heat", dtype="u1"),
        _column("confirmed", _is_said, source="cause__confirmed_at", dtype="u1"),
        _column("evidence", _is_against, source="cause__proposed_theme", dtype="u1"),
        _column("merged", _is_said, source="merged_into_id", dtype="u1"),
        _column("broken", _some, source="broken_promises", dtype="u1"),
        _column("fault", source="at_fault", dtype="u1"),
        _flag("leaving"),
        _flag("leaving_read"),
        _column("looked", source="looked_at", dtype="u1"),
        _column("rated", _rated, dtype="u1"),
    ),
)
PROMISES: Final = Kind(
    name="promise",
    ask=_promises,
    at="settled_at",
    way="complaint__",
    own=(
        _column("kept", _is_kept, source="state", dtype="u1"),
        _column("told", _is_said, source="notice_at", dtype="u1"),
    ),
)
REPLIES: Final = Kind(
    name="reply", ask=_replies, at="at", way="complaint__", own=(_column("agent", source="agent_id"),)
)
SEEN: Final = Kind(
    name="seen",
    ask=_seen,
    at="event__at",
    way="event__complaint__",
    own=(_column("kind", code), _column("name", code), _column("times", _few, dtype="<u2")),
)
ASKS: Final = Kind(
    name="asked", ask=_asked, at="at", way="complaint__", own=(_column("kind", code), _column("came", moment))
)
OUTSIDE: Final = Kind(
    name="outside",
    ask=Wait.objects.all,
    at="since",
    way="complaint__",
    own=(
        _column("wait", source="pk"),
        _column("party", source="party_id"),
        _column("ended", moment, source="ended_at"),
        _column("outcome", code),
    ),
)
COURSE: Final = Kind(
    name="course",
    ask=OnTheWay.objects.all,
    at="complaint__received_at",
    way="complaint__",
    own=(_column("name", code), _column("merged", _is_said, source="complaint__merged_into_id", dtype="u1")),
)
PUT_RIGHT: Final = Kind(
    name="remedy",
    ask=_remedies,
    at="complaint__received_at",
    way="complaint__",
    own=(
        _column("cost", _money, dtype="<i8"),
        _column("paid_in", code, source="currency"),
        _column("layer", code, source="complaint__cause__layer"),
        _column("theme", source="complaint__cause__theme_id"),
        _column("confirmed", _is_said, source="complaint__cause__confirmed_at", dtype="u1"),
        _column("merged", _is_said, source="complaint__merged_into_id", dtype="u1"),
    ),
)
KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind for kind in (COMPLAINTS, PROMISES, REPLIES, SEEN, ASKS, OUTSIDE, COURSE, PUT_RIGHT)
}


def within(kind: Kind, since: datetime, until: datetime) -> Q:
    """Say which rows of a kind are of a span."""
    return Q(**{f"{kind.at}__gte": since, f"{kind.at}__lt": until})


def of_complaints(kind: Kind, complaints: Iterable[int]) -> Q:
    """Say which rows of a kind are of some complaints."""
    known = {f"{kind.at}__isnull": False, f"{kind.way or ''}pk__in": list(complaints)}
    return Q(**known)


def read(kind: Kind, which: Q, *, only: Collection[str] = ()) -> Columns:
    """Read rows from the tables, in the order of their moments; of their columns some only, where some are named."""
    columns = [column for column in kind.columns if not only or column.name == "at" or column.name in only]
    found = kind.ask().filter(which).order_by()
    rows = list(found.values_list(*(column.source for column in columns)))
    rows.sort(key=lambda row: row[0])
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    return {
        column.name: np.fromiter(map(column.turn, given), dtype=column.dtype, count=len(rows))
        for column, given in zip(columns, values, strict=True)
    }


__all__ = [
    "ASKS", "A_DAY", "COMPLAINTS", "COURSE", "KINDS", "NO_MONEY", "OUTSIDE", "PROMISES", "PUT_RIGHT", "REPLIES", "SEEN",
    "Array", "Columns", "Kind", "code", "moment", "of_complaints", "read", "within", "word_of",
]  # fmt: skip
