"""Work of this room that nobody should wait for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.tasks import task
from django.utils.translation import gettext_lazy as _

from amends.desk.coaching import actions, queries, readers, sent_before
from amends.desk.complaints.models import Event
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic

AT_ONCE = 300  # replies


@called(_("Read a sent reply once more, with the learned reader"))
@task(priority=-10)  # a letter that waits goes before it
def read_fully(event_id: int) -> bool:
    """Read a reply that was sent with the learned reader, in the place of what cues saw; tell whether it was read."""
    full = readers.full.get()
    event = (
        Event.objects.select_related("content", "agent", "complaint__customer", "complaint__owner", "complaint__team")
        .filter(pk=event_id)
        .first()
    )
    if full is None or event is None or not event.content.text.strip():  # what was erased is not read again
        return False
    judgement, reader = queries.judge_sent(event=event, readers=full)
    actions.keep_what_was_seen(event=event, judgement=judgement, reader=reader)
    return True


@called(_("Remember the texts of replies that were sent"))
@periodic(every=timedelta(minutes=10))
def remember_what_was_sent(*, now: datetime) -> int:
    """Catch up with replies that came in by an import, or were sent before the desk knew how; return how many."""
    del now
    missed = sent_before.not_kept(at_most=AT_ONCE)
    for event in missed:
        actions.remember_what_was_sent(event=event)
    return len(missed)
