"""Lists of calls as telephone systems keep them: values in, values out.

Asterisk's `Master.csv` (module cdr_csv, with `loguniqueid=yes`) is read here; whatever else a telephone system keeps is
told to the desk in its own format, see docs/api.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

# As cdr_csv writes them, without a heading; newer versions may add more behind.
COLUMNS: Final = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid",
)  # fmt: skip
AN_EXTENSION: Final = 6  # digits at most; a customer's number has more


class UnableToReadCallsError(Exception):
    """A line is no line of such a list; `line` counts from one."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall:
    """One call of a list."""

    id: str
    at: datetime
    number: str  # of whom we spoke with, or would have
    incoming: bool
    seconds: int  # that were spoken; none where nobody answered


def from_asterisk(text: str, *, zone: tzinfo) -> Iterator[ListedCall]:
    """Read lines of Asterisk's Master.csv; calls between two extensions concern no customer and are left out.

    Times without a zone are the telephone system's own.

    :raises UnableToReadCallsError: if a line is cut off or is something else
    """
    for place, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        if not row or row[0] == "accountcode":
            continue
        if len(row) < len(COLUMNS):
            raise UnableToReadCallsError(place)
        told = dict(zip(COLUMNS, row, strict=False))
        try:
            at = datetime.fromisoformat(told["start"].strip())
            seconds = int(told["billsec"] or 0)
        except ValueError as error:
            raise UnableToReadCallsError(place) from error
        if not told["uniqueid"].strip():
            raise UnableToReadCallsError(place)
        theirs = [(place, one) for place, one in (("src", told["src"]), ("dst", told["dst"])) if _is_outside(one)]
        if theirs:
            side, number = theirs[0]
            yield ListedCall(
                id=told["uniqueid"].strip(),
                at=at if at.tzinfo is not None else at.replace(tzinfo=zone),
                number=number,
                incoming=side == "src",
                seconds=seconds if told["disposition"].strip() == "ANSWERED" else 0,
            )


def _is_outside(number: str) -> bool:
    digits = number.strip().lstrip("+")
    return digits.isascii() and digits.isdecimal() and len(digits) > AN_EXTENSION
