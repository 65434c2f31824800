"""What this room adds when all that is kept about a person is handed to them: what was found to be behind it."""

from __future__ import annotations

from collections.abc import Iterator

from amends.desk.complaints.handing_out import lines
from amends.desk.customers.models import Customer
from amends.desk.improvements.models import Cause


def causes(*, customer: Customer) -> Iterator[tuple[str, bytes]]:
    """Yield the cause of each of their complaints, with the words that it was found by."""
    found = Cause.objects.filter(complaint__customer=customer).select_related("complaint", "theme")
    rows = (
        {
            "complaint": row.complaint.number,
            "layer": row.layer,
            "theme": "" if row.theme is None else str(row.theme),
            "words": row.words,
        }
        for row in found.order_by("complaint__number")
    )
    yield "causes.jsonl", lines(rows).encode()
