"""Who may come in from where, in which language they read, and where an empty desk begins."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from amends.desk.people import queries, sessions
from amends.desk.people.face import look
from amends.desk.people.organisation import organisation_name
from amends.desk.web.patience import patience

HOME: Final = frozenset({"127.0.0.1", "localhost", "::1"})
PROVED: Final = "two-factors"  # in a session: the number of whoever has shown two factors in it
Answer = Callable[[HttpRequest], HttpResponse]


class EndsUnused:
    """Sign out whoever did nothing for long, or signed in long ago (ASVS 5.0, 7.3.1 and 7.3.2)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            by_hand = patience(request.path, request.META.get("QUERY_STRING", "").encode()) == 0
            if not sessions.goes_on(request.session, by_hand=by_hand, now=timezone.now()):
                logout(request)
        return self.get_response(request)


class ExampleOnLoopbackOnly:
    """Sign an example agent out when the request does not come from this very machine."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "is_example", False) and not is_loopback(request):
            logout(request)
        return self.get_response(request)


class AgentsOwnLanguage:
    """Let a signed-in agent's own language and time zone win over the browser's; no cache keeps what they are shown."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            with timezone.override(None):
                return self.get_response(request)
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(_zone(request.user.time_zone)):
            answer = self.get_response(request)
        if not answer.has_header("Cache-Control"):  # a page that may be kept says so itself
            answer["Cache-Control"] = "private, no-store"
        return answer


class FirstRun:
    """Lead every page of a desk without people to the page that makes the first administrator."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organisation = SimpleLazyObject(organisation_name)  # read by pages that say whose desk it is
        request.face = SimpleLazyObject(look)  # read by pages of customers
        # Who is signed in proves that the desk has people; strangers cost one look at an index.
        if request.user.is_authenticated or self._is_open(request.path) or not queries.is_empty():
            return self.get_response(request)
        return redirect("people:first-run")

    def _is_open(self, path: str) -> bool:
        return path.startswith((_static(), reverse("people:first-run"), reverse("web:language")))


class SecondFactorFirst:
    """Lead somebody whose role asks for two factors, and who has one, to setting up the other, and nowhere else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        owes = getattr(request.user, "owes_factor", False) and request.session.get(PROVED) != request.user.pk
        if not owes or self._is_open(request.path):
            return self.get_response(request)
        place = reverse("people:set-up-factor")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": place})
        return redirect(place)

    def _is_open(self, path: str) -> bool:
        names = ("people:set-up-factor", "people:passkey", "people:sign-out", "web:language")
        return path.startswith(_static()) or path in {reverse(name) for name in names}


def _static() -> str:
    return settings.STATIC_URL if settings.STATIC_URL.startswith("/") else f"/{settings.STATIC_URL}"


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def is_loopback(request: HttpRequest) -> bool:
    """Whether the peer is this machine, with no proxy in between.

    A proxy on this machine that says nothing of whom it speaks for looks like home too, so a desk with an address of
    its own is never at home.
    """
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    if urlsplit(settings.ADDRESS).hostname not in HOME:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
