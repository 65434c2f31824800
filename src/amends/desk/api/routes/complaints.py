"""Complaints: listed, read, opened, answered, noted, handed over, brought to their end."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from amends.desk.api import once, queries
from amends.desk.api.door import needs
from amends.desk.api.pages import ListIn, page
from amends.desk.api.problems import Problem, not_valid
from amends.desk.api.routes.around import filled_in
from amends.desk.api.routes.common import (
    NEEDS_KEY,
    UNABLE,
    Call,
    Number,
    acts,
    agent_of,
    answers,
    colleague,
    done,
    find,
    one_of,
    reads,
    refused,
    takes_in,
    token_of,
    undertaken_of,
    uploads_of,
)
from amends.desk.api.routes.promises import as_promise, promise_rows
from amends.desk.api.schemas import (
    LARGEST,
    AskedOut,
    CauseIn,
    CauseOut,
    CloseIn,
    ComplaintIn,
    ComplaintOut,
    ComplaintRowOut,
    ComplaintsOut,
    DoneOut,
    FindingOut,
    HandOverIn,
    In,
    NoteIn,
    NoteOut,
    OpenedOut,
    PeopleOut,
    PersonOut,
    ReplyIn,
    ReplyOut,
    UndertakingOut,
)
from amends.desk.api.scopes import Scope
from amends.desk.calm import actions as calm
from amends.desk.channels import actions as channels
from amends.desk.channels.form.record import to_record
from amends.desk.channels.models import Outgoing
from amends.desk.coaching import readers
from amends.desk.coaching.queries import DraftReading, Undertaking, read_draft
from amends.desk.complaints import actions, mentions
from amends.desk.complaints import queries as complaints
from amends.desk.complaints.as_conversation import as_conversation
from amends.desk.complaints.export import without_key
from amends.desk.complaints.models import Channel, Complaint, Event
from amends.desk.improvements import actions as improvements
from amends.desk.improvements.models import Cause
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise
from amends.desk.workplace import actions as workplace
from amends.engine.conversation import to_json
from amends.engine.languages.reading import USUAL_READERS

router = Router()


# ── Reading ──────────────────────────────────────────────────────────────────


class Narrowed(In):
    """What a list is narrowed to; what is left out does not narrow it."""

    view: str = "all"
    words: Annotated[str, Field(max_length=200)] = ""
    language: Annotated[str, Field(max_length=2)] = ""
    channel: Annotated[str, Field(max_length=10)] = ""
    turn: Annotated[str, Field(max_length=12)] = ""
    heat: Annotated[int, Field(ge=0, le=3, description="At least so hot.")] = 0
    owner: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    team: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    promise: Annotated[str, Field(description="broken, today, open or none")] = ""
    again: Annotated[bool, Field(description="It went wrong a second time.")] = False
    after: Annotated[str, Field(max_length=1000, description="The `next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


@reads(router, "complaints", scope=Scope.READ_COMPLAINTS, summary=_("List complaints, what matters now first"))
def list_complaints(call: Call, narrowed: Query[Narrowed]) -> ComplaintsOut:
    """List complaints in the order of the inbox, in pages. `view` is one of the inbox: now, mine, team … all."""
    told = narrowed.model_dump()
    view, after, limit, words = (told.pop(name) for name in ("view", "after", "limit", "words"))
    if view not in complaints.VIEWS:
        raise one_of("view", complaints.VIEWS)
    if told["promise"] not in {"", "broken", "today", "open", "none"}:
        raise one_of("promise", ("broken", "today", "open", "none"))
    try:
        rows = complaints.inbox(
            agent=call.agent,
            view=view,
            now=call.now,
            search=words,
            filters=replace(complaints.NO_FILTERS, **told),
            limit=limit + 1,
            after=after or None,
        )
    except complaints.UnableToContinue as error:
        detail = gettext("Take the `next` of the page before as it is.")
        raise not_valid("after", detail, code="cursor") from error
    shown = [ComplaintRowOut.model_validate(row, from_attributes=True) for row in rows[:limit]]
    return ComplaintsOut(complaints=shown, next=rows[limit - 1].cursor if len(rows) > limit else None)


@reads(
    router, "complaints/{number}", scope=Scope.READ_COMPLAINTS, summary=_("Read one complaint with its conversation")
)
def read_complaint(call: Call, number: Number) -> ComplaintOut:
    """Read a complaint: what was said, by the schema of conversations, with its notes and promises."""
    complaint, now = find(number), call.now
    talk = without_key(as_conversation(complaint=complaint, now=now), key=complaint.key)
    return ComplaintOut(
        **{
            name: getattr(complaint, name)
            for name in (
                *("number", "customer_id", "subject", "wish", "language", "channel", "stage", "turn", "heat"),
                *("owner_id", "received_at", "waiting_since", "resolved_at", "closed_at"),
            )
        },
        customer_name=complaint.customer.name,
        owner_name=complaint.owner.name,
        team_name=complaint.team.name if complaint.team is not None else "",
        last_event=queries.last_event_of(complaint=complaint),
        conversation=to_json(talk),
        notes=[
            NoteOut(
                id=one.pk,
                at=one.at,
                agent_name=one.agent.name if one.agent is not None else "",
                text=one.content.text,
                mentions=list(dict.fromkeys(each["agent"] for each in one.content.data.get("mentions", ()))),
            )
            for one in queries.notes_of(complaint=complaint)
        ],
        promises=promise_rows(complaint),
        fields=filled_in(complaint, reader=call.agent),
    )


@reads(router, "people", scope=Scope.READ_COMPLAINTS, summary=_("List who works here"))
def list_people(_call: Call, asked: Query[ListIn]) -> PeopleOut:
    """List everybody to whom a complaint could be handed over."""
    found, after = page(queries.people(), asked)
    rows = [
        PersonOut(
            id=one.pk,
            name=one.name,
            role=one.role,
            team_name=one.team.name if one.team is not None else "",
            languages=one.languages,
            presence=one.presence,
        )
        for one in found
    ]
    return PeopleOut(people=rows, next=after)


# ── Opening ──────────────────────────────────────────────────────────────────


@takes_in(router.post, "complaints", scope=Scope.OPEN_COMPLAINTS, summary=_("Open a complaint"))
def open_complaint(call: Call, told: ComplaintIn) -> OpenedOut:
    """Open a complaint. It is kept as it came before it is read, and the same key never opens two.

    It has an owner in the same moment. Who complained by form with an e-mail address is told that it came, and by when
    they hear from us.
    """
    if not told.email.strip() and not told.phone.strip():
        detail = gettext("Write a telephone number or an e-mail address, so that we can answer.")
        raise not_valid("email", detail, code="no-way-to-answer")
    if not told.text.strip() or not told.name.strip():
        place = "name" if told.text.strip() else "text"
        raise not_valid(place, gettext("This is needed."), code="missing")
    heard = told.channel != Channel.FORM
    fields = told.model_dump(mode="json", exclude={"channel", "files"})
    record = to_record(fields=fields, files=uploads_of(told.files), by=call.agent if heard else None)
    identity = f"api {call.token.pk} {sha256(call.key.encode('utf-8', 'surrogatepass')).hexdigest()}"
    arrival = channels.keep_raw(channel=told.channel, identity=identity, raw=record, now=call.now)
    if (bytes(arrival.raw), arrival.channel) != (record, told.channel):
        raise Problem("key-used")
    event = channels.take_in(arrival=arrival, now=call.now)
    if event is None:
        raise Problem("not-readable-yet", headers={"Retry-After": "60"})
    complaint = Complaint.objects.select_related("owner").get(pk=event.complaint_id)
    return OpenedOut(
        number=complaint.number,
        owner_id=complaint.owner_id,
        owner_name=complaint.owner.name,
        page=settings.ADDRESS + reverse("workplace:complaint", args=[complaint.number]),
    )


# ── Answering ────────────────────────────────────────────────────────────────


@router.post(
    "complaints/{number}/reply",
    auth=needs(Scope.REPLY),
    response=answers(201, ReplyOut, may=("no-key", "not-found", "unable")),
    operation_id="reply",
    summary=_("Write to the customer"),
    openapi_extra={"parameters": [NEEDS_KEY]},
)
def reply(request: HttpRequest, number: Number, told: ReplyIn) -> HttpResponse:
    """Answer the customer. The words go on the timeline and into the outbox; what the coach saw in them comes back.

    With `only_if_clean` nothing is sent where it finds something. Promises enter the ledger if they are given; those
    that stand in the words and were not given come back as `found`.
    """
    now, agent = timezone.now(), agent_of(request)
    if (before := once.known(request, token=token_of(request), key=once.key_of(request, needed=True))) is not None:
        return before
    complaint, files = find(number), uploads_of(told.files)
    reading = _read(complaint, agent, told)  # may take a second: nobody waits for a row meanwhile
    findings = findings_of(reading)

    def act() -> ReplyOut:
        if told.only_if_clean and any(not one.hint for one in findings):
            raise Problem("found-something", findings=[once.plain(one) for one in findings])
        with refused(*UNABLE):
            event = workplace.reply(
                complaint=complaint,
                by=agent,
                text=told.text,
                undertaken=undertaken_of(told.promises),
                attachments=files,
                with_marks=told.marks,
                as_it_is_reason=told.reason,
                seen=told.seen,
                now=now,
            )
        return _replied(complaint, event, reading, findings)

    return once.once(request, act=act, status=201, needs_key=True, now=now)


def _read(complaint: Complaint, agent: Agent, told: ReplyIn) -> DraftReading:
    full = readers.full.get()
    return read_draft(
        complaint=complaint, agent=agent, text=told.text.strip(), now=timezone.now(), readers=full or USUAL_READERS
    )


def findings_of(reading: DraftReading) -> list[FindingOut]:
    return [
        FindingOut(
            failing=one.name,
            title=one.title,
            start=one.start,
            end=one.end,
            words=one.words,
            hurts=one.hurts,
            instead=one.instead,
            confidence=round(one.confidence, 3),
            hint=one.hint,
        )
        for one in reading.findings
    ]


def _replied(complaint: Complaint, event: Event, reading: DraftReading, findings: list[FindingOut]) -> ReplyOut:
    made = list(Promise.objects.select_related("complaint__owner").filter(made_in=event).order_by("pk"))
    entered = {one.due_at for one in made}
    return ReplyOut(
        number=complaint.number,
        event=event.pk,
        goes_by="mail" if Outgoing.objects.filter(event=event).exists() else "page",
        language=reading.language,
        findings=findings,
        good=[one.name for one in reading.good],
        promised=[as_promise(one) for one in made],
        found=[as_found(one) for one in reading.promises if one.due_at not in entered],
    )


def as_found(one: Undertaking) -> UndertakingOut:
    return UndertakingOut(words=one.words, start=one.start, end=one.end, due_at=one.due_at, whole_day=one.whole_day)


@acts(
    router.post,
    "complaints/{number}/notes",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Write a note for colleagues"),
)
def note(call: Call, number: Number, told: NoteIn) -> DoneOut:
    """Write a note; the customer never sees it. Who is mentioned is told, watches the complaint, and sees it."""
    complaint = find(number)
    event = mentions.note(
        complaint=complaint, by=call.agent, text=told.text, people=told.mentions, strictly=True, now=call.now
    )
    return done(complaint, event)


@acts(
    router.post,
    "complaints/{number}/hand-over",
    scope=Scope.WRITE_COMPLAINTS,
    status=202,
    summary=_("Ask a colleague to take a complaint over"),
)
def hand_over(call: Call, number: Number, told: HandOverIn) -> AskedOut:
    """Ask a colleague to take it over. It stays its owner's until they say yes; only the owner can ask."""
    complaint = find(number)
    to = colleague(told.to, place="to")
    asked = calm.ask_to_take_over(complaint=complaint, by=call.agent, to=to, reason=told.reason, now=call.now)
    return AskedOut(number=complaint.number, asked_id=to.pk, asked_name=to.name, state=asked.state)


# ── Its end, and why it came about ───────────────────────────────────────────


@acts(
    router.post,
    "complaints/{number}/content",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Record that the customer is content"),
)
def say_content(call: Call, number: Number) -> DoneOut:
    """Record that the customer said so to the person for whom the token acts."""
    complaint = find(number)
    return done(complaint, actions.say_content(complaint=complaint, by_customer=False, agent=call.agent, now=call.now))


@acts(router.post, "complaints/{number}/close", scope=Scope.WRITE_COMPLAINTS, summary=_("Close a complaint"))
def close(call: Call, number: Number, told: CloseIn) -> DoneOut:
    """Close a complaint with which nobody has to do any more; what is still owed to the customer stops it."""
    complaint = find(number)
    return done(complaint, actions.close(complaint=complaint, by=call.agent, reason=told.reason, now=call.now))


@reads(router, "complaints/{number}/cause", scope=Scope.READ_COMPLAINTS, summary=_("Read why a complaint came about"))
def read_cause(call: Call, number: Number) -> CauseOut:
    """Read the cause: what the engine proposes, or what a person confirmed."""
    return _as_cause(improvements.propose(complaint=find(number), now=call.now))


@acts(
    router.put, "complaints/{number}/cause", scope=Scope.WRITE_COMPLAINTS, summary=_("Say why a complaint came about")
)
def confirm_cause(call: Call, number: Number, told: CauseIn) -> CauseOut:
    """Say what the cause was: the layer in which it lies, and the organisation's own name for it."""
    complaint = find(number)
    return _as_cause(
        improvements.confirm(complaint=complaint, layer=told.layer, theme=told.theme, by=call.agent, now=call.now)
    )


def _as_cause(cause: Cause | None) -> CauseOut:
    if cause is None:
        return CauseOut(layer=None, theme="", words="", confidence=0, confirmed=False)
    return CauseOut(
        layer=cause.layer,
        theme=cause.theme.name if cause.theme is not None else "",
        words=cause.words,
        confidence=round(cause.confidence, 3),
        confirmed=cause.confirmed_at is not None,
    )
