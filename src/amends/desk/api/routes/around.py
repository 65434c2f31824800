"""What stands around a complaint: files, colleagues asked, complaints like it, own fields, putting it aside."""

from __future__ import annotations

import base64

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.routes.common import Call, Number, Pk, acts, colleague, done, find, reads
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


@reads(router, "complaints/{number}/files", scope=Scope.READ_COMPLAINTS, summary=_("List the files of a complaint"))
def list_files(_call: Call, number: Number) -> FilesOut:
    """List the files that came and went with its messages, in order; `event` is the place of the message."""
    rows = Attachment.objects.filter(event__complaint=find(number)).order_by("event__sequence", "pk")
    return FilesOut(files=[_as_row(one) for one in rows])


@reads(router, "complaints/{number}/files/{pk}", scope=Scope.READ_COMPLAINTS, summary=_("Read one file of a complaint"))
def read_file(_call: Call, number: Number, pk: Pk) -> FileOut:
    """Read a file as it came, as Base64. It may be anything: what the sender called its kind proves nothing."""
    found = get_object_or_404(Attachment, event__complaint=find(number), pk=pk)
    with found.file.open("rb") as file:
        content = base64.b64encode(file.read()).decode("ascii")
    return FileOut(**_as_row(found).model_dump(), content=content)


def _as_row(one: Attachment) -> FileRowOut:
    return FileRowOut(id=one.pk, event=one.event_id, name=one.name, media_type=one.media_type, size=one.size)


# ── Colleagues ───────────────────────────────────────────────────────────────


@acts(
    router.post,
    "complaints/{number}/colleagues",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Ask a colleague something about a complaint"),
)
def ask_colleague(call: Call, number: Number, told: AskIn) -> DoneOut:
    """Bring somebody in with a question. The owner stays the owner, and the customer sees nothing of it."""
    complaint = find(number)
    asked = colleague(told.agent, place="agent")
    event = mentions.ask(complaint=complaint, by=call.agent, agent=asked, question=told.question, now=call.now)
    return done(complaint, event)


# ── Until later ──────────────────────────────────────────────────────────────


@acts(
    router.post,
    "complaints/{number}/put-aside",
    scope=Scope.WRITE_COMPLAINTS,
    name="put_aside",
    summary=_("Put a complaint aside until later"),
)
def put_aside_until(call: Call, number: Number, told: PutAsideIn) -> DoneOut:
    """Put it aside; it is back at that time, and at once when the customer says something.

    What is promised or due before stops it, unless `knows` says that the person knows of it.
    """
    complaint = find(number)
    event = put_aside(complaint=complaint, by=call.agent, until=told.until, knows=told.knows, now=call.now)
    return done(complaint, event)


@acts(
    router.post,
    "complaints/{number}/bring-back",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Bring back a complaint that was put aside"),
)
def bring_back(call: Call, number: Number) -> DoneOut:
    """Put it back among the others."""
    complaint = find(number)
    return done(complaint, aside.bring_back(complaint=complaint, by=call.agent, now=call.now))


# ── Complaints like it ───────────────────────────────────────────────────────


@reads(
    router, "complaints/{number}/links", scope=Scope.READ_COMPLAINTS, summary=_("List what a complaint is linked with")
)
def list_links(_call: Call, number: Number) -> LinksOut:
    """List the complaints that belong to it, to which it belongs, or that have the same cause."""
    return _links(find(number))


@acts(
    router.post,
    "complaints/{number}/links",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Link a complaint with another one"),
)
def link(call: Call, number: Number, told: LinkIn) -> LinksOut:
    """Link two complaints; it is told on both."""
    complaint, other = find(number), find(told.number)
    links.link(complaint=complaint, other=other, how=told.how, by=call.agent, now=call.now)
    return _links(complaint)


@acts(
    router.post,
    "complaints/{number}/links/take-off",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Take away the link between two complaints"),
)
def unlink(call: Call, number: Number, told: OtherIn) -> LinksOut:
    """Take the link away on both sides."""
    complaint, other = find(number), find(told.number)
    links.unlink(complaint=complaint, other=other, by=call.agent, now=call.now)
    return _links(complaint)


def _links(complaint: Complaint) -> LinksOut:
    rows = [LinkOut.model_validate(one, from_attributes=True) for one in links.of(complaint=complaint)]
    return LinksOut(number=complaint.number, links=rows)


# ── Own fields ───────────────────────────────────────────────────────────────


@acts(
    router.put,
    "complaints/{number}/fields",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Fill in the organisation's own fields"),
)
def fill_in(call: Call, number: Number, told: FieldsIn) -> FieldsOut:
    """Fill in fields by their numbers, as `read_complaint` lists them. No values empty a field; others stay."""
    complaint = find(number)
    fields.fill_in(complaint=complaint, values={one.id: one.values for one in told.fields}, by=call.agent, now=call.now)
    return FieldsOut(number=complaint.number, fields=filled_in(complaint, reader=call.agent))


def filled_in(complaint: Complaint, *, reader: Agent) -> list[FilledInOut]:
    """What the organisation's own fields say of a complaint, in the reader's language."""
    return [
        FilledInOut(id=one.field.pk, name=one.name, kind=one.kind, values=list(one.values), needed=one.needed)
        for one in fields.of(complaint=complaint, language=reader.language)
    ]
