"""Asking another desk over HTTP: page by page, patiently, and never telling its key to somebody else.

A desk that says 'too many' is asked again when it wants to be; a line that breaks is tried again; what fails for good
ends the import with a sentence, and the next run goes on from there.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import random
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

from amends.intake.lines import UnableToReadError

TRIES: Final = 6
LONGEST_WAIT: Final = 300.0  # seconds
LARGEST: Final = 64 * 1024 * 1024  # of one answer
REDIRECTS: Final = 4


class NotThere(UnableToReadError):
    """The desk has nothing under this address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Message
    body: bytes


@dataclass(slots=True, kw_only=True)
class Api:
    """One desk's interface. `header` opens it, and goes to this host only."""

    base: str
    header: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 60.0
    wait: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = lambda _said: None

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UnableToReadError(f"{self.base}: this is no web address")
        if parts.username or parts.password:
            raise UnableToReadError("Leave name and password out of the address: say --user and --token-file.")
        self.base = self.base.rstrip("/")

    def json(self, path: str, **asked: str | int) -> Any:
        """Ask for a document.

        :raises NotThere: when the desk has none there
        :raises UnableToReadError: when the desk does not give it
        """
        return self.page(path, **asked)[0]

    def page(self, path: str, **asked: str | int) -> tuple[Any, Message]:
        """A document together with the headers that it came with."""
        address = path if "://" in path else f"{self.base}/{path.lstrip('/')}"
        if urlsplit(address)[:2] != urlsplit(self.base)[:2]:
            raise UnableToReadError(f"{self.base}: sends us on to another host, {urlsplit(address).hostname}")
        if asked:
            address += ("&" if "?" in address else "?") + urlencode(asked)
        answer = self._patiently(address)
        try:
            return json.loads(answer.body), answer.headers
        except ValueError as error:
            raise UnableToReadError(f"{address}: the answer is no JSON") from error

    def fetch(self, address: str) -> bytes:
        """The bytes of a file, from the desk or from where it keeps its files.

        :raises UnableToReadError: when it does not come, or lies inside a network that is not the desk's
        """
        return self._patiently(urljoin(f"{self.base}/", address)).body

    def _patiently(self, address: str) -> Answer:
        trouble, shown = "", address.partition("?")[0]  # what follows may be a key
        for attempt in range(TRIES):
            try:
                answer = self._follow(address)
            except (OSError, http.client.HTTPException) as error:
                trouble = str(error) or type(error).__name__
                self.say(f"{shown}: {trouble}; trying again")
                self.wait(_backoff(attempt))
                continue
            if answer.status == 200:
                return answer
            if answer.status == 429 or answer.status >= 500:
                trouble = f"answers {answer.status}"
                seconds = _wanted(answer.headers, attempt)
                self.say(f"{shown}: {trouble}; waiting {seconds:.0f} s")
                self.wait(seconds)
                continue
            trouble = f"{shown}: {_refusal(answer.status)}"
            raise NotThere(trouble) if answer.status == 404 else UnableToReadError(trouble)
        raise UnableToReadError(f"{shown}: {trouble}. What came until now is kept; run it again to go on.")

    def _follow(self, address: str) -> Answer:
        for _step in range(REDIRECTS):
            answer = self._once(address)
            if answer.status not in {301, 302, 303, 307, 308} or not answer.headers.get("Location"):
                return answer
            address = urljoin(address, str(answer.headers["Location"]))
        return answer

    def _once(self, address: str) -> Answer:
        parts = urlsplit(address)
        own = parts[:2] == urlsplit(self.base)[:2]
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if parts.scheme not in {"http", "https"} or not host:
            raise UnableToReadError(f"{address}: this is no web address")
        line = (
            http.client.HTTPSConnection(host, port, timeout=self.timeout, context=ssl.create_default_context())
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=self.timeout)
        )
        if not own:  # an address that a stranger may have written into a message
            place = _outside(host, port)
            line._create_connection = (  # type: ignore[attr-defined]  # noqa: SLF001 - as http.client lets one choose
                lambda _address, timeout, _source=None: socket.create_connection((place, port), timeout)
            )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            line.request("GET", path, headers={"Accept": "*/*", "User-Agent": "amends", **(self.header if own else {})})
            answer = line.getresponse()
            body = answer.read(LARGEST + 1)
            if len(body) > LARGEST:
                raise UnableToReadError(f"{address}: is larger than {LARGEST // 1024 // 1024} MB")
            length = answer.headers.get("Content-Length", "")
            if length.isdecimal() and len(body) < int(length):
                raise http.client.IncompleteRead(body, int(length) - len(body))
            return Answer(answer.status, answer.headers, body)
        finally:
            line.close()


def _outside(host: str, port: int) -> str:
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(ipaddress.ip_address(each.partition("%")[0]).is_global for each in found):
        raise UnableToReadError(f"{host}: lies inside a network, and is not the desk itself; nothing is asked there")
    return found[0]


def _wanted(headers: Message, attempt: int) -> float:
    said = str(headers.get("Retry-After", ""))
    return min(float(said), LONGEST_WAIT) if said.isdecimal() else _backoff(attempt)


def _backoff(attempt: int) -> float:
    return min(2.0**attempt, 60.0) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret hangs on it


def _refusal(status: int) -> str:
    if status in {401, 403}:
        return f"the desk does not let us in ({status}): is the key right, and may it read everything?"
    if status == 404:
        return "is not there (404): is this the desk's address?"
    return f"answers {status}"
