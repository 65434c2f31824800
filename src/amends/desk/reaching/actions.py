"""Ringing managers by turn until one of them comes. Every change of a ring is an update with a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.utils import IntegrityError
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Complaint, Event, EventKind, Stage
from amends.desk.jobs.groups import Patience, in_groups
from amends.desk.people.models import Agent
from amends.desk.reaching import rota
from amends.desk.reaching.models import Heard, Place, Ring
from amends.desk.reaching.words import asks_for_manager, notes_ask_for_manager

BATCH = 200
# In whose words a wish is looked for: a letter, a form, a chat, or what was typed in from a call; beside these in notes
# of a call. What is older than this when it is looked through has been read by somebody.
WORDS = (EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT)
SPOKE = (EventKind.REPLIED, EventKind.CALLED)
FRESH = timedelta(days=2)
OPEN = (Ring.State.WAITING, Ring.State.RINGING)
_patience = Patience()


class UnableToCome(Exception):
    """Somebody else has come already, or nobody is asked for any more."""


@transaction.atomic
def ring_for(*, event: Event, now: datetime) -> Ring | None:
    """Begin to ring for a customer who asked for a manager; who is being rung for already goes on being rung for."""
    complaint = _locked(event.complaint_id)
    if event.kind != EventKind.ASKED_FOR_MANAGER or _is_over(complaint, event):
        return None
    if (
        Ring.objects.filter(asked_in=event).exists()
        or Ring.objects.filter(complaint=complaint, state__in=OPEN).exists()
    ):
        return None
    return _next(complaint, event, now=now)


def look_around(*, now: datetime) -> int:
    """Let the clock speak: ring where a turn begins, go on to the next where it has passed; return how many changed.

    Each is a transaction of its own and is looked at again under its lock, so that running this twice, or in two
    workers at once, rings everybody once.

    :raises PartlyFailed: once all the others are done, if there are complaints with which it did not work
    """
    changed, but = 0, _patience.left_alone(now=now)
    for waiting, act in _work(now):
        changed += in_groups(
            [one for one in waiting if one.complaint_id not in but],
            partial(_act_on, act=act, now=now),
            key=attrgetter("complaint_id"),
            patience=_patience,
            now=now,
            at_once=1,
        )
    _patience.tell(now=now)
    return changed


type Act = Callable[[Any, datetime], object]  # with words, a wish or a ring; says whether it changed something


def _work(now: datetime) -> Iterator[tuple[list[Event] | list[Ring], Act]]:
    """What is to be done, each list read when what stands before it is done."""
    yield _not_heard(now), lambda words, now: hear(words=words, now=now)
    yield _asked_and_not_rung(), lambda event, now: ring_for(event=event, now=now)
    rings = Ring.objects.order_by("pk")
    yield (
        list(rings.filter(state=Ring.State.WAITING, begins_at__lte=now)[:BATCH]),
        lambda ring, now: begin(ring=ring, now=now),
    )
    yield (
        list(rings.filter(state=Ring.State.RINGING, ends_at__lte=now)[:BATCH]),
        lambda ring, now: pass_on(ring=ring, now=now),
    )


def _act_on(one: Sequence[Event | Ring], *, act: Act, now: datetime) -> int:
    return bool(act(one[0], now))


@transaction.atomic
def begin(*, ring: Ring, now: datetime) -> bool:
    """Ring, once the manager's working hours have begun; tell so on the timeline, once."""
    complaint = _locked(ring.complaint_id)
    if _is_over(complaint, ring.asked_in):
        return bool(_settle(ring, Ring.State.OVER, now))
    if not Ring.objects.filter(pk=ring.pk, state=Ring.State.WAITING).update(state=Ring.State.RINGING):
        return False
    complaints.append(
        complaint=complaint,
        kind=EventKind.MANAGER_RUNG,
        by=By.SYSTEM,
        data={"to": ring.manager_id, "until": ring.ends_at.isoformat()},
        now=now,
    )
    return True


@transaction.atomic
def pass_on(*, ring: Ring, now: datetime) -> bool:
    """Go on to the next manager when nobody has come in time, once."""
    complaint = _locked(ring.complaint_id)
    if _is_over(complaint, ring.asked_in):
        return bool(_settle(ring, Ring.State.OVER, now))
    if not _settle(ring, Ring.State.PASSED, now):
        return False
    _next(complaint, ring.asked_in, now=now)
    return True


@transaction.atomic
def come(*, ring: Ring, by: Agent, now: datetime) -> Event:
    """A manager says 'I am coming': they are brought in beside the owner, and nobody else is rung.

    Any manager may come, also one who was not rung.

    :raises UnableToCome: if somebody was faster, or it is over
    """
    complaint = _locked(ring.complaint_id)
    if not Ring.objects.filter(pk=ring.pk, state__in=OPEN).update(state=Ring.State.CAME, manager=by, settled_at=now):
        raise UnableToCome(_("Somebody else has come already."))
    return complaints.append(
        complaint=complaint, kind=EventKind.MANAGER_CAME, by=By.AGENT, agent=by, data={"agent": by.pk}, now=now
    )


@transaction.atomic
def ask_for_manager(*, complaint: Complaint, by: Agent, channel: str, now: datetime) -> Event:
    """Record that a customer asked for a manager in a call, a visit or a letter, and ring at once."""
    event = complaints.append(
        complaint=complaint,
        kind=EventKind.ASKED_FOR_MANAGER,
        by=By.AGENT,
        agent=by,
        channel=channel or complaint.channel,
        now=now,
    )
    ring_for(event=event, now=now)
    return event


@transaction.atomic
def hear(*, words: Event, now: datetime) -> Event | None:
    """Ring for a manager where words ask for one, without anybody's doing; each words are heard once.

    They are a customer's own, or an agent's notes of a call. Nobody is rung where one is asked for already, where we
    spoke again meanwhile, where a manager wrote the notes, or where the complaint ended.
    """
    complaint = _locked(words.complaint_id)
    heard, is_new = Heard.objects.get_or_create(words=words)
    if not is_new or complaint.stage not in {Stage.RECEIVED, Stage.ANSWERED} or _is_asked_for(complaint):
        return None
    if not (_notes_ask(words, complaint) if words.kind == EventKind.CALLED else _words_ask(words, complaint)):
        return None
    event = complaints.append(
        complaint=complaint,
        kind=EventKind.ASKED_FOR_MANAGER,
        by=By.CUSTOMER,
        channel=words.channel or complaint.channel,
        data={"heard_in": words.pk},
        now=now,
    )
    heard.asked_in = event
    heard.save(update_fields=["asked_in"])
    ring_for(event=event, now=now)
    return event


@transaction.atomic
def call_off(*, complaint: Complaint, by: Agent, now: datetime) -> Event:
    """The words meant something else: the owner calls off what was rung by itself, and the wish counts no more.

    What a customer asked for by a button, or what somebody recorded, is called off by nobody.

    :raises UnableToCome: if it is not theirs to call off, or it was called off before
    """
    complaint = _locked(complaint.pk)
    heard = (
        Heard.objects.filter(words__complaint=complaint, asked_in__isnull=False, called_off_at=None)
        .select_related("asked_in")
        .order_by("-pk")
        .first()
    )
    if heard is None or heard.asked_in is None or complaint.owner_id != by.pk:
        raise UnableToCome(_("There is nothing to call off, or it is not yours."))
    heard.called_off_by, heard.called_off_at = by, now
    heard.save(update_fields=["called_off_by", "called_off_at"])
    Ring.objects.filter(asked_in=heard.asked_in, state__in=OPEN).update(state=Ring.State.OVER, settled_at=now)
    return complaints.append(
        complaint=complaint,
        kind=EventKind.UNDONE,
        by=By.AGENT,
        agent=by,
        data={"kind": heard.asked_in.kind, "at": heard.asked_in.at.isoformat()},
        now=now,
    )


def put_on_rota(*, agent: Agent, is_on: bool) -> None:
    """Say whether somebody is rung when a customer asks for a manager."""
    Place.objects.update_or_create(agent=agent, defaults={"is_on": is_on})


def _not_heard(now: datetime) -> list[Event]:
    """Fresh notes of calls, and words in which the reader found a wish for a person; the others are noted as heard."""
    fresh = Event.objects.filter(kind__in=WORDS, at__gt=now - FRESH, at__lte=now, heard=None)
    fresh = fresh.filter(complaint__waiting_since__isnull=False, complaint__waiting_since__lte=F("at"))
    notes = Event.objects.filter(kind=EventKind.CALLED, by=By.AGENT, at__gt=now - FRESH, at__lte=now, heard=None)
    rows = [
        *fresh.select_related("content").order_by("pk")[:BATCH],
        *notes.select_related("content").order_by("pk")[:BATCH],
    ]
    wishes = [
        event
        for event in rows
        if event.kind == EventKind.CALLED or "wants-person" in event.content.data.get("signals", ())
    ]
    nothing = [Heard(words=event) for event in rows if event not in wishes]
    Heard.objects.bulk_create(nothing, ignore_conflicts=True)
    return wishes


def _words_ask(words: Event, complaint: Complaint) -> bool:
    if complaint.waiting_since is None or complaint.waiting_since > words.at:
        return False
    return bool(asks_for_manager(words.content.text, language=words.language or complaint.language))


def _notes_ask(notes: Event, complaint: Complaint) -> bool:
    """Whether notes of a call say that the customer wants a manager, and nobody who is one has spoken with them."""
    if complaint.events.filter(kind__in=SPOKE, by=By.AGENT, sequence__gt=notes.sequence).exists():
        return False
    if notes.agent_id in {manager.pk for manager in rota.managers()}:
        return False
    language = notes.agent.language if notes.agent is not None else complaint.language
    if notes_ask_for_manager(notes.content.text, language=language):
        return True
    said = complaint.events.filter(pk=notes.content.data.get("said_in", 0)).select_related("content").first()
    return said is not None and bool(asks_for_manager(said.content.text, language=said.language or complaint.language))


def _is_asked_for(complaint: Complaint) -> bool:
    """Whether a manager is asked for already since we last spoke, by a button or in other words."""
    spoke = complaint.events.filter(kind__in=SPOKE, by=By.AGENT)
    last = spoke.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    asked = complaint.events.filter(kind=EventKind.ASKED_FOR_MANAGER, sequence__gt=last)
    asked = asked.exclude(heard_in__called_off_at__isnull=False)
    return asked.exists() or Ring.objects.filter(complaint=complaint, state__in=OPEN).exists()


def _asked_and_not_rung() -> list[Event]:
    called_off = Heard.objects.filter(asked_in=OuterRef("pk"), called_off_at__isnull=False)
    rung = Ring.objects.filter(asked_in=OuterRef("pk"))
    ringing = Ring.objects.filter(complaint=OuterRef("complaint"), state__in=OPEN)
    # A word of a person after it has answered it, so that only what waits is rung for.
    return list(
        Event.objects.filter(kind=EventKind.ASKED_FOR_MANAGER, complaint__waiting_since__isnull=False)
        .filter(complaint__stage__in=[Stage.RECEIVED, Stage.ANSWERED], complaint__waiting_since__lte=F("at"))
        .filter(~Exists(rung), ~Exists(ringing), ~Exists(called_off))
        .order_by("pk")[:BATCH]
    )


def _next(complaint: Complaint, event: Event, *, now: datetime) -> Ring | None:
    """Give the turn to the next manager; a unique place keeps two workers from giving it twice."""
    rung = list(Ring.objects.filter(asked_in=event).order_by("turn").values_list("manager_id", flat=True))
    turn = rota.next_turn(language=complaint.language, owner=complaint.owner, rung=rung, now=now)
    if turn is None:
        return None
    try:
        with transaction.atomic():
            ring = Ring.objects.create(
                complaint=complaint,
                asked_in=event,
                turn=len(rung) + 1,
                manager=turn.manager,
                begins_at=turn.begins_at,
                ends_at=turn.ends_at,
            )
    except IntegrityError:
        return None
    if ring.begins_at <= now:
        begin(ring=ring, now=now)
    return ring


def _is_over(complaint: Complaint, asked: Event) -> bool:
    """Whether nobody has to come any more: it ended, was called off, or a manager spoke with the customer."""
    if Heard.objects.filter(asked_in=asked, called_off_at__isnull=False).exists():
        return True
    if complaint.stage not in {Stage.RECEIVED, Stage.ANSWERED}:
        return True
    spoke = complaint.events.filter(kind__in=SPOKE, sequence__gt=asked.sequence, by=By.AGENT).values_list(
        "agent_id", flat=True
    )
    return not {manager.pk for manager in rota.managers()}.isdisjoint(spoke)


def _settle(ring: Ring, state: Ring.State, now: datetime) -> int:
    return Ring.objects.filter(pk=ring.pk, state__in=OPEN).update(state=state, settled_at=now)


def _locked(pk: int) -> Complaint:
    return Complaint.objects.select_for_update(of=("self",)).select_related("owner__team__calendar").get(pk=pk)
