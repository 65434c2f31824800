"""Reading about third parties: whom a complaint waits for, and how long each party lets customers wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Q, QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.complaints.visible import visible
from amends.desk.people.models import Agent
from amends.desk.promises.models import State
from amends.desk.third_parties.models import Outcome, Wait
from amends.engine.measures.share import Share, share

SLOW = timedelta(days=3)  # from here on a wait counts as a long one


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One complaint that waits for somebody outside, or just had their no."""

    id: int
    number: int
    subject: str
    customer_name: str
    owner_name: str
    party: str
    since: datetime
    waited: timedelta
    last_word_at: datetime | None
    next_word_at: datetime | None  # nothing when no word is promised
    whole_day: bool
    word_due: bool  # its owner was warned: write, whether there is news or not
    overdue: bool  # the word was promised and did not come
    outcome: str

    @property
    def without_word(self) -> bool:
        """Whether the customer has no time at which they hear from us."""
        return self.next_word_at is None and not self.overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """A party: how many wait, how long it takes, what came of it. Every share has what it is a part of."""

    id: int
    name: str
    waiting: tuple[Waiting, ...]
    longest: timedelta | None  # of those that wait now
    ended: int  # waits that ended in the span of time
    median: timedelta | None  # of these
    long: Share  # longer than SLOW, of all that ended or still wait
    no: Share  # of those that were answered
    overdue: Share  # a word to the customer that did not come in time, of those that wait

    @property
    def is_slow(self) -> bool:
        """Whether most of its waits are long ones; a handful proves nothing."""
        return not self.long.too_few and 2 * self.long.k > self.long.n


def now_for(*, complaint: Complaint, now: datetime) -> list[Waiting]:
    """Whom a complaint waits for now, the longest first; and after a no of theirs that nobody has passed on yet."""
    waits = list(_waits(Wait.objects.filter(complaint=complaint).filter(Q(ended_at=None) | Q(outcome=Outcome.NO)), now))
    told = complaint.waiting_since is None  # a word of ours went out since
    return [wait for wait in waits if not wait.outcome or (not told and wait.id == waits[-1].id)]


def parties(
    *, since: datetime, now: datetime, agent: Agent | None = None, team_id: int | None = None
) -> list[PartyRow]:
    """List the parties that somebody waits for or waited for since then, those that make most people wait first."""
    waits = Wait.objects.filter(visible("complaint__"), Q(ended_at=None) | Q(ended_at__gte=since))
    if agent is not None:
        waits = waits.filter(complaint__owner=agent)
    if team_id is not None:
        waits = waits.filter(complaint__team=team_id)
    by_party: dict[int, list[Wait]] = {}
    for wait in _with_all(waits):
        by_party.setdefault(wait.party_id, []).append(wait)
    rows = [_row(some, now) for some in by_party.values()]
    return sorted(rows, key=lambda row: (-len(row.waiting), -row.ended, row.name))


def open_wait(*, pk: int, number: int) -> Wait | None:
    """Return a wait of a complaint, with everything that an act on it needs."""
    return _with_all(Wait.objects.filter(pk=pk, complaint__number=number)).first()


def names() -> list[str]:
    """The names of parties that were waited for, to choose one again; those waited for most recently first."""
    found = Wait.objects.exclude(party__name="").order_by("-since").values_list("party__name", flat=True)[:200]
    return list(dict.fromkeys(found))[:30]


def _row(waits: list[Wait], now: datetime) -> PartyRow:
    waiting = tuple(_waiting(wait, now) for wait in waits if wait.ended_at is None)
    lengths = [wait.ended_at - wait.since for wait in waits if wait.ended_at is not None]
    every = [*lengths, *(one.waited for one in waiting)]
    answered = [wait for wait in waits if wait.outcome in {Outcome.YES, Outcome.NO}]
    party = waits[0].party
    return PartyRow(
        id=party.pk,
        name=party.name,
        waiting=waiting,
        longest=max((one.waited for one in waiting), default=None),
        ended=len(lengths),
        median=timedelta(seconds=median(length.total_seconds() for length in lengths)) if lengths else None,
        long=share(sum(length > SLOW for length in every), len(every)),
        no=share(sum(wait.outcome == Outcome.NO for wait in answered), len(answered)),
        overdue=share(sum(one.overdue for one in waiting), len(waiting)),
    )


def _with_all(waits: QuerySet[Wait]) -> QuerySet[Wait]:
    return waits.select_related("party", "promise", "complaint__customer", "complaint__owner").order_by("since", "pk")


def _waits(waits: QuerySet[Wait], now: datetime) -> Iterable[Waiting]:
    return (_waiting(wait, now) for wait in _with_all(waits))


def _waiting(wait: Wait, now: datetime) -> Waiting:
    complaint, promise = wait.complaint, wait.promise
    is_open = promise is not None and promise.state == State.OPEN
    # Any open promise is a word that the customer waits for; the one of this wait tells whether it is due.
    due = promise.due_at if promise is not None and is_open else complaint.promise_due_at
    return Waiting(
        id=wait.pk,
        number=complaint.number,
        subject=complaint.subject,
        customer_name=complaint.customer.name,
        owner_name=complaint.owner.name,
        party=wait.party.name,
        since=wait.since,
        waited=(wait.ended_at or now) - wait.since,
        last_word_at=wait.last_word_at,
        next_word_at=due,
        whole_day=promise.whole_day if promise is not None and is_open else complaint.promise_whole_day,
        word_due=is_open and promise is not None and promise.owner_warned_at is not None,
        overdue=complaint.broken_since is not None,
        outcome=wait.outcome,
    )
