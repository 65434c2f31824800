"""Letters of one kind: times offered for a call, and the letters that a law wants worded in its own way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Number, Pk, acts, done, find, mistakes_in, reads
from amends.desk.api.routes.promises import as_promise
from amends.desk.api.schemas import (
    BookIn,
    CallTimesOut,
    DoneOut,
    LawLetterIn,
    LawLetterKindOut,
    LawLettersOut,
    LawOut,
    OfferCallIn,
    OfferOut,
    PromiseOut,
)
from amends.desk.api.scopes import Scope
from amends.desk.calm import actions as calm
from amends.desk.calm import queries as calm_queries
from amends.desk.calm.models import CallOffer
from amends.desk.clocks import letters, queries
from amends.desk.clocks.forms import FinalForm, HoldingForm, NoticeForm
from amends.desk.clocks.models import Clock, What
from amends.desk.clocks.words import body_of, language
from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise
from amends.desk.workplace import actions as workplace
from amends.desk.workplace import time_limits
from amends.engine.clocks.legal import LegalClock

router = Router()
FURTHEST: Final = timedelta(days=366)  # ahead, for a call


# ── A call instead of another letter ─────────────────────────────────────────


@reads(
    router,
    "complaints/{number}/call-times",
    scope=Scope.READ_COMPLAINTS,
    summary=_("List when the owner could call, and what was offered"),
)
def list_call_times(call: Call, number: Number) -> CallTimesOut:
    """List the next times in the owner's working hours, the offer that stands, and the call that is booked."""
    return _times(find(number), now=call.now)


@acts(
    router.post,
    "complaints/{number}/call-offers",
    scope=Scope.REPLY,
    status=201,
    needs_key=True,
    summary=_("Offer the customer times for a call"),
)
def offer_call(call: Call, number: Number, told: OfferCallIn) -> OfferOut:
    """Write to the customer at which times the owner could call; they choose one on their page.

    The times lie in the owner's working hours, beside no other call. Without `text` the letter is the desk's own, in
    the customer's language; one of your own names each time.
    """
    complaint = find(number)
    zone = complaint.owner.calendar().zone
    soon = [slot for slot in sorted(set(told.slots)) if call.now < slot < call.now + FURTHEST]
    slots = [slot.astimezone(zone) for slot in soon]
    if len(soon) < len(set(told.slots)) or not calm.may_be_offered(agent=complaint.owner, slots=slots, now=call.now):
        raise Problem("unable", gettext("This time is not free any more. Please choose another."))
    text = told.text.strip() or workplace.words_of_offer(complaint=complaint, by=call.agent, slots=slots, now=call.now)
    offer = workplace.offer_call(complaint=complaint, by=call.agent, slots=slots, message=text, now=call.now)
    return OfferOut(id=offer.pk, slots=slots)


@acts(
    router.post,
    "complaints/{number}/call-offers/{pk}/book",
    scope=Scope.WRITE_PROMISES,
    status=201,
    summary=_("Book one of the times for the customer"),
)
def book_call(call: Call, number: Number, pk: Pk, told: BookIn) -> PromiseOut:
    """Book a time for a customer who said which. It is a promise of the owner."""
    offer = get_object_or_404(CallOffer, pk=pk, complaint=find(number))
    offered = [datetime.fromisoformat(one) for one in offer.slots]
    slot = next((one for one in offered if one == told.slot), told.slot)
    promise = calm.book_call(offer=offer, slot=slot, agent=call.agent, now=call.now)
    return as_promise(Promise.objects.select_related("complaint__owner", "owner").get(pk=promise.pk))


def _times(complaint: Complaint, *, now: datetime) -> CallTimesOut:
    call = calm_queries.call(complaint=complaint, now=now)
    return CallTimesOut(
        number=complaint.number,
        free=calm_queries.free_times(complaint=complaint, now=now),
        offer=OfferOut(id=call.offer, slots=list(call.offered)) if call.offer is not None else None,
        booked_at=call.booked_at,
    )


# ── Letters of a law ─────────────────────────────────────────────────────────


@reads(
    router,
    "complaints/{number}/law-letters",
    scope=Scope.READ_COMPLAINTS,
    summary=_("List the letters that laws know for a complaint"),
)
def list_law_letters(call: Call, number: Number) -> LawLettersOut:
    """List the time limits of laws that run for it, which letters each knows now, and what has to be in them."""
    complaint, now = find(number), call.now
    return LawLettersOut(number=complaint.number, laws=[_as_law(*one, now=now) for one in _laws(complaint)])


@acts(
    router.post,
    "complaints/{number}/law-letters/{pk}",
    scope=Scope.REPLY,
    status=201,
    needs_key=True,
    summary=_("Send a letter that a law wants"),
)
def send_law_letter(call: Call, number: Number, pk: Pk, told: LawLetterIn) -> DoneOut:
    """Send it with all that the law wants in it, together with what it does, or not at all.

    `extension` moves the limit and promises the day; `receipt` and `holding` promise it; `answer` and `refusal` are the
    final answer; `settled` follows the customer's yes. What you write stands in it in the customer's language.
    """
    complaint = find(number)
    clock, law = next((one for one in _laws(complaint) if one[0].pk == pk), (None, None))
    if clock is None or law is None:
        raise Problem("not-found")
    if told.kind not in _kinds(law, clock):
        raise Problem("unable", gettext("The law asks for no such letter."))
    given = _given(told, law=law)
    event = _send(clock, told.kind, given, by=call.agent, now=call.now)
    return done(Complaint.objects.get(pk=complaint.pk), event)


def _send(clock: Clock, kind: str, given: dict[str, Any], *, by: Agent, now: datetime) -> Event:
    if "expected" in given:
        given["expected"] = time_limits.by_evening(given["expected"], agent=by)
    match kind:
        case "extension":
            return time_limits.extend_with_notice(clock=clock, by=by, notice=letters.Notice(**given), now=now)
        case "holding":
            holding = letters.Holding(**{"reason": "", **given})
            return time_limits.hold_with_letter(clock=clock, by=by, holding=holding, now=now)
        case "receipt":
            return time_limits.confirm_receipt(clock=clock, by=by, now=now)
        case _:
            letter = letters.FinalLetter(**given)
            return time_limits.send_final_letter(clock=clock, by=by, kind=kind, letter=letter, now=now)


def _form(kind: str, law: LegalClock, data: dict[str, Any] | None) -> forms.Form:
    """The same form as in the sheet of the letter: it has what belongs into it, and nothing else."""
    match kind:
        case "extension":
            return NoticeForm(data, law=law)
        case "holding":
            return HoldingForm(data, law=law)
        case "receipt":
            return forms.Form(data)
        case _:
            return FinalForm(data, kind=kind, wanted=law.letters[kind])


def _given(told: LawLetterIn, *, law: LegalClock) -> dict[str, Any]:
    """Read what belongs into a letter.

    :raises Problem: if something is missing, or has no place in it
    """
    said = told.model_dump(exclude={"kind"}, exclude_defaults=True)
    form = _form(told.kind, law, said)
    errors = [
        {"place": name, "code": "extra_forbidden", "detail": gettext("This has no place in this letter.")}
        for name in said
        if name not in form.fields
    ]
    errors += mistakes_in(form)
    if errors:
        raise Problem("not-valid", errors=errors)
    return dict(form.cleaned_data)


def _laws(complaint: Complaint) -> list[tuple[Clock, LegalClock]]:
    rows = complaint.clocks.filter(what=What.LEGAL).select_related("complaint__customer", "complaint__owner")
    found = [(clock, queries.law(code=clock.code)) for clock in rows.order_by("pk")]
    return [(clock, known[0]) for clock, known in found if known is not None]


def _kinds(law: LegalClock, clock: Clock) -> list[str]:
    """Which letters may leave as things stand."""
    kinds = [kind for kind in time_limits.may_leave(law, clock) if kind != "holding" or clock.done_at is None]
    return [*(["extension"] if law.can_be_extended and clock.extended_by_id is None else []), *kinds]


def _as_law(clock: Clock, law: LegalClock, *, now: datetime) -> LawOut:
    return LawOut(
        id=clock.pk,
        code=clock.code,
        title=law.title(language()),
        state=clock.state,
        due_at=clock.due_at,
        due_day=clock.due_day,
        ombudsman=body_of(clock.code),
        until=queries.referral_day(clock=clock, law=law, now=now),
        letters=[
            LawLetterKindOut(
                kind=kind,
                has=list(_form(kind, law, None).fields),
                wants=queries.required_words(law.requires)
                if kind == "extension"
                else queries.letter_words(law, kind=kind),
            )
            for kind in _kinds(law, clock)
        ],
    )
