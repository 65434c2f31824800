"""The line to a hook, or to a stranger's picture: one question, one answer, and never to a machine inside.

The name is looked up once, every address that it has is checked, and the connection goes to the one that was checked,
so that a name which changes its mind in between leads nowhere. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

TIMEOUT: Final = 10.0  # seconds for the whole of it, however slowly the other side speaks
LONGEST_ANSWER: Final = 2000  # bytes that are read of it


# Addresses of IPv6 in which one of IPv4 stands: mapped, translated, of old, and those that a NAT64 gateway takes on.
_CARRY_IPV4: Final = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", "64:ff9b::/96")))


class UnableToReach(Exception):
    """Nobody answered, or the address is not one that we may write to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int | None
    detail: str = ""


type Line = Callable[[str, bytes, Mapping[str, str]], Answer]
type Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
type Look = Callable[[str, int], list[str]]


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def refusal(address: str) -> str:
    """Say why nothing is ever sent to an address, as far as it can be told without asking the network."""
    return _refusal(address, _allowed())


def _refusal(address: str, allowed: Networks) -> str:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _("This is no web address.")
    if parts.scheme not in {"http", "https"} or not host:
        return _("This is no web address.")
    if parts.username or parts.password:
        return _("Leave name and password out of the address; messages are signed.")
    if _is_inside("127.0.0.1" if host == "localhost" else host, allowed):
        return inside()
    return ""


def inside() -> str:
    return _("This address is inside your own network. Who runs the desk can allow that (AMENDS_HOOKS_INSIDE).")


def over_http(
    address: str, body: bytes, headers: Mapping[str, str], *, look: Look = look_up, timeout: float = TIMEOUT
) -> Answer:
    """
    Post a message.

    :raises UnableToReach: if nobody answers, or the name leads to a machine inside
    """
    with _asked("POST", address, body, headers, allowed=_allowed(), look=look, timeout=timeout) as answer:
        said = answer.read(LONGEST_ANSWER).decode("utf-8", "replace")
        return Answer(status=answer.status, detail=" ".join(said.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What lies at an address, or where it went."""

    status: int
    content: bytes
    moved_to: str = ""


def fetch(
    address: str,
    headers: Mapping[str, str],
    *,
    longest: int,
    look: Look = look_up,
    timeout: float = TIMEOUT,
    allowed: Networks = (),
    doors: Collection[int] = (80, 443),
) -> Fetched:
    """
    Read what lies at an address that a stranger named: never from a machine inside, not even one that hooks may reach.

    :raises UnableToReach: if nobody answers, it is longer, the name leads to a machine inside or to another door
    """
    with suppress(ValueError):
        if urlsplit(address).port not in {None, *doors}:
            raise UnableToReach(_("This is no web address."))
    with _asked("GET", address, None, headers, allowed=allowed, look=look, timeout=timeout) as answer:
        content = answer.read(longest + 1)
        if len(content) > longest:
            raise UnableToReach(f"{address}: more than {longest} bytes")
        return Fetched(status=answer.status, content=content, moved_to=answer.getheader("Location") or "")


@contextmanager
def _asked(
    method: str,
    address: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    allowed: Networks,
    look: Look,
    timeout: float,
) -> Iterator[http.client.HTTPResponse]:
    """Ask, and give the answer while the line is open."""
    if why := _refusal(address, allowed):
        raise UnableToReach(why)
    parts = urlsplit(address)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        places = look(host, port)
    except (OSError, UnicodeError) as error:
        raise UnableToReach(f"{host}: {error}") from error
    if not places:
        raise UnableToReach(f"{host}: no address")
    if any(_is_inside(place, allowed) for place in places):
        raise UnableToReach(inside())
    line = _connection(parts.scheme, host, port, place=places[0], timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        line.connect()
        with _cut_after(line.sock, timeout):
            line.request(method, path, body=body, headers=dict(headers))
            yield line.getresponse()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise UnableToReach(f"{host}: {error}") from error
    finally:
        line.close()


@contextmanager
def _cut_after(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Cut a line when its time is over: a socket's own timeout begins anew with every byte that drips in."""

    def cut() -> None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connection(scheme: str, host: str, port: int, *, place: str, timeout: float) -> http.client.HTTPConnection:
    """A connection that asks for a name and goes to the place that was checked."""

    def go(_address: object, timeout: float, _source: object = None) -> socket.socket:
        return socket.create_connection((place, port), timeout)

    line = (
        http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
        if scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=timeout)
    )
    line._create_connection = go  # type: ignore[attr-defined]  # noqa: SLF001 - how http.client itself lets one choose
    return line


def _is_inside(place: str, allowed: Networks) -> bool:
    """Whether an address lies in a private, local or otherwise special network that was not allowed."""
    try:
        found = ipaddress.ip_address(place.partition("%")[0])
    except ValueError:  # a name: it is judged by its addresses
        return False
    ways: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [found]
    if any(found in network for network in _CARRY_IPV4 if found.version == network.version):
        ways.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))  # where a gateway would take it
    if any(one in network for one in ways for network in allowed if network.version == one.version):
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.is_site_local:
        return True
    return any(not one.is_global or one.is_multicast for one in ways)


def _allowed() -> Networks:
    return [ipaddress.ip_network(one, strict=False) for one in settings.HOOKS_INSIDE]
