"""Audit files: read them, judge their conversations on every core, write the findings, add up the figures."""

from __future__ import annotations

import atexit
import gc
import json
import logging
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

# The library tells its makers of every import and run unless it is told not to; nothing leaves this machine.
os.environ.update({"DAFT_ANALYTICS_ENABLED": "0", "DO_NOT_TRACK": "1", "DAFT_PROGRESS_BAR": "0"})

import daft
import pyarrow as pa
import pyarrow.parquet as pq

from amends.batch.cluster import Cluster, joined, over
from amends.batch.columns import FINDING, LOOKED
from amends.batch.sent import Gathered, SentReply
from amends.batch.source import Export, Exports, Pace, look_over_all
from amends.engine.audit import figures_of, look_at
from amends.engine.canned import History, replies_of
from amends.engine.conversation import Conversation
from amends.engine.languages.learned import LearnedReader
from amends.engine.languages.reading import USUAL_READERS, Reader
from amends.engine.languages.vectors import Vectors, load_vectors
from amends.engine.measures.figures import Figures
from amends.engine.measures.summary import Example, Summary, Tally
from amends.intake.lines import UnableToReadError

_AT_ONCE: Final = 64  # conversations that are judged between two words to the process that adds up
_PRINTED_AT_ONCE: Final = 256
_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False)
_IN_A_GROUP: Final = 4096  # findings
_SELDOM: Final = (100_000, 50, 100)  # new objects between two rounds of the garbage collector
_IN_TURN: Final = 0.0005  # seconds for which one thread may keep the others waiting


@dataclass(frozen=True, slots=True)
class Audited:
    """What became of an export: its figures, and the lines that were left out."""

    summary: Summary
    bad: tuple[str, ...]
    before: Summary | None = None  # of conversations that began before the day of `since`
    undated: int = 0  # conversations without a day, which then belong to neither side


def usual_readers() -> Sequence[Reader]:
    """Return the readers of a process that was not told otherwise."""
    return USUAL_READERS


def audit_files(
    export: Export,
    *,
    findings: Path,
    wording: str = "",
    workers: int = 0,
    seen: Callable[[int], None] = lambda _: None,
    readers: Callable[[], Sequence[Reader]] = usual_readers,
    since: date | None = None,
    cluster: Cluster | None = None,
) -> Audited:
    """Judge every conversation of an export and write a row for each finding to the Parquet file `findings`.

    :param wording: the language in which findings speak; their reply's own when it is not given
    :param workers: how many processes judge; every core when it is 0
    :param seen: told how many more conversations are done
    :param readers: called once in every process, for its readers
    :param since: a day: what began before it is added up apart, as `before`
    :param cluster: where to judge instead of here; what comes out is the same to the last character

    The export is read twice: first for the texts that went to many, then for everything.
    :raises UnableToReadError: when a file cannot be read as a whole
    :raises UnableToReachCluster: when there is none, or it gave up
    """
    look_over_all(export)  # before the library starts its threads: most mistakes show in the first line
    with joined(cluster) if cluster is not None else nullcontext(), _in_haste():
        return _audited(
            export,
            findings=findings,
            wording=wording,
            seen=seen,
            readers=readers,
            since=since,
            walks=Walks(workers=workers or os.cpu_count() or 1, cluster=cluster),
        )


def _audited(
    export: Export,
    *,
    findings: Path,
    wording: str,
    seen: Callable[[int], None],
    readers: Callable[[], Sequence[Reader]],
    since: date | None,
    walks: Walks,
) -> Audited:
    tally, earlier, undated = Tally(), Tally(), 0
    bad: list[str] = []
    fatal = ""
    history = _history(export, walks)
    with _Rows(findings) as writer:
        judge = (wording, readers, pickle.dumps(history))
        for batch in walks.through(_looked, export, judge):
            looked = batch.column("looked")
            rows = looked.field("findings").flatten()
            writer.add(rows)
            told = (looked.field(name).to_pylist() for name in ("figures", "bad", "fatal"))
            for plain, left_out, why, examples in zip(*told, _examples(looked.field("findings"), rows), strict=True):
                if why:
                    fatal = fatal or why
                elif left_out:
                    bad.append(left_out)
                else:
                    figures = Figures.from_dict(json.loads(plain))
                    undated += since is not None and not figures.opened
                    if since is None or figures.opened:
                        side = earlier if since is not None and figures.opened < since.isoformat() else tally
                        side.add(figures, examples)
            seen(len(looked))
    if fatal:  # the file became unreadable since the first walk
        raise UnableToReadError(fatal)
    return Audited(tally.summary(), tuple(bad), None if since is None else earlier.summary(), undated)


class _Rows:
    """Writes findings, many at a time: each group of rows that is written by itself costs as much as its rows do."""

    def __init__(self, to: Path) -> None:
        self._writer = pq.ParquetWriter(to, pa.schema(list(FINDING)), compression="zstd")
        self._waiting: list[Any] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._write()
        self._writer.close()

    def add(self, rows: Any) -> None:
        if len(rows):
            self._waiting.append(pa.RecordBatch.from_struct_array(rows.cast(FINDING)))
        if sum(map(len, self._waiting)) >= _IN_A_GROUP:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting))
            self._waiting.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Walks:
    """Where the pipeline walks: here, or on a cluster."""

    workers: int
    cluster: Cluster | None

    def through(self, walk: Callable[..., Iterator[Any]], export: Export, *given: Any) -> Iterator[Any]:
        """Walk through an export."""
        if self.cluster is None:
            return walk(export, *given, workers=self.workers)
        return over(walk, export.by_file(), *given)


def _history(export: Export, walks: Walks) -> History:
    """Return what went to several customers, from a first walk through the export.

    Both walks go on to their end whatever they meet. One that is left half way is torn down while the interpreter
    itself goes down, with the library's threads still running: every few runs that ended in a segmentation fault.
    :raises UnableToReadError: when a file cannot be read as a whole
    """
    fatal = ""
    with Gathered() as gathered:
        for batch in walks.through(_sent, export):
            fatal = fatal or next((why for why in batch.column("fatal").to_pylist() if why), "")
            for replies in batch.column("sent").to_pylist():
                if replies:
                    gathered.add(pickle.loads(replies))  # noqa: S301  # made by `_Printer`
        if fatal:
            raise UnableToReadError(fatal)
        return gathered.history()


def _sent(export: Export, *, workers: int) -> Iterator[Any]:
    alone = daft.cls(_Printer, use_process=False)
    printer = (daft.cls(_Printer, use_process=True, max_concurrency=workers) if workers > 1 else alone)(
        home=os.getpid()
    )
    pace = Pace()
    frame = Exports(export, pace).read()
    yield from _coming_out(frame.select(printer.sent(frame["conversation"]).alias("sent"), frame["fatal"]), pace)


@contextmanager
def _in_haste() -> Iterator[None]:
    """Have the threads of this process take turns quickly, and look for rubbish seldom; as before afterwards.

    A worker that is done waits for the thread that speaks with it, while others read and add up.
    """
    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(*_SELDOM)
    sys.setswitchinterval(_IN_TURN)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        sys.setswitchinterval(interval)


def _work_only() -> None:
    """Have a worker look for rubbish seldom, and be gone at its end.

    Nearly all that it makes is gone by itself; looking for rubbish that goes in circles takes a fifth. Giving back what
    it remembers word by word, when nothing is left to be written, takes longer than the library waits.
    """
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    atexit.register(os._exit, 0)


class _Printer:
    """One worker of the first walk: it takes the prints of replies, and does not judge them."""

    def __init__(self, *, home: int) -> None:
        if os.getpid() != home:
            _work_only()

    @daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=_PRINTED_AT_ONCE)
    def sent(self, conversations: daft.Series) -> Any:
        return pa.array([self._one(raw) for raw in conversations.to_pylist()], type=pa.large_binary())

    def _one(self, raw: bytes) -> bytes:
        if not raw:
            return b""
        conversation: Conversation = pickle.loads(raw)  # noqa: S301  # made by our own source, never by a stranger
        try:
            return pickle.dumps([sent for one in replies_of(conversation) if (sent := SentReply.of(one)) is not None])
        except Exception:  # noqa: BLE001  # the second walk tells what is the matter with it
            return b""


def _looked(export: Export, judging: tuple[Any, ...], *, workers: int) -> Iterator[Any]:
    # Judging is Python from end to end: processes of their own use every core, threads would use one.
    alone = daft.cls(_Judge, use_process=False)
    judge = (daft.cls(_Judge, use_process=True, max_concurrency=workers) if workers > 1 else alone)(
        *judging, home=os.getpid()
    )
    pace = Pace()
    frame = Exports(export, pace).read()
    looked = judge.look(frame["conversation"], frame["bad"], frame["fatal"]).alias("looked")
    yield from _coming_out(frame.select(looked), pace)


def _coming_out(frame: Any, pace: Pace) -> Iterator[Any]:
    """Yield what comes of a walk, and let reading go on at its pace."""
    with _no_log_format():
        for batch in frame.to_arrow_iter():
            pace.came_out(len(batch))
            yield batch


@contextmanager
def _no_log_format() -> Iterator[None]:
    """Keep log handlers from the library: a format that its workers cannot read makes it wait for them for ever."""
    root = logging.getLogger()
    kept = root.handlers[:]
    root.handlers.clear()
    try:
        yield
    finally:
        root.handlers[:] = kept


class _Judge:
    """One worker: it loads the cue files once and keeps them."""

    def __init__(self, wording: str, readers: Callable[[], Sequence[Reader]], history: bytes, *, home: int) -> None:
        self._wording = wording
        self._readers = readers()
        self._vectors = _vectors_for(self._readers)
        self._history: History = pickle.loads(history)  # noqa: S301  # built by `_history`
        if os.getpid() != home:
            _work_only()

    @daft.method.batch(return_dtype=daft.DataType.from_arrow_type(LOOKED), batch_size=_AT_ONCE)
    def look(self, conversations: daft.Series, bad: daft.Series, fatal: daft.Series) -> Any:
        rows = zip(conversations.to_pylist(), bad.to_pylist(), fatal.to_pylist(), strict=True)
        return pa.array([self._one(raw, why, stop) for raw, why, stop in rows], type=LOOKED)

    def _one(self, raw: bytes, bad: str, fatal: str) -> dict[str, Any]:
        if not raw:
            return {"figures": "", "findings": [], "bad": bad, "fatal": fatal}
        conversation: Conversation = pickle.loads(raw)  # noqa: S301  # made by our own source, never by a stranger
        try:
            looked = look_at(
                conversation,
                wording=self._wording,
                readers=self._readers,
                history=self._history,
                vectors=self._vectors,
            )
        except Exception as error:  # noqa: BLE001  # one strange conversation must not stop a million; it is told
            why = f"{conversation.id}: cannot be judged: {type(error).__name__}: {error}"
            return {"figures": "", "findings": [], "bad": why, "fatal": ""}
        figures = _AS_JSON.encode(figures_of(looked).as_dict())
        return {"figures": figures, "findings": looked.rows(), "bad": "", "fatal": ""}


def _vectors_for(readers: Sequence[Reader]) -> Vectors | None:
    """Return sentence vectors for causes where replies are read with the learned reader too; cues alone are faster."""
    return load_vectors() if any(isinstance(one, LearnedReader) for one in readers) else None


def _examples(findings: Any, rows: Any) -> Iterator[list[tuple[str, Example]]]:
    """Yield the examples of each conversation: of its findings' rows only the columns that examples are made of."""
    names = ("kind", "failing", "conversation", "turn", "words", "language", "confidence")
    all_rows = zip(*(rows.field(name).to_pylist() for name in names), strict=True)
    for many in findings.value_lengths().to_pylist():
        yield [(failing, Example(*one)) for kind, failing, *one in islice(all_rows, many or 0) if kind == "failing"]
