"""What was said while somebody wrote: a reply that does not know it is stopped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.customers.words import one_line, shortened
from amends.desk.people.models import Agent
from amends.desk.web import wording

SHOWN: Final = 160  # letters of the new words
FROM_THE_CUSTOMER: Final = (EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT)
FROM_US: Final = (EventKind.REPLIED, EventKind.CALLED)


def said_meanwhile(*, complaint: Complaint, events: Iterable[Event], by: Agent, seen: int) -> str:
    """Return why a reply has to wait whose author has seen nothing after event `seen`; empty if it may go.

    `events` are the complaint's own, in order, with words and authors.
    """
    heard = (
        event
        for event in events
        if event.pk > seen and (event.kind in FROM_THE_CUSTOMER or (event.kind in FROM_US and event.agent_id != by.pk))
    )
    event = next(heard, None)
    if event is None:
        return ""
    words = shortened(one_line(event.content.text, limit=1000), limit=SHOWN)
    if event.kind in FROM_THE_CUSTOMER:
        return _("%(name)s wrote meanwhile: “%(words)s” Read it, then send.") % {
            "name": wording.apart(complaint.customer.name),
            "words": wording.apart(words),
        }
    return _("%(name)s answered meanwhile: “%(words)s” Read it, then send.") % {
        "name": wording.apart(event.agent.name) if event.agent is not None else "…",
        "words": wording.apart(words),
    }
