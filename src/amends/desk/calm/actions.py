"""Writing when it gets hot. What can be done once is done by an update with a condition, so that two do not do it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.calm import said
from amends.desk.calm.models import CallOffer, Pause, Takeover
from amends.desk.calm.slots import is_free
from amends.desk.channels.chat import talks
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import one_moment, together
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind, Stage
from amends.desk.complaints.one_moment import in_transaction
from amends.desk.complaints.visible import may_carry_out, needs_yes
from amends.desk.customers.words import one_line
from amends.desk.people import actions as people
from amends.desk.people.models import Agent, Presence
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State
from amends.desk.web import wording

MOST_SLOTS = 4


class UnableToRest(Exception):
    """The pause is over, or was never begun."""


class UnableToOfferCall(Exception):
    """A call cannot be offered or booked like this; the message says why."""


ANSWER_WITHIN: Final = timedelta(hours=4)  # of working time of who was asked to take over


class UnableToTakeOver(Exception):
    """A complaint cannot be taken over like this; the message says why."""


class NoRoomForChat(UnableToTakeOver):
    """They have as many chats as they take; it is theirs if they say that they know."""


# ── Taking five ──────────────────────────────────────────────────────────────


@transaction.atomic
def begin_pause(*, complaint: Complaint, by: Agent, until: datetime, promise: Promise | None, now: datetime) -> Pause:
    """Begin to take five over a complaint; a pause that still runs over another one ends with it.

    :raises UnableToPause: if the time has passed already
    """
    Pause.objects.filter(agent=by, ended_at=None).update(ended_at=now)
    complaints.pause(complaint=complaint, by=by, until=until, now=now)
    if promise is not None:
        promises.let_rest(promise=promise, now=now)
    people.set_presence(agent=by, presence=Presence.PAUSE, now=now)
    return Pause.objects.create(complaint=complaint, agent=by, since=now, until=until, promise=promise)


@in_transaction
def come_back(*, agent: Agent, now: datetime) -> Pause | None:
    """Come back from a pause, whenever the heat has gone; who has come back already stays where they are."""
    pause = Pause.objects.select_related("complaint").filter(agent=agent, ended_at=None).first()
    if pause is None or not Pause.objects.filter(pk=pause.pk, ended_at=None).update(ended_at=now):
        _is_here(agent, now)
        return None
    pause.ended_at = now
    complaints.append(
        complaint=pause.complaint,
        kind=EventKind.CAME_BACK,
        by=By.AGENT,
        agent=agent,
        data={"from": pause.since.isoformat(), "until": pause.until.isoformat()},
        now=now,
    )
    _is_here(agent, now)
    return pause


@transaction.atomic
def rest_longer(*, pause: Pause, until: datetime, told_in: Event, now: datetime) -> None:
    """Move the time of a pause, which the customer has just been told in a message.

    :raises UnableToRest: if the pause is over
    :raises UnableToPromise: if the new time has passed already
    :raises UnableToSettle: if what was promised is settled already
    """
    if not Pause.objects.filter(pk=pause.pk, ended_at=None).update(until=until):
        raise UnableToRest(_("You are back already."))
    pause.until = until
    if pause.promise is not None:
        promises.move_by_a_word(promise=pause.promise, by=pause.agent, due_at=until, told_in=told_in, now=now)
        promises.let_rest(promise=pause.promise, now=now)
    complaints.append(
        complaint=pause.complaint,
        kind=EventKind.PAUSED,
        by=By.AGENT,
        agent=pause.agent,
        data={"until": until.isoformat(), "rule": "longer"},
        now=now,
    )


@in_transaction
def have_spoken(*, complaint: Complaint, by: Agent, called: bool = False, now: datetime) -> int:
    """Keep what a word to the customer keeps: the time of a pause, and by a call the call that was booked.

    Whoever speaks is back. Returns how many promises were kept. The complaint in hand is up to date.
    """
    if _may_rest(complaint) and Pause.objects.filter(agent=by, complaint=complaint, ended_at=None).exists():
        come_back(agent=by, now=now)
    if complaint.promise_due_at is None:
        return 0
    waiting = Promise.objects.filter(complaint=complaint, state=State.OPEN, due_at__gt=now)
    kept = waiting.filter(pauses__isnull=False)
    if called:
        kept = kept | waiting.filter(call_offers__state=CallOffer.State.BOOKED)
    found = list(kept.distinct().select_related("complaint", "owner"))
    for promise in found:
        promises.keep(promise=promise, by=by, now=now)
    return len(found)


def _may_rest(complaint: Complaint) -> bool:
    """Whether its story, where it is at hand, says that anybody ever took five in it."""
    page = one_moment.page_of(complaint.pk)
    return page is None or any(event.kind in {EventKind.PAUSED, EventKind.MERGED} for event in page.story)


def _is_here(agent: Agent, now: datetime) -> None:
    if agent.presence == Presence.PAUSE:
        people.set_presence(agent=agent, presence=Presence.HERE, now=now)


# ── A call instead of another letter ─────────────────────────────────────────


@transaction.atomic
def offer_call(*, complaint: Complaint, by: Agent, slots: Sequence[datetime], now: datetime) -> CallOffer:
    """Keep the times that were written to the customer; an offer that still stood is withdrawn by it.

    :raises UnableToOfferCall: if there is none, or one has passed
    """
    if not slots or len(slots) > MOST_SLOTS:
        raise UnableToOfferCall(_("Offer one to four times for the call."))
    if any(slot <= now for slot in slots):
        raise UnableToOfferCall(_("One of these times has passed already. Choose again."))
    CallOffer.objects.filter(complaint=complaint, state=CallOffer.State.OPEN).update(state=CallOffer.State.WITHDRAWN)
    offer = CallOffer.objects.create(
        complaint=complaint, by=by, made_at=now, slots=[slot.isoformat() for slot in sorted(slots)]
    )
    complaints.append(complaint=complaint, kind=EventKind.CALL_PROPOSED, by=By.AGENT, agent=by, now=now)
    return offer


@transaction.atomic
def book_call(*, offer: CallOffer, slot: datetime, agent: Agent | None = None, now: datetime) -> Promise:
    """Book one of the times that were offered: a promise of whoever owns the complaint. `agent` books for the customer.

    :raises UnableToOfferCall: if it was booked or withdrawn before, was not offered, has passed, or is taken meanwhile
    """
    complaint = Complaint.objects.select_related("owner__team__calendar", "customer").get(pk=offer.complaint_id)
    # Two customers who choose the same half hour of one person come one after the other.
    locked = Agent.objects.select_for_update(of=("self",), no_key=True)  # events may name them meanwhile
    owner = locked.select_related("team__calendar").get(pk=complaint.owner_id)
    if slot.isoformat() not in offer.slots or slot <= now:
        raise UnableToOfferCall(_("This time is not free any more. Please choose another."))
    if any(abs((one - slot).total_seconds()) < 1800 for one in taken(agent=owner)):
        raise UnableToOfferCall(_("This time is not free any more. Please choose another."))
    booked = CallOffer.objects.filter(pk=offer.pk, state=CallOffer.State.OPEN)
    if not booked.update(state=CallOffer.State.BOOKED, chosen_at=slot):
        raise UnableToOfferCall(_("A time was chosen already."))
    event = complaints.append(
        complaint=complaint,
        kind=EventKind.CALL_BOOKED,
        by=By.CUSTOMER if agent is None else By.AGENT,
        agent=agent,
        channel=Channel.PORTAL if agent is None else "",
        data={"due": slot.isoformat()},
        now=now,
    )
    local = slot.astimezone(owner.calendar().zone)
    when = said.at(local, now=now, language=complaint.language)
    promise = promises.make(
        complaint=complaint,
        owner=owner,
        made_in=event,
        words=said.say("call_promise", language=complaint.language, at=when),
        due_at=slot,
        whole_day=False,
        every="",
        now=now,
    )
    CallOffer.objects.filter(pk=offer.pk).update(promise=promise)
    return promise


def taken(*, agent: Agent) -> list[datetime]:
    """When somebody is on the telephone already, by what was booked."""
    booked = CallOffer.objects.filter(complaint__owner=agent, state=CallOffer.State.BOOKED, promise__state=State.OPEN)
    return [at for at in booked.values_list("chosen_at", flat=True) if at is not None]


def may_be_offered(*, agent: Agent, slots: Sequence[datetime], now: datetime) -> bool:
    """Whether times that somebody typed lie in their working hours, and beside no other call."""
    busy = taken(agent=agent)
    return all(slot > now and is_free(calendar=agent.calendar(), at=slot, taken=busy) for slot in slots)


# ── A colleague takes over, with both their wishes ───────────────────────────


@transaction.atomic
def ask_to_take_over(*, complaint: Complaint, by: Agent, to: Agent, reason: str, now: datetime) -> Takeover:
    """Ask a colleague to take a complaint over; it stays its owner's until they say yes.

    :raises UnableToTakeOver: if it is not the owner who asks, a reason is missing, or somebody was asked already
    """
    complaint = Complaint.objects.select_for_update(of=("self",)).select_related("owner").get(pk=complaint.pk)
    if complaint.owner_id != by.pk:
        raise UnableToTakeOver(
            _("%(name)s owns this complaint. Only they can ask for that; nobody takes it from them.")
            % {"name": complaint.owner.name}
        )
    if not reason.strip():
        raise UnableToTakeOver(_("A hand-over needs a reason. To ask an expert, bring them in and stay the owner."))
    if not to.is_active:
        raise UnableToTakeOver(_("%(name)s does not work here any more. Choose somebody else.") % {"name": to.name})
    if to.pk == by.pk:
        raise UnableToTakeOver(_("%(name)s owns this complaint already.") % {"name": to.name})
    if not may_carry_out(by, complaint, to=to.team_id):
        raise UnableToTakeOver(needs_yes(complaint))
    if Takeover.objects.filter(complaint=complaint, state=Takeover.State.OPEN).exists():
        raise UnableToTakeOver(_("Somebody was asked already. Wait for their answer, or take the question back."))
    asked = Takeover.objects.create(
        complaint=complaint, asked_by=by, asked=to, reason=one_line(reason, limit=300), asked_at=now
    )
    _tell(asked, kind=EventKind.TAKEOVER_ASKED, agent=by, now=now)
    return asked


def ask_to_take_over_all(
    *, complaints: Sequence[Complaint], by: Agent, to: Agent, reason: str, now: datetime
) -> together.Outcome:
    """Ask a colleague to take some complaints over: each is answered by itself, and refused by itself."""

    def ask(complaint: Complaint) -> Event:
        asked = ask_to_take_over(complaint=complaint, by=by, to=to, reason=reason, now=now)
        return asked.complaint.events.filter(kind=EventKind.TAKEOVER_ASKED).latest("sequence")

    return together.each(complaints, ask, unable=(UnableToTakeOver,))


def take_back_asking_all(*, events: Sequence[Event], by: Agent, now: datetime) -> tuple[together.Refused, ...]:
    """Keep what a colleague was asked to take over, where they have not answered; say where they have."""
    refused = []
    for event in events:
        asked = Takeover.objects.filter(complaint=event.complaint, asked_at=event.at).first()
        try:
            if asked is not None:
                take_back_asking(asked=asked, by=by, now=now)
        except UnableToTakeOver as error:
            refused.append(together.refusal(event.complaint, error))
    return tuple(refused)


@transaction.atomic
def accept(*, asked: Takeover, by: Agent, knowing: bool = False, now: datetime) -> Event:
    """Say yes: only now the complaint has another owner.

    A chat that goes on is one more for them to answer at once: beyond as many as they take they have to say that they
    know (`knowing`).

    :raises NoRoomForChat: if it is one chat more than they take, and they did not say that they know
    :raises UnableToTakeOver: if somebody else was asked, or the question is answered or taken back
    """
    beyond = {} if knowing else talks.beyond(agent=by, complaints=[asked.complaint], now=now)
    if beyond and asked.asked_id == by.pk:
        raise NoRoomForChat(one_chat_more(agent=by, count=beyond[asked.complaint_id]))
    complaint = _answer(asked, by, Takeover.State.ACCEPTED, now)
    if complaint.owner_id != asked.asked_by_id or complaint.stage not in {Stage.RECEIVED, Stage.ANSWERED}:
        raise UnableToTakeOver(_("It has another owner meanwhile, or has ended."))
    return complaints.hand_over(complaint=complaint, by=asked.asked_by, to=by, reason=asked.reason, now=now)


def one_chat_more(*, agent: Agent, count: int) -> str:
    """Say to somebody that this chat is one more than they take at once."""
    language = agent.language
    return _("This is a chat that goes on: you would have %(count)s at once, and take %(most)s.") % {
        "count": wording.digits(count, language=language),
        "most": wording.digits(agent.at_once, language=language),
    }


@transaction.atomic
def decline(*, asked: Takeover, by: Agent, now: datetime) -> Event:
    """Say no, which needs no reason: it stays with its owner.

    :raises UnableToTakeOver: if somebody else was asked, or the question is answered or taken back
    """
    _answer(asked, by, Takeover.State.DECLINED, now)
    return _tell(asked, kind=EventKind.TAKEOVER_DECLINED, agent=by, now=now)


@transaction.atomic
def take_back_asking(*, asked: Takeover, by: Agent, now: datetime) -> None:
    """The owner keeps it after all.

    :raises UnableToTakeOver: if it is answered already, or is not theirs
    """
    if asked.asked_by_id != by.pk or not _settle(asked, Takeover.State.WITHDRAWN, now):
        raise UnableToTakeOver(_("This was answered already."))


def lapse(*, now: datetime) -> int:
    """Give back what nobody answered within `ANSWER_WITHIN` of their working time: it stays the owner's, who is told.

    Return how many.
    """
    count = 0
    rows = Takeover.objects.filter(state=Takeover.State.OPEN, asked_at__lte=now - ANSWER_WITHIN)
    for asked in rows.select_related("complaint", "asked_by", "asked__team__calendar"):
        if answer_until(asked=asked) <= now:
            count += _let_lapse(asked, now)
    return count


@transaction.atomic
def _let_lapse(asked: Takeover, now: datetime) -> int:
    if not _settle(asked, Takeover.State.LAPSED, now):
        return 0  # answered a moment ago
    complaints.append(
        complaint=asked.complaint,
        kind=EventKind.TAKEOVER_DECLINED,
        by=By.SYSTEM,
        data={"from": asked.asked_by_id, "to": asked.asked_id, "lapsed": True},
        now=now,
    )
    return 1


def answer_until(*, asked: Takeover) -> datetime:
    """Until when somebody who was asked may answer, by their own working hours."""
    return asked.asked.calendar().add_working_time(asked.asked_at, ANSWER_WITHIN)


def _answer(asked: Takeover, by: Agent, state: Takeover.State, now: datetime) -> Complaint:
    if asked.asked_id != by.pk:
        raise UnableToTakeOver(_("Somebody else was asked."))
    complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=asked.complaint_id)
    if not _settle(asked, state, now):
        raise UnableToTakeOver(_("This was answered already."))
    return complaint


def _settle(asked: Takeover, state: Takeover.State, now: datetime) -> int:
    return Takeover.objects.filter(pk=asked.pk, state=Takeover.State.OPEN).update(state=state, answered_at=now)


def _tell(asked: Takeover, *, kind: str, agent: Agent, now: datetime) -> Event:
    return complaints.append(
        complaint=asked.complaint,
        kind=kind,
        by=By.AGENT,
        agent=agent,
        data={"from": asked.asked_by_id, "to": asked.asked_id, "reason": asked.reason},
        now=now,
    )


def erase_words(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty what was written about an erased customer's complaints; times and answers stay."""
    del customer_id, now
    Takeover.objects.filter(complaint__in=complaint_ids).update(reason="")
