"""Waiting for somebody outside: the word to the customer, its promise and the wait are one act, or none happens."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State
from amends.desk.third_parties import actions as third_parties
from amends.desk.third_parties import letters
from amends.desk.third_parties.models import Wait
from amends.desk.workplace import actions
from amends.engine.promises.calendar import NoWorkingTimeError

A_DAY = timedelta(days=1)
BEFORE_CLOSING = timedelta(hours=1)


@transaction.atomic
def wait(
    *, complaint: Complaint, by: Agent, who: str, until: datetime, told: str, own_words: str = "", now: datetime
) -> Event:
    """Wait for somebody outside, and promise the customer when they hear from us, whatever comes.

    `told` says how: 'write' sends the word now, 'phone' and 'visit' record that it was said.

    :raises UnableToWait: if nobody is named
    :raises UnableToPromise: if the time has passed already
    """
    party = third_parties.party_of(who)
    language = complaint.language
    here = until.astimezone(ZoneInfo(by.time_zone))
    words = letters.next_word(until=here, language=language)
    if told == "write":
        text = letters.waiting(complaint=complaint, who=party.name, own_words=own_words, until=here)
        promise = _write(complaint, by=by, text=text, words=words, until=until, now=now)
    else:
        event = complaints.append(
            complaint=complaint,
            kind=EventKind.CALLED,
            by=By.AGENT,
            agent=by,
            text=own_words.strip() or words,
            channel=Channel.VISIT if told == "visit" else Channel.PHONE,
            now=now,
        )
        promise = promises.make(
            complaint=complaint, owner=by, made_in=event, words=words, due_at=until, whole_day=False, now=now
        )
    return third_parties.wait(complaint=complaint, by=by, who=party.name, until=until, promise=promise, now=now)


@transaction.atomic
def say_next_word(*, wait: Wait, by: Agent, text: str, until: datetime, now: datetime) -> Event:
    """Write to the customer at the time that was promised, news or none, and promise the next word.

    :raises UnableToWait: if it ended meanwhile
    :raises UnableToReply: if nothing is written
    :raises UnableToPromise: if the next time has passed already
    """
    complaint = wait.complaint
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    wait.refresh_from_db()
    if wait.ended_at is not None:
        raise third_parties.UnableToWait(_("Nobody is waited for any more."))
    if not text.strip():
        raise actions.UnableToReply(_("The reply is empty."))
    before = wait.promise
    here = until.astimezone(ZoneInfo(by.time_zone))
    words = letters.next_word(until=here, language=complaint.language)
    whole = letters.with_next_word(text, until=here, language=complaint.language)
    promise = _write(complaint, by=by, text=whole, words=words, until=until, now=now)
    if before is not None and before.state == State.OPEN:
        promises.keep(promise=before, by=by, now=now)
    return third_parties.wait(complaint=complaint, by=by, who=wait.party.name, until=until, promise=promise, now=now)


def next_time(*, agent: Agent, now: datetime) -> datetime:
    """A proposal for the next word: the next working day of the agent, an hour before it closes."""
    calendar = agent.calendar()
    today = now.astimezone(calendar.zone).date()
    try:
        closing = calendar.last_working_moment(calendar.add_working_days(today, 1))
    except NoWorkingTimeError:
        closing = None
    found = closing - BEFORE_CLOSING if closing is not None else now + A_DAY
    return found.astimezone(ZoneInfo(agent.time_zone)).replace(second=0, microsecond=0)


def _write(complaint: Complaint, *, by: Agent, text: str, words: str, until: datetime, now: datetime) -> Promise:
    start = text.rindex(words)
    undertaken = actions.Undertaken(words=words, start=start, end=start + len(words), due_at=until)
    event = actions.reply(complaint=complaint, by=by, text=text, undertaken=[undertaken], now=now)
    return Promise.objects.get(made_in=event)
