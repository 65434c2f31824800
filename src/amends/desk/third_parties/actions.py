"""Writing about third parties: the timeline says who is waited for, and the rows follow from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.complaints.search import folded
from amends.desk.complaints.timeline import Happened
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise
from amends.desk.third_parties import deriving
from amends.desk.third_parties.models import Outcome, Party, Wait

ANSWERS = ("news", *(answer for answer in Outcome.values if answer != Outcome.ENDED))


class UnableToWait(Exception):
    """Nobody is named, or nobody is waited for; the message says what is missing."""


def party_of(name: str) -> Party:
    """Return the party of a name in whatever letters it is written, new when nobody waited for it yet.

    :raises UnableToWait: if there is no name in it
    """
    name = one_line(name, limit=200)
    key = " ".join(folded(name).split())[:200]
    if not key:
        raise UnableToWait(_("Write whom we are waiting for."))
    return Party.objects.get_or_create(key=key, defaults={"name": name})[0]


@transaction.atomic
def wait(
    *, complaint: Complaint, by: Agent, who: str, until: datetime, promise: Promise | None = None, now: datetime
) -> Event:
    """Mark that somebody outside has the next move; `promise` is the next word that the customer was promised.

    :raises UnableToWait: if nobody is named
    :raises UnableToPause: if the time has passed already
    """
    party = party_of(who)
    return complaints.wait_on_third_party(
        complaint=complaint,
        by=by,
        who=party.name,
        until=until,
        party=party.pk,
        promise=promise.pk if promise is not None else None,
        now=now,
    )


@transaction.atomic
def answered(*, wait: Wait, by: Agent, answer: str, said: str, now: datetime) -> Event:
    """Record what they said: news, after which the wait goes on, or the yes or the no with which it ends.

    :raises UnableToWait: if it ended before, or the answer is none of the three
    """
    complaint = wait.complaint
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    wait.refresh_from_db()
    if wait.ended_at is not None:
        raise UnableToWait(_("Nobody is waited for any more."))
    if answer not in ANSWERS:
        raise UnableToWait(_("Say whether it is news, a yes or a no."))
    if answer == "news" and not said.strip():
        raise UnableToWait(_("Write what they said."))
    return complaints.append(
        complaint=complaint,
        kind=EventKind.THIRD_PARTY_ANSWERED,
        by=By.AGENT,
        agent=by,
        text=said.strip(),
        data={**_named(wait), "answer": answer},
        now=now,
    )


def _named(wait: Wait) -> dict[str, Any]:
    """Who it is, as the event said with which the wait began."""
    began = wait.complaint.events.get(kind=EventKind.WAITING_ON_THIRD_PARTY, at=wait.since)
    return {name: value for name, value in began.content.data.items() if name in {"who", "party"}}


def keep_up(*, complaint: Complaint, story: Sequence[Happened]) -> None:
    """Bring a complaint's waits up to its story; most complaints have none, and cost no question."""
    told = deriving.waits(story)
    if not told and all(event.kind != EventKind.UNDONE for event in story):
        return
    there = {row.since: row for row in Wait.objects.filter(complaint=complaint)}
    for waited in told:
        row = there.pop(waited.since, None)
        values = {
            "last_word_at": waited.last_word_at,
            "promise_id": waited.promise,
            "ended_at": waited.ended_at,
            "outcome": waited.outcome,
        }
        if row is None:
            party = waited.party or party_of(waited.who or "?").pk
            Wait.objects.create(complaint=complaint, party_id=party, since=waited.since, **values)
        elif any(getattr(row, name) != value for name, value in values.items()):
            Wait.objects.filter(pk=row.pk).update(**values)
    Wait.objects.filter(pk__in=[row.pk for row in there.values()]).delete()


def erase_names(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty the names of parties that only an erased customer's complaints waited for: they may be persons."""
    del customer_id, now
    theirs = set(Wait.objects.filter(complaint__in=complaint_ids).values_list("party", flat=True))
    elsewhere = Wait.objects.filter(party__in=theirs).exclude(complaint__in=complaint_ids)
    for pk in theirs - set(elsewhere.values_list("party", flat=True)):
        Party.objects.filter(pk=pk).update(name="", key=f"erased-{pk}")
