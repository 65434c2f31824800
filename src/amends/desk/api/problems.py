"""What a program is told when a call did not work: a problem document (RFC 9457) in the reader's language.

`code` is for the program and never changes, `detail` is for whoever reads its log: it says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CONTENT_TYPE: Final = "application/problem+json"

# code: status, what happened, what to do where nothing more is known
PROBLEMS: Final[Mapping[str, tuple[int, Any, Any]]] = {
    "no-token": (
        401,
        _("No token came along."),
        _("Send it in the header “Authorization: Bearer …”. Administrators make tokens under Programs."),
    ),
    "unknown-token": (
        401,
        _("This token is not known."),
        _("Look whether the whole of it was copied. An administrator can make a new one; it is shown only once."),
    ),
    "token-ended": (
        401,
        _("This token has ended."),
        _("Ask an administrator for a new one."),
    ),
    "person-left": (
        401,
        _("The person for whom this token acts does not work here any more."),
        _("Ask an administrator for a token of somebody else."),
    ),
    "only-on-loopback": (
        403,
        _("This token is of a person of the example company."),
        _("It works on the desk's own machine only. Make one for a real person."),
    ),
    "scope-missing": (
        403,
        _("This token may not do that."),
        _("Make a token with the scope that is named here."),
    ),
    "not-allowed": (
        403,
        _("The person for whom this token acts may not do that."),
        _("Use a token of somebody who may: it is the same as on the pages of the desk."),
    ),
    "not-found": (404, _("There is no such thing here."), _("Look whether the address and the number are right.")),
    "wrong-method": (
        405,
        _("This address takes other methods."),
        _("Look at the header “Allow”, or at the documentation of the API."),
    ),
    "unable": (409, _("This cannot be done as things stand."), _("Read the complaint again, then decide.")),
    "found-something": (
        409,
        _("Nothing was sent: something was found in the reply."),
        _("Change the words that are named here, or send it without “only_if_clean”."),
    ),
    "no-key": (
        400,
        _("This call needs a key, so that it is never done twice."),
        _("Send a random text of your own in the header “Idempotency-Key”, and the same one when you try again."),
    ),
    "bad-json": (400, _("The body is no JSON that can be read."), _("Look at what you send, and at its encoding.")),
    "too-large": (413, _("This is more than the desk takes in one call."), _("Send less at once.")),
    "not-valid": (422, _("Something in the call is not as it should be."), _("See “errors”: each names its place.")),
    "key-used": (
        422,
        _("This key was used for another call."),
        _("Take a new key for a new call; with the same key send the same body."),
    ),
    "too-many": (
        429,
        _("Too many calls in this minute."),
        _("Wait as many seconds as “Retry-After” says. An administrator can give the token a higher limit."),
    ),
    "not-readable-yet": (
        503,
        _("What you sent is kept, but could not be read into a complaint yet."),
        _("Nothing is lost. Try again with the same key, or ask an administrator to look at the parked arrivals."),
    ),
    "unexpected": (
        500,
        _("Something went wrong on our side."),
        _("Try again in a minute. If it stays so, tell who runs the desk; they find the cause in its log."),
    ),
}


class Problem(Exception):
    """A call that cannot be answered as was hoped; `more` goes into the document as it is."""

    def __init__(self, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        self.code, self.detail, self.headers, self.more = code, detail, dict(headers or {}), more
        super().__init__(f"{code}: {detail}" if detail else code)

    @property
    def status(self) -> int:
        return PROBLEMS[self.code][0]

    def as_dict(self) -> dict[str, Any]:
        """Return the document, in the language that is active."""
        status, title, advice = PROBLEMS[self.code]
        return {
            "type": f"{reverse('api:docs')}#{self.code}",
            "title": str(title),
            "status": status,
            "detail": self.detail or str(advice),
            "code": self.code,
            **self.more,
        }


def not_valid(place: str, detail: str, *, code: str) -> Problem:
    """One value in a call that is not as it should be."""
    return Problem("not-valid", errors=[{"place": place, "code": code, "detail": detail}])


def answer(problem: Problem) -> HttpResponse:
    """Write a problem down as an answer."""
    response = JsonResponse(
        problem.as_dict(), status=problem.status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    for name, value in problem.headers.items():
        response[name] = value
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Amends"'
    response["Content-Language"] = (get_language() or "en").split("-")[0]
    response["Cache-Control"] = "no-store"
    return response


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any address under /api/ that no route takes."""
    del request, rest
    return answer(Problem("not-found"))
