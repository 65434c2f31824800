"""Conversations as Parquet, by the day of their end: what `amends export --parquet` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from amends.engine.conversation import Conversation
from amends.intake.json_lines import as_conversation
from amends.intake.lines import BadLine, UnableToReadError

COLUMN: Final = "conversation"
SUFFIX: Final = ".parquet"
DAYS: Final = "ended=*/[!.]*.parquet"
_AT_ONCE: Final = 256


def conversations(path: Path) -> Iterator[Conversation | BadLine]:
    """Yield the conversation of each row, or why it was left out.

    :raises UnableToReadError: when the file is cut or damaged, or is another kind of table
    """
    import pyarrow as pa

    number = 0
    with _opened(path) as file:
        try:
            for batch in file.iter_batches(batch_size=_AT_ONCE, columns=[COLUMN]):
                for held in batch.column(0).to_pylist():
                    number += 1
                    try:
                        yield as_conversation(json.loads(held or ""), fallback_id=f"{path.name}:{number}")
                    except (ValueError, AttributeError) as error:
                        yield BadLine(str(path), number, str(error))
        except (OSError, pa.ArrowException) as error:
            raise UnableToReadError(f"{path}: cannot be read: {error}") from error


def look_over(path: Path) -> None:
    """Read no further than the columns' names.

    :raises UnableToReadError: when it is no such file
    """
    _opened(path).close()


def _opened(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise UnableToReadError(f"{path}: cannot be read: {error}") from error
    if COLUMN not in file.schema_arrow.names:
        file.close()
        raise UnableToReadError(
            f"{path}: has no column '{COLUMN}'; Parquet is read as 'amends export --parquet' writes it"
        )
    return file
