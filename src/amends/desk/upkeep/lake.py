"""Conversations that have ended, as Parquet by the day of their end, for `amends audit` and for whoever reads a lake.

One file holds one day. It says in itself what it was made of; a run writes only the days whose complaints are no longer
those, so that a run that was stopped goes on where it was, the next night costs one day, and what was erased or opened
again at the desk goes from the lake with the next run.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Coalesce

from amends.batch.stores import Store
from amends.desk.complaints.export import ENDED, batches
from amends.desk.complaints.models import Complaint, Stage
from amends.desk.upkeep.aside import aside
from amends.engine.conversation import Conversation, to_json

FORM: Final = 1
FILE: Final = "conversations.parquet"
ASIDE: Final = ".half-"
MADE_OF: Final = b"amends.made_of"
# Corrected without a word in the complaint: whoever is called otherwise now is called so in the lake, too.
_NAMES: Final = ("customer__name", "customer__honorific", "customer__address", "owner__name")
COLUMNS: Final = pa.schema(
    [
        ("id", pa.string()),
        ("language", pa.string()),
        ("channel", pa.string()),
        ("received_at", pa.timestamp("us", tz="UTC")),
        ("ended_at", pa.timestamp("us", tz="UTC")),
        ("conversation", pa.large_string()),  # conversation.schema.json
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poured:
    """What a run did."""

    written: int  # days
    conversations: int
    left: int  # days that were as they should be
    removed: int  # days of which nothing is left


def pour(
    *, folder: Path | Store, zone: ZoneInfo, names: bool, now: datetime, told: Callable[[date], None] = lambda _: None
) -> Poured:
    """Bring a folder, of this machine or a store, to what has ended at the desk; days are those of `zone`.

    :param names: without them customers and agents have pseudonyms; what people wrote is left as they wrote it
    :param told: told each day that was written
    :raises OSError: when something cannot be written; every file that stands there is whole
    """
    wanted = _days(zone=zone, names=names)
    lake = _InStore(folder) if isinstance(folder, Store) else _InFolder(folder)
    there = lake.days()
    stale = [day for day in sorted(wanted) if day not in there or lake.made_of(day) != wanted[day]]
    count = 0
    for day in stale:
        with lake.half(day) as half:
            count += _write(half, day, wanted[day], zone=zone, names=names, now=now)
        told(day)
    gone = there - wanted.keys()
    for day in gone:
        lake.remove(day)
    return Poured(written=len(stale), conversations=count, left=len(wanted) - len(stale), removed=len(gone))


def _ended() -> QuerySet[Any, Any]:
    at = Case(When(stage=Stage.CLOSED, then=F("closed_at")), default=F("resolved_at"))
    return Complaint.objects.filter(stage__in=ENDED, merged_into=None).annotate(
        ended_at=Coalesce(at, F("last_event_at"))
    )


def _days(*, zone: ZoneInfo, names: bool) -> Mapping[date, bytes]:
    """Return every day on which something ended, with a digest of what its file is made of."""
    digests: defaultdict[date, Any] = defaultdict(lambda: sha256(f"{FORM} {names} {zone.key}".encode()))
    rows = _ended().order_by("pk").values_list("pk", "ended_at", "last_event_at", "stage", *(_NAMES if names else ()))
    for pk, ended_at, last_event_at, stage, *called in rows.iterator(chunk_size=5000):
        digests[ended_at.astimezone(zone).date()].update(
            f"{pk} {ended_at} {last_event_at} {stage}{called or ''}\n".encode()
        )
    return {day: digest.hexdigest().encode() for day, digest in digests.items()}


def _write(half: Path, day: date, made_of: bytes, *, zone: ZoneInfo, names: bool, now: datetime) -> int:
    count = 0
    schema = COLUMNS.with_metadata({MADE_OF: made_of})
    with half.open("wb") as file:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for rows in _rows(day, zone=zone, names=names, now=now):
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                count += len(rows)
        file.flush()
        os.fsync(file.fileno())
    return count


class _InFolder:
    """The days of a lake in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def days(self) -> set[date]:
        return {day for path in self._folder.glob(f"ended=*/{FILE}") if (day := _day_of(path)) is not None}

    def made_of(self, day: date) -> bytes:
        return _made_of(self._path(day))

    @contextmanager
    def half(self, day: date) -> Iterator[Path]:
        """Give a file of a day its name when it is whole."""
        path = self._path(day)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with aside(self._folder, prefix=ASIDE) as folder:  # words of a run that was killed go with a later one
            half = folder / "half"
            half.touch(mode=0o600)
            yield half
            half.replace(path)

    def remove(self, day: date) -> None:
        self._path(day).unlink()
        self._path(day).parent.rmdir()

    def _path(self, day: date) -> Path:
        return self._folder / f"ended={day.isoformat()}" / FILE


class _InStore:
    """The days of a lake in a bucket, where a file appears when it is whole."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def days(self) -> set[date]:
        paths = [Path(name) for name in self._store.names()]
        return {day for path in paths if path.name == FILE and (day := _day_of(path)) is not None}

    def made_of(self, day: date) -> bytes:
        with self._store.files().open_input_file(self._store.path(self._name(day))) as file:
            return _made_of(file)

    @contextmanager
    def half(self, day: date) -> Iterator[Path]:
        with aside(Path(tempfile.gettempdir()), prefix="amends-lake-") as folder:
            yield folder / FILE
            self._store.put(folder / FILE, self._name(day))

    def remove(self, day: date) -> None:
        self._store.remove(self._name(day))

    def _name(self, day: date) -> str:
        return f"ended={day.isoformat()}/{FILE}"


def _rows(day: date, *, zone: ZoneInfo, names: bool, now: datetime) -> Iterator[list[dict[str, Any]]]:
    from_, to = datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)
    wanted = _ended().filter(ended_at__gte=from_, ended_at__lt=to)
    for some in batches(wanted, now=now, names=names):
        yield [_row(complaint, talk) for complaint, talk in some]


def _row(complaint: Any, talk: Conversation) -> dict[str, Any]:
    return {
        "id": talk.id,
        "language": complaint.language,
        "channel": complaint.channel,
        "received_at": complaint.received_at,
        "ended_at": complaint.ended_at,
        "conversation": json.dumps(to_json(talk), ensure_ascii=False, separators=(",", ":")),
    }


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.parent.name.removeprefix("ended="))
    except ValueError:
        return None


def _made_of(path: Any) -> bytes:
    """What a file says of itself; a damaged one says nothing, and is written anew."""
    try:
        found: bytes = (pq.read_schema(path).metadata or {}).get(MADE_OF, b"")
    except (pa.ArrowException, OSError):
        return b""
    return found
