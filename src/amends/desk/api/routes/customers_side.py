"""What a customer does on their page, for an organisation's own app; what becomes of letters, and when they leave."""

from __future__ import annotations

from hashlib import sha256

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.problems import Problem, not_valid
from amends.desk.api.routes.common import (
    Call,
    Number,
    Pk,
    acts,
    done,
    find,
    reads,
    takes_in,
    undertaken_of,
    uploads_of,
)
from amends.desk.api.schemas import (
    DoneOut,
    LaterIn,
    LaterOut,
    LetterOut,
    LettersOut,
    MessageIn,
    RatingIn,
    WishIn,
    WordsIn,
)
from amends.desk.api.scopes import Scope
from amends.desk.channels import actions as channels
from amends.desk.channels.form import page
from amends.desk.channels.models import Outgoing
from amends.desk.channels.problems import describe
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Complaint
from amends.desk.reaching import actions as reaching
from amends.desk.workplace import later
from amends.desk.workplace.models import LaterReply

router = Router()


# ── What the customer does ───────────────────────────────────────────────────


@takes_in(
    router.post, "complaints/{number}/messages", scope=Scope.WRITE_COMPLAINTS, summary=_("Add what the customer wrote")
)
def customer_writes(call: Call, number: Number, told: MessageIn) -> DoneOut:
    """Add the customer's own words and files, as if they had written them on their page.

    They are kept raw first, and the same key never adds them twice; a complaint that had ended opens again.
    """
    if not told.text.strip() and not told.files:
        raise not_valid("text", gettext("This is needed."), code="missing")
    complaint, files = find(number), uploads_of(told.files)
    name = sha256(f"{call.token.pk} {call.key}".encode("utf-8", "surrogatepass")).hexdigest()
    event = page.add(complaint=complaint, text=told.text.strip(), files=files, once=name, now=call.now)
    if event is None:
        raise Problem("not-readable-yet", headers={"Retry-After": "60"})
    return done(Complaint.objects.get(pk=event.complaint_id), event)


@acts(
    router.post,
    "complaints/{number}/wishes",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Ask for a call, a person or a manager, for the customer"),
)
def customer_asks(call: Call, number: Number, told: WishIn) -> DoneOut:
    """Record that the customer asks for a call, a person or a manager. Whoever asks for a manager has one rung."""
    complaint = find(number)
    event = complaints.ask_for(complaint=complaint, what=told.what, phone=told.phone, now=call.now)
    reaching.ring_for(event=event, now=call.now)
    return done(complaint, event)


@acts(
    router.post,
    "complaints/{number}/not-content",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Record that the customer is not content"),
)
def say_not_content(call: Call, number: Number, told: WordsIn) -> DoneOut:
    """Record that the customer is not content, with what they say is missing; what had ended opens again."""
    complaint = find(number)
    return done(complaint, complaints.say_not_content(complaint=complaint, text=told.text.strip(), now=call.now))


@acts(
    router.post,
    "complaints/{number}/ratings",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Record the customer's answers to the two questions"),
)
def rate(call: Call, number: Number, told: RatingIn) -> DoneOut:
    """Record what the customer says of the outcome and of how it was handled, each from one to five."""
    complaint = find(number)
    event = complaints.rate(complaint=complaint, outcome=told.outcome, handling=told.handling, now=call.now)
    return done(complaint, event)


# ── Letters ──────────────────────────────────────────────────────────────────


@reads(
    router,
    "complaints/{number}/letters",
    scope=Scope.READ_COMPLAINTS,
    summary=_("List what became of the letters of a complaint"),
)
def list_letters(_call: Call, number: Number) -> LettersOut:
    """List the letters, the oldest first. `maybe-sent` is what a broken line left unknown: a person decides."""
    rows = Outgoing.objects.filter(complaint=find(number)).defer("mime").order_by("pk")
    return LettersOut(letters=[_as_letter(one) for one in rows])


@acts(router.post, "letters/{pk}/send-again", scope=Scope.REPLY, summary=_("Send a letter again"))
def send_again(call: Call, pk: Pk) -> LetterOut:
    """Send a letter again that failed or may not have arrived: the very same, so that mail programs show it once."""
    letter = get_object_or_404(Outgoing, pk=pk)
    return _as_letter(channels.resend(outgoing=letter, by=call.agent, now=call.now))


def _as_letter(one: Outgoing) -> LetterOut:
    return LetterOut(
        id=one.pk,
        event=one.event_id,
        to=one.recipient,
        state=one.state,
        not_before=one.not_before,
        sent_at=one.sent_at,
        problem=describe(one.problem) if one.problem else "",
    )


# ── Replies that leave later ─────────────────────────────────────────────────


@acts(
    router.post,
    "complaints/{number}/later-replies",
    scope=Scope.REPLY,
    status=201,
    needs_key=True,
    summary=_("Write to the customer at a later time"),
)
def reply_later(call: Call, number: Number, told: LaterIn) -> LaterOut:
    """Keep a reply until its time; whatever is said before stops it, and it is its author's draft again.

    `seen` is `last_event` as its author read it. One waits for each person: a new one takes the place of the last.
    """
    complaint = find(number)
    kept = later.keep(
        complaint=complaint,
        by=call.agent,
        text=told.text,
        undertaken=undertaken_of(told.promises),
        reason=told.reason,
        with_marks=told.marks,
        send_at=told.send_at,
        seen=told.seen,
        now=call.now,
    )
    return _as_later(kept)


@acts(
    router.post,
    "later-replies/{pk}/take-back",
    scope=Scope.REPLY,
    name="take_later_reply_back",
    summary=_("Take back a reply that waits for its time"),
)
def take_back(call: Call, pk: Pk) -> LaterOut:
    """Take it back; its words are its author's draft again. Only its author can."""
    row = get_object_or_404(LaterReply.objects.select_related("complaint", "by"), pk=pk, by=call.agent)
    if not later.take_back(later=row, by=call.agent, now=call.now):
        raise Problem("unable", gettext("It has left already, or was stopped."))
    row.refresh_from_db()
    return _as_later(row)


def _as_later(one: LaterReply) -> LaterOut:
    return LaterOut(id=one.pk, number=one.complaint.number, send_at=one.send_at, state=one.state)
