"""What is carried from a desk to ours: one complaint as the other desk tells it, and the files that belong to it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from amends.intake.desks.case import Case
from amends.intake.desks.over_http import Api
from amends.intake.lines import BadLine, UnableToReadError, made_of

FILES = "files"  # beside the other desk's own words: {its name of a file: Base64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One complaint as it came. `stamp` changes with it, so that what is unchanged is not asked for twice."""

    case: str
    stamp: str
    body: Mapping[str, Any]
    where: str = ""  # file and line

    def raw(self) -> bytes:
        return json.dumps(self.body, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file does not say itself."""

    zone: ZoneInfo  # of times without one
    ours: frozenset[str] = frozenset()  # addresses of our own people and mailboxes, folded
    columns: Mapping[str, str] = field(default_factory=dict)  # our name of a column to the table's own


type Known = Callable[[str, str], bool]  # (case, stamp): it is here already, as it is now


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How one desk is read. `fetch` is None where it has no interface that tells history."""

    name: str  # as people call it
    case: Callable[[Mapping[str, Any]], Case]
    files: Callable[[Path, Reading], Iterator[Bundle | BadLine]]
    fetch: Callable[[Api, Known, bool], Iterator[Bundle | BadLine]] | None = None
    header: Callable[[str, str], dict[str, str]] | None = None  # (user, token) -> how one signs in
    source: Callable[[Mapping[str, Any]], str] | None = None  # the desk's own address, where its data names it


def from_lines(
    path: Path, name: Callable[[Mapping[str, Any]], tuple[str, str]], *, asks: tuple[str, ...]
) -> Iterator[Bundle | BadLine]:
    """Read a file of one complaint a line, as `--save` writes it.

    :param name: the case and the stamp of what a line holds; raises ValueError for what it cannot use
    :param asks: what a line cannot be without
    """
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.suffix in {".jsonl", ".ndjson", ".gz"})
        if not files:
            raise UnableToReadError(f"{path}: no .jsonl file in this folder")
        for file in files:
            yield from from_lines(file, name, asks=asks)
        return

    def make(number: int, found: Mapping[str, Any]) -> Bundle:
        for key in asks:
            if key not in found:
                raise ValueError(f"'{key}' is missing")
        case, stamp = name(found)
        return Bundle(case=case, stamp=stamp, body=found, where=f"{path}:{number}")

    yield from made_of(path, make)


def content_of(body: Mapping[str, Any], key: str) -> bytes | None:
    """The bytes of a file that came along, or None."""
    kept = body.get(FILES)
    if not isinstance(kept, Mapping) or not isinstance(kept.get(key), str):
        return None
    try:
        return base64.b64decode(kept[key], validate=True)
    except (ValueError, binascii.Error):
        return None


def collect(api: Api, wanted: Mapping[str, str]) -> tuple[dict[str, str], list[BadLine]]:
    """Fetch files, by key and address; what does not come is told, and the words come without it."""
    kept: dict[str, str] = {}
    missing: list[BadLine] = []
    for key, address in wanted.items():
        try:
            kept[key] = base64.b64encode(api.fetch(address)).decode("ascii")
        except UnableToReadError as error:
            missing.append(BadLine(address.partition("?")[0], 0, f"a file did not come along: {error}"))
    return kept, missing
