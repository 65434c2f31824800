"""Files line by line, plain or gzipped; what cannot be read is told with its file and line, and the rest goes on."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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

    :raises UnableToReadError: when the file is missing, not readable, or its compression breaks off
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from enumerate(file, start=1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnableToReadError(f"{path}: cannot be read: {_reason(error)}") from error


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
