"""What a customer adds on their own page: words and files, kept raw, then read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from amends.desk.channels.form.record import read_files, write_files
from amends.desk.channels.models import Arrival, ArrivalState
from amends.desk.channels.problems import UnableToTakeIn
from amends.desk.channels.reading import Taken
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Channel, Complaint, Event

VERSION: Final = 1


def add(*, complaint: Complaint, text: str, files: Sequence[Upload], once: str, now: datetime) -> Event | None:
    """Keep what a customer sends from their page, and put it on the timeline; None where it is kept and not yet read.

    The same words and files under the same `once` are taken in one time. Not to be called within a transaction.
    """
    from amends.desk.channels import actions as channels  # it reads such arrivals through this file

    told = {"version": VERSION, "page": complaint.pk, "text": text, "files": write_files(files)}
    raw = json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    identity = f"{name_of_page(complaint.pk)}{once[:40]} {sha256(raw).hexdigest()}"
    arrival = channels.keep_raw(channel=Channel.PORTAL, identity=identity, raw=raw, now=now)
    return channels.take_in_or_leave(arrival=arrival, now=now)


def name_of_page(complaint: int) -> str:
    """How the names of all arrivals from one customer's page begin."""
    return f"page {complaint} "


def take_in_page(*, arrival: Arrival, now: datetime) -> Taken:
    """Read what was added, in the caller's transaction.

    :raises UnableToTakeIn: if the record is cut off, or its complaint is gone
    """
    try:
        told = json.loads(bytes(arrival.raw).decode("utf-8", "surrogatepass"))
        text, files = str(told["text"]), read_files(told["files"])
        complaint = Complaint.objects.get(pk=told["page"])
    except (ValueError, KeyError, TypeError, Complaint.DoesNotExist) as error:
        raise UnableToTakeIn("cut", str(error)[:200]) from error
    event = complaints.customer_writes(
        complaint=complaint,
        text=text,
        channel=Channel.PORTAL,
        language=complaint.language,
        attachments=files,
        now=now,
    )
    return Taken(state=ArrivalState.TAKEN_IN, event=event, subject=complaint.subject)
