"""The signed line with which what was done is taken back.

What was done is handed to the page, which sends it back to undo it: so nothing has to be kept, and nobody can take back
what another did.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.core import signing
from django.urls import reverse

from amends.desk.complaints.actions import UNDO_WITHIN
from amends.desk.complaints.models import Event
from amends.desk.people.models import Agent

SALT: Final = "amends.desk.undo"
# What was done, as the page hands it back: events, marks of reading before, watched, no longer watched, linked.
type Done = dict[str, Any]
# What the page is told: where to send the line, and the line.
type Line = dict[str, str]


def line(*, by: Agent, done: Done | None) -> Line:
    """Write what was done as a line to be handed back; nothing where nothing was done."""
    if not done or not any(done.values()):
        return {}
    signed = signing.dumps({"by": by.pk, **done}, salt=SALT, compress=True)
    return {"line": signed, "undo": reverse("workplace:undo")}


def events_line(*, by: Agent, events: Iterable[Event]) -> Line:
    """Write the line of some events."""
    return line(by=by, done={"events": [event.pk for event in events]})


def read(text: str) -> Done | None:
    """Read a line that came back; nothing where it is not ours, or too old."""
    try:
        done: Done = signing.loads(text, salt=SALT, max_age=UNDO_WITHIN)
    except signing.BadSignature:
        return None
    return done
