"""Writing in the ledger of promises. A promise leaves the open state once, and only here.

The complaint is locked before the promise, everywhere, so that an agent and the clock never wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import following, one_moment
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind, Stage
from amends.desk.complaints.one_moment import in_transaction
from amends.desk.complaints.rows import update_all
from amends.desk.complaints.timeline import Happened
from amends.desk.customers.words import one_line
from amends.desk.jobs.groups import Patience, in_groups
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise, State
from amends.desk.promises.owners import Owners
from amends.desk.promises.warning import WARN_LEAD_BEFORE, warn_at
from amends.engine.promises.months import GREGORIAN, JALALI
from amends.engine.promises.recurring import Every, every_in, next_due

BATCH = 1000
# What is written down of a promise when something is said of it.
SPOKEN = ("state", "settled_at", "warn_at", "owner_warned_at", "lead_warn_at", "lead_warned_at", "tell_at", "told_at")
_patience = Patience()


class UnableToPromise(Exception):
    """The promise lacks words or a time that is still ahead."""


class UnableToSettle(Exception):
    """The promise was kept, broken or withdrawn before."""


@in_transaction
def make(
    *,
    complaint: Complaint,
    owner: Agent,
    made_in: Event,
    words: str,
    due_at: datetime,
    whole_day: bool,
    now: datetime,
    every: str | None = None,
    series: Promise | None = None,
) -> Promise:
    """Enter a promise in the ledger; how often it comes again is read from its words unless it is told.

    :raises UnableToPromise: if it has no words, or its time has passed already
    """
    words = one_line(words, limit=500)
    if not words:
        raise UnableToPromise(_("Write what is promised."))
    if due_at <= now:
        raise UnableToPromise(_("The time of the promise has passed already. Choose one that you can keep."))
    promise = Promise.objects.create(
        complaint=complaint,
        owner=owner,
        made_in=made_in,
        words=words,
        made_at=now,
        due_at=due_at,
        whole_day=whole_day,
        every=_every(every, words, complaint),
        series=series,
        **warnings_by(due_at, owner),
    )
    _tell(promise, complaint=complaint, kind=EventKind.PROMISE_MADE, agent=None if series else owner, now=now)
    return promise


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWord:
    """A promise made as a complaint begins, in an event of that moment; who made it keeps these working hours."""

    made_in: Event
    owner: Agent
    words: str
    due_at: datetime
    warnings: Mapping[str, datetime]


def make_first(*, words: Sequence[FirstWord], now: datetime) -> list[complaints.Said]:
    """Enter promises of new complaints in the ledger; return what their timelines are to say of it, in this order."""
    made = Promise.objects.bulk_create(
        Promise(
            complaint=one.made_in.complaint,
            owner=one.owner,
            made_in=one.made_in,
            words=one_line(one.words, limit=500),
            made_at=now,
            due_at=one.due_at,
            whole_day=False,
            every=_every(None, one.words, one.made_in.complaint),
            **one.warnings,
        )
        for one in words
    )
    return [_telling(promise, kind=EventKind.PROMISE_MADE, agent=promise.owner) for promise in made]


@in_transaction
def keep(*, promise: Promise, by: Agent, now: datetime) -> Event:
    """Record that a promise was kept; one that comes again is open again for its next time.

    :raises UnableToSettle: if it was settled before
    """
    complaint = _settle(promise, State.KEPT, at=now)
    event = _tell(promise, complaint=complaint, kind=EventKind.PROMISE_KEPT, agent=by, now=now)
    _again(promise, complaint=complaint, now=now)
    return event


@transaction.atomic
def withdraw(*, promise: Promise, by: Agent, yes: str, now: datetime) -> Event:
    """Withdraw a promise with the customer's yes, which came by some way; one that comes again ends with it.

    :raises UnableToSettle: if it was settled before
    :raises UnableToPromise: if nobody says how the customer agreed
    """
    _needs_a_yes(yes)
    complaint = _settle(promise, State.WITHDRAWN, at=now)
    return _tell(promise, complaint=complaint, kind=EventKind.PROMISE_WITHDRAWN, agent=by, now=now, channel=yes)


@transaction.atomic
def move(
    *, promise: Promise, by: Agent, due_at: datetime, yes: str, now: datetime, whole_day: bool | None = None
) -> Event:
    """Move a promise with the customer's yes, which came by some way; counted, and the owner is warned anew.

    :raises UnableToSettle: if it was settled before
    :raises UnableToPromise: if the new time has passed already, or nobody says how the customer agreed
    """
    _needs_a_yes(yes)
    if due_at <= now:
        raise UnableToPromise(_("The time of the promise has passed already. Choose one that you can keep."))
    complaint = _locked(promise)
    if promise.state != State.OPEN:
        raise UnableToSettle(_already(promise))
    promise.due_at = due_at
    promise.whole_day = promise.whole_day if whole_day is None else whole_day
    promise.moved += 1
    promise.owner_warned_at = promise.lead_warned_at = None
    for name, value in warnings_by(due_at, complaint.owner).items():
        setattr(promise, name, value)
    promise.save(
        update_fields=[
            *("due_at", "whole_day", "moved", "warn_at", "lead_warn_at", "owner_warned_at", "lead_warned_at"),
        ]
    )
    return _tell(promise, complaint=complaint, kind=EventKind.PROMISE_MOVED, agent=by, now=now, channel=yes)


@transaction.atomic
def move_by_a_word(*, promise: Promise, by: Agent, due_at: datetime, told_in: Event, now: datetime) -> Event:
    """Move the time of a word that was promised, before it falls due, with a word to the customer; counted.

    Only a holding message's time moves like this: who needs longer says so in time. What was promised to be done moves
    with the customer's yes (`move`).

    :raises UnableToSettle: if it was settled before
    :raises UnableToPromise: if the new time has passed already, or the customer was not told
    """
    if due_at <= now:
        raise UnableToPromise(_("The time of the promise has passed already. Choose one that you can keep."))
    complaint = _locked(promise)
    if promise.state != State.OPEN or promise.due_at <= now:
        raise UnableToSettle(_already(promise))
    if told_in.complaint_id != complaint.pk or told_in.kind not in {EventKind.REPLIED, EventKind.CALLED}:
        raise UnableToPromise(_("Tell the customer first: write to them or call."))
    promise.due_at, promise.moved = due_at, promise.moved + 1
    promise.save(update_fields=["due_at", "moved"])
    return _tell(
        promise, complaint=complaint, kind=EventKind.PROMISE_MOVED, agent=by, now=now, data={"notice": told_in.pk}
    )


@transaction.atomic
def let_rest(*, promise: Promise, now: datetime) -> None:
    """Do not ring the owner, who has just named the time and rests; the lead hears before it passes, not at once."""
    left = promise.due_at - now
    promise.owner_warned_at, promise.lead_warned_at = now, None
    promise.warn_at, promise.lead_warn_at = now, promise.due_at - left / 5
    promise.save(update_fields=["warn_at", "owner_warned_at", "lead_warn_at", "lead_warned_at"])


@transaction.atomic
def give_notice(*, promise: Promise, by: Agent, told_in: Event, now: datetime) -> Event:
    """Record that the customer was told in advance that a promise will not be kept; how long before is counted.

    It stays open: it is kept after all, moved with the customer's yes, or broken at its time.

    :raises UnableToSettle: if it was settled before
    :raises UnableToPromise: if the customer was not told, or was told before
    """
    complaint = _locked(promise)
    if promise.state != State.OPEN or promise.due_at <= now:
        raise UnableToSettle(_already(promise))
    if told_in.complaint_id != complaint.pk or told_in.kind not in {EventKind.REPLIED, EventKind.CALLED}:
        raise UnableToPromise(_("Tell the customer first: write to them or call."))
    if promise.notice_at is not None:
        raise UnableToPromise(_("The customer was told already."))
    promise.notice_at = now
    promise.save(update_fields=["notice_at"])
    return _tell(promise, complaint=complaint, kind=EventKind.PROMISE_NOTICE, agent=by, now=now)


def follow(*, complaint: Complaint, story: Sequence[Happened]) -> None:
    """Count warnings by the hours of a new owner, who is the one that can keep what was promised now."""
    if story[-1].kind not in {EventKind.HANDED_OVER, EventKind.UNDONE}:
        return
    owner = Agent.objects.select_related("team__calendar").get(pk=complaint.owner_id)
    for promise in Promise.objects.select_for_update().filter(complaint=complaint, state=State.OPEN):
        Promise.objects.filter(pk=promise.pk).update(**warnings_by(promise.due_at, owner))


def break_due(*, now: datetime) -> int:
    """Let the clock speak: warn owners and then leads of what falls due, break what is overdue, and tell them of it.

    Warnings go out in the working hours of whom they are for. Promises are looked at group by group, a transaction for
    each group, and again under their locks, so that running this twice, or in two workers at once, says everything
    once. Who is in the middle of writing about a complaint is not waited for: the next pass comes in seconds. Returns
    of how many promises something was said.

    :raises PartlyFailed: once all the others are done, if there are complaints with which it did not work
    """
    spoken, owners = 0, Owners(now=now)
    for waiting in _waiting(now, but=_patience.left_alone(now=now)):
        with following.many() if waiting else nullcontext():
            spoken += in_groups(
                list(by_complaint(waiting).items()),
                lambda group: _look_at(dict(group), now, owners),
                key=itemgetter(0),
                patience=_patience,
                now=now,
            )
    _patience.tell(now=now)
    return spoken


def by_complaint(waiting: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Put rows, each with its complaint, together by the complaint, in the order in which they come."""
    found: dict[int, list[int]] = {}
    for pk, complaint_id in waiting:
        found.setdefault(complaint_id, []).append(pk)
    return found


def _waiting(now: datetime, *, but: Collection[int]) -> Iterator[list[tuple[int, int]]]:
    """Promises that want something said, with their complaints: overdue, then to warn of, then to tell of a break."""
    promises = Promise.objects.exclude(complaint__in=but) if but else Promise.objects.all()
    open_ = promises.filter(state=State.OPEN)
    ahead = open_.filter(due_at__gt=now)
    # Each in the order of its own index, so that a hundred thousand open promises cost a pass at rest nothing.
    for waiting, order in (
        (open_.filter(due_at__lte=now), "due_at"),
        (ahead.filter(owner_warned_at__isnull=True, warn_at__lte=now), "warn_at"),
        (ahead.filter(lead_warned_at__isnull=True, lead_warn_at__lte=now), "lead_warn_at"),
        (promises.filter(state=State.BROKEN, told_at__isnull=True, tell_at__lte=now), "tell_at"),
    ):
        yield list(waiting.order_by(order, "pk").values_list("pk", "complaint_id")[:BATCH])


def _look_at(waiting: Mapping[int, Sequence[int]], now: datetime, owners: Owners) -> int:
    """Look at promises of some complaints under their locks, and say of each what is to be said."""
    locked = complaints.lock_each(waiting)
    owners.gather([complaint.owner_id for complaint in locked.values()])
    rows = Promise.objects.select_for_update().filter(pk__in=[pk for pks in waiting.values() for pk in pks])
    found = {promise.pk: promise for promise in rows.order_by("pk")}
    said: dict[int, list[complaints.Said]] = {}
    changed, broken = [], []
    for pk in (pk for pks in waiting.values() for pk in pks):
        # One whose complaint was merged into another one since is found there by the next pass.
        if (promise := found.get(pk)) is None or (complaint := locked.get(promise.complaint_id)) is None:
            continue
        complaint.owner = owners.of(complaint.owner_id)
        before = [getattr(promise, name) for name in SPOKEN]
        was_open = promise.state == State.OPEN
        if words := _what_to_say(promise, complaint.owner, now, owners):
            said.setdefault(complaint.pk, []).extend(words)
        if was_open and promise.state != State.OPEN:
            broken.append(promise)
        if before != [getattr(promise, name) for name in SPOKEN]:
            changed.append(promise)
    _settle_all(broken)
    update_all(changed, fields=SPOKEN)
    complaints.append_to_each(told=[(locked[pk], words) for pk, words in said.items()], now=now)
    for promise in broken:
        _again(promise, complaint=locked[promise.complaint_id], now=now)
    return sum(len({one["data"]["promise"] for one in words}) for words in said.values())


def _settle_all(broken: Sequence[Promise]) -> None:
    """Break promises as of the moment at which each was due, however late the clock was looked at."""
    still_open = Promise.objects.filter(pk__in=[promise.pk for promise in broken], state=State.OPEN)
    # Even without the lock only one of two settles it.
    if broken and still_open.update(state=State.BROKEN, settled_at=F("due_at")) != len(broken):
        raise UnableToSettle(_already(broken[0]))


def _what_to_say(promise: Promise, owner: Agent, now: datetime, owners: Owners) -> list[complaints.Said]:
    """What is to be said of a promise now; the promise in hand is changed and still to be saved."""
    if promise.state == State.OPEN and promise.due_at <= now:
        promise.state, promise.settled_at, promise.tell_at = State.BROKEN, promise.due_at, now
        said = [_telling(promise, kind=EventKind.PROMISE_BROKEN, agent=None)]
        return said + _tell_of_the_break(promise, owner, now, owners)
    if promise.state == State.BROKEN:
        if promise.told_at is not None or promise.tell_at is None or promise.tell_at > now:
            return []
        return _tell_of_the_break(promise, owner, now, owners)
    if promise.state == State.OPEN:
        # Who owns the complaint now is who can still keep its promise.
        return _warn_owner(promise, owner, now, owners) + _warn_lead(promise, owner, now, owners)
    return []


def _warn_owner(promise: Promise, owner: Agent, now: datetime, owners: Owners) -> list[complaints.Said]:
    if promise.owner_warned_at is not None or promise.warn_at > now:
        return []
    if (later := owners.opening(owner)) > now:
        promise.warn_at = later
        return []
    promise.owner_warned_at = now
    return [_warning(promise, whom=owner, about="due")]


def _warn_lead(promise: Promise, owner: Agent, now: datetime, owners: Owners) -> list[complaints.Said]:
    if promise.lead_warned_at is not None or promise.lead_warn_at is None or promise.lead_warn_at > now:
        return []
    lead = owners.lead_of(owner)
    later = owners.opening(lead) if lead is not None else None
    if lead is None or later is None or later > now:
        promise.lead_warn_at = later
        return []
    promise.lead_warned_at = now
    return [_warning(promise, whom=lead, about="due")]


def _tell_of_the_break(promise: Promise, owner: Agent, now: datetime, owners: Owners) -> list[complaints.Said]:
    """What the owner, then the lead, are told of the break: never at night."""
    promise.tell_at = owners.opening(owner)
    if promise.tell_at > now:
        return []
    promise.told_at = now
    promise.owner_warned_at = promise.owner_warned_at or now
    said = [_warning(promise, whom=owner, about="broken")]
    if (lead := owners.lead_of(owner)) is not None:
        promise.lead_warned_at = now
        said.append(_warning(promise, whom=lead, about="broken"))
    return said


def _again(promise: Promise, *, complaint: Complaint, now: datetime) -> None:
    """Open a promise that comes again for its next time; a complaint that has ended asks for no more of them."""
    every = Every.of(promise.every)
    if every is None or complaint.stage in {Stage.RESOLVED, Stage.CLOSED}:
        return
    first = promise.series or promise
    zone = complaint.owner.calendar().zone
    months = JALALI if complaint.language == "fa" else GREGORIAN
    after = max(now, promise.due_at)
    make(
        complaint=complaint,
        owner=complaint.owner,
        made_in=promise.made_in,
        words=promise.words,
        due_at=next_due(_first_due(first).astimezone(zone), every=every, after=after, months=months),
        whole_day=promise.whole_day,
        every=promise.every,
        series=first,
        now=now,
    )


def _first_due(first: Promise) -> datetime:
    """When the first of a row was due as it was promised: moving it moved that one time and not the row."""
    if not first.moved:
        return first.due_at
    made = Event.objects.filter(
        complaint=first.made_in.complaint_id, kind=EventKind.PROMISE_MADE, content__data__promise=first.pk
    )
    told = made.values_list("content__data__due", flat=True).first()
    return datetime.fromisoformat(told) if told else first.due_at


def _every(every: str | None, words: str, complaint: Complaint) -> str:
    """How often it comes again: as told, else as its words say."""
    if every is None:
        found = every_in(words, language=complaint.language)
        return found.code if found is not None else ""
    return every if Every.of(every) is not None else ""


def warnings_by(due_at: datetime, owner: Agent) -> dict[str, datetime]:
    """When the owner and their lead are warned of a promise, by the owner's working hours."""
    calendar = owner.calendar()
    return {
        "warn_at": warn_at(due_at=due_at, calendar=calendar),
        "lead_warn_at": warn_at(due_at=due_at, calendar=calendar, before=WARN_LEAD_BEFORE),
    }


def _needs_a_yes(yes: str) -> None:
    if yes not in Channel.values:
        raise UnableToPromise(_("A promise moves or ends only with the customer's yes. Say how they agreed."))


def _locked(promise: Promise) -> Complaint:
    """Lock the complaint and the promise, in this order, and bring the promise in hand up to date."""
    if (page := one_moment.page_of(promise.complaint_id)) is not None:
        complaint = page.complaint  # it is locked, and as it stands now
    else:
        complaint = Complaint.objects.select_for_update().get(pk=promise.complaint_id)
        complaint.owner = Agent.objects.select_related("team__lead", "team__calendar").get(pk=complaint.owner_id)
    fresh = Promise.objects.select_for_update().values().get(pk=promise.pk)
    for name, value in fresh.items():
        setattr(promise, name, value)
    return complaint


def _settle(promise: Promise, state: State, *, at: datetime) -> Complaint:
    complaint = _locked(promise)
    if promise.state != State.OPEN:
        raise UnableToSettle(_already(promise))
    promise.state, promise.settled_at = state, at
    # Even without the lock only one of two settles it.
    if not Promise.objects.filter(pk=promise.pk, state=State.OPEN).update(state=state, settled_at=at):
        raise UnableToSettle(_already(promise))
    return complaint


def _already(promise: Promise) -> str:
    match promise.state:
        case State.KEPT:
            return _("This promise was kept already.")
        case State.BROKEN:
            return _("This promise is broken. Say sorry to the customer, make it good, and promise anew.")
        case _:
            return _("This promise was withdrawn already.")


def _tell(
    promise: Promise,
    *,
    complaint: Complaint,
    kind: EventKind,
    agent: Agent | None,
    now: datetime,
    channel: str = "",
    data: Mapping[str, Any] | None = None,
) -> Event:
    said = _telling(promise, kind=kind, agent=agent, channel=channel, data=data)
    return complaints.append_all(complaint=complaint, said=[said], now=now)[0]


def _telling(
    promise: Promise,
    *,
    kind: EventKind,
    agent: Agent | None,
    channel: str = "",
    data: Mapping[str, Any] | None = None,
) -> complaints.Said:
    return {
        "kind": kind,
        "by": By.SYSTEM if agent is None else By.AGENT,
        "agent": agent,
        "data": {
            "promise": promise.pk,
            "words": promise.words,
            "due": promise.due_at.isoformat(),
            "whole_day": promise.whole_day,
            "made_in": promise.made_in_id,
            **({"every": promise.every} if promise.every else {}),
            **(data or {}),
        },
        "channel": channel,
    }


def _warning(promise: Promise, *, whom: Agent, about: str) -> complaints.Said:
    return {
        "kind": EventKind.WARNED,
        "by": By.SYSTEM,
        "data": {
            "to": whom.pk,
            "about": f"promise-{about}",
            "promise": promise.pk,
            "words": promise.words,
            "due": promise.due_at.isoformat(),
        },
    }


def erase_words(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty the very words of an erased customer's promises; their times and outcomes stay."""
    del customer_id, now
    Promise.objects.filter(complaint__in=complaint_ids).update(words="")
