"""Cookies of this host alone: where people come by https, every cookie's name begins with `__Host-`.

A browser takes such a cookie only from this very host, over https and for all of its paths; a neighbour under the same
domain can neither set one nor put another in its place. Within the desk cookies go by their plain names: they are
changed here, at the door, whoever sets them.

A desk that was used before it knew these names goes over to them in steps, so that nobody is signed out. For a day the
plain names stay, for web servers of the version before may still answer beside this one and know no others. Then each
browser's plain cookies are taken once and given back under their new names, for as long as a session of the old kind
lasts. After that a plain name means nothing, as on a desk that never had others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from http.cookies import SimpleCookie
from typing import Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.utils import timezone

PREFIX: Final = "__Host-"
FIRST: Final = "0001_initial"
MARK: Final = "0012_cookies_of_this_host"
EXCHANGE: Final = timedelta(days=1)  # in which web servers of the version before may still answer
MADE_AT_ONCE: Final = timedelta(hours=1)  # a desk whose first and newest tables are no further apart is a new one
YEAR: Final = 365 * 24 * 3600
BY_SCRIPT: Final = ("theme", "zone")  # written in the browser


class Stage(Enum):
    """How far a desk has gone over to its new names."""

    BESIDE_THE_OLD = 1
    MOVING = 2
    DONE = 3


def stage(*, noted: Mapping[str, datetime], now: datetime) -> Stage:
    """Say which names hold.

    :param noted: when the desk had its first tables, and when it was brought to the new names
    """
    marked = noted.get(MARK)
    if marked is None:  # not prepared yet: the version before is at work
        return Stage.BESIDE_THE_OLD
    if marked - noted.get(FIRST, marked) < MADE_AT_ONCE:
        return Stage.DONE
    moves = marked + EXCHANGE
    if now < moves:
        return Stage.BESIDE_THE_OLD
    return Stage.MOVING if now < moves + settings.SESSION_LONGEST else Stage.DONE


def noted() -> dict[str, datetime]:
    """Read what the database knows of it."""
    rows = MigrationRecorder.Migration.objects.using(DEFAULT_DB_ALIAS).filter(app="people", name__in=(FIRST, MARK))
    return dict(rows.values_list("name", "applied"))


class OfThisHost:
    """Give every cookie that name on its way out, and know it by its plain one on its way in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._noted: dict[str, datetime] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.SESSION_COOKIE_SECURE:  # over plain http no browser takes such a name
            return self.get_response(request)
        if MARK not in self._noted:
            self._noted = noted()
        held = stage(noted=self._noted, now=timezone.now())
        taken = {name: value for name, value in request.COOKIES.items() if _is_taken(name, held)}
        ours = of_this_host(request.META.get("HTTP_COOKIE", ""))
        request.COOKIES = taken | ours
        request.cookie_prefix = "" if held is Stage.BESIDE_THE_OLD else PREFIX  # type: ignore[attr-defined]
        answer = self.get_response(request)
        if held is Stage.BESIDE_THE_OLD:
            for one in answer.cookies.values():
                one["secure"] = True
            return answer
        answer.cookies = _renamed(answer.cookies)
        if held is Stage.MOVING:
            _move(taken, answer, held_already=ours)
        return answer


def of_this_host(header: str) -> dict[str, str]:
    """Return the cookies that a browser vouches for, by their plain names.

    Django strips more from around a name than a browser does: a name that only then begins in the right way was never
    looked at by the browser as one of these.
    """
    parts = (part for part in header.split(";") if part.lstrip(" \t").startswith(PREFIX))
    return {
        name.removeprefix(PREFIX): value for part in parts for name, value in parse_cookie(part.strip(" \t")).items()
    }


def _kept() -> dict[str, int]:
    """Plain names that are taken once more, and how long each is good for."""
    return {
        settings.SESSION_COOKIE_NAME: settings.SESSION_COOKIE_AGE,
        settings.CSRF_COOKIE_NAME: settings.CSRF_COOKIE_AGE or YEAR,
        settings.LANGUAGE_COOKIE_NAME: YEAR,
        **dict.fromkeys(BY_SCRIPT, YEAR),
    }


def _is_taken(name: str, held: Stage) -> bool:
    if name.startswith(PREFIX) or held is Stage.DONE:
        return False
    return held is Stage.BESIDE_THE_OLD or name in _kept()


def _renamed(cookies: SimpleCookie) -> SimpleCookie:
    """Return the same cookies under their names of this host."""
    named = SimpleCookie()
    for name, one in cookies.items():
        new = name if name.startswith(PREFIX) else PREFIX + name
        one.set(new, one.value, one.coded_value)
        one["secure"], one["path"], one["domain"] = True, "/", ""
        dict.__setitem__(named, new, one)
    return named


def _move(taken: Mapping[str, str], answer: HttpResponse, *, held_already: Mapping[str, str]) -> None:
    """Give what came under plain names back under the new ones, and take the plain ones away."""
    for name, value in taken.items():
        if name not in held_already and PREFIX + name not in answer.cookies:
            answer.set_cookie(
                PREFIX + name,
                value,
                max_age=_kept()[name],
                secure=True,
                httponly=name not in BY_SCRIPT,
                samesite="Lax",
            )
        answer.delete_cookie(name, samesite="Lax")
