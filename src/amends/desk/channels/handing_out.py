"""What this room adds when all that is kept about a person is handed to them: everything of theirs as it came."""

from __future__ import annotations

from collections.abc import Iterator

from amends.desk.channels.erasing import of_them
from amends.desk.complaints.models import Channel, Complaint
from amends.desk.customers.models import Customer

AT_ONCE = 5  # an arrival may be a whole mail with its files


def as_it_came(*, customer: Customer) -> Iterator[tuple[str, bytes]]:
    """Yield mails as they were sent, and what came through other doors as it was kept before anybody read it."""
    theirs = list(Complaint.objects.filter(customer=customer).values_list("pk", flat=True))
    rows = of_them(customer_id=customer.pk, complaint_ids=theirs).order_by("pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        if row.raw:
            yield f"as-it-came/{row.pk}.{'eml' if row.channel == Channel.MAIL else 'json'}", bytes(row.raw)
