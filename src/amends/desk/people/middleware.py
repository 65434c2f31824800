"""Example sign-ins work on loopback only."""

from collections.abc import Callable
from ipaddress import ip_address

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse


class ExampleOnLoopbackOnly:
    """Sign an example agent out when the request does not come from this very machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "is_example", False) and not is_loopback(request):
            logout(request)
        return self.get_response(request)


def is_loopback(request: HttpRequest) -> bool:
    """Whether the peer is this machine, with no proxy in between."""
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
