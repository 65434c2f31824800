"""What is kept of a complaint of another desk: its own words as they came, and what they were read with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from amends.desk.channels.problems import UnableToTakeIn

VERSION: Final = 1
MARK: Final = "import "  # how the identity of such an arrival begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One complaint as another desk told it."""

    desk: str  # a key of amends.intake.desks.DESKS
    source: str  # which of them: "zammad old.example"
    case: str
    stamp: str
    where: str  # file and line
    people: Mapping[str, str]  # address or name there -> address here
    body: Mapping[str, Any]

    def to_raw(self) -> bytes:
        """Write it down."""
        told = {
            "version": VERSION, "desk": self.desk, "source": self.source, "case": self.case, "stamp": self.stamp,
            "where": self.where, "people": dict(self.people), "body": self.body,
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")

    def identity(self) -> str:
        """Name it: the same complaint in the same state is the same arrival, from whichever file it comes."""
        body = json.dumps(self.body, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
        name = f"{self.source} {self.case}"
        return f"{MARK}{name[:220]} {sha256(name.encode() + body).hexdigest()[:40]}"


def from_raw(raw: bytes) -> Record:
    """Read it again.

    :raises UnableToTakeIn: if it is cut off
    """
    try:
        told = json.loads(raw.decode("utf-8", "surrogatepass"))
        return Record(
            desk=str(told["desk"]), source=str(told["source"]), case=str(told["case"]), stamp=str(told["stamp"]),
            where=str(told["where"]), people=dict(told["people"]), body=dict(told["body"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise UnableToTakeIn("cut", str(error)[:200]) from error
