"""The chat's window and what it asks: one page, a few short answers, and one line on which it hears of news.

The window knows nobody by a cookie: the key that it was given is the only right to its chat, as on a customer's page.
It may stand in the pages of sites that whoever runs the desk has named (`AMENDS_CHAT_SITES`), and in no others.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, tzinfo
from functools import wraps
from typing import Any
from uuid import uuid4

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import Error, close_old_connections, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from amends.desk.channels.chat import actions as chats
from amends.desk.channels.chat import queries
from amends.desk.channels.chat import standing as stands
from amends.desk.channels.form.actions import UnableToTakeForm, take_in_form
from amends.desk.channels.models import Chat
from amends.desk.complaints.actions import Upload
from amends.desk.people.models import Language
from amends.desk.portal import actions, forms
from amends.desk.portal import queries as of_customer
from amends.desk.portal.views import handed_out, look_of
from amends.desk.web import pictures, wording
from amends.desk.web.lines import Line
from amends.desk.web.marks import inert
from amends.desk.web.middleware import zone_of_a_person
from amends.desk.workplace import live
from amends.desk.workplace.models import Presence
from amends.desk.workplace.present import ALIVE

LARGEST = 64 * 1024  # of what a window sends
BREATH = 15.0
LASTS = 300.0
TOGETHER = 5.0  # seconds in which windows are noted as being there in one stroke
logger = logging.getLogger(__name__)
# One thread of its own: writing may wait for others who write, and nobody waits for this.
_hands = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chat-there")
# Two that read for all lines: a thousand lines hold two connections to the database and not a thousand.
_mouths = ThreadPoolExecutor(max_workers=2, thread_name_prefix="chat-said")
type View = Callable[..., HttpResponse]


def for_windows(view: View) -> View:
    """Speak the visitor's language, and keep the answer out of caches and search engines."""

    @csrf_exempt
    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.GET.get("language", "")[:2]
        look = look_of(request)
        with translation.override(chosen if look.speaks(chosen) else look.language_for(request)[:2]):
            request.LANGUAGE_CODE = translation.get_language() or "en"
            request.offered = look.offered
            answer = view(request, *args, **kwargs)
        answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        answer["Cache-Control"] = "private, no-store"
        answer["Referrer-Policy"] = "same-origin"
        return answer

    return served


def with_chat(view: View) -> View:
    """Find the chat behind the key."""

    @for_windows
    @wraps(view)
    def found(request: HttpRequest, key: str, **more: Any) -> HttpResponse:
        chat = queries.find(key=key)
        return JsonResponse({"gone": True}, status=404) if chat is None else view(request, chat, **more)

    return found


@for_windows
@xframe_options_exempt
@require_GET
def window(request: HttpRequest) -> HttpResponse:
    """The window itself, in a page of its own or inside a page of a site that was named."""
    language = translation.get_language() or "en"
    fields = {
        "language": language,
        "direction": wording.direction(language),
        "welcome": look_of(request).welcome_in(language),
        "limit": settings.ATTACHMENT_LIMIT,
        "most": forms.MOST_FILES,
        "many": _("Send at most %(count)s files at once.") % {"count": forms.MOST_FILES},
    }
    answer = render(request, "portal/chat.html", fields)
    policy = {**settings.SECURE_CSP, "frame-ancestors": ["'self'", *settings.CHAT_SITES]}
    answer._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's own decorator says it
    return answer


@require_GET
def widget(request: HttpRequest) -> HttpResponse:
    """The one script that a site names: it stays at this address whatever version is behind it."""
    del request
    answer = redirect(static("built/widget.js"))
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@for_windows
@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """Say who is there, or by when somebody is."""
    del request
    language, now = translation.get_language() or "en", timezone.now()
    stand = stands.standing(language=language, now=now)
    agent = stand.agent
    return JsonResponse(
        {
            "open": agent is not None,
            "who": agent.name_for(language) if agent is not None else "",
            "says": _says(stand, language),
        }
    )


@for_windows
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a chat."""
    told, language = _told(request), translation.get_language() or "en"
    try:
        chat = chats.begin(
            text=told.get("text", ""),
            once=told.get("once") or uuid4().hex,
            name=told.get("name", ""),
            email=told.get("email", ""),
            language=language,
            address=request.META.get("REMOTE_ADDR", ""),
            now=timezone.now(),
        )
    except chats.UnableToChat as error:
        return _refused(error)
    return JsonResponse({"key": chat.key, "who": chat.complaint.owner.name_for(language)})


@for_windows
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave a complaint where nobody is there to chat: it gets an owner and a promised time, as any other."""
    told, language, now = _told(request), translation.get_language() or "en", timezone.now()
    if not told.get("text", "").strip():
        return JsonResponse({"says": _("Write what happened.")}, status=422)
    try:
        files = _files(request)
    except ValidationError as error:
        return _too_much(error)
    try:
        complaint = take_in_form(
            data={
                "name": told.get("name", ""),
                "email": told.get("email", ""),
                "text": told["text"],
                "language": language,
                "zone": str(zone_of_a_person(told.get("zone", "")) or ""),
                "token": f"chat-{told.get('once', uuid4().hex)}"[:100],
            },
            files=files,
            address=request.META.get("REMOTE_ADDR", ""),
            now=now,
        )
    except UnableToTakeForm as error:
        return JsonResponse({"says": str(error)}, status=409)
    promise = complaint.promises.order_by("pk").first()
    return JsonResponse(
        {
            "says": promise.words if promise is not None else "",
            "page": reverse("portal:follow", args=[complaint.key]),
        }
    )


@with_chat
@require_GET
def said(request: HttpRequest, chat: Chat) -> HttpResponse:
    """What was said after the last word that the window has."""
    return JsonResponse(_told_of(chat, _place(request.GET.get("after", "")), *_reader(request), now=timezone.now()))


def _told_of(chat: Chat, after: int, language: str, zone: tzinfo, *, now: datetime) -> dict[str, Any]:
    """What a window is told: the words after a place, and how it stands."""
    rows = queries.said_after(chat=chat, sequence=after)
    return {
        "said": [
            {
                "seq": row.sequence, "who": row.who, "name": row.name, "text": row.text, "client": row.client,
                "at": wording.clock(row.at.astimezone(zone), language=language),
                "html": inert(row.html) if row.html else "",
                "files": [
                    {
                        "name": file.name,
                        "size": wording.file_size(file.size, language=language),
                        "at": reverse("portal:chat-file", args=[chat.key, file.pk]),
                        "picture": pictures.is_seen(media_type=file.media_type, size=file.size),
                    }
                    for file in row.files
                ],
            }
            for row in rows
        ],
        "who": chat.complaint.owner.name_for(language),
        "typing": Presence.objects.filter(
            complaint=chat.complaint, agent=chat.complaint.owner_id, writing=True, seen_at__gt=now - ALIVE
        ).exists(),
        "read": queries.read_by_us(chat=chat),
        "ended": chat.ended_at is not None,
        "page": reverse("portal:follow", args=[chat.complaint.key]),
    }  # fmt: skip


def _reader(request: HttpRequest) -> tuple[str, tzinfo]:
    zone = zone_of_a_person(request.GET.get("zone", ""))
    return request.LANGUAGE_CODE, zone or timezone.get_current_timezone()


def _place(text: str) -> int:
    return int(text[:9]) if text.isascii() and text.isdecimal() else 0


@with_chat
@require_POST
def say(request: HttpRequest, chat: Chat) -> HttpResponse:
    """Say something; said again under the same name it is one message."""
    told = _told(request)
    try:
        event = chats.say(
            chat=chat, text=told.get("text", ""), client=told.get("client") or uuid4().hex, now=timezone.now()
        )
    except chats.UnableToChat as error:
        return _refused(error)
    return JsonResponse({"seq": event.sequence})


@with_chat
@require_POST
def add(request: HttpRequest, chat: Chat) -> HttpResponse:
    """Send files; sent again under the same name they are one message."""
    try:
        files = _files(request)
    except ValidationError as error:
        return _too_much(error)
    if not files:
        return JsonResponse({"says": _("Choose a file")}, status=422)
    kept = [Upload(name=one.name or _("file"), media_type=one.content_type or "", body=one.read()) for one in files]
    client = _told(request).get("client") or uuid4().hex
    try:
        event = chats.say(chat=chat, text="", client=client, files=kept, now=timezone.now())
    except chats.UnableToChat as error:
        return _refused(error)
    return JsonResponse({"seq": event.sequence})


@with_chat
@require_GET
def file(request: HttpRequest, chat: Chat, pk: int) -> HttpResponse:
    """Hand a file of this chat out, to be seen as a picture or saved, never to be run."""
    del request
    attachment = of_customer.attachment(complaint=chat.complaint, pk=pk)
    return JsonResponse({"gone": True}, status=404) if attachment is None else handed_out(attachment)


@with_chat
@require_POST
def here(request: HttpRequest, chat: Chat) -> HttpResponse:
    """Say that the window is there, whether its customer writes, and up to where they have read."""
    told = _told(request)
    chats.hear(
        chat=chat,
        typing=told.get("typing") == "true",
        read_up_to=_place(told.get("read", "")),
        now=timezone.now(),
    )
    return HttpResponse(status=204)


@with_chat
@require_POST
def by_mail(request: HttpRequest, chat: Chat) -> HttpResponse:
    """Go on by mail, with what was said."""
    try:
        chats.go_on_by_mail(chat=chat, email=_told(request).get("email", ""), now=timezone.now())
    except chats.UnableToChat as error:
        return _refused(error)
    return JsonResponse({"says": _("It is on its way to you. Simply answer that letter.")})


@with_chat
@require_POST
def call(request: HttpRequest, chat: Chat) -> HttpResponse:
    """Go on by telephone: whoever answers here calls, and has read what was said."""
    phone = _told(request).get("phone", "").strip()[:40]
    if not any(letter.isdigit() for letter in phone):
        return JsonResponse({"says": _("Write the number at which we reach you.")}, status=422)
    actions.ask(complaint=chat.complaint, what="call", phone=phone, now=timezone.now())
    who = chat.complaint.owner.name_for(request.LANGUAGE_CODE)
    return JsonResponse({"says": _("%(name)s sees that you want to be called.") % {"name": who}})


@with_chat
@require_POST
def end(request: HttpRequest, chat: Chat) -> HttpResponse:
    """End the chat; the complaint goes on."""
    del request
    chats.end(chat=chat, now=timezone.now())
    return HttpResponse(status=204)


async def events(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a line open on which the window hears what is said, from the last word on that it has."""
    if request.method != "GET":
        return HttpResponse(status=405)
    chat = await sync_to_async(queries.find)(key=key)
    if chat is None:
        raise Http404
    after = _place(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    chosen = request.GET.get("language", "")
    request.LANGUAGE_CODE = chosen if chosen in Language.values else "en"
    return Line(_news(key, chat.pk, chat.complaint.number, after, *_reader(request)))


async def _news(  # noqa: PLR0917 - rows of the database would be held for as long as the line is open
    key: str,
    chat: int,
    number: int,
    after: int,
    language: str,
    zone: tzinfo,
    *,
    line: live.Wire = live.wire,
    lasts: float = LASTS,
) -> AsyncGenerator[str]:
    """Say what is new in a chat, as long as its window listens."""
    listener = await line.join(number=number)
    ends = asyncio.get_running_loop().time() + lasts
    try:
        yield "retry: 1000\n\n"
        while True:
            told = await _apart(_look, key, after, language, zone)
            if told is None:  # erased meanwhile: the window asks, and hears it
                yield "event: gone\ndata: {}\n\n"
                return
            after = max([after, *(one["seq"] for one in told["said"])])
            words = json.dumps(told)
            del told  # the words of a thousand talks shall not wait for the next one
            yield f"id: {after}\nevent: said\ndata: {words}\n\n"
            del words
            while not listener.woken.is_set():
                if (left := ends - asyncio.get_running_loop().time()) <= 0:
                    return
                if not await listener.woken.rings_within(min(BREATH, left)):
                    _heard(chat)
                    yield ": here\n\n"
            listener.take()
    finally:
        line.leave(listener)


def _look(key: str, after: int, language: str, zone: tzinfo) -> dict[str, Any] | None:
    close_old_connections()
    chat = queries.find(key=key)
    return None if chat is None else _told_of(chat, after, language, zone, now=timezone.now())


_breathing: set[int] = set()  # chats whose windows were there a moment ago, and which is not written down yet


def _heard(chat: int) -> None:
    """Note that a window is there; those of some seconds are written down at once, for there may be a thousand."""
    if not _breathing:
        asyncio.get_running_loop().call_later(TOGETHER, _write_down)
    _breathing.add(chat)


def _write_down() -> None:
    heard = frozenset(_breathing)
    _breathing.clear()
    _hands.submit(_hear_all, heard)


def _hear_all(heard: frozenset[int]) -> None:
    try:
        chats.hear_all(heard=heard, now=timezone.now())
    except Error:  # they are heard again in some seconds
        logger.warning("Which windows of the chat are open could not be written down.", exc_info=True)
    finally:
        connection.close()


async def _apart[**P, T](work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    return await sync_to_async(work, thread_sensitive=False, executor=_mouths)(*given, **named)


def _told(request: HttpRequest) -> dict[str, str]:
    """What a window sends: a flat object of texts; anything else is as if it had said nothing."""
    if request.content_type == "multipart/form-data":  # it brings files
        return request.POST.dict() if sum(map(len, request.POST.values())) <= LARGEST else {}
    if len(request.body) > LARGEST:
        return {}
    try:
        told = json.loads(request.body)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}


def _files(request: HttpRequest) -> list[UploadedFile[Any]]:
    """The files that a window sends.

    :raises ValidationError: if one is empty or too large, or they are too many
    """
    return forms.files().clean(request.FILES.getlist("file"))


def _too_much(error: ValidationError) -> HttpResponse:
    return JsonResponse({"says": " ".join(error.messages), "code": "files"}, status=422)


def _refused(error: chats.UnableToChat) -> HttpResponse:
    statuses = {"too-quick": 429, "flood": 429, "nobody": 409, "parked": 202}
    return JsonResponse({"says": str(error), "code": error.code}, status=statuses.get(error.code, 422))


def _says(stand: stands.Standing, language: str) -> str:
    """How it stands, in words that hold."""
    if stand.why == "hours":
        return _("Nobody is here at this hour. Write what happened: you will see at once by when somebody answers.")
    if stand.why == "busy":
        return _("Everybody is in a talk just now. Write what happened: you will see at once by when somebody answers.")
    if stand.wait is None:
        return ""
    minutes = max(1, round(stand.wait / timedelta(minutes=1)))
    return ngettext(
        "Half of the visitors of the last four weeks had an answer within a minute.",
        "Half of the visitors of the last four weeks had an answer within %(minutes)s minutes.",
        minutes,
    ) % {"minutes": wording.digits(minutes, language=language)}
