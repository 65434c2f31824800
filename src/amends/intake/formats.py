"""Which reader reads a file: by the name asked for, or by the file's own name and first lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Final, Literal

from amends.engine.conversation import Conversation
from amends.intake import json_lines, parquet, table, threads
from amends.intake.lines import BadLine, UnableToReadError, lines_of, objects_of

Format = Literal["auto", "jsonl", "csv", "threads"]
_TABLES: Final = frozenset({".csv", ".tsv"})
_LINES: Final = frozenset({".jsonl", ".ndjson", ".json"})


def conversations(
    path: Path, *, form: Format = "auto", mapping: Mapping[str, str] | None = None, agents: Iterable[str] = ()
) -> Iterator[Conversation | BadLine]:
    """Yield the conversations of a file or of all files in a folder, and the lines that were left out.

    :raises UnableToReadError: when a file cannot be read as a whole
    """
    for file in files_of(path):
        if file.suffix == parquet.SUFFIX:
            yield from parquet.conversations(file)
            continue
        chosen = form if form != "auto" else _recognise(file)
        if chosen == "csv":
            yield from table.conversations(file, mapping=mapping, agents=agents)
        elif chosen == "threads":
            yield from threads.conversations(file)
        else:
            yield from json_lines.conversations(file)


def look_over(path: Path, *, form: Format = "auto", mapping: Mapping[str, str] | None = None) -> None:
    """Look at the head of a file, or of all files in a folder, without reading what they hold.

    :raises UnableToReadError: when a file is not there, is of no kind that is read, or lacks a column that is needed
    """
    for file in files_of(path):
        if file.suffix == parquet.SUFFIX:
            parquet.look_over(file)
            continue
        chosen = form if form != "auto" else _recognise(file)
        if chosen == "csv":
            table.look_over(file, mapping=mapping)
        else:
            next(lines_of(file), None)


def files_of(path: Path) -> list[Path]:
    """Return a file alone, or those of a folder that are read, in order.

    :raises UnableToReadError: when there is none
    """
    if not path.exists():
        raise UnableToReadError(f"{path}: there is no such file")
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.iterdir() if each.is_file() and _kind(each))
    found += sorted(path.glob(parquet.DAYS))
    if not found:
        raise UnableToReadError(f"{path}: no .jsonl, .csv or .tsv file in this folder, and no day of a lake")
    return found


def is_read(path: PurePath) -> bool:
    """Whether a file of this name is one that is read."""
    return bool(_kind(path)) or path.suffix == parquet.SUFFIX


def _kind(path: PurePath) -> str:
    suffix = path.suffixes[-2] if path.suffix == ".gz" and len(path.suffixes) > 1 else path.suffix
    return "csv" if suffix in _TABLES else "jsonl" if suffix in _LINES else ""


def _recognise(path: Path) -> Format:
    kind = _kind(path)
    if not kind:
        raise UnableToReadError(f"{path}: a file ending in .jsonl, .csv or .tsv (or .gz) is expected; or say --format")
    if kind == "csv":
        return "csv"
    first = next((row for row in objects_of(path) if not isinstance(row, BadLine)), None)
    return "threads" if first and threads.is_thread(first[1]) else "jsonl"
