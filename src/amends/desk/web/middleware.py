"""Choose the language and the time zone of a page: the reader's own setting, then their browser's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation


class ReadersLanguage(LocaleMiddleware):
    """Django's choice by cookie and browser; a signed-in agent's own setting wins over both."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        timezone.deactivate()

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """Look at the agent only now: this middleware runs before the one that knows who they are."""
        del view, args, kwargs
        user = getattr(request, "user", None)
        if language := getattr(user, "language", ""):
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        if zone := known_zone(getattr(user, "time_zone", "") or request.COOKIES.get("zone", "")):
            timezone.activate(zone)


def known_zone(name: str) -> ZoneInfo | None:
    """Read the name of a time zone that came from outside."""
    if not name or len(name) > 64:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of_a_person(name: str) -> ZoneInfo | None:
    """Read the zone that somebody's browser names; UTC is the clock of a machine that was never told where it is."""
    zone = known_zone(name)
    return None if zone is not None and str(zone).removeprefix("Etc/") in _OF_MACHINES else zone


_OF_MACHINES = frozenset({"UTC", "GMT", "UCT", "Universal", "Zulu", "Greenwich"})
