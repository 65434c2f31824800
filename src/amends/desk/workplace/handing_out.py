"""What this room adds when all that is kept about a person is handed to them: replies that wait for their time."""

from __future__ import annotations

from collections.abc import Iterator

from amends.desk.complaints.handing_out import lines
from amends.desk.customers.models import Customer
from amends.desk.workplace.models import DraftFile, LaterReply


def not_sent(*, customer: Customer) -> Iterator[tuple[str, bytes]]:
    """Yield replies that were to leave later, and files of drafts."""
    later = LaterReply.objects.filter(complaint__customer=customer).exclude(text="").order_by("pk")
    told = later.values_list("complaint__number", "made_at", "send_at", "state", "text", "reason", "why")
    names = ("complaint", "at", "leaves_at", "state", "text", "reason", "why")
    if rows := [dict(zip(names, row, strict=True)) for row in told]:
        yield "later.jsonl", lines(iter(rows)).encode()
    for row in DraftFile.objects.filter(complaint__customer=customer).order_by("pk"):
        with row.file.open("rb") as file:
            yield f"drafts/{row.pk}", file.read()
