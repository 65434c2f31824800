"""Who really calls, behind proxies of one's own (AMENDS_PROXIES): limits by address count callers, not the proxy.

Without this every caller would be the proxy, and one stranger who guesses passwords would shut the door for everybody.
The header is believed from the named networks alone, and read from its end: what stands further left, anybody may have
written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

type Network = IPv4Network | IPv6Network
type Address = IPv4Address | IPv6Address


@sync_and_async_middleware
def behind_proxies(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Put the caller's own address in the place of the proxy's."""
    ours = tuple(ip_network(one, strict=False) for one in settings.PROXIES)
    if not ours:
        raise MiddlewareNotUsed

    def see(request: HttpRequest) -> None:
        peer, told = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
        request.META["REMOTE_ADDR"] = caller(peer=peer, told=told, ours=ours)

    if iscoroutinefunction(get_response):

        def later(request: HttpRequest) -> Awaitable[HttpResponse]:
            see(request)
            answer: Awaitable[HttpResponse] = get_response(request)
            return answer

        from asgiref.sync import markcoroutinefunction

        markcoroutinefunction(later)
        return later

    def answer(request: HttpRequest) -> HttpResponse:
        see(request)
        response: HttpResponse = get_response(request)
        return response

    return answer


def caller(*, peer: str, told: str, ours: Iterable[Network]) -> str:
    """Return the last address of the chain that is not one of our proxies."""
    trusted = tuple(ours)
    found = peer
    for said in (*reversed([part.strip() for part in told.split(",") if part.strip()]), None):
        address = _read(found)
        if said is None or address is None or not any(address in network for network in trusted):
            return found
        if _read(said) is None:  # something that is no address: the proxy that passed it on is all that is known
            return found
        found = str(_read(said))
    return found


def _read(text: str) -> Address | None:
    """Read an address, with a port or without; one of IPv4 in the dress of IPv6 is the one of IPv4."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
