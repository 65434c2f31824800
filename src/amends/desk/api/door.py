"""The door of the API: who comes in, for whom, how often; and every trouble as a problem document."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from amends.desk.api import actions
from amends.desk.api.models import Token
from amends.desk.api.problems import Problem, answer
from amends.desk.api.scopes import Scope
from amends.desk.complaints.visible import stop_at_walls
from amends.desk.people.middleware import is_loopback

logger = logging.getLogger("amends.api")

VERSION: Final = "1"
ABOUT: Final = (
    "Everything that a page of the desk can do, for programs. A token acts for one person and does what that person "
    "may do. Times are ISO 8601 with their zone. A key (`Idempotency-Key`) makes a call happen once. Whatever is no "
    "success is a problem document (RFC 9457) in the language of `Accept-Language`; `code` stays the same for ever."
)


class Bearer(HttpBearer):
    """A token that may do what a route needs."""

    def __init__(self, *, needs: Scope) -> None:
        super().__init__()
        self.needs = needs

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        """
        Return who comes in, counted.

        :raises Problem: if nobody does, or they may not, or too often
        """
        now = timezone.now()
        digest = actions.digest_of(token.strip())
        found = Token.objects.select_related("agent__team__calendar").filter(digest=digest).first()
        if found is None:
            raise Problem("unknown-token")
        if "Accept-Language" not in request.headers:
            translation.activate(found.agent.language)
        if not found.holds(now):
            raise Problem("token-ended")
        if not found.agent.is_active:
            raise Problem("person-left")
        if found.agent.is_example and not is_loopback(request):
            raise Problem("only-on-loopback")
        if wait := actions.count_call(token=found, now=now):
            raise Problem("too-many", headers={"Retry-After": str(wait)}, limit=found.per_minute)
        if self.needs.value not in found.scopes:
            raise Problem("scope-missing", scope=self.needs.value)
        request.user = found.agent
        where = request.resolver_match
        if where is not None:
            stop_at_walls(agent=found.agent, name=where.view_name, told=where.kwargs)
        return found


def needs(scope: Scope) -> Bearer:
    """The door of a route."""
    return Bearer(needs=scope)


class _Plain(JSONRenderer):
    """Letters of every script as they are."""

    json_dumps_params: ClassVar[dict[str, Any]] = {"ensure_ascii": False}


api = NinjaAPI(
    title="Amends",
    version=VERSION,
    description=ABOUT,
    urls_namespace="api-v1",
    docs_url=None,
    renderer=_Plain(),
    openapi_url=None,  # describing.py serves it, with the scopes that the library leaves out
    servers=[{"url": settings.ADDRESS}],
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, trouble: Problem) -> HttpResponse:
    del request
    return answer(trouble)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, trouble: AuthenticationError) -> HttpResponse:
    del request, trouble
    return answer(Problem("no-token"))


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, trouble: ValidationError) -> HttpResponse:
    del request
    errors = [
        {"place": _place(one.get("loc", ())), "code": str(one.get("type", "")), "detail": _in_words(one)}
        for one in trouble.errors
    ]
    return answer(Problem("not-valid", errors=errors))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, trouble: HttpError) -> HttpResponse:
    del request
    return answer(Problem("bad-json" if trouble.status_code == 400 else "unexpected"))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, trouble: Http404) -> HttpResponse:
    del request, trouble
    return answer(Problem("not-found"))


@api.exception_handler(PermissionDenied)
def _not_allowed(request: HttpRequest, trouble: PermissionDenied) -> HttpResponse:
    del request
    return answer(Problem("not-allowed", str(trouble)))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, trouble: RequestDataTooBig) -> HttpResponse:
    del request, trouble
    return answer(Problem("too-large"))


@api.exception_handler(Exception)
def _unexpected(request: HttpRequest, trouble: Exception) -> HttpResponse:
    logger.error("%s %s", request.method, request.path, exc_info=trouble)
    return answer(Problem("unexpected"))


def in_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have what the library itself refuses, before a route is found, come as a problem document too."""

    @wraps(view)
    def wrapped(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        response = view(request, *given, **named)
        if response.status_code == 405:
            return answer(Problem("wrong-method", headers={"Allow": response.headers.get("Allow", "")}))
        return response

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]  # nothing here trusts a cookie
    return wrapped


# How a program is told what is wrong with a value; what is not here has a sentence for all.
_WORDS: Final = {
    "missing": lambda _of: _("This is needed."),
    "string_too_short": lambda of: _("Write at least %(count)s characters.") % {"count": of.get("min_length", 1)},
    "string_too_long": lambda of: _("Write at most %(count)s characters.") % {"count": of.get("max_length", "")},
    "string_type": lambda _of: _("This should be a text."),
    "bool_parsing": lambda _of: _("This should be true or false."),
    "bool_type": lambda _of: _("This should be true or false."),
    "timezone_aware": lambda _of: _("A time needs its zone, for instance 2027-01-31T17:00:00+03:00."),
    "too_long": lambda of: _("At most %(count)s of these.") % {"count": of.get("max_length", "")},
    "greater_than_equal": lambda of: _("This should be %(count)s or more.") % {"count": of.get("ge", "")},
    "less_than_equal": lambda of: _("This should be %(count)s or less.") % {"count": of.get("le", "")},
    "literal_error": lambda of: _("One of these: %(words)s.") % {"words": of.get("expected", "")},
    "enum": lambda of: _("One of these: %(words)s.") % {"words": of.get("expected", "")},
    "extra_forbidden": lambda _of: _("This is not known here. Look whether it is spelled right."),
}
_TIMES: Final = ("datetime", "date_")
_NUMBERS: Final = ("int_", "decimal_", "float_")


def _in_words(error: dict[str, Any]) -> str:
    kind, of = str(error.get("type", "")), error.get("ctx") or {}
    if kind in _WORDS:
        return str(_WORDS[kind](of))
    if kind.startswith(_TIMES):
        return _("This should be a time like 2027-01-31T17:00:00+03:00.")
    if kind.startswith(_NUMBERS):
        return _("This should be a number.")
    return _("This does not fit: %(why)s.") % {"why": str(error.get("msg", "")).rstrip(".")}


def _place(where: tuple[Any, ...]) -> str:
    """Name the place of a value as a program wrote it: `promises.0.due_at`."""
    parts = [str(part) for part in where]
    if parts[:1] == ["body"]:
        parts = parts[2:]  # the name that the body has in our code is nobody's business
    elif len(parts) > 1:
        parts = parts[1:]
    return ".".join(parts)
