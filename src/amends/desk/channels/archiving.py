"""Archive what complaints hold that ended long ago, and take it back.

One complaint at a time. Its archive is named, but not in force; its letters are pressed into one file, which is laid
down and read back. Then, in one transaction, the archive comes into force with the texts in it, the rows get marks in
place of contents (complaints/archived.py), and all of them are read once more as everybody reads them. Whoever is
killed in between leaves at most an archive that never was in force: it is swept with its file a day later. Short words
stay where they are, and so does a complaint that holds little: a mark would not be smaller. Envelopes, facts of events,
files and the entries of the search are not touched.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Max, Q, QuerySet, Value

from amends.desk.channels.models import Arrival, Outgoing, OutgoingState
from amends.desk.complaints import archived
from amends.desk.complaints.laying_down import forget_once_committed, lay_down
from amends.desk.complaints.models import Archive, Complaint, EventContent

LONG: Final = 200  # letters or bytes: less stays in its row
LEAST: Final = 1_000  # of a complaint: less is not worth an archive
AT_ONCE: Final = 500
A_DAY: Final = timedelta(days=1)

# What may be archived: the table, how its complaint is asked for, the columns, and which rows.
_HELD: Final[tuple[tuple[type[models.Model], str, tuple[str, ...], Q], ...]] = (
    (EventContent, "event__complaint", ("text", "html", "quoted"), Q()),
    (Arrival, "event__complaint", ("raw",), Q()),
    (Outgoing, "complaint", ("mime",), ~Q(state__in=(OutgoingState.WAITING, OutgoingState.SENDING))),
)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One value of one row."""

    model: type[models.Model]
    pk: int
    column: str
    value: str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What a run did."""

    complaints: int
    held: int  # bytes that their rows held
    texts: int  # bytes that stay for it in the database
    letters: int  # bytes that lie for it among the files


def by_lot() -> int:
    """Draw the number of an archive."""
    return secrets.randbits(archived.BITS)


def archive(
    *,
    ended_before: datetime,
    now: datetime,
    at_most: int | None = None,
    goes_on: bool = False,
    draw: Callable[[], int] = by_lot,
    told: Callable[[int], None] = lambda _: None,
) -> Archived:
    """Archive complaints whose last word is older than a moment, the oldest first.

    :param at_most: this many, and the rest another time
    :param goes_on: begin where the last run has come to, without looking at what was too little then
    :param told: told how many it were so far
    :raises FilesOutOfReachError: if files cannot be kept now; what was archived by then is
    :raises ArchiveUnreadableError: if what was written does not read as it was; nothing was emptied for it
    """
    sizes: list[tuple[int, int, int]] = []
    for pk in _old(ended_before, goes_on=goes_on):
        if at_most is not None and len(sizes) >= at_most:
            break
        if (size := _archive_one(pk, ended_before=ended_before, now=now, number=draw())) is not None:
            sizes.append(size)
            told(len(sizes))
    held, texts, letters = (sum(some) for some in zip(*sizes, strict=True)) if sizes else (0, 0, 0)
    return Archived(complaints=len(sizes), held=held, texts=texts, letters=letters)


def take_back(*, complaint_id: int, now: datetime, at_once: bool = False) -> bool:
    """Write everything that is archived of a complaint into its rows again; return whether there was anything.

    :param at_once: let the archives themselves go now, not in a day: something in them has to be forgotten
    :raises ArchiveUnreadableError: if any of it is not there; then nothing has changed
    """
    with transaction.atomic():
        list(Complaint.objects.select_for_update().filter(pk=complaint_id).values_list("pk"))
        archives = Archive.objects.filter(complaint=complaint_id, spent_at=None)
        if not archives.exists():
            return False
        for cell in _cells(complaint_id, is_archived=True):
            _rows(cell).update(**{cell.column: cell.value})
        if at_once:
            archived.forget(complaint_ids=[complaint_id])
        else:
            archives.update(spent_at=now)
    return True


def let_go_of(*, arrivals: QuerySet[Arrival], besides: Collection[int], now: datetime) -> None:
    """Take back complaints of which an archive holds some arrivals, so that these can be emptied for good.

    They are locked, so that nobody archives them meanwhile.

    :param besides: complaints whose archives go anyway
    """
    found = arrivals.exclude(event=None).exclude(event__complaint__in=besides)
    others = sorted(set(found.values_list("event__complaint", flat=True)))
    list(Complaint.objects.select_for_update().filter(pk__in=others).order_by("pk").values_list("pk"))
    for pk in others:
        take_back(complaint_id=pk, now=now, at_once=True)


def is_in_use() -> bool:
    """Whether anything was archived here, or will be."""
    return settings.ARCHIVE_AFTER is not None or Archive.objects.exists()


def sweep(*, now: datetime) -> int:
    """Let go of archives, with their files, that were taken back or left half done a day ago; return how many."""
    with transaction.atomic():
        spent = Archive.objects.select_for_update().filter(spent_at__lt=now - A_DAY)
        places = dict(spent.values_list("pk", "place"))
        Archive.objects.filter(pk__in=places).delete()
        forget_once_committed(place for place in places.values() if place)
    return len(places)


def _old(ended_before: datetime, *, goes_on: bool) -> Iterator[int]:
    """Yield what may be archived, the oldest first; a part of another only when that one is as old."""
    whole = Q(merged_into=None) | Q(merged_into__live=False, merged_into__last_event_at__lt=ended_before)
    rows = Complaint.objects.filter(whole, live=False, last_event_at__lt=ended_before)
    if goes_on and (last := Archive.objects.filter(spent_at=None).aggregate(last=Max("upto"))["last"]) is not None:
        rows = rows.filter(last_event_at__gte=last)
    rows = rows.order_by("last_event_at", "pk")
    some = list(rows.values_list("last_event_at", "pk")[:AT_ONCE])
    while some:
        yield from (pk for _at, pk in some)
        at, pk = some[-1]
        further = Q(last_event_at__gt=at) | Q(last_event_at=at, pk__gt=pk)
        some = list(rows.filter(further).values_list("last_event_at", "pk")[:AT_ONCE])


def _archive_one(pk: int, *, ended_before: datetime, now: datetime, number: int) -> tuple[int, int, int] | None:
    cells = list(_cells(pk))
    if sum(len(cell.value) for cell in cells) < LEAST:
        return None
    letters = [cell.value for cell in cells if isinstance(cell.value, bytes)]
    # Named before it is written: so there is no file that nothing names, whoever is killed.
    place = f"{archived.FOLDER}/{number % 256:02x}/{number:016x}" if letters else ""
    half = Archive.objects.create(
        id=number, complaint_id=pk, at=now, upto=now, texts=b"", place=place, digest="", spent_at=now
    )
    digest, size = _lay_down(letters, place) if letters else ("", 0)
    texts = archived.press_texts([cell.value for cell in cells if isinstance(cell.value, str)])
    with transaction.atomic():
        complaint = Complaint.objects.select_for_update().get(pk=pk)
        is_same = not complaint.live and complaint.last_event_at < ended_before and list(_cells(pk)) == cells
        if is_same:
            whole = {"texts": texts, "digest": digest, "upto": complaint.last_event_at, "spent_at": None}
            is_same = bool(Archive.objects.filter(pk=number).update(**whole))  # it may be swept, if this took a day
        if is_same:
            _put_marks(cells, number)
            _read_again(cells)
    if not is_same:  # somebody was at it meanwhile
        with transaction.atomic():
            half.delete()
            forget_once_committed([place] if place else [])
        return None
    held = sum(len(cell.value if isinstance(cell.value, bytes) else cell.value.encode()) for cell in cells)
    return held, len(texts), size


def _cells(complaint_id: int, *, is_archived: bool = False) -> Iterator[_Cell]:
    """Yield what a complaint's own rows hold and may be archived, or what is archived of it, in one order."""
    for model, of, columns, which in _HELD:
        told: Any = model._meta  # noqa: SLF001 - Django documents it
        stands = {f"{column}_there": archived.as_it_stands(told.get_field(column)) for column in columns}
        rows = model._default_manager.filter(**{of: complaint_id})  # noqa: SLF001
        for row in (rows if is_archived else rows.filter(which)).annotate(**stands).order_by("pk"):
            for column in columns:
                there = getattr(row, f"{column}_there")
                if not there or (archived.marked(there) is not None) is not is_archived:
                    continue
                value = getattr(row, column)
                if is_archived or len(value) >= LONG:
                    yield _Cell(model, row.pk, column, value if isinstance(value, str) else bytes(value))


def _rows(cell: _Cell) -> QuerySet[Any]:
    return cell.model._default_manager.filter(pk=cell.pk)  # noqa: SLF001 - Django documents it


def _lay_down(letters: Sequence[bytes], place: str) -> tuple[str, int]:
    pressed = archived.press_letters(letters)
    if lay_down(place, pressed) != place:
        raise archived.ArchiveUnreadableError(f"The file {place} was laid down elsewhere.")
    _to_disk(place)
    digest = hashlib.sha256(pressed).hexdigest()
    if archived.read_letters(place, digest) != tuple(letters):
        raise archived.ArchiveUnreadableError(f"The file {place} does not hold what was written.")
    return digest, len(pressed)


def _to_disk(place: str) -> None:
    """Have a file and its name on the disk before its only other copy goes; a store says itself when it has it."""
    try:
        path = Path(default_storage.path(place))
    except NotImplementedError:
        return
    for each in (path, path.parent, path.parent.parent):
        line = os.open(each, os.O_RDONLY)
        try:
            os.fsync(line)
        finally:
            os.close(line)


def _put_marks(cells: Sequence[_Cell], number: int) -> None:
    """Put marks in place of contents; texts and letters are counted apart."""
    texts = letters = 0
    for cell in cells:
        if isinstance(cell.value, str):
            mark: Any = Value(archived.mark_of(number, texts), output_field=models.TextField())
            texts += 1
        else:
            mark = Value(archived.mark_of(number, letters).encode(), output_field=models.BinaryField())
            letters += 1
        _rows(cell).update(**{cell.column: mark})


def _read_again(cells: Sequence[_Cell]) -> None:
    """See that everybody reads what was there before."""
    for cell in cells:
        if _rows(cell).values_list(cell.column, flat=True).get() != cell.value:
            raise archived.ArchiveUnreadableError(f"{cell.model.__name__} {cell.pk} would not read as it was.")
