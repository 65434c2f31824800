"""What the routes share."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Path

from amends.desk.api.problems import PROBLEMS, Problem
from amends.desk.api.schemas import DoneOut, FileIn, ProblemOut, UndertakenIn
from amends.desk.calm.actions import UnableToOfferCall, UnableToTakeOver
from amends.desk.channels.actions import UnableToSend
from amends.desk.clocks.actions import UnableToExtend, UnableToMark
from amends.desk.clocks.letters import UnableToWriteNotice
from amends.desk.complaints import merging, one_person
from amends.desk.complaints import queries as complaints
from amends.desk.complaints.actions import UnableToRate, Upload
from amends.desk.complaints.aside import UnableToPutAside
from amends.desk.complaints.fields import UnableToFillIn
from amends.desk.complaints.links import UnableToLink
from amends.desk.complaints.merging import UnableToMerge
from amends.desk.complaints.models import Complaint, Event
from amends.desk.complaints.one_person import UnableToJoin
from amends.desk.complaints.splitting import UnableToPutBack, UnableToSplit
from amends.desk.complaints.tags import UnableToTag
from amends.desk.customers.actions import UnableToCorrect
from amends.desk.improvements.actions import UnableToConfirm
from amends.desk.people.models import Agent
from amends.desk.workplace.actions import UnableToRelieve, Undertaken
from amends.desk.workplace.later import UnableToWait
from amends.desk.workplace.putting_right import ALSO_UNABLE

UNABLE: Final = (
    *ALSO_UNABLE,
    *(UnableToTakeOver, UnableToConfirm, UnableToCorrect, UnableToTag, UnableToPutAside, UnableToLink, UnableToFillIn),
    *(UnableToRate, UnableToSend, UnableToWait),
    *(UnableToMerge, merging.UnableToTakeApart, UnableToSplit, UnableToPutBack),
    *(UnableToJoin, one_person.UnableToTakeApart, UnableToOfferCall, UnableToRelieve),
    *(UnableToExtend, UnableToMark, UnableToWriteNotice),
)

LARGEST: Final = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST, description="The complaint's number.")]
Pk = Annotated[int, Path(ge=1, le=LARGEST)]

KEY: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "A random text of your own. The same key with the same body does nothing again.",
}
NEEDS_KEY: Final[dict[str, Any]] = {**KEY, "required": True}


def answers(status: int, schema: Any, *, may: tuple[str, ...] = ()) -> dict[int, Any]:
    """Say what a route answers: its success, and the problems that it may have beside those of every route."""
    always = ("no-token", "scope-missing", "too-many", "not-valid", "unexpected")
    return {status: schema, **{PROBLEMS[code][0]: ProblemOut for code in (*always, *may)}}


def agent_of(request: HttpRequest) -> Agent:
    """For whom the token acts."""
    agent: Agent = request.auth.agent  # type: ignore[attr-defined]
    return agent


def find(number: int) -> Complaint:
    """
    Return the complaint of a number.

    :raises Problem: if there is none
    """
    complaint = complaints.by_number(number=number)
    if complaint is None:
        raise Problem("not-found")
    return complaint


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what an action refuses into a problem, with the sentence that the action gave."""
    try:
        yield
    except UNABLE as error:
        raise Problem("unable", str(error)) from error


def done(complaint: Complaint, event: Event) -> DoneOut:
    return DoneOut(number=complaint.number, event=event.pk, stage=complaint.stage, turn=complaint.turn)


def uploads_of(files: Sequence[FileIn]) -> list[Upload]:
    """Read files out of their Base64.

    :raises Problem: if one is none, with its place
    """
    uploads = []
    for place, file in enumerate(files):
        try:
            body = base64.b64decode(file.content, validate=True)
        except (binascii.Error, ValueError) as error:
            detail = gettext("This is no Base64.")
            errors = [{"place": f"files.{place}.content", "code": "base64", "detail": detail}]
            raise Problem("not-valid", errors=errors) from error
        uploads.append(Upload(name=file.name, media_type=file.media_type, body=body))
    return uploads


def undertaken_of(promises: Sequence[UndertakenIn]) -> list[Undertaken]:
    return [
        Undertaken(words=one.words, start=one.start, end=one.end, due_at=one.due_at, whole_day=one.whole_day)
        for one in promises
    ]
