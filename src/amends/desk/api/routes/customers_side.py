"""What a customer does on their page, for an organisation's own app; what becomes of letters, and when they leave."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api import actions, once
from amends.desk.api.door import needs
from amends.desk.api.models import Token
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import (
    KEY,
    NEEDS_KEY,
    Number,
    Pk,
    agent_of,
    answers,
    done,
    find,
    refusals,
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


@router.post(
    "complaints/{number}/messages",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(201, DoneOut, may=("no-key", "not-found", "not-readable-yet")),
    operation_id="customer_writes",
    summary=_("Add what the customer wrote"),
    openapi_extra={"parameters": [NEEDS_KEY]},
)
def customer_writes(request: HttpRequest, number: Number, told: MessageIn) -> HttpResponse:
    """Add the customer's own words and files, as if they had written them on their page.

    They are kept raw first, and the same key never adds them twice; a complaint that had ended opens again.
    """
    now, token = timezone.now(), _token(request)
    key = once.key_of(request, needed=True)
    if (before := once.known(request, token=token, key=key)) is not None:
        return before
    if not told.text.strip() and not told.files:
        errors = [{"place": "text", "code": "missing", "detail": gettext("This is needed.")}]
        raise Problem("not-valid", errors=errors)
    complaint = find(number)
    name = sha256(f"{token.pk} {key}".encode("utf-8", "surrogatepass")).hexdigest()
    event = page.add(complaint=complaint, text=told.text.strip(), files=uploads_of(told.files), once=name, now=now)
    if event is None:
        raise Problem("not-readable-yet", headers={"Retry-After": "60"})
    body = once.plain(done(Complaint.objects.get(pk=event.complaint_id), event))
    kept = actions.keep_answer(token=token, key=key, asked=once.asked(request), status=201, body=body, now=now)
    return once.written(kept.body, status=kept.status)


@router.post(
    "complaints/{number}/wishes",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(201, DoneOut, may=("not-found", "unable")),
    operation_id="customer_asks",
    summary=_("Ask for a call, a person or a manager, for the customer"),
    openapi_extra={"parameters": [KEY]},
)
def customer_asks(request: HttpRequest, number: Number, told: WishIn) -> HttpResponse:
    """Record that the customer asks for a call, a person or a manager. Whoever asks for a manager has one rung."""
    now = timezone.now()

    def act() -> DoneOut:
        complaint = find(number)
        with refusals():
            event = complaints.ask_for(complaint=complaint, what=told.what, phone=told.phone, now=now)
        reaching.ring_for(event=event, now=now)
        return done(complaint, event)

    return once.once(request, act=act, status=201, now=now)


@router.post(
    "complaints/{number}/not-content",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(201, DoneOut, may=("not-found", "unable")),
    operation_id="say_not_content",
    summary=_("Record that the customer is not content"),
    openapi_extra={"parameters": [KEY]},
)
def say_not_content(request: HttpRequest, number: Number, told: WordsIn) -> HttpResponse:
    """Record that the customer is not content, with what they say is missing; what had ended opens again."""
    now = timezone.now()

    def act() -> DoneOut:
        complaint = find(number)
        with refusals():
            return done(complaint, complaints.say_not_content(complaint=complaint, text=told.text.strip(), now=now))

    return once.once(request, act=act, status=201, now=now)


@router.post(
    "complaints/{number}/ratings",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(201, DoneOut, may=("not-found", "unable")),
    operation_id="rate",
    summary=_("Record the customer's answers to the two questions"),
    openapi_extra={"parameters": [KEY]},
)
def rate(request: HttpRequest, number: Number, told: RatingIn) -> HttpResponse:
    """Record what the customer says of the outcome and of how it was handled, each from one to five."""
    now = timezone.now()

    def act() -> DoneOut:
        complaint = find(number)
        with refusals():
            event = complaints.rate(complaint=complaint, outcome=told.outcome, handling=told.handling, now=now)
        return done(complaint, event)

    return once.once(request, act=act, status=201, now=now)


# ── Letters ──────────────────────────────────────────────────────────────────


@router.get(
    "complaints/{number}/letters",
    auth=needs(Scope.READ_COMPLAINTS),
    response=answers(200, LettersOut, may=("not-found",)),
    operation_id="list_letters",
    summary=_("List what became of the letters of a complaint"),
)
def list_letters(request: HttpRequest, number: Number) -> LettersOut:
    """List the letters, the oldest first. `maybe-sent` is what a broken line left unknown: a person decides."""
    del request
    rows = Outgoing.objects.filter(complaint=find(number)).defer("mime").order_by("pk")
    return LettersOut(letters=[_as_letter(one) for one in rows])


@router.post(
    "letters/{pk}/send-again",
    auth=needs(Scope.REPLY),
    response=answers(200, LetterOut, may=("not-found", "unable")),
    operation_id="send_again",
    summary=_("Send a letter again"),
    openapi_extra={"parameters": [KEY]},
)
def send_again(request: HttpRequest, pk: Pk) -> HttpResponse:
    """Send a letter again that failed or may not have arrived: the very same, so that mail programs show it once."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> LetterOut:
        letter = Outgoing.objects.filter(pk=pk).first()
        if letter is None:
            raise Problem("not-found")
        with refusals():
            return _as_letter(channels.resend(outgoing=letter, by=agent, now=now))

    return once.once(request, act=act, now=now)


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


@router.post(
    "complaints/{number}/later-replies",
    auth=needs(Scope.REPLY),
    response=answers(201, LaterOut, may=("no-key", "not-found", "unable")),
    operation_id="reply_later",
    summary=_("Write to the customer at a later time"),
    openapi_extra={"parameters": [NEEDS_KEY]},
)
def reply_later(request: HttpRequest, number: Number, told: LaterIn) -> HttpResponse:
    """Keep a reply until its time; whatever is said before stops it, and it is its author's draft again.

    `seen` is `last_event` as its author read it. One waits for each person: a new one takes the place of the last.
    """
    now, agent = timezone.now(), agent_of(request)

    def act() -> LaterOut:
        complaint = find(number)
        with refusals():
            kept = later.keep(
                complaint=complaint,
                by=agent,
                text=told.text,
                undertaken=undertaken_of(told.promises),
                reason=told.reason,
                with_marks=told.marks,
                send_at=told.send_at,
                seen=told.seen,
                now=now,
            )
        return LaterOut(id=kept.pk, number=complaint.number, send_at=kept.send_at, state=kept.state)

    return once.once(request, act=act, status=201, needs_key=True, now=now)


@router.post(
    "later-replies/{pk}/take-back",
    auth=needs(Scope.REPLY),
    response=answers(200, LaterOut, may=("not-found", "unable")),
    operation_id="take_later_reply_back",
    summary=_("Take back a reply that waits for its time"),
    openapi_extra={"parameters": [KEY]},
)
def take_back(request: HttpRequest, pk: Pk) -> HttpResponse:
    """Take it back; its words are its author's draft again. Only its author can."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> LaterOut:
        row = LaterReply.objects.select_related("complaint", "by").filter(pk=pk, by=agent).first()
        if row is None:
            raise Problem("not-found")
        if not later.take_back(later=row, by=agent, now=now):
            raise Problem("unable", gettext("It has left already, or was stopped."))
        row.refresh_from_db()
        return LaterOut(id=row.pk, number=row.complaint.number, send_at=row.send_at, state=row.state)

    return once.once(request, act=act, now=now)


def _token(request: HttpRequest) -> Token:
    token: Token = request.auth  # type: ignore[attr-defined]
    return token
