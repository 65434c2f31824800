"""What the routes share."""

from __future__ import annotations

import base64
import binascii
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, Final, get_type_hints

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from ninja import Path, Router
from pydantic import BaseModel

from amends.desk.academy.actions import UnableToPractise
from amends.desk.api import once
from amends.desk.api.door import needs
from amends.desk.api.models import Token
from amends.desk.api.problems import PROBLEMS, Problem, not_valid
from amends.desk.api.schemas import LARGEST, DoneOut, FileIn, ProblemOut, UndertakenIn
from amends.desk.api.scopes import Scope
from amends.desk.calm.actions import UnableToOfferCall, UnableToRest, UnableToTakeOver
from amends.desk.channels.actions import UnableToSend
from amends.desk.clocks.actions import UnableToExtend, UnableToMark, UnableToStart
from amends.desk.clocks.letters import UnableToWriteNotice
from amends.desk.complaints import merging, one_person
from amends.desk.complaints import queries as complaints
from amends.desk.complaints.actions import UnableToErase, UnableToRate, UnableToUndo, Upload
from amends.desk.complaints.aside import UnableToPutAside
from amends.desk.complaints.fields import UnableToFillIn
from amends.desk.complaints.links import UnableToLink
from amends.desk.complaints.merging import UnableToMerge
from amends.desk.complaints.models import Complaint, Event
from amends.desk.complaints.one_person import UnableToJoin
from amends.desk.complaints.pins import UnableToPin
from amends.desk.complaints.splitting import UnableToPutBack, UnableToSplit
from amends.desk.complaints.tags import UnableToTag
from amends.desk.customers.actions import UnableToCorrect
from amends.desk.improvements import themes
from amends.desk.improvements.actions import UnableToConfirm
from amends.desk.improvements.improving import UnableToImprove
from amends.desk.improvements.themes import UnableToName
from amends.desk.insight import saved
from amends.desk.insight.alarms import UnableToHear
from amends.desk.insight.own import UnableToKeep
from amends.desk.people.models import Agent
from amends.desk.promises.feeds import UnableToShare
from amends.desk.reaching.actions import UnableToCome
from amends.desk.workplace.actions import UnableToRelieve, Undertaken
from amends.desk.workplace.later import UnableToWait
from amends.desk.workplace.putting_right import ALSO_UNABLE
from amends.desk.workplace.saved_views import UnableToSave

UNABLE: Final = (
    *ALSO_UNABLE,
    *(UnableToTakeOver, UnableToConfirm, UnableToCorrect, UnableToTag, UnableToPutAside, UnableToLink, UnableToFillIn),
    *(UnableToRate, UnableToSend, UnableToWait),
    *(UnableToMerge, merging.UnableToTakeApart, UnableToSplit, UnableToPutBack),
    *(UnableToJoin, one_person.UnableToTakeApart, UnableToOfferCall, UnableToRelieve),
    *(UnableToExtend, UnableToMark, UnableToStart, UnableToWriteNotice),
    *(UnableToPin, UnableToUndo, UnableToErase, UnableToRest, UnableToCome, UnableToSave, UnableToShare),
    UnableToPractise,
    *(UnableToKeep, UnableToHear, saved.UnableToSave, UnableToImprove, UnableToName, themes.UnableToMerge),
)

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


def token_of(request: HttpRequest) -> Token:
    token: Token = request.auth  # type: ignore[attr-defined]
    return token


def agent_of(request: HttpRequest) -> Agent:
    """For whom the token acts."""
    return token_of(request).agent


def language_of() -> str:
    """In which language a call is answered."""
    return (get_language() or "en").split("-")[0]


# ── What a route is ──────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a program: for whom it acts, and when; under which key, where something is kept by it."""

    token: Token
    now: datetime
    key: str = ""

    @property
    def agent(self) -> Agent:
        """For whom the token acts."""
        return self.token.agent


def _call(request: HttpRequest, *, key: str = "") -> Call:
    return Call(token=token_of(request), key=key, now=timezone.now())


def reads(router: Router, path: str, *, scope: Scope, summary: Any, name: str = "") -> Callable[[Any], Any]:
    """Let programs read what a function returns: the document promises what it says that it returns."""

    def route(look: Callable[..., BaseModel]) -> Callable[..., BaseModel]:
        def view(request: HttpRequest, **told: Any) -> BaseModel:
            return look(_call(request), **told)

        _open(router.get, path, look, view, scope=scope, summary=summary, name=name, status=200)
        return look

    return route


def acts(
    method: Callable[..., Any],
    path: str,
    *,
    scope: Scope,
    summary: Any,
    name: str = "",
    status: int = 200,
    needs_key: bool = False,
) -> Callable[[Any], Any]:
    """Let programs do what a function does, once under its key; what it refuses is told as a problem.

    The document promises what the function says that it returns.
    """

    def route(act: Callable[..., BaseModel]) -> Callable[..., BaseModel]:
        def view(request: HttpRequest, **told: Any) -> HttpResponse:
            call = _call(request)

            def in_problems() -> BaseModel:
                with refused(*UNABLE):
                    return act(call, **told)

            return once.once(request, act=in_problems, status=status, needs_key=needs_key, now=call.now)

        may, key = ("unable", *(["no-key"] if needs_key else [])), NEEDS_KEY if needs_key else KEY
        _open(method, path, act, view, scope=scope, summary=summary, name=name, status=status, may=may, key=key)
        return act

    return route


def takes_in(method: Callable[..., Any], path: str, *, scope: Scope, summary: Any) -> Callable[[Any], Any]:
    """Let programs hand in what is kept raw before it is read: what was kept stays, whatever comes of it.

    So it is in no transaction with the answer, and always has a key, by which what was kept is known again.
    """

    def route(take: Callable[..., BaseModel]) -> Callable[..., BaseModel]:
        def view(request: HttpRequest, **told: Any) -> HttpResponse:
            return once.kept_raw(request, act=lambda key: take(_call(request, key=key), **told), now=timezone.now())

        may = ("no-key", "not-readable-yet")
        _open(method, path, take, view, scope=scope, summary=summary, name="", status=201, may=may, key=NEEDS_KEY)
        return take

    return route


def _open(
    method: Callable[..., Any],
    path: str,
    of: Callable[..., BaseModel],
    view: Callable[..., Any],
    *,
    scope: Scope,
    summary: Any,
    name: str,
    status: int,
    may: tuple[str, ...] = (),
    key: dict[str, Any] | None = None,
) -> None:
    hints = get_type_hints(of, include_extras=True)
    _call, *told = inspect.signature(of).parameters.values()
    wrapped = wraps(of)(view)
    wrapped.__signature__ = inspect.Signature([one.replace(annotation=hints[one.name]) for one in told])  # type: ignore[attr-defined]
    method(
        path,
        auth=needs(scope),
        response=answers(status, hints["return"], may=(*(["not-found"] if "{" in path else []), *may)),
        operation_id=name or of.__name__,
        summary=summary,
        openapi_extra={"parameters": [key]} if key is not None else None,
    )(wrapped)


# ── What they share ──────────────────────────────────────────────────────────


def find(number: int) -> Complaint:
    """
    Return the complaint of a number.

    :raises Problem: if there is none
    """
    complaint = complaints.by_number(number=number)
    if complaint is None:
        raise Problem("not-found")
    return complaint


def colleague(pk: int, *, place: str) -> Agent:
    """
    Return the person of a number that a program sent.

    :raises Problem: if there is nobody, with the place of the number
    """
    found = Agent.objects.filter(pk=pk).first()
    if found is None:
        raise not_valid(place, gettext("Nobody here has this number."), code="unknown")
    return found


def one_of(place: str, among: Sequence[str]) -> Problem:
    """Say which values there are, where another one was sent."""
    return not_valid(place, gettext("One of these: %(words)s.") % {"words": ", ".join(among)}, code="enum")


def mistakes_in(form: BaseForm) -> list[dict[str, str]]:
    """What a form of the pages finds wrong with what a program sent, each with its place."""
    return [
        {"place": name, "code": str(one.code or ""), "detail": str(message)}
        for name, wrong in form.errors.as_data().items()
        for one in wrong
        for message in one.messages
    ]


def named[Of: Model](among: QuerySet[Of], pk: int | None, *, place: str) -> Of | None:
    """
    Return what a program names by its number, or nothing where it names nothing.

    :raises Problem: if there is no such thing, with the place of the number
    """
    found = among.filter(pk=pk).first() if pk is not None else None
    if found is None and pk is not None:
        raise not_valid(place, gettext("There is no such thing here."), code="unknown")
    return found


@contextmanager
def refused(*kinds: type[Exception]) -> Iterator[None]:
    """Turn what an action refuses into a problem, with the sentence that the action gave."""
    try:
        yield
    except kinds as error:
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
            raise not_valid(f"files.{place}.content", gettext("This is no Base64."), code="base64") from error
        uploads.append(Upload(name=file.name, media_type=file.media_type, body=body))
    return uploads


def undertaken_of(promises: Sequence[UndertakenIn]) -> list[Undertaken]:
    return [Undertaken(**one.model_dump()) for one in promises]
