"""Choose the language and the time zone of a page: the reader's own setting, then their browser's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation
from servestatic.middleware import ServeStaticMiddleware  # type: ignore[import-untyped]


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


class StaticFiles:
    """Hand out what belongs to pages; ServeStatic in the thread of the request, like everything around it.

    By itself it works without a thread, and then whatever looks at a request before and after it would change threads
    twice for each page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._files = ServeStaticMiddleware(_no_file)

    def __call__(self, request: HttpRequest) -> Any:
        if self._files.autorefresh or request.path_info in self._files.files:
            answer = async_to_sync(self._files)(request)
            if answer is not None:
                return answer
        return self.get_response(request)


async def _no_file(request: HttpRequest) -> Any:
    """Say that it is something else that is asked for."""
    del request


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
