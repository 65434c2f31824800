"""Where somebody is signed in, and ending it: one's own, or a colleague's by an administrator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from amends.desk.people.models import Agent, SignedIn

LONGEST_PROGRAM: Final = 200
FRESH: Final = timedelta(minutes=10)
CAME, USED = "came", "used"  # in a session, as seconds since 1970
NOTED: Final = timedelta(minutes=30)  # so often at most is it noted that a session is in use
# Which browser on what, in the order in which they are looked for: many call themselves by the names of others too.
_BROWSERS: Final = (("Edg", "Edge"), ("OPR", "Opera"), ("YaBrowser", "Yandex"), ("Firefox", "Firefox"),
                    ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS: Final = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
                   ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One open session as its owner sees it."""

    id: int
    program: str  # "Firefox · Windows"; empty where the browser does not say
    source: str
    since: datetime
    is_here: bool


def remember(*, agent: Agent, key: str, source: str, program: str, now: datetime) -> SignedIn:
    """Note that somebody has signed in, and from where; the one before under this key is this one now."""
    row, _made = SignedIn.objects.update_or_create(
        key=key,
        defaults={"agent": agent, "source": source[:64], "program": program[:LONGEST_PROGRAM], "since": now},
    )
    return row


def remember_request(request: HttpRequest, *, now: datetime) -> None:
    """Note that whoever asks has signed in just now, and from where."""
    if request.session.session_key is None:
        request.session.save()
    remember(
        agent=request.user,
        key=str(request.session.session_key),
        source=request.META.get("REMOTE_ADDR") or "",
        program=request.META.get("HTTP_USER_AGENT", ""),
        now=now,
    )


def begin(*, request: HttpRequest, **_told: Any) -> None:
    """Note in a session when it was opened; Django calls this for whoever signs in, by whichever door."""
    now = timezone.now()
    request.session[CAME] = request.session[USED] = int(now.timestamp())


def goes_on(session: SessionBase, *, by_hand: bool, now: datetime) -> bool:
    """Say whether a session may still be used, and note in it that it is.

    :param by_hand: whether somebody did something, and not a page that was left open by itself
    """
    at = int(now.timestamp())
    # A session that is older than these notes begins with them.
    came, used = session.setdefault(CAME, at), session.setdefault(USED, at)
    if at - came >= settings.SESSION_LONGEST.total_seconds() or at - used >= settings.SESSION_IDLE.total_seconds():
        return False
    if by_hand and at - used >= NOTED.total_seconds():
        session[USED] = at  # which writes it, and the day it runs out moves on
    return True


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Whether this session was opened a moment ago, so that it is still the person who signed in."""
    key = request.session.session_key or ""
    return SignedIn.objects.filter(key=key, agent=request.user, since__gt=now - FRESH).exists()


def open_ones(*, agent: Agent, here: str = "", now: datetime) -> list[Place]:
    """List where somebody is signed in: this one first, then the newest; what has run out is forgotten."""
    rows = list(SignedIn.objects.filter(agent=agent).order_by("-since", "-pk"))
    alive = set(
        Session.objects.filter(session_key__in=[row.key for row in rows], expire_date__gt=now).values_list(
            "session_key", flat=True
        )
    )
    SignedIn.objects.filter(pk__in=[row.pk for row in rows if row.key not in alive]).delete()
    places = [
        Place(
            id=row.pk,
            program=in_short(row.program),
            source=row.source,
            since=row.since,
            is_here=row.key == here,
        )
        for row in rows
        if row.key in alive
    ]
    return sorted(places, key=lambda place: not place.is_here)


@transaction.atomic
def end(*, agent: Agent, only: int | None = None, but: str = "") -> int:
    """Sign somebody out: of one place, or of all but the one whose key is told; return of how many."""
    rows = SignedIn.objects.filter(agent=agent).exclude(key=but)
    rows = rows if only is None else rows.filter(pk=only)
    keys = list(rows.values_list("key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def forget_old(*, now: datetime) -> int:
    """Forget sessions that have run out, of agents and of strangers on their way; return how many."""
    count, _kinds = Session.objects.filter(expire_date__lte=now).delete()
    SignedIn.objects.exclude(key__in=Session.objects.values("session_key")).delete()
    return count


def in_short(program: str) -> str:
    """Name a browser and what it runs on, out of the line by which it names itself."""
    browser = next((name for sign, name in _BROWSERS if re.search(rf"\b{sign}[A-Za-z]*/", program)), "")
    system = next((name for sign, name in _SYSTEMS if sign in program), "")
    return " · ".join(filter(None, (browser, system)))
