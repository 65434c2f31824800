"""Contents of complaints that ended long ago, read from where they were archived: nobody who asks for them notices.

What is archived stands in its own row no longer. The row keeps a mark: in which archive, and which part of it. Two
fields know the marks, so that whoever reads such a column by Django gets what was written, and whoever writes one
writes it in full. What people wrote can never be taken for a mark: where it begins like one, it is kept with a sign in
front. Archives are never changed, and no number is given twice. Who makes them, and takes them back, is the room of
channels: `archiving`.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models

from amends.desk.complaints.laying_down import forget_once_committed, is_out_of_reach

FOLDER: Final = "archive"
BITS: Final = 63  # of the number of an archive
_MARK: Final = "\x01archive:"
_LITERAL: Final = "\x01archive="
_BEGINS: Final = "\x01archive"  # either
_IS_MARK: Final = re.compile(r"\x01archive:([0-9a-f]{16})\.([0-9]+)")
# Repeated words are found two megabytes back, as far as a mail quotes; more would only take memory.
_PRESET: Final = 2
_REMEMBERED: Final = 512  # archives whose texts were just read: a page asks for one event after another


class ArchiveUnreadableError(Exception):
    """What was archived is not there, or not what it was; nothing was written for it."""


def mark_of(archive: int, part: int) -> str:
    """What stands in a row for a part of an archive."""
    return f"{_MARK}{archive:016x}.{part}"


def marked(value: str | bytes) -> int | None:
    """Which archive a row names by what stands in it, as the database has it; None if it holds its content itself."""
    mark = _IS_MARK.fullmatch(value if isinstance(value, str) else bytes(value[:100]).decode("latin-1"))
    return None if mark is None else int(mark[1], 16)


class ArchivableText(models.TextField[str, str]):
    """A text that may be archived."""

    def deconstruct(self) -> Any:
        name, _path, arguments, named = super().deconstruct()
        return name, "django.db.models.TextField", arguments, named  # the column is the same

    def from_db_value(self, value: str | None, _expression: Any, connection: Any) -> str | None:
        """Give the text itself."""
        if not value or value[0] != "\x01" or not value.startswith(_BEGINS):
            return value
        if value.startswith(_LITERAL):
            return value[len(_LITERAL) :]
        if (mark := _IS_MARK.fullmatch(value)) is None:
            return value
        return _texts(int(mark[1], 16), connection.alias)[int(mark[2])]

    def get_prep_value(self, value: Any) -> Any:
        """Keep words that begin like a mark apart from marks."""
        value = super().get_prep_value(value)
        return _LITERAL + value if isinstance(value, str) and value.startswith(_BEGINS) else value


class ArchivableBytes(models.BinaryField[Any, Any]):
    """Bytes that may be archived."""

    def deconstruct(self) -> Any:
        name, _path, arguments, named = super().deconstruct()
        return name, "django.db.models.BinaryField", arguments, named

    def from_db_value(self, value: Any, _expression: Any, connection: Any) -> Any:
        """Give the bytes themselves."""
        if not value or bytes(value[: len(_BEGINS)]) != _BEGINS.encode():
            return value
        held = bytes(value)
        if held.startswith(_LITERAL.encode()):
            return held[len(_LITERAL) :]
        if (mark := _IS_MARK.fullmatch(held.decode("latin-1"))) is None:
            return value
        return _letters(int(mark[1], 16), connection.alias)[int(mark[2])]

    def get_prep_value(self, value: Any) -> Any:
        """Keep bytes that begin like a mark apart from marks."""
        value = super().get_prep_value(value)
        if value and bytes(value[: len(_BEGINS)]) == _BEGINS.encode():
            return _LITERAL.encode() + bytes(value)
        return value


def as_it_stands(field: models.Field[Any, Any]) -> models.ExpressionWrapper[Any]:
    """Ask for an archivable column as the database has it, marks and all."""
    plain = models.TextField() if isinstance(field, ArchivableText) else models.BinaryField()
    return models.ExpressionWrapper(models.F(field.name), output_field=plain)


def press_texts(texts: Sequence[str]) -> bytes:
    """Make one of many texts; small, and with a sum by which damage shows."""
    return _press(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def unpress_texts(pressed: bytes) -> tuple[str, ...]:
    """Take them apart again."""
    return tuple(json.loads(lzma.decompress(pressed).decode("utf-8", "surrogatepass")))


def press_letters(letters: Sequence[bytes]) -> bytes:
    """Make one file of many letters."""
    return _press(json.dumps([len(one) for one in letters]).encode() + b"\n" + b"".join(letters))


def unpress_letters(pressed: bytes) -> tuple[bytes, ...]:
    """Take them apart again."""
    head, _line, held = lzma.decompress(pressed).partition(b"\n")
    found, begin = [], 0
    for length in json.loads(head):
        found.append(held[begin : begin + length])
        begin += length
    return tuple(found)


def forget(*, complaint_ids: Collection[int]) -> None:
    """Let go for good of all that is archived of some complaints; their rows are emptied by whoever calls this."""
    archives = apps.get_model("complaints", "Archive").objects.filter(complaint__in=complaint_ids)
    places = set(archives.exclude(place="").values_list("place", flat=True))
    # What somebody is just about to archive keeps its name: its file may be written after this, and is swept by it.
    archives.exclude(texts=b"").delete()
    _texts.cache_clear()
    forget_once_committed(places)


def _press(held: bytes) -> bytes:
    return lzma.compress(held, preset=_PRESET)


@lru_cache(maxsize=_REMEMBERED)
def _texts(archive: int, alias: str) -> tuple[str, ...]:
    """Return the texts of an archive; numbers are never given twice, so that this may be remembered."""
    held = (
        apps.get_model("complaints", "Archive").objects.using(alias).filter(pk=archive).values_list("texts", flat=True)
    )
    pressed = held.first()
    if pressed is None:
        raise ArchiveUnreadableError(f"There is no archive {archive:016x}.")
    try:
        return unpress_texts(bytes(pressed))
    except (lzma.LZMAError, ValueError) as error:
        raise ArchiveUnreadableError(f"The texts of archive {archive:016x} are damaged: {error}") from error


def _letters(archive: int, alias: str) -> tuple[bytes, ...]:
    archives = apps.get_model("complaints", "Archive").objects.using(alias)
    told = archives.filter(pk=archive).values_list("place", "digest").first()
    if told is None:
        raise ArchiveUnreadableError(f"There is no archive {archive:016x}.")
    return read_letters(*told)


def read_letters(place: str, digest: str) -> tuple[bytes, ...]:
    """Read a file of letters.

    :raises ArchiveUnreadableError: if it is not there, or not what it was
    """
    try:
        with default_storage.open(place) as file:
            pressed = file.read()
    except FileNotFoundError as error:
        raise ArchiveUnreadableError(f"There is no file {place}.") from error
    except Exception as error:
        if not is_out_of_reach(error):
            raise
        raise ArchiveUnreadableError(f"The file {place} cannot be read: {type(error).__name__}: {error}") from error
    if hashlib.sha256(pressed).hexdigest() != digest:
        raise ArchiveUnreadableError(f"The file {place} is not what it was.")
    return unpress_letters(pressed)
