"""Conversations as a source of the pipeline: one task a file, a few conversations a batch."""

from __future__ import annotations

import pickle
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any

import daft
import pyarrow as pa
from daft.io.source import DataSource, DataSourceTask
from daft.recordbatch import RecordBatch

from amends.engine.conversation import Conversation
from amends.intake.formats import Format, conversations
from amends.intake.lines import BadLine, UnableToReadError

_COLUMNS = pa.schema([("conversation", pa.large_binary()), ("bad", pa.large_string()), ("fatal", pa.large_string())])
_AT_ONCE = 64  # conversations in one batch: small enough for a bar that moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Files of one kind, and how to read them."""

    paths: tuple[Path, ...]
    form: Format = "auto"
    mapping: Mapping[str, str] | None = None
    agents: tuple[str, ...] = ()


class Exports(DataSource):
    """The conversations of an export, and the lines that were left out."""

    def __init__(self, export: Export) -> None:
        """Read nothing yet."""
        self._export = export

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
            yield _File(path, self._export)


class _File(DataSourceTask):
    def __init__(self, path: Path, export: Export) -> None:
        self._path, self._export = path, export

    @property
    def schema(self) -> Any:
        return _schema()

    async def read(self) -> AsyncIterator[RecordBatch]:
        # A file that cannot be read goes down the pipeline as a row: what a task raises comes out unrecognisable.
        export = self._export
        found = conversations(self._path, form=export.form, mapping=export.mapping, agents=export.agents)
        try:
            for some in batched(found, _AT_ONCE, strict=False):
                yield _batch([_row(one) for one in some])
        except UnableToReadError as error:
            yield _batch([{"conversation": b"", "bad": "", "fatal": str(error)}])


def _row(one: Conversation | BadLine) -> dict[str, bytes | str]:
    if isinstance(one, Conversation):
        return {"conversation": pickle.dumps(one), "bad": "", "fatal": ""}
    return {"conversation": b"", "bad": str(one), "fatal": ""}


def _batch(rows: list[dict[str, bytes | str]]) -> RecordBatch:
    return RecordBatch.from_arrow_table(pa.Table.from_pylist(rows, schema=_COLUMNS))


def _schema() -> Any:
    return daft.Schema.from_pyarrow_schema(_COLUMNS)
