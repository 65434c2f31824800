"""What was said while somebody wrote: a reply that does not know it is stopped."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Complaint, EventKind
from amends.desk.customers.words import one_line, shortened
from amends.desk.people.models import Agent

SHOWN: Final = 160  # letters of the new words
FROM_THE_CUSTOMER: Final = (EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT)
FROM_US: Final = (EventKind.REPLIED, EventKind.CALLED)


def said_meanwhile(*, complaint: Complaint, by: Agent, seen: int) -> str:
    """Return why a reply has to wait whose author has seen nothing after event `seen`; empty if it may go."""
    heard = Q(kind__in=FROM_THE_CUSTOMER) | (Q(kind__in=FROM_US) & ~Q(agent=by))
    event = complaint.events.filter(heard, pk__gt=seen).select_related("content", "agent").order_by("sequence").first()
    if event is None:
        return ""
    words = shortened(one_line(event.content.text, limit=1000), limit=SHOWN)
    if event.kind in FROM_THE_CUSTOMER:
        return _("%(name)s wrote meanwhile: “%(words)s” Read it, then send.") % {
            "name": complaint.customer.name,
            "words": words,
        }
    return _("%(name)s answered meanwhile: “%(words)s” Read it, then send.") % {
        "name": event.agent.name if event.agent is not None else "…",
        "words": words,
    }
