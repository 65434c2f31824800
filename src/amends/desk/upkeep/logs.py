"""Log lines as JSON, one object a line, for machines that gather logs (AMENDS_LOG=json).

What may hold somebody's words or address is taken out: mail addresses anywhere, private keys of customers' pages and
chats, and the query of an address. In JSON an error is told by its kind and its places in the program, never by its
own words, which often quote what somebody wrote.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

_SECRET: Final = (
    (re.compile(r"(?<=//)[^/\s:@]+:[^/\s@]+(?=@)"), "<password>"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "<address>"),
    (re.compile(r"(?<=/c/)[\w-]{8,}"), "<key>"),
    (re.compile(r"(?<=/chat/)[\w-]{20,}"), "<key>"),
    (re.compile(r"(/hooks/mail/\d+/)[\w-]{8,}"), r"\1<key>"),
    (re.compile(r"(?<=/room/)[\w.:-]{8,}"), "<key>"),
    (re.compile(r"(?<=/new-password/)[\w=-]+/[\w-]+"), "<key>"),
    (re.compile(r"(?<=/promises/)[\w-]{8,}(?=\.ics)"), "<key>"),
    (re.compile(r"\?[^\s\"']+"), "?…"),
)


_ESCAPED: Final = {
    code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029) if code != ord("\t")
}


def masked(words: str) -> str:
    """Take out what points at a person, or opens something."""
    for pattern, instead in _SECRET:
        words = pattern.sub(instead, words)
    return words


class Masked(logging.Formatter):
    """The plain lines of a terminal, masked as those of JSON are, at the same times: UTC, and said so."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """Write when it happened, so that lines of machines in other zones can be laid beside each other."""
        return _moment(record) if datefmt is None else super().formatTime(record, datefmt)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Keep a message on its line, so that no stranger's words look like one of ours."""
        return super().formatMessage(record).translate(_ESCAPED)

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return masked(super().format(record))


class JsonLines(logging.Formatter):
    """One record, one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        said: dict[str, Any] = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": masked(_told(record)),
            "process": record.process,
        }
        if (status := getattr(record, "status_code", None)) is not None:
            said["status"] = status
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
            said["places"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(said, ensure_ascii=False)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")


def _told(record: logging.LogRecord) -> str:
    """The message, with an error in it named by its kind."""
    args: Any = record.args
    if isinstance(args, tuple):
        args = tuple(type(each).__name__ if isinstance(each, BaseException) else each for each in args)
    return str(record.msg) % args if args else str(record.msg)
