"""The order of a list: what matters now comes first.

Each step only decides where the one before it is equal:

1. a broken promise that nobody has made good;
2. a promise due before the end of the reader's day, or a time to come back that has passed, the earliest first
   (what was put aside until later stands after all others until then);
3. where the customer waits for us: heat, and two grades more where it went wrong a second time;
4. our turn, then a third party's, then the customer's;
5. the oldest unanswered word of the customer, by the hour;
6. what the customer spends a year, against the average of those in the list who pay in the same money;
7. the oldest word again, to the second, and who came first.

Where nobody has to do anything any more, what happened last comes first, after everything else. Every row says which
of these put it where it is (`shown.why_here`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.db import connection
from django.db.models import (
    Avg,
    Case,
    DateTimeField,
    DecimalField,
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
from django.db.models.functions import Cast, Coalesce, Rank, TruncHour

from amends.desk.complaints.held import OF_THE_TEAM, Reader, end_of_day, live_in_view
from amends.desk.complaints.models import Complaint, Stage, Turn
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank

AGAIN: Final = 2  # grades of heat that a second failure weighs
MANY_FOUND: Final = 100  # from so many on, only who can stand on the page is weighed by what they spend
AVERAGE_OF: Final = 500  # complaints in which something happened last
AVERAGES_HOLD: Final = timedelta(minutes=1)
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
# The order as columns, each ascending; the cursor of a row is its values.
KEYS: Final = ("rank", "due", "calm", "move", "hour", "worth", "waited", "pk")
URGENT: Final = 1  # the rank of what a time has come for, after what is broken
KEY_TYPES: Final = (int, datetime, int, int, datetime, int, datetime, int)
ENDED_KEYS: Final = ("last_event_at", "pk")
# The values of a row in these columns.
type Keys = tuple[Any, ...]


class UnableToContinue(Exception):
    """The cursor is none that a row of this list carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page begins: the moment and the averages by which the first page was ordered, and the last row's keys."""

    at: datetime
    averages: Mapping[str, str]
    values: Keys = ()

    @property
    def is_live(self) -> bool:
        return len(self.values) in {0, len(KEYS)}

    def after(self, keys: Keys) -> str:
        """Write the cursor that begins after a row."""
        plain = [value.isoformat() if isinstance(value, datetime) else value for value in keys]
        line = json.dumps([self.at.isoformat(), self.averages, plain], separators=(",", ":"))
        return base64.urlsafe_b64encode(line.encode()).decode()

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Read what a row carries.

        :raises UnableToContinue: if it is anything else
        """
        try:
            at, averages, plain = json.loads(base64.urlsafe_b64decode(text.encode()))
            values = tuple(datetime.fromisoformat(value) if isinstance(value, str) else int(value) for value in plain)
            averages = {str(currency)[:3]: f"{Decimal(average):.2f}" for currency, average in averages.items()}
            cursor = cls(at=datetime.fromisoformat(at), averages=averages, values=values)
        except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
            raise UnableToContinue from error
        moments = [cursor.at, *(value for value in values if isinstance(value, datetime))]
        kinds = tuple(type(value) for value in values)
        if kinds not in {KEY_TYPES, (datetime, int)} or any(moment.tzinfo is None for moment in moments):
            raise UnableToContinue
        if any(not Decimal(average).is_finite() or Decimal(average) <= 0 for average in averages.values()):
            raise UnableToContinue
        return cursor


def _beyond(values: Keys) -> Q:
    """Say 'after these values': a later first key, or an equal one and a later second, and so on."""
    later = Q(pk__in=[])
    for key, value in reversed(list(zip(KEYS, values, strict=True))):
        later = Q(**{f"{key}__gt": value}) | (Q(**{key: value}) & later)
    return later


def first_page(cursor: Cursor, reader: Reader, *, view: str, limit: int, is_many: bool) -> list[Keys]:
    """Put the first page of a view in order by the keys alone, which are narrow.

    Of many, first those with a broken promise, which come first: often they fill the page, and the rest is not looked
    at.
    """
    weights = weights_of(cursor)
    keys: list[Keys] = []
    for place, part in enumerate(_parts(cursor) if is_many else (Q(),)):
        if len(keys) < limit:
            shape = ("keys", view, *reader.shape, tuple(weights), limit, is_many, place)
            asked = partial(_in_part, part, reader, view=view, weights=weights, limit=limit)
            keys += questions.ask(shape, asked, **reader.blanks, **weights)
    return keys[:limit]


def _in_part(part: Q, reader: Reader, *, view: str, weights: Iterable[str], limit: int) -> QuerySet[Any, Any]:
    look = reader.unseen()
    some = live_in_view(view, look).filter(part)
    return _in_order(some, look.now, look.end, blanks(weights)).values_list(*KEYS)[:limit]


def first_page_weighed(cursor: Cursor, reader: Reader, *, view: str, limit: int) -> tuple[list[Keys], int | None]:
    """The same on PostgreSQL, in one walk through what is going on; where that is all of the view, it is counted too.

    Of a great many, what is urgent mostly fills the page; then the rest is not looked at, and nothing is counted.
    """
    if view == "all" or (view in OF_THE_TEAM and reader.agent.team_id is None):
        urgent, how_many = _weighed(cursor, reader, view=view, limit=limit, is_urgent=True)
        if view in _ALL_URGENT:
            return urgent, how_many
        if len(urgent) >= limit:
            return urgent, None
    keys, how_many = _weighed(cursor, reader, view=view, limit=limit)
    return keys, None if view == "all" else how_many


def _weighed(
    cursor: Cursor, reader: Reader, *, view: str, limit: int, is_urgent: bool = False
) -> tuple[list[Keys], int]:
    """Walk through a view, or through what is urgent in it: what a broken promise, or a time that has come, puts first.

    What a customer spends is the sixth key, and is looked up only for rows that can come to stand on the page: those
    whose first five keys are not behind those of its last row.
    """
    weights = weights_of(cursor)
    rows = questions.ask(
        ("weighed", view, is_urgent, *reader.shape, tuple(weights), limit),
        partial(_unweighed, reader, view=view, is_urgent=is_urgent),
        partial(_weighing, weights=weights, limit=limit),
        **reader.blanks,
        **weights,
    )
    return [row[:-1] for row in rows], rows[0][-1] if rows else 0


def _unweighed(reader: Reader, *, view: str, is_urgent: bool) -> QuerySet[Any, Any]:
    look = reader.unseen()
    keyed = with_keys(live_in_view(view, look), look.now, look.end, {})
    keyed = keyed.annotate(one=F("pk"), whose=F("customer_id"))
    if is_urgent:
        come = Q(promise_due_at__lt=look.end) | Q(snoozed_until__lte=look.now) | Q(back_at__lte=look.now)
        keyed = keyed.filter(Q(broken_since__isnull=False) | come, rank__lte=URGENT)
    return keyed.order_by().values_list(*UNWEIGHED)


def _weighing(words: str, values: list[Any], *, weights: Iterable[str], limit: int) -> tuple[str, list[Any]]:
    page, given = weighed_page(weights, limit=str(limit), last=str(limit - 1))
    written = f"WITH every AS MATERIALIZED ({words}), {page} SELECT page.*, (SELECT count(*) FROM every) FROM page"  # noqa: S608 - words of ours alone
    return f"{written} ORDER BY {', '.join(ORDERED)}", [*values, *given]


def weighed_page(weights: Iterable[str], *, limit: str, last: str) -> tuple[str, list[Any]]:
    """Write `page` in the words of PostgreSQL: the first rows of `every`, whose columns are `UNWEIGHED`, as `ORDERED`.

    :param limit: how many rows, in words of the database; `last` is one less
    """
    before = ", ".join(f"every.{key}" for key in BEFORE_WORTH)
    cases, given = " WHEN false THEN 0", []
    for currency, average in blanks(weights).items():
        cases += " WHEN customer.currency = %s AND customer.yearly_value > 0"
        cases += " THEN (-100 * customer.yearly_value / %s)::integer"
        given += [currency, average]
    written = f"""
        first AS MATERIALIZED (SELECT * FROM every ORDER BY {before} LIMIT {limit}),
        last AS (SELECT {before} FROM first AS every ORDER BY {before} OFFSET {last}),
        page AS MATERIALIZED (
            SELECT {before}, CASE{cases} ELSE 0 END AS worth, every.waited, every.one
              FROM every LEFT JOIN {_CUSTOMERS} AS customer ON customer.id = every.whose
             WHERE coalesce(({before}) <= (SELECT {before} FROM last AS every), true)
             ORDER BY {before}, worth, every.waited, every.one LIMIT {limit}
        )
    """  # noqa: S608 - words of ours alone
    return written, given


_ALL_URGENT: Final = ("today", "overdue", "due")  # views in which all has a broken promise, or a time that has come
BEFORE_WORTH: Final = KEYS[: KEYS.index("worth")]
UNWEIGHED: Final = (*BEFORE_WORTH, "waited", "one", "whose")
ORDERED: Final = (*KEYS[:-1], "one")  # a complaint's own number under a name that no column has
_CUSTOMERS: Final = Customer._meta.db_table  # noqa: SLF001


def first_found(found: Sequence[int], cursor: Cursor, reader: Reader, *, limit: int) -> list[Keys]:
    """Put the first page of what a search found, and goes on, in order."""
    if not found:
        return []
    weights, most = weights_of(cursor), limit if len(found) >= MANY_FOUND else 0
    asked = partial(_among_found, weights, limit=limit, most=most)
    told = {"found": found, "now": reader.now, "end": reader.end, **weights}
    return questions.ask(("keys of found", tuple(weights), limit, most), asked, **told)


def _among_found(weights: Iterable[str], *, limit: int, most: int) -> QuerySet[Any, Any]:
    now, end = Blank("now", DateTimeField()), Blank("end", DateTimeField())
    found = Complaint.objects.filter(Among("pk", "found"))
    return _in_order(found, now, end, blanks(weights), most=most).values_list(*KEYS)[:limit]


def further(complaints: QuerySet[Complaint], cursor: Cursor, agent: Agent, *, limit: int, is_many: bool) -> list[Keys]:
    """Put in order what is going on of a list that is narrowed, or that follows a cursor in it."""
    end = end_of_day(agent=agent, now=cursor.at)
    keys: list[Keys] = []
    for part in _parts(cursor) if is_many else (Q(),):
        if (left := limit - len(keys)) > 0:
            most = left if is_many and not cursor.values else 0
            ordered = _in_order(complaints.filter(part), cursor.at, end, cursor.averages, most=most)
            beyond = ordered.filter(_beyond(cursor.values)) if cursor.values else ordered
            keys += beyond.values_list(*KEYS)[:left]
    return keys


def of_some(pks: Sequence[int], cursor: Cursor, agent: Agent) -> dict[int, Keys]:
    """The keys of some complaints, wherever they would stand."""
    some, end = Complaint.objects.filter(pk__in=pks), end_of_day(agent=agent, now=cursor.at)
    return {key[-1]: key for key in with_keys(some, cursor.at, end, cursor.averages).values_list(*KEYS)}


def _parts(cursor: Cursor) -> tuple[Q, ...]:
    rest = Q(broken_since__isnull=True)
    return (rest,) if cursor.values and cursor.values[0] > 0 else (Q(broken_since__isnull=False), rest)


def _in_order(
    complaints: QuerySet[Complaint], now: Any, end: Any, averages: Mapping[str, Any], *, most: int = 0
) -> QuerySet[Complaint]:
    """Put in order what somebody has to do something about; of many, the first so many."""
    # SQLite puts in order more slowly for a place in it than it looks up what somebody spends.
    if not most or connection.vendor != "postgresql":
        return with_keys(complaints, now, end, averages).order_by(*KEYS)
    plain = with_keys(complaints, now, end, {})
    placed = plain.annotate(place=Window(Rank(), order_by=BEFORE_WORTH))
    weighed = Case(When(place__lte=most, then=_worth(averages)), default=Value(0), output_field=IntegerField())
    return placed.annotate(worth=weighed).order_by(*KEYS)


def with_keys(complaints: QuerySet[Complaint], now: Any, end: Any, averages: Mapping[str, Any]) -> QuerySet[Complaint]:
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


def ended(complaints: QuerySet[Complaint], cursor: Cursor) -> QuerySet[Complaint, Keys]:
    """Put in order where nobody has to do anything any more."""
    found = complaints.filter(live=False).order_by("-last_event_at", "-pk")
    if not cursor.is_live:
        at, pk = cursor.values
        found = found.filter(Q(last_event_at__lt=at) | Q(last_event_at=at, pk__lt=pk))
    return found.values_list(*ENDED_KEYS)


def ended_found(found: Sequence[tuple[datetime, int]], cursor: Cursor) -> list[Keys]:
    """The same of what a search found: which those are is known already."""
    return [one for one in found if cursor.is_live or one < cursor.values]


class Spending:
    """What customers with a live complaint spend a year on average, by currency; of many, the last ones.

    Each process looks it up once a minute: it moves slowly, and every list is weighed against it. The pages of one
    list are all weighed against what its first one was (`Cursor`).
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


_AVERAGE: Final = "average "


def weights_of(cursor: Cursor) -> dict[str, Decimal]:
    """Name the averages as what stands in the blanks of a question."""
    return {f"{_AVERAGE}{currency}": Decimal(average) for currency, average in cursor.averages.items()}


def blanks(weights: Iterable[str]) -> dict[str, Blank]:
    """The averages of a question that is put into words once."""
    return {name.removeprefix(_AVERAGE): Blank(name, DecimalField()) for name in weights}


def _as_value(average: Any) -> Any:
    return average if isinstance(average, Blank) else Value(Decimal(average))
