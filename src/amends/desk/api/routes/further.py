"""What else is done to a complaint: pins, what it is about, whose fault it was, words that are due, drafts read."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.routes.common import Call, Number, Pk, acts, done, find, named, reads
from amends.desk.api.routes.complaints import as_found, findings_of
from amends.desk.api.schemas import (
    AboutIn,
    AboutOut,
    ApologyOut,
    BecauseIn,
    BecauseOut,
    DoneOut,
    DraftReadOut,
    DraftTextIn,
    FaultIn,
    FaultOut,
    HeatMarkOut,
    HeatOut,
    HeatSignOut,
    ListedOut,
    NextWordIn,
    NoticeIn,
    PinIn,
    PinOut,
    PinsOut,
    UndoIn,
)
from amends.desk.api.scopes import Scope
from amends.desk.coaching import readers
from amends.desk.coaching.queries import read_draft
from amends.desk.complaints import actions, listed, pins
from amends.desk.complaints.course_of_heat import course
from amends.desk.complaints.models import Branch, Complaint, Event, Pin, Product
from amends.desk.people.models import Agent
from amends.desk.promises import queries as ledger
from amends.desk.promises.models import Promise
from amends.desk.reaching import queries as reaching_queries
from amends.desk.remedies import fault, queries, rules
from amends.desk.remedies.models import Fault, Rule, RuleTrouble
from amends.desk.third_parties.models import Wait
from amends.desk.workplace import outside
from amends.desk.workplace.ledger import tell_in_advance
from amends.engine.languages.reading import USUAL_READERS

router = Router()


# ── Pins ─────────────────────────────────────────────────────────────────────


@reads(router, "complaints/{number}/pins", scope=Scope.READ_COMPLAINTS, summary=_("List the words that are pinned"))
def list_pins(_call: Call, number: Number) -> PinsOut:
    """List the customer's words that somebody pinned beside them: facts for which nobody shall ask twice."""
    return _pins(find(number))


@acts(
    router.post,
    "complaints/{number}/pins",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Pin words of the customer"),
)
def pin(call: Call, number: Number, told: PinIn) -> PinsOut:
    """Pin words out of one of the customer's messages, as they stand there."""
    complaint = find(number)
    pins.pin(complaint=complaint, event=told.event, words=told.words, by=call.agent, now=call.now)
    return _pins(complaint)


@acts(router.delete, "complaints/{number}/pins/{pk}", scope=Scope.WRITE_COMPLAINTS, summary=_("Take a pin off"))
def unpin(_call: Call, number: Number, pk: Pk) -> PinsOut:
    """Take a pin off; one that is gone stays gone."""
    complaint = find(number)
    pins.take_off(complaint=complaint, pk=pk)
    return _pins(complaint)


def _pins(complaint: Complaint) -> PinsOut:
    rows = Pin.objects.filter(complaint=complaint).select_related("by").order_by("pk")
    return PinsOut(
        number=complaint.number,
        pins=[
            PinOut(id=one.pk, words=one.words, event=one.event_id, by_name=one.by.name if one.by else "", at=one.at)
            for one in rows
        ],
    )


# ── What it is about, and whose fault it was ─────────────────────────────────


@reads(
    router,
    "complaints/{number}/about",
    scope=Scope.READ_COMPLAINTS,
    summary=_("Read which product and branch a complaint is about"),
)
def read_about(call: Call, number: Number) -> AboutOut:
    """Read it, with what may be chosen."""
    return _about(find(number), reader=call.agent)


@acts(
    router.put,
    "complaints/{number}/about",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Say which product and branch a complaint is about"),
)
def say_about(call: Call, number: Number, told: AboutIn) -> AboutOut:
    """Say it; nothing is an answer too."""
    complaint = find(number)
    product = named(Product.objects.all(), told.product, place="product")
    branch = named(Branch.objects.all(), told.branch, place="branch")
    actions.place(complaint=complaint, product=product, branch=branch, by=call.agent, now=call.now)
    return _about(Complaint.objects.get(pk=complaint.pk), reader=call.agent)


def _about(complaint: Complaint, *, reader: Agent) -> AboutOut:
    products, branches = (
        [
            ListedOut(id=one.id, name=one.name)
            for one in listed.choices(which, language=reader.language, also=getattr(complaint, f"{which}_id"))
        ]
        for which in ("product", "branch")
    )
    return AboutOut(
        number=complaint.number,
        product=complaint.product_id,
        branch=complaint.branch_id,
        products=products,
        branches=branches,
    )


@acts(
    router.put,
    "complaints/{number}/our-fault",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Mark a complaint as our fault, or take that back"),
)
def say_whose_fault(call: Call, number: Number, told: FaultIn) -> FaultOut:
    """Mark it, so that it is put right first and asked about later; saying so twice changes nothing."""
    complaint = find(number)
    (fault.mark if told.ours else fault.lift)(complaint=complaint, by=call.agent, now=call.now)
    return FaultOut(
        number=complaint.number, ours=Fault.objects.filter(complaint=complaint, lifted_at__isnull=True).exists()
    )


@reads(
    router,
    "complaints/{number}/because",
    scope=Scope.READ_COMPLAINTS,
    summary=_("Read which rule brought a complaint about"),
)
def read_because(_call: Call, number: Number) -> BecauseOut:
    """Read it, with the rules that may be meant."""
    return _because(find(number))


@acts(
    router.put,
    "complaints/{number}/because",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Say which rule brought a complaint about"),
)
def say_because(call: Call, number: Number, told: BecauseIn) -> BecauseOut:
    """Say which rule of the organisation it was; none takes it back."""
    complaint = find(number)
    rule = named(Rule.objects.all(), told.rule, place="rule")
    rules.say_trouble(complaint=complaint, rule=rule, by=call.agent, now=call.now)
    return _because(complaint)


def _because(complaint: Complaint) -> BecauseOut:
    known = RuleTrouble.objects.filter(complaint=complaint).values_list("rule", flat=True).first()
    meant = queries.rules_to_bend(complaint=complaint, meant={str(known)} if known is not None else set())
    return BecauseOut(number=complaint.number, rule=known, rules=[ListedOut(id=pk, name=title) for pk, title in meant])


# ── Words that are due ───────────────────────────────────────────────────────


@acts(
    router.post,
    "third-parties/{pk}/word",
    scope=Scope.REPLY,
    status=201,
    needs_key=True,
    summary=_("Write the next word to the customer while somebody outside is awaited"),
)
def next_word(call: Call, pk: Pk, told: NextWordIn) -> DoneOut:
    """Write it at the time that was promised, news or none, and promise the next one."""
    wait = get_object_or_404(Wait.objects.select_related("complaint", "party"), pk=pk)
    event = outside.say_next_word(wait=wait, by=call.agent, text=told.text, until=told.until, now=call.now)
    return done(Complaint.objects.get(pk=wait.complaint_id), event)


@acts(
    router.post,
    "promises/{pk}/notice",
    scope=Scope.REPLY,
    status=201,
    needs_key=True,
    summary=_("Tell the customer in advance that a promise will not be kept"),
)
def give_notice(call: Call, pk: Pk, told: NoticeIn) -> DoneOut:
    """Write it before the time, with a new time that is a promise itself."""
    promise = get_object_or_404(Promise.objects.select_related("complaint", "owner"), pk=pk)
    event = tell_in_advance(promise=promise, by=call.agent, text=told.text, due_at=told.due_at, now=call.now)
    return done(Complaint.objects.get(pk=promise.complaint_id), event)


# ── Drafts read ──────────────────────────────────────────────────────────────


@acts(
    router.post,
    "complaints/{number}/read-draft",
    scope=Scope.CHECK,
    summary=_("Read a draft in its conversation, as the coach does"),
)
def coach(call: Call, number: Number, told: DraftTextIn) -> DraftReadOut:
    """Read what is not sent yet, with all that was said before. Nothing of it is kept."""
    full = readers.full.get()
    reading = read_draft(
        complaint=find(number), agent=call.agent, text=told.text, now=call.now, readers=full or USUAL_READERS
    )
    return DraftReadOut(
        language=reading.language,
        findings=findings_of(reading),
        good=[one.name for one in reading.good],
        promises=[as_found(one) for one in reading.promises],
    )


@acts(
    router.post,
    "complaints/{number}/read-apology",
    scope=Scope.CHECK,
    summary=_("Read how far a draft makes amends for a broken promise"),
)
def read_apology(call: Call, number: Number, told: DraftTextIn) -> ApologyOut:
    """Read its four steps: sorry first, no excuse, what puts it right, and a new time."""
    found = ledger.apology(complaint=find(number), text=told.text, now=call.now)
    return ApologyOut(
        sorry=found.sorry,
        sorry_first=found.sorry_first,
        no_excuse=found.no_excuse,
        excuse=found.excuse,
        remedy=found.remedy,
        new_time=found.new_time.isoformat() if found.new_time is not None else None,
        is_whole=found.is_whole,
    )


# ── Heat, and taking back ────────────────────────────────────────────────────


@reads(
    router, "complaints/{number}/heat", scope=Scope.READ_COMPLAINTS, summary=_("Read how hot a complaint was, and when")
)
def read_heat(call: Call, number: Number) -> HeatOut:
    """Read the heat message by message, and what showed it early."""
    complaint = find(number)
    found = course(complaint=complaint, now=call.now)
    return HeatOut(
        number=complaint.number,
        calmed=found.calmed,
        asked=reaching_queries.times_asked(complaint=complaint),
        marks=[HeatMarkOut.model_validate(one, from_attributes=True) for one in found.marks],
        signs=[HeatSignOut.model_validate(one, from_attributes=True) for one in found.signs],
    )


@acts(
    router.post,
    "complaints/{number}/undo",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Take back what the person has just done"),
)
def undo(call: Call, number: Number, told: UndoIn) -> DoneOut:
    """Take back a hand-over, a pause or closing; both stay on the timeline."""
    rows = Event.objects.select_related("complaint__customer", "content")
    event = get_object_or_404(rows, pk=told.event, complaint=find(number))
    back = actions.undo(event=event, by=call.agent, now=call.now)
    return done(Complaint.objects.get(pk=event.complaint_id), back)
