"""
Facts kept by day, so that pages over a million complaints need not read them all.

A day of one kind is one row: its columns, packed. Triggers (touching.py) note each complaint of which anything changed;
a page takes the days as they are kept, leaves out the complaints that were touched since and reads those from the
tables, so that it is right at any moment. Now and then a worker folds what was touched into the days. Folding twice is
folding once, and `rebuild` makes all days anew. As long as they were not all made, pages read the tables alone.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from math import ceil
from threading import Lock
from typing import Any, Final, Protocol

import numpy as np
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Value

from amends.desk.insight.facts import (
    A_DAY,
    COMPLAINTS,
    COURSE,
    KINDS,
    PUT_RIGHT,
    Array,
    Columns,
    Kind,
    code,
    of_complaints,
    read,
    within,
    word_of,
)
from amends.desk.insight.frame import Belongs, Frame
from amends.desk.insight.models import Days, KeptDay, Touched

MOST_TOUCHED: Final = 4000  # complaints that a page reads beside the days; beyond it reads the tables alone
AT_ONCE: Final = 400  # complaints folded in one transaction
A_STRETCH: Final = 8000  # rows read at once when all days are made
ROOM: Final = 256 * 2**20  # bytes of days that a process keeps at hand
_WORDS: Final = frozenset(
    {"channel", "language", "currency", "kind", "name", "layer", "stage", "verdict", "outcome", "paid_in"}
)
SHAPE: Final = hashlib.sha256(
    repr([(kind.name, [(one.name, one.dtype, one.source) for one in kind.columns]) for kind in KINDS.values()]).encode()
).hexdigest()[:32]

type Rest = Callable[[], object]


# ── One day as bytes ─────────────────────────────────────────────────────────


def pack(columns: Columns) -> bytes:
    """Write columns as bytes, with the words that their numbers stand for."""
    words = sorted({word_of(number) for name in _WORDS & columns.keys() for number in np.unique(columns[name])})
    head = json.dumps({"rows": len(columns["at"]), "words": words}, ensure_ascii=False).encode()
    return b"".join((struct.pack("<I", len(head)), head, *(column.tobytes() for column in columns.values())))


def _places(kind: Kind) -> dict[str, tuple[int, np.dtype[Any]]]:
    """How many bytes of each row stand before a column, and how it is stored."""
    places, before = {}, 0
    for column in kind.columns:
        dtype = np.dtype(column.dtype)
        places[column.name] = (before, dtype)
        before += dtype.itemsize
    return places


_PLACES: Final = {kind.name: _places(kind) for kind in KINDS.values()}


class Day:
    """A kept day; a column is looked at where somebody asks for it."""

    __slots__ = ("_data", "_kind", "_seen", "_starts", "rows", "version")

    def __init__(self, *, kind: Kind, version: int, data: bytes) -> None:
        """Read the head, and make its words known."""
        (length,) = struct.unpack_from("<I", data)
        head = json.loads(data[4 : 4 + length])
        for word in head["words"]:
            code(word)
        self.version = version
        self.rows: int = head["rows"]
        self._kind, self._data = kind, data
        self._seen: Columns = {}
        self._starts = 4 + length

    def __getitem__(self, name: str) -> Array:
        found = self._seen.get(name)
        if found is None:
            before, dtype = _PLACES[self._kind.name][name]
            found = np.frombuffer(self._data, dtype=dtype, count=self.rows, offset=self._starts + self.rows * before)
            self._seen[name] = found
        return found

    def columns(self) -> Columns:
        return {column.name: self[column.name] for column in self._kind.columns}

    @property
    def size(self) -> int:
        return len(self._data)


class _AtHand:
    """The days that this process read last, up to so many bytes."""

    def __init__(self) -> None:
        self._days: OrderedDict[tuple[str, int], Day] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: tuple[str, int], version: int) -> Day | None:
        with self._lock:
            found = self._days.get(key)
            if found is None or found.version != version:
                return None
            self._days.move_to_end(key)
            return found

    def put(self, key: tuple[str, int], day: Day) -> None:
        with self._lock:
            if (old := self._days.pop(key, None)) is not None:
                self._size -= old.size
            self._days[key] = day
            self._size += day.size
            while self._size > ROOM and len(self._days) > 1:
                self._size -= self._days.popitem(last=False)[1].size


_at_hand: Final = _AtHand()
type Versions = Mapping[str, Mapping[int, tuple[int, int]]]  # of each kind and day: the number of its row, its version
_last_versions: tuple[int, Versions] = (0, {})


def _versions(stamp: int) -> Versions:
    """Return which days there are; asked for only where any was written since this process asked last."""
    global _last_versions
    known, found = _last_versions
    if known != stamp:
        new: dict[str, dict[int, tuple[int, int]]] = {}
        for pk, kind, day, version in KeptDay.objects.values_list("pk", "kind", "day", "version"):
            new.setdefault(kind, {})[day] = (pk, version)
        _last_versions, found = (stamp, new), new
    return found


# ── Reading ──────────────────────────────────────────────────────────────────


class Part(Protocol):
    """Rows of one kind, by the names of their columns."""

    def __getitem__(self, name: str, /) -> Array: ...


class Table:
    """Rows of one kind; a column is put together where somebody asks for it, and then kept."""

    __slots__ = ("_columns", "_keep", "_parts")

    def __init__(self, parts: Sequence[Part], keep: Array | None = None) -> None:
        """Take parts one after the other; of one part, `keep` may say which rows are meant."""
        self._parts, self._keep = parts, keep
        self._columns: Columns = {}

    def __getitem__(self, name: str) -> Array:
        found = self._columns.get(name)
        if found is None:
            if self._keep is None:
                found = np.concatenate([part[name] for part in self._parts])
            else:
                found = np.compress(self._keep, self._parts[0][name])
            self._columns[name] = found
        return found

    def __len__(self) -> int:
        return len(self["at"])

    def where(self, mask: Array) -> Table:
        """The rows for which it holds."""
        return self if mask.all() else Table([self], keep=mask)


class Facts:
    """What the pages of one request count, as it stands at this moment: read once, however often it is asked for."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._touched: Array = np.zeros(0, dtype="<u4")
        self._is_kept: bool | None = None
        self._stamp = 0
        self._versions: Versions | None = None
        self._spans: dict[str, tuple[int, int]] = {}
        self._tables: dict[tuple[str, int, int], Table] = {}
        self._live: dict[str, Columns] = {}
        self._narrowed: dict[tuple[str, Frame, Belongs | None], Table] = {}

    def of(self, kind: Kind, frame: Frame) -> Table:
        """Return the rows of a kind that a frame is about; complaints that were merged are told of as one."""
        key = (kind.name, frame, frame.group)
        if key not in self._narrowed:
            found = self.table(kind, frame.since, frame.until)
            is_mine = frame.holds(found)
            if kind in {COMPLAINTS, COURSE, PUT_RIGHT}:
                is_mine &= found["merged"] == 0
            self._narrowed[key] = found.where(is_mine)
        return self._narrowed[key]

    def expect(self, wanted: Mapping[Kind, tuple[datetime, datetime]]) -> None:
        """Say what will be asked for, so that it is looked for in one question."""
        if not self.are_kept:
            return
        spans = {kind.name: _days_of(since, until) for kind, (since, until) in wanted.items()}
        new = {name: span for name, span in spans.items() if not _has(self._spans.get(name), span)}
        self._spans |= new
        missing = [
            pk
            for name, (first, last) in new.items()
            for day, (pk, version) in self._known().get(name, {}).items()
            if first <= day <= last and _at_hand.get((name, day), version) is None
        ]
        for some in batched(missing, 400, strict=False):
            for name, day, version, data in KeptDay.objects.filter(pk__in=some).values_list(
                "kind", "day", "version", "data"
            ):
                _at_hand.put((name, day), Day(kind=KINDS[name], version=version, data=bytes(data)))

    def table(self, kind: Kind, since: datetime, until: datetime) -> Table:
        """Return the rows of a kind from `since` up to but without `until`."""
        key = (kind.name, int(since.timestamp()), int(until.timestamp()))
        if key not in self._tables:
            self._tables[key] = self._table(kind, since, until)
        return self._tables[key]

    def first(self) -> datetime | None:
        """The second in which the first complaint of all came in, by the days; only where they are kept."""
        at = [int(found["at"].min()) for found in [self._live_rows(COMPLAINTS)] if len(found["at"])]
        for day in sorted(self._known().get(COMPLAINTS.name, {})):
            since = datetime.fromtimestamp(day * A_DAY, tz=UTC)
            found = self.table(COMPLAINTS, since, since + timedelta(days=1))
            if len(found):
                at.append(int(found["at"].min()))
                break
        return datetime.fromtimestamp(min(at), tz=UTC) if at else None

    def _known(self) -> Versions:
        if self._versions is None:
            self._versions = _versions(self._stamp)
        return self._versions

    def _live_rows(self, kind: Kind) -> Columns:
        if kind.name not in self._live:
            self._live[kind.name] = _read_of(kind, self._touched)
        return self._live[kind.name]

    def _table(self, kind: Kind, since: datetime, until: datetime) -> Table:
        if not self.are_kept:
            return Table([read(kind, within(kind, since, until))])
        self.expect({kind: (since, until)})
        first, last = _days_of(since, until)
        known = self._known().get(kind.name, {})
        days = {day: self._day(kind, day, known[day][1]) for day in sorted(known) if first <= day <= last}
        edges = (int(since.timestamp()), ceil(until.timestamp()))
        # Rows of a day stand in the order of their moments: a span takes a piece of its first and last day.
        parts: list[Part] = [
            found if first < day < last else _Piece(found, *np.searchsorted(found["at"], edges))
            for day, found in days.items()
        ]
        if not len(self._touched):
            return Table(parts or [_nothing(kind)])
        live = Table([self._live_rows(kind)])
        at = live["at"]
        live = live.where((at >= edges[0]) & (at < edges[1]))
        return Table([*_without(parts, self._touched), live])

    def _day(self, kind: Kind, day: int, version: int) -> Day:
        found = _at_hand.get((kind.name, day), version)
        if found is None:  # pushed out by others; or written anew since, and then what was touched is left out of it
            row = KeptDay.objects.get(kind=kind.name, day=day)
            found = Day(kind=kind, version=row.version, data=bytes(row.data))
            _at_hand.put((kind.name, day), found)
        return found

    @property
    def are_kept(self) -> bool:
        """Whether days may be used; what was touched is read before them, so that nothing falls between."""
        if self._is_kept is None:
            state = (
                Days.objects.filter(shape=SHAPE, is_complete=True)
                .order_by()
                .annotate(noted=Value(0))
                .values_list("noted", "stamp")
            )
            noted = Touched.objects.order_by().annotate(noted=Value(1)).values_list("noted", "complaint")
            rows = list(state.union(noted).order_by("noted", "stamp")[: MOST_TOUCHED + 2])
            self._is_kept = bool(rows) and rows[0][0] == 0 and len(rows) < MOST_TOUCHED + 2
            if self._is_kept:
                self._stamp = rows[0][1]
                self._touched = np.fromiter((row[1] for row in rows[1:]), dtype="<u4")
        return self._is_kept


class _Piece:
    """The rows of a kept day from one place up to but without another."""

    __slots__ = ("_day", "_rows")

    def __init__(self, day: Day, start: int, end: int) -> None:
        self._day, self._rows = day, slice(start, end)

    def __getitem__(self, name: str) -> Array:
        found: Array = self._day[name][self._rows]
        return found


def _without(parts: Sequence[Part], complaints: Array) -> list[Part]:
    """Leave the rows of some complaints out; most parts have none of them, and stay as they are."""
    theirs = [part["complaint"] for part in parts]
    ends = np.cumsum([len(one) for one in theirs])
    found: Array = np.flatnonzero(np.isin(np.concatenate(theirs), complaints)) if theirs else ends
    places = set(np.searchsorted(ends, found, side="right").tolist())
    return [
        Table([part], keep=~np.isin(theirs[place], complaints)) if place in places else part
        for place, part in enumerate(parts)
    ]


def _has(known: tuple[int, int] | None, span: tuple[int, int]) -> bool:
    return known is not None and known[0] <= span[0] and span[1] <= known[1]


def _days_of(since: datetime, until: datetime) -> tuple[int, int]:
    """The first and the last day that a span touches, counted from 1970."""
    first = int(since.timestamp()) // A_DAY
    return first, max(first, (int(until.timestamp()) - 1) // A_DAY)


def _nothing(kind: Kind) -> Columns:
    return {column.name: np.zeros(0, dtype=column.dtype) for column in kind.columns}


def _read_of(kind: Kind, complaints: Iterable[int]) -> Columns:
    """The rows of some complaints; asked for in parts, since a question may hold only so many numbers."""
    parts = [read(kind, of_complaints(kind, map(int, some))) for some in batched(complaints, AT_ONCE, strict=False)]
    return (
        {one.name: np.concatenate([part[one.name] for part in parts]) for one in kind.columns}
        if parts
        else _nothing(kind)
    )


# ── Writing ──────────────────────────────────────────────────────────────────


def fold(*, rest: Rest = lambda: None, most: int = 20_000) -> int:
    """Take what was touched into the days; return how many complaints. Rebuilds where the days were never all made."""
    if not Days.objects.filter(shape=SHAPE, is_complete=True).exists():
        return rebuild(rest=rest)
    folded = 0
    while folded < most and (some := _fold_some()):
        folded += some
        rest()
    return folded


@transaction.atomic
def _fold_some() -> int:
    if not Days.objects.select_for_update().filter(shape=SHAPE, is_complete=True).exists():
        return 0  # somebody rebuilds
    rows = list(Touched.objects.order_by("pk").values_list("pk", "complaint", "day")[: AT_ONCE * 10])
    complaints: set[int] = set()
    taken, days = [], set()
    for pk, complaint, day in rows:
        if complaint not in complaints and len(complaints) == AT_ONCE:
            continue
        complaints.add(complaint)
        taken.append(pk)
        if day is not None:
            days.add(day)
    if not taken:
        return 0
    # Gone before anything is read: what is touched from here on is noted anew.
    for some in batched(taken, 900, strict=False):
        Touched.objects.filter(pk__in=some).delete()
    touched = np.fromiter(complaints, dtype="<u4", count=len(complaints))
    for kind in KINDS.values():
        _patch(kind, touched, live=_read_of(kind, complaints), days=days)
    Days.objects.update(stamp=_by_chance())
    return len(complaints)


def _patch(kind: Kind, touched: Array, *, live: Columns, days: set[int]) -> None:
    """Put the rows of touched complaints into their days, in place of what stood there of them."""
    theirs = live["at"] // A_DAY
    wanted = sorted({*map(int, np.unique(theirs)), *days})
    kept = {row.day: row for row in KeptDay.objects.filter(kind=kind.name, day__in=wanted)}
    for day in wanted:
        new = {name: column[theirs == day] for name, column in live.items()}
        row = kept.get(day)
        if row is None:
            if len(new["at"]):
                _write(kind, day, new)
            continue
        old = Day(kind=kind, version=row.version, data=bytes(row.data)).columns()
        stays = ~np.isin(old["complaint"], touched)
        both = {name: np.concatenate([old[name][stays], new[name]]) for name in old}
        _write(kind, day, both)


def _write(kind: Kind, day: int, columns: Columns) -> None:
    new = _made(kind, day, columns)
    values = {"version": new.version, "data": new.data}
    KeptDay.objects.update_or_create(kind=kind.name, day=day, defaults=values)


def _made(kind: Kind, day: int, columns: Columns) -> KeptDay:
    order = np.argsort(columns["at"], kind="stable")
    data = pack({name: column[order] for name, column in columns.items()})
    return KeptDay(kind=kind.name, day=day, version=_by_chance(), data=data)


def forget() -> None:
    """Have all days made anew by the next worker: very many rows were written past the triggers."""
    Days.objects.update(is_complete=False)


def rebuild(*, rest: Rest = lambda: None, told: Callable[[str, int], object] = lambda _kind, _rows: None) -> int:
    """Make all days anew, in parts that others can write between; return how many complaints there are."""
    with transaction.atomic():
        Days.objects.update_or_create(pk=1, defaults={"shape": SHAPE, "is_complete": False})
        # What is touched from here on is folded afterwards; what was, is read below.
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {Touched._meta.db_table}")  # noqa: S608, SLF001 - a name of ours
        KeptDay.objects.all().delete()
    whole = 0
    for kind in KINDS.values():
        rows = 0
        for since, until in _stretches(kind):
            with transaction.atomic():
                found = read(kind, within(kind, since, until))
                days = found["at"] // A_DAY
                # Folding waits until all is there, so that nobody else writes days meanwhile.
                KeptDay.objects.bulk_create(
                    _made(kind, day, {name: column[days == day] for name, column in found.items()})
                    for day in map(int, np.unique(days))
                )
            rows += len(days)
            rest()
        told(kind.name, rows)
        whole = rows if kind.way == "" else whole
    Days.objects.update_or_create(pk=1, defaults={"shape": SHAPE, "is_complete": True, "stamp": _by_chance()})
    return whole


def _by_chance() -> int:
    """Draw a number that no other database has: days at hand are never taken for another's."""
    return secrets.randbits(62) or 1


def _stretches(kind: Kind) -> Iterator[tuple[datetime, datetime]]:
    """Cut all the time that a kind has into stretches of whole days, so long that each has some thousand rows."""
    found = kind.ask().order_by().values(kind.at).aggregate(first=Min(kind.at), last=Max(kind.at), rows=Count("pk"))
    if found["first"] is None:
        return
    since = found["first"].astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (found["last"] - since) // timedelta(days=1) + 1
    length = timedelta(days=max(1, days * A_STRETCH // found["rows"]))
    while since <= found["last"]:
        yield since, since + length
        since += length
