"""
What before and after is counted from, as columns of numbers: complaints with their causes, and what they cost.

Here the tables are read. A room above that keeps the same by day names itself once, in its `AppConfig.ready`, so that
a board over a million complaints need not read them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from django.db.models import Min

from amends.desk.complaints.models import Complaint
from amends.desk.improvements.models import Layer
from amends.desk.remedies.models import Remedy, State

type Array = npt.NDArray[Any]

LAYERS: Final[Mapping[str, int]] = {layer: place for place, layer in enumerate(Layer.values, 1)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """One row for each: its moment in whole seconds, its complaint, and the cause; 0 stands for none."""

    at: Array
    complaint: Array
    theme: Array
    layer: Array
    layers: Mapping[str, int]  # as which number a layer stands


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paid(Rows):
    """What putting complaints right cost, in hundredths; the moment is that of the complaint."""

    cost: Array
    currency: Array
    currencies: Mapping[str, int]


class Reader(Protocol):
    """Who reads what came in from `since` up to but without `until`; complaints that were merged are told as one."""

    def first(self) -> datetime | None:
        """The second in which the first complaint of all came in."""

    def complaints(self, since: datetime, until: datetime) -> Rows: ...

    def paid(self, since: datetime, until: datetime) -> Paid: ...


class FromTables:
    """Read the tables as they are."""

    def first(self) -> datetime | None:
        found: datetime | None = Complaint.objects.aggregate(first=Min("received_at"))["first"]
        return None if found is None else found.replace(microsecond=0)

    def complaints(self, since: datetime, until: datetime) -> Rows:
        found = Complaint.objects.filter(received_at__gte=since, received_at__lt=until, merged_into=None).order_by()
        return Rows(**_columns(found.values_list("received_at", "pk", "cause__theme_id", "cause__layer")))

    def paid(self, since: datetime, until: datetime) -> Paid:
        found = Remedy.objects.filter(
            complaint__received_at__gte=since,
            complaint__received_at__lt=until,
            complaint__merged_into=None,
            state=State.DONE,
            cost__gt=0,
        ).order_by()
        way = ("received_at", "pk", "cause__theme_id", "cause__layer")
        rows = list(found.values_list(*(f"complaint__{name}" for name in way), "cost", "currency"))
        currencies = {name: place for place, name in enumerate(sorted({row[5] for row in rows}))}
        return Paid(
            **_columns(row[:4] for row in rows),
            cost=_numbers(_hundredths(row[4]) for row in rows),
            currency=_numbers(currencies[row[5]] for row in rows),
            currencies=currencies,
        )


def _columns(rows: Iterable[tuple[datetime, int, int | None, str | None]]) -> dict[str, Any]:
    found = list(rows)
    return {
        "at": _numbers(int(row[0].timestamp()) for row in found),
        "complaint": _numbers(row[1] for row in found),
        "theme": _numbers(row[2] or 0 for row in found),
        "layer": _numbers(LAYERS.get(row[3] or "", 0) for row in found),
        "layers": LAYERS,
    }


def _numbers(values: Iterable[int]) -> Array:
    return np.fromiter(values, dtype=np.int64)


def _hundredths(value: Decimal) -> int:
    return int(value * 100)


_readers: list[Callable[[], Reader]] = [FromTables]


def also_read_by(reader: Callable[[], Reader]) -> None:
    """Have a room above read, which keeps the same; naming it twice changes nothing."""
    _readers[:] = [FromTables, reader]


def reader() -> Reader:
    """Return who reads best; what it read once it may keep, so it is for one answer."""
    return _readers[-1]()
