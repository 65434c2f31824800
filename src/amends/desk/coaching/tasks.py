"""Work of this room that nobody should wait for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from amends.desk.coaching import actions, queries, readers, sent_before
from amends.desk.coaching.second import actions as second_actions
from amends.desk.coaching.second import reading as second
from amends.desk.coaching.second.line import UnableToAsk
from amends.desk.complaints.models import Event
from amends.desk.jobs import giving_way
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic
from amends.desk.jobs.policy import retries
from amends.engine.languages.reading import USUAL_READERS

AT_ONCE = 300  # replies


@called(_("Read a sent reply once more, with the learned reader"))
@task(priority=-10)  # a letter that waits goes before it
def read_fully(event_id: int) -> bool:
    """Read a reply that was sent with the learned reader, in the place of what cues saw; tell whether it was read."""
    full, event = readers.full.get(), _reply(event_id)
    if full is None or event is None:
        return False
    judgement, reader = queries.judge_sent(event=event, readers=full)
    actions.keep_what_was_seen(event=event, judgement=judgement, reader=reader)
    if second.is_on():
        read_by_second.enqueue(event_id)
    return True


@called(_("Read a sent reply once more, with the second reader"))
@retries(attempts=4, first_wait=timedelta(minutes=1))
@task(priority=-20)
def read_by_second(event_id: int) -> bool:
    """Read a reply with the organisation's own language model beside the other readers; tell whether it was read.

    :raises UnableToAsk: if it is worth asking again later
    """
    event = _reply(event_id)
    if event is None or not second.is_on():
        return False
    asked = second.second_reader(
        complaint=event.complaint, text=event.content.text[: queries.DRAFT_LIMIT], now=timezone.now()
    )
    try:
        judgement, reader = queries.judge_sent(event=event, readers=(*(readers.full.get() or USUAL_READERS), asked))
    except UnableToAsk as trouble:
        if trouble.needs_a_person:  # its page says so
            return False
        raise
    actions.keep_what_was_seen(event=event, judgement=judgement, reader=reader)
    return True


def _reply(event_id: int) -> Event | None:
    """Return a reply with what reading needs; none where it was erased."""
    events = Event.objects.select_related(
        "content", "agent", "complaint__customer", "complaint__owner", "complaint__team"
    )
    event = events.filter(pk=event_id).first()
    return event if event is not None and event.content.text.strip() else None


@called(_("Remember the texts of replies that were sent"))
@periodic(every=timedelta(minutes=10))
def remember_what_was_sent(*, now: datetime) -> int:
    """Catch up with replies that came in by an import, or were sent before the desk knew how; return how many."""
    del now
    missed = sent_before.not_kept(at_most=AT_ONCE)
    for event in missed:
        actions.remember_what_was_sent(event=event)
        giving_way.rest()  # hundreds after one another would be seconds of the processor that pages want
    return len(missed)


@called(_("Forget old answers of the second reader"))
@periodic(every=timedelta(hours=24))
def forget_second_answers(*, now: datetime) -> int:
    return second_actions.forget_answers(now=now)
