"""Conversations as a source of the pipeline: one task a file, a few conversations a batch."""

from __future__ import annotations

import asyncio
import pickle
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import batched
from pathlib import Path, PurePosixPath
from typing import Any

import daft
import pyarrow as pa
from daft.io.source import DataSource, DataSourceTask
from daft.recordbatch import RecordBatch

from amends.batch.stores import SCHEME, Store, UnableToName, is_store
from amends.engine.conversation import Conversation
from amends.intake.formats import Format, conversations, files_of, is_read, look_over
from amends.intake.lines import BadLine, UnableToReadError

_COLUMNS = pa.schema([("conversation", pa.large_binary()), ("bad", pa.large_string()), ("fatal", pa.large_string())])
_AT_ONCE = 64  # conversations in one batch: small enough for a bar that moves
_AHEAD = 2048  # conversations read and not yet judged
_MOMENT = 0.005  # seconds
_STUCK = 1000  # moments after which reading goes on although nothing came out: who waits for whom is never a question


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Files of one kind, and how to read them."""

    paths: tuple[Path | str, ...]  # of this machine, or addresses s3://… of one file or a folder
    form: Format = "auto"
    mapping: Mapping[str, str] | None = None
    agents: tuple[str, ...] = ()

    def by_file(self) -> tuple[Export, ...]:
        """Return an export for each file, in the order in which they are read.

        :raises UnableToReadError: when there is no such file, or no server of a store
        """
        return tuple(replace(self, paths=(file,)) for path in self.paths for file in _files(path))


def look_over_all(export: Export) -> None:
    """Look at the head of every file of this machine, and whether those of a store are there.

    :raises UnableToReadError: when a file is not there, is of no kind that is read, or lacks a column that is needed
    """
    for path in export.paths:
        if is_store(path):
            _files(path)
        else:
            look_over(Path(path), form=export.form, mapping=export.mapping)


def _files(path: Path | str) -> list[Path | str]:
    if not is_store(path):
        return list(files_of(Path(path)))
    store, query = _store(path), str(path).partition("?")[2]
    try:
        names = [""] if store.has("") else [name for name in store.names() if is_read(PurePosixPath(name))]
    except OSError as error:
        raise UnableToReadError(f"{store}: cannot be read: {error}") from error
    if not names:
        raise UnableToReadError(f"{store}: there is no such file, and no .jsonl, .csv, .tsv or .parquet below it")
    tail = f"?{query}" if query else ""
    return [f"{SCHEME}{store.path(name)}{tail}" for name in names]


def _store(path: Path | str) -> Store:
    try:
        return Store.from_url(str(path))
    except UnableToName as error:
        raise UnableToReadError(str(error)) from error


@contextmanager
def _here(path: Path | str) -> Iterator[tuple[Path, Callable[[str], str]]]:
    """Yield a file of this machine, and what makes of a message about it one about what was asked for."""
    if not is_store(path):
        yield Path(path), str
        return
    store = _store(path)
    with tempfile.TemporaryDirectory(prefix="amends-audit-") as folder:
        copy = Path(folder) / PurePosixPath(store.prefix).name
        try:
            store.fetch("", copy)
        except OSError as error:
            raise UnableToReadError(f"{store}: cannot be read: {error}") from error
        yield copy, lambda said: said.replace(str(copy), str(store))


class Pace:
    """How far reading runs ahead of judging.

    Reading is much the quicker: left to itself the library would hold a whole export in memory, and hand out nothing
    while it reads.
    """

    def __init__(self, ahead: int = _AHEAD) -> None:
        """Begin with nothing read."""
        self._ahead, self._read, self._done = ahead, 0, 0

    def came_out(self, many: int) -> None:
        """Tell that so many rows are done with."""
        self._done += many

    async def go_on(self, many: int) -> None:
        """Wait until so many more rows may be read."""
        self._read += many
        waited, done = 0, self._done
        while self._read - self._done > self._ahead and waited < _STUCK:
            await asyncio.sleep(_MOMENT)
            waited, done = (waited + 1, done) if self._done == done else (0, self._done)


class Exports(DataSource):
    """The conversations of an export, and the lines that were left out."""

    def __init__(self, export: Export, pace: Pace | None = None) -> None:
        """Read nothing yet."""
        self._export, self._pace = export, pace if pace is not None else Pace(ahead=sys.maxsize)

    @property
    def name(self) -> str:
        """What the pipeline calls it."""
        return "conversations"

    @property
    def schema(self) -> Any:  # untyped library
        """A pickled conversation, or why a line was left out."""
        return _schema()

    async def get_tasks(self, pushdowns: Any) -> AsyncIterator[DataSourceTask]:
        """Yield a task for each path."""
        del pushdowns
        for path in self._export.paths:
            yield _File(path, self._export, self._pace)


class _File(DataSourceTask):
    def __init__(self, path: Path | str, export: Export, pace: Pace) -> None:
        self._path, self._export, self._pace = path, export, pace

    @property
    def schema(self) -> Any:
        return _schema()

    async def read(self) -> AsyncIterator[RecordBatch]:
        # A file that cannot be read goes down the pipeline as a row: what a task raises comes out unrecognisable.
        export = self._export
        try:
            for file in _files(self._path):
                with _here(file) as (here, asked):
                    found = conversations(here, form=export.form, mapping=export.mapping, agents=export.agents)
                    for some in batched(found, _AT_ONCE, strict=False):
                        await self._pace.go_on(len(some))
                        yield _batch([_row(one, asked) for one in some])
        except UnableToReadError as error:
            yield _batch([{"conversation": b"", "bad": "", "fatal": str(error)}])


def _row(one: Conversation | BadLine, asked: Callable[[str], str]) -> dict[str, bytes | str]:
    if isinstance(one, Conversation):
        return {"conversation": pickle.dumps(one), "bad": "", "fatal": ""}
    return {"conversation": b"", "bad": asked(str(one)), "fatal": ""}


def _batch(rows: list[dict[str, bytes | str]]) -> RecordBatch:
    return RecordBatch.from_arrow_table(pa.Table.from_pylist(rows, schema=_COLUMNS))


def _schema() -> Any:
    return daft.Schema.from_pyarrow_schema(_COLUMNS)
