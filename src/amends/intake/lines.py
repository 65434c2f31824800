"""Files line by line: plain, gzipped, or alone in a ZIP archive.

What cannot be read is told with its file and line, and the rest goes on.
"""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out, and why."""

    path: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}"


class UnableToReadError(ValueError):
    """A file that cannot be read as a whole; the message names the file and what to do."""


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file with their numbers, from 1.

    :raises UnableToReadError: when the file is missing, not readable, holds many, or its compression breaks off
    """
    try:
        with _opened(path) as file:
            yield from enumerate(file, start=1)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise UnableToReadError(f"{path}: cannot be read: {_reason(error)}") from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        if path.suffix == ".gz":
            with gzip.open(file) as unpacked:
                yield cast("IO[bytes]", unpacked)
        elif file.peek(len(_ZIP)).startswith(_ZIP):
            with _archive(path, file) as archive, archive.open(_the_one_in(archive, path)) as unpacked:
                yield unpacked
        else:
            yield file


def _archive(path: Path, file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:  # what is in it stands at its end
        raise UnableToReadError(f"{path}: this ZIP archive breaks off: fetch it again") from error


def _the_one_in(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    inside = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if len(inside) != 1:
        raise UnableToReadError(f"{path}: {len(inside)} files are in this ZIP archive: unpack it, and give one of them")
    if inside[0].flag_bits & 1:
        raise UnableToReadError(f"{path}: this ZIP archive is locked by a password: unpack it first")
    return inside[0]


def decode(raw: bytes) -> str:
    """Return a line as text, without a byte order mark.

    :raises ValueError: when it is not UTF-8
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}") from error


def not_json(error: json.JSONDecodeError) -> str:
    """Say where a line stops being JSON; some of the module's own messages end with 'at' already."""
    return f"not a whole JSON object: {error.msg.removesuffix(' at')} at character {error.pos + 1}"


def objects_of(path: Path) -> Iterator[tuple[int, dict[str, Any]] | BadLine]:
    """Yield the JSON object of each line with its number; blank lines are passed over."""
    for number, raw in lines_of(path):
        if not raw.strip():
            continue
        try:
            found = json.loads(decode(raw))
        except json.JSONDecodeError as error:
            yield BadLine(str(path), number, not_json(error))
            continue
        except (ValueError, RecursionError) as error:
            yield BadLine(str(path), number, str(error))
            continue
        if isinstance(found, dict):
            yield number, found
        else:
            yield BadLine(str(path), number, f"a JSON object is expected, not {_kind(found)}")


def made_of[T](path: Path, make: Callable[[int, dict[str, Any]], T]) -> Iterator[T | BadLine]:
    """Yield what is made of the object of each line (its number, the object), or why the line was left out.

    :param make: raises ValueError, with a message for the person who wrote the line, for what it cannot use
    """
    for row in objects_of(path):
        if isinstance(row, BadLine):
            yield row
            continue
        number, found = row
        try:
            yield make(number, found)
        except ValueError as error:
            yield BadLine(str(path), number, str(error))


def _kind(value: object) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)) or type(error).__name__
