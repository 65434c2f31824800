"""What stands around a complaint: files, colleagues asked, complaints like it, own fields, putting it aside."""

from __future__ import annotations

import base64

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api import once
from amends.desk.api.door import needs
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import KEY, Number, Pk, agent_of, answers, done, find, refusals
from amends.desk.api.schemas import (
    AskIn,
    DoneOut,
    FieldsIn,
    FieldsOut,
    FileOut,
    FileRowOut,
    FilesOut,
    FilledInOut,
    LinkIn,
    LinkOut,
    LinksOut,
    OtherIn,
    PutAsideIn,
)
from amends.desk.api.scopes import Scope
from amends.desk.complaints import aside, fields, links, mentions
from amends.desk.complaints.models import Attachment, Complaint
from amends.desk.people.models import Agent
from amends.desk.workplace.aside import put_aside

router = Router()


# ── Files ────────────────────────────────────────────────────────────────────


@router.get(
    "complaints/{number}/files",
    auth=needs(Scope.READ_COMPLAINTS),
    response=answers(200, FilesOut, may=("not-found",)),
    operation_id="list_files",
    summary=_("List the files of a complaint"),
)
def list_files(request: HttpRequest, number: Number) -> FilesOut:
    """List the files that came and went with its messages, in order; `event` is the place of the message."""
    del request
    rows = Attachment.objects.filter(event__complaint=find(number)).order_by("event__sequence", "pk")
    return FilesOut(files=[_as_row(one) for one in rows])


@router.get(
    "complaints/{number}/files/{pk}",
    auth=needs(Scope.READ_COMPLAINTS),
    response=answers(200, FileOut, may=("not-found",)),
    operation_id="read_file",
    summary=_("Read one file of a complaint"),
)
def read_file(request: HttpRequest, number: Number, pk: Pk) -> FileOut:
    """Read a file as it came, as Base64. It may be anything: what the sender called its kind proves nothing."""
    del request
    found = Attachment.objects.filter(event__complaint=find(number), pk=pk).first()
    if found is None:
        raise Problem("not-found")
    with found.file.open("rb") as file:
        content = base64.b64encode(file.read()).decode("ascii")
    return FileOut(**_as_row(found).model_dump(), content=content)


def _as_row(one: Attachment) -> FileRowOut:
    return FileRowOut(id=one.pk, event=one.event_id, name=one.name, media_type=one.media_type, size=one.size)


# ── Colleagues ───────────────────────────────────────────────────────────────


@router.post(
    "complaints/{number}/colleagues",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(201, DoneOut, may=("not-found", "unable")),
    operation_id="ask_colleague",
    summary=_("Ask a colleague something about a complaint"),
    openapi_extra={"parameters": [KEY]},
)
def ask_colleague(request: HttpRequest, number: Number, told: AskIn) -> HttpResponse:
    """Bring somebody in with a question. The owner stays the owner, and the customer sees nothing of it."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> DoneOut:
        complaint = find(number)
        asked = Agent.objects.filter(pk=told.agent).first()
        if asked is None:
            errors = [{"place": "agent", "code": "unknown", "detail": gettext("Nobody here has this number.")}]
            raise Problem("not-valid", errors=errors)
        with refusals():
            event = mentions.ask(complaint=complaint, by=agent, agent=asked, question=told.question, now=now)
        return done(complaint, event)

    return once.once(request, act=act, status=201, now=now)


# ── Until later ──────────────────────────────────────────────────────────────


@router.post(
    "complaints/{number}/put-aside",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(200, DoneOut, may=("not-found", "unable")),
    operation_id="put_aside",
    summary=_("Put a complaint aside until later"),
    openapi_extra={"parameters": [KEY]},
)
def put_aside_until(request: HttpRequest, number: Number, told: PutAsideIn) -> HttpResponse:
    """Put it aside; it is back at that time, and at once when the customer says something.

    What is promised or due before stops it, unless `knows` says that the person knows of it.
    """
    now, agent = timezone.now(), agent_of(request)

    def act() -> DoneOut:
        complaint = find(number)
        with refusals():
            event = put_aside(complaint=complaint, by=agent, until=told.until, knows=told.knows, now=now)
        return done(complaint, event)

    return once.once(request, act=act, now=now)


@router.post(
    "complaints/{number}/bring-back",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(200, DoneOut, may=("not-found", "unable")),
    operation_id="bring_back",
    summary=_("Bring back a complaint that was put aside"),
    openapi_extra={"parameters": [KEY]},
)
def bring_back(request: HttpRequest, number: Number) -> HttpResponse:
    """Put it back among the others."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> DoneOut:
        complaint = find(number)
        with refusals():
            return done(complaint, aside.bring_back(complaint=complaint, by=agent, now=now))

    return once.once(request, act=act, now=now)


# ── Complaints like it ───────────────────────────────────────────────────────


@router.get(
    "complaints/{number}/links",
    auth=needs(Scope.READ_COMPLAINTS),
    response=answers(200, LinksOut, may=("not-found",)),
    operation_id="list_links",
    summary=_("List what a complaint is linked with"),
)
def list_links(request: HttpRequest, number: Number) -> LinksOut:
    """List the complaints that belong to it, to which it belongs, or that have the same cause."""
    del request
    return _links(find(number))


@router.post(
    "complaints/{number}/links",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(200, LinksOut, may=("not-found", "unable")),
    operation_id="link",
    summary=_("Link a complaint with another one"),
    openapi_extra={"parameters": [KEY]},
)
def link(request: HttpRequest, number: Number, told: LinkIn) -> HttpResponse:
    """Link two complaints; it is told on both."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> LinksOut:
        complaint, other = find(number), find(told.number)
        with refusals():
            links.link(complaint=complaint, other=other, how=told.how, by=agent, now=now)
        return _links(complaint)

    return once.once(request, act=act, now=now)


@router.post(
    "complaints/{number}/links/take-off",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(200, LinksOut, may=("not-found", "unable")),
    operation_id="unlink",
    summary=_("Take away the link between two complaints"),
    openapi_extra={"parameters": [KEY]},
)
def unlink(request: HttpRequest, number: Number, told: OtherIn) -> HttpResponse:
    """Take the link away on both sides."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> LinksOut:
        complaint, other = find(number), find(told.number)
        with refusals():
            links.unlink(complaint=complaint, other=other, by=agent, now=now)
        return _links(complaint)

    return once.once(request, act=act, now=now)


def _links(complaint: Complaint) -> LinksOut:
    rows = [LinkOut.model_validate(one, from_attributes=True) for one in links.of(complaint=complaint)]
    return LinksOut(number=complaint.number, links=rows)


# ── Own fields ───────────────────────────────────────────────────────────────


@router.put(
    "complaints/{number}/fields",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(200, FieldsOut, may=("not-found", "unable")),
    operation_id="fill_in",
    summary=_("Fill in the organisation's own fields"),
    openapi_extra={"parameters": [KEY]},
)
def fill_in(request: HttpRequest, number: Number, told: FieldsIn) -> HttpResponse:
    """Fill in fields by their numbers, as `read_complaint` lists them. No values empty a field; others stay."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> FieldsOut:
        complaint = find(number)
        with refusals():
            fields.fill_in(complaint=complaint, values={one.id: one.values for one in told.fields}, by=agent, now=now)
        return FieldsOut(
            number=complaint.number,
            fields=[
                FilledInOut(id=one.field.pk, name=one.name, kind=one.kind, values=list(one.values), needed=one.needed)
                for one in fields.of(complaint=complaint, language=agent.language)
            ],
        )

    return once.once(request, act=act, now=now)
