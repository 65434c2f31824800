"""Reading what a hot conversation needs: who rests, which call is offered, who was asked, what to say first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import BigIntegerField, QuerySet

from amends.desk.calm import said
from amends.desk.calm.actions import answer_until, one_chat_more, taken
from amends.desk.calm.models import CallOffer, Pause, Takeover
from amends.desk.calm.slots import slots
from amends.desk.channels.chat import talks
from amends.desk.complaints.course_of_heat import said_heat
from amends.desk.complaints.models import Channel, Complaint, Event, EventKind, Stage
from amends.desk.customers.queries import greeting_name
from amends.desk.people.limits import limits
from amends.desk.people.models import Agent, Presence
from amends.desk.web import questions, wording
from amends.desk.web.questions import Blank
from amends.engine.measures.counted import HOT

SPOKEN: Final = frozenset({Channel.PHONE, Channel.VISIT})
TOO_OFTEN_TOLD: Final = 2
TOO_LONG: Final = timedelta(days=2)


# ── Who rests ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A pause that runs: over whom, and what the customer was told."""

    id: int
    number: int
    customer_name: str
    language: str
    since: datetime
    until: datetime
    told: bool
    passed: bool  # the time that was promised
    hot: bool  # their anger, and not another reason to step away


def resting(*, agent: Agent, now: datetime) -> Rest | None:
    """The pause of somebody who takes five; nothing for who is here, whatever they left open."""
    if agent.presence != Presence.PAUSE:
        return None
    pause = Pause.objects.filter(agent=agent, ended_at=None).select_related("complaint__customer").first()
    if pause is None:
        return None
    return Rest(
        id=pause.pk,
        number=pause.complaint.number,
        customer_name=pause.complaint.customer.name,
        language=pause.complaint.language,
        since=pause.since,
        until=pause.until,
        told=pause.promise_id is not None,
        passed=pause.until <= now,
        hot=pause.complaint.heat >= HOT,
    )


# ── A call instead of another letter ─────────────────────────────────────────


def heated_exchanges(*, complaint: Complaint) -> int:
    """Count the exchanges in writing that were hot, one after the other, since somebody last spoke with the customer.

    An exchange is what the customer wrote and our answer to it; the last one may be waiting for its answer. A calm one
    ends the row.
    """
    return _heated(questions.ask("exchanges", _exchanges, complaint=complaint.pk))


def _exchanges() -> QuerySet[Event]:
    of = Event.objects.filter(complaint=Blank("complaint", BigIntegerField()), kind__in=[*_WRITTEN, *_ENDS_A_ROW])
    return of.select_related("content").order_by("sequence")


_WRITTEN: Final = (EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT, EventKind.REPLIED)
_ENDS_A_ROW: Final = (EventKind.CALLED, EventKind.CONTENT, EventKind.CALL_BOOKED)


def _heated(events: Iterable[Event]) -> int:
    row, heat, waits = 0, 0, False
    for event in events:
        if event.kind in _ENDS_A_ROW or event.channel in SPOKEN:
            row, heat, waits = 0, 0, False
        elif event.kind == EventKind.REPLIED:
            row = row if not waits else row + 1 if heat >= HOT else 0
            heat, waits = 0, False
        else:
            heat, waits = max(heat, said_heat(event)), True
    return row + (waits and heat >= HOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How it stands with a call: worth proposing, offered, or booked."""

    exchanges: int
    is_proposed: bool  # it went on in writing too long, and no call was offered since
    offer: int | None
    offered: tuple[datetime, ...]  # times that the customer can still choose
    booked_at: datetime | None


def call(*, complaint: Complaint, now: datetime) -> Call:
    """Say whether a call should be proposed to the customer, or is on its way."""
    exchanges = heated_exchanges(complaint=complaint)
    offer: CallOffer | None = next(iter(questions.ask("offer of a call", _offered, complaint=complaint.pk)), None)
    is_open = offer is not None and offer.state == CallOffer.State.OPEN
    ahead = [datetime.fromisoformat(one) for one in offer.slots] if offer is not None and is_open else []
    ahead = [one for one in ahead if one > now]
    booked = offer.chosen_at if offer is not None and offer.state == CallOffer.State.BOOKED else None
    booked = booked if booked is not None and _is_still_to_come(offer) else None
    return Call(
        exchanges=exchanges,
        is_proposed=exchanges >= limits().exchanges
        and not ahead
        and booked is None
        and complaint.stage in {Stage.RECEIVED, Stage.ANSWERED},
        offer=offer.pk if offer is not None and ahead else None,
        offered=tuple(ahead),
        booked_at=booked,
    )


def _offered() -> QuerySet[CallOffer]:
    of = CallOffer.objects.filter(complaint=Blank("complaint", BigIntegerField()))
    return of.exclude(state="withdrawn").order_by("-pk")[:1]


def _is_still_to_come(offer: CallOffer | None) -> bool:
    return offer is not None and offer.promise is not None and offer.promise.state == "open"


def free_times(*, complaint: Complaint, now: datetime) -> list[datetime]:
    """The next times at which the owner could call."""
    return slots(calendar=complaint.owner.calendar(), now=now, taken=taken(agent=complaint.owner))


def say_first(*, complaint: Complaint, agent: Agent, organisation: str, now: datetime) -> Sequence[str]:
    """What to say first in a call, in the customer's language: who calls, sorry, a question, and then to listen."""
    language = complaint.language
    waited = timedelta(seconds=complaint.waited_seconds)
    if complaint.waiting_since is not None:
        waited += max(timedelta(), now - complaint.waiting_since)
    if complaint.broken_promises:
        sorry = said.say("broken", language=language)
    elif complaint.times_told > TOO_OFTEN_TOLD:
        sorry = said.say("told", language=language, times=wording.digits(complaint.times_told, language=language))
    else:
        sorry = said.say("waited" if waited > TOO_LONG else "read_it", language=language)
    address = greeting_name(customer=complaint.customer, reader_language=language)
    wish = " ".join(complaint.wish.split())
    name = agent.name_for(language)
    return (
        said.say("opening", language=language, address=address, name=name, organisation=organisation),
        sorry,
        said.say("listen", language=language),
        said.say("wish", language=language, wish=wish) if wish else said.say("no_wish", language=language),
    )


# ── Asked to take over ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A colleague's wish that somebody takes a complaint over."""

    id: int
    number: int
    subject: str
    customer_name: str
    asked_by: str
    asked: str
    reason: str
    at: datetime
    until: datetime  # then it stays where it is
    beyond: str  # that it is one chat more than whoever is asked takes at once


def asked_of(*, agent: Agent, now: datetime) -> list[Asked]:
    """What colleagues ask somebody to take over, the oldest first."""
    rows = list(_whole(Takeover.objects.filter(asked=agent, state=Takeover.State.OPEN)))
    beyond = talks.beyond(agent=agent, complaints=[row.complaint for row in rows], now=now)
    return [_asked(row, beyond=beyond.get(row.complaint_id, 0)) for row in rows]


def counted_asked(*, agent: Agent) -> questions.Count:
    """How many ask it of somebody: where nobody does, `asked_of` need not be asked."""
    me = Blank("agent", BigIntegerField())
    return questions.Count(
        "takeovers asked",
        lambda: Takeover.objects.filter(asked=me, state=Takeover.State.OPEN).values("pk"),
        {"agent": agent.pk},
    )


def asked_in(*, complaint: Complaint, now: datetime) -> Asked | None:
    """Who was asked to take this complaint over and has not answered."""
    row = _whole(Takeover.objects.filter(complaint=complaint, state=Takeover.State.OPEN)).first()
    if row is None:
        return None
    beyond = talks.beyond(agent=row.asked, complaints=[row.complaint], now=now)
    return _asked(row, beyond=beyond.get(row.complaint_id, 0))


def _whole(rows: QuerySet[Takeover]) -> QuerySet[Takeover]:
    return rows.select_related("complaint__customer", "asked_by", "asked__team__calendar").order_by("asked_at", "pk")


def _asked(row: Takeover, *, beyond: int) -> Asked:
    return Asked(
        id=row.pk,
        number=row.complaint.number,
        subject=row.complaint.subject,
        customer_name=row.complaint.customer.name,
        asked_by=row.asked_by.name,
        asked=row.asked.name,
        reason=row.reason,
        at=row.asked_at,
        until=answer_until(asked=row),
        beyond=one_chat_more(agent=row.asked, count=beyond) if beyond else "",
    )


# ── Drawing a line calmly ────────────────────────────────────────────────────


def boundaries(*, complaint: Complaint) -> Sequence[str]:
    """Sentences for an answer to an insult, in the language in which it came; none when nobody was insulted.

    Only what waits for an answer counts: an insult that was answered is over.
    """
    for event in _waiting_words(complaint):
        if "insult" in event.content.data.get("signals", ()):
            language = event.language if event.language in LANGUAGES else complaint.language
            return said.boundaries(language=language)
    return ()


LANGUAGES: Final = ("en", "tr", "fa", "mn")


def _waiting_words(complaint: Complaint) -> list[Event]:
    spoke = (
        complaint.events.filter(kind__in=[EventKind.REPLIED, EventKind.CALLED])
        .order_by("-sequence")
        .values_list("sequence", flat=True)
        .first()
    )
    return list(
        complaint.events.filter(
            kind__in=[EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT], sequence__gt=spoke or 0
        ).select_related("content")
    )
