"""Everything the desk knows, in one folder of plain files, while it runs: what `amends export --everything` writes.

`conversations.jsonl` is what `amends export --out` writes; beside it stands a file of JSON lines for each kind of row,
and in `files/` what came and went, named by its digest. All lines are read as the desk stood at one moment. The folder
is safe to write again: files that are there stay, what is no longer at the desk goes, and `manifest.json` says last
that it is whole. What is told and what is not stands in `told.py`; docs/export.md is written from it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import translation

from amends.desk.complaints.export import Which, conversations
from amends.desk.complaints.models import Complaint, Event, EventContent
from amends.desk.upkeep.told import FILES, WITHHELD
from amends.engine.conversation import to_json

KIND: Final = "amends-export"
FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CONVERSATIONS: Final = "conversations"
KEPT: Final = "files"
HALF: Final = ".half"
AT_ONCE: Final = 500
HEAVY_AT_ONCE: Final = 20  # rows that hold a whole letter
CONTENT: Final = ("text", "html", "quoted", "data")  # of an event, told with it

_WORDS: Final[Mapping[str, str]] = {
    "BooleanField": "yes or no",
    "JSONField": "JSON",
    "DateTimeField": "moment",
    "DateField": "day",
    "DecimalField": "number, as text",
    "FloatField": "number",
    "BinaryField": "file",
    "FileField": "file",
}


class UnableToWriteThere(Exception):
    """The folder holds something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a run wrote: lines by file, how many files lie beside them, and those that the desk itself lacks."""

    lines: Mapping[str, int]
    files: int
    missing: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Folder:
    """A folder that is being written."""

    place: Path
    wanted: set[str] = field(default_factory=set)  # names of files that belong to it
    missing: list[str] = field(default_factory=list)

    def path_of(self, digest: str) -> Path:
        return self.place / KEPT / digest[:2] / digest

    def keep(self, held: bytes) -> str:
        """Keep bytes under their digest, and say where."""
        digest = sha256(held).hexdigest()
        self.wanted.add(digest)
        if not self.path_of(digest).is_file():
            _write_whole(self.path_of(digest), held)
        return self._said(digest)

    def keep_stored(self, name: str, digest: str) -> str:
        """Keep a file of the desk's own storage, and say where; one that is gone there is told as missing."""
        if not self.path_of(digest).is_file():
            try:
                with default_storage.open(name) as file:
                    held = file.read()
            except FileNotFoundError:
                self.missing.append(digest)
                return ""
            if sha256(held).hexdigest() != digest:  # kept by another name than its content has
                return self.keep(held)
            _write_whole(self.path_of(digest), held)
        self.wanted.add(digest)
        return self._said(digest)

    def sweep(self) -> None:
        """Remove what no line names any more: it was erased, or its letter was."""
        for path in (self.place / KEPT).glob("*/*"):
            if path.name not in self.wanted:
                path.unlink()

    @staticmethod
    def _said(digest: str) -> str:
        return f"{KEPT}/{digest[:2]}/{digest}"


def write_everything(*, folder: Path, zone: ZoneInfo, now: datetime) -> Written:
    """Write all that the desk knows into a folder, new or written before.

    :raises UnableToWriteThere: when the folder holds anything else
    :raises OSError: when something cannot be written; the manifest then says that the folder is not whole
    """
    _make_ready(folder)
    into = _Folder(place=folder)
    head = {
        "kind": KIND,
        "format": FORMAT,
        "program": version("amends"),
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
    }
    _write_whole(folder / MANIFEST, _pretty({**head, "complete": False}))
    about: dict[str, dict[str, Any]] = {}
    with one_moment():
        talks = (to_json(talk) for talk in conversations(which=Which(), zone=zone, now=now))
        about[CONVERSATIONS] = _write_lines(folder, CONVERSATIONS, talks)
        for label, name in FILES.items():
            about[name] = _write_lines(folder, name, rows_of(apps.get_model(label), into))
    for name in about:
        (folder / f"{name}.jsonl{HALF}").replace(folder / f"{name}.jsonl")
    into.sweep()
    counted = {"files": len(into.wanted), "missing_files": sorted(set(into.missing))}
    said = {**head, "complete": True, "lines": {f"{name}.jsonl": one for name, one in about.items()}, **counted}
    _write_whole(folder / MANIFEST, _pretty(said))
    return Written(
        lines={name: one["lines"] for name, one in about.items()},
        files=len(into.wanted),
        missing=tuple(sorted(set(into.missing))),
    )


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it stood when the first question was asked; who writes meanwhile is not stopped.

    Within a transaction of the caller it is read as that one sees it.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # Django's own begin here as if they would write, and hold up who does
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the fields of a row that are told."""
    withheld = WITHHELD.get(model._meta.label, frozenset())  # noqa: SLF001 - Django's own way to ask
    return [one for one in model._meta.concrete_fields if one.name not in withheld]  # noqa: SLF001 - Django's own way to ask


def rows_of(model: type[models.Model], into: _Folder) -> Iterator[dict[str, Any]]:
    """Yield every row of a kind as it is told, in the order of its key; events in the order of their complaints."""
    if model is Event:
        yield from _events()
        return
    told = fields_of(model)
    names = [one.attname for one in told]
    heavy = any(isinstance(one, models.BinaryField) for one in told)
    key = model._meta.pk.attname  # noqa: SLF001 - Django's own way to ask
    rows = model._base_manager.order_by(key)  # noqa: SLF001 - Django's own way to ask
    some = rows
    while found := list(some.values(*names)[: HEAVY_AT_ONCE if heavy else AT_ONCE]):
        for row in found:
            yield {one.name: _value(one, row, into) for one in told}
        some = rows.filter(pk__gt=found[-1][key])


def _value(one: models.Field[Any, Any], row: Mapping[str, Any], into: _Folder) -> object:
    value = row[one.attname]
    if isinstance(one, models.BinaryField):
        return into.keep(bytes(value)) if value else ""
    if isinstance(one, models.FileField):
        return into.keep_stored(value, row["sha256"]) if value else ""
    return value


def _events() -> Iterator[dict[str, Any]]:
    """Yield the timelines one after another, each event with what was said; the key of a customer's page is in none."""
    told = fields_of(Event)
    complaints = Complaint.objects.order_by("pk").values_list("pk", "key")
    some = complaints
    while found := list(some[:HEAVY_AT_ONCE]):
        keys = dict(found)
        contents = {
            row.pop("event_id"): row
            for row in EventContent.objects.filter(event__complaint__in=keys).values("event_id", *CONTENT)
        }
        events = Event.objects.filter(complaint__in=keys).order_by("complaint_id", "sequence")
        for row in events.values(*(one.attname for one in told)):
            content = contents.get(row["id"], {"text": "", "html": "", "quoted": "", "data": {}})
            shut = {name: _without(value, keys[row["complaint_id"]]) for name, value in content.items()}
            yield {one.name: row[one.attname] for one in told} | shut
        some = complaints.filter(pk__gt=found[-1][0])


def _without(value: Any, key: str) -> Any:
    if isinstance(value, str):
        return value.replace(key, "…")
    if isinstance(value, dict):
        return {name: _without(one, key) for name, one in value.items()}
    return [_without(one, key) for one in value] if isinstance(value, list) else value


def describe() -> str:
    """Say field by field what stands in the files, as a page of the documentation."""
    said: list[str] = []
    with translation.override("en"):
        for label, name in FILES.items():
            model = apps.get_model(label)
            said += [f"### {name}.jsonl", "", "| Field | What it is | Kind |", "|--|--|--|"]
            said += [f"| `{one.name}` | {one.verbose_name} | {_kind(one)} |" for one in fields_of(model)]
            if model is Event:
                content: list[Any] = [EventContent._meta.get_field(each) for each in CONTENT]  # noqa: SLF001 - Django's own way to ask
                said += [f"| `{one.name}` | {one.verbose_name} | {_kind(one)} |" for one in content]
            if withheld := sorted(WITHHELD.get(label, ())):
                said += ["", "Stays at the desk: " + ", ".join(f"`{each}`" for each in withheld) + "."]
            said.append("")
    return "\n".join(said)


def _kind(one: Any) -> str:
    if one.is_relation:
        target = FILES.get(one.related_model._meta.label)  # noqa: SLF001 - Django's own way to ask
        return f"`id` in `{target}.jsonl`" if target else "number"
    if one.choices:
        return "one of: " + ", ".join(f"`{value}`" for value, _ in one.flatchoices if value != "")
    kind = one.get_internal_type()
    return _WORDS.get(kind, "whole number" if "Integer" in kind or "AutoField" in kind else "text")


def _make_ready(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = {path.name for path in folder.iterdir()}
    if there and not _is_ours(folder / MANIFEST):
        raise UnableToWriteThere(f"{folder} holds something else; name an empty folder, or one written before.")
    (folder / KEPT).mkdir(mode=0o700, exist_ok=True)
    for path in folder.rglob(f"*{HALF}"):
        path.unlink()


def _is_ours(manifest: Path) -> bool:
    try:
        said = json.loads(manifest.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get("kind") == KIND


def _write_lines(folder: Path, name: str, rows: Iterator[Mapping[str, Any]]) -> dict[str, Any]:
    """Write lines under a name that says that they are half, and return how many there are and their digest."""
    count = 0
    path = folder / f"{name}.jsonl{HALF}"
    with path.open("wb") as file:
        path.chmod(0o600)
        for row in rows:
            file.write(_line(row))
            count += 1
        file.flush()
        os.fsync(file.fileno())
    with path.open("rb") as file:
        return {"lines": count, "size": path.stat().st_size, "sha256": file_digest(file, "sha256").hexdigest()}


def _line(row: Mapping[str, Any]) -> bytes:
    said = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain)
    try:
        return said.encode() + b"\n"
    except UnicodeEncodeError:  # half a character, which JSON can say and UTF-8 cannot
        return json.dumps(row, separators=(",", ":"), default=_plain).encode() + b"\n"


def _write_whole(path: Path, held: bytes) -> None:
    """Give a file its name when it is whole; only its owner may read it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    half = path.with_name(path.name + HALF)
    with half.open("wb") as file:
        half.chmod(0o600)
        file.write(held)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def _pretty(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _plain(value: object) -> str:
    """Moments in UTC, days, sums and identities as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
