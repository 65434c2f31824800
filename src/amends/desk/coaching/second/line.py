"""The line to an OpenAI-compatible endpoint: one question, one answer, and what may be the matter with it."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from amends.engine.conversation import By
from amends.engine.languages.second import schema

TIMEOUT: Final = 30.0  # seconds for the whole answer
LARGEST_ANSWER: Final = 1_000_000  # bytes
LONGEST_DETAIL: Final = 300


class UnableToAsk(Exception):
    """No answer that can be used; `code` says why, in words that troubles.py knows."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, " ".join(detail.split())[:LONGEST_DETAIL]
        super().__init__(f"{code}: {self.detail}" if self.detail else code)

    @property
    def needs_a_person(self) -> bool:
        """Whether asking again helps nothing until somebody changes something."""
        return self.code in {"address", "key", "model", "sealed", "budget"}


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """Where the model is, and how one is let in. `address` ends before /chat/completions."""

    address: str
    model: str
    key: str = ""


type Send = Callable[[urllib.request.Request, float], bytes]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the key and the words elsewhere."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def over_http(request: urllib.request.Request, seconds: float) -> bytes:
    """Send a request and return what came back, all of it within some seconds.

    :raises OSError: if the line fails
    """
    opener = urllib.request.build_opener(_NoRedirect)
    ends = monotonic() + seconds
    with opener.open(request, timeout=seconds) as answer:
        pieces: list[bytes] = []
        size = 0
        while piece := answer.read1(65_536):
            pieces.append(piece)
            size += len(piece)
            if monotonic() > ends:
                raise TimeoutError("the answer came too slowly")
            if size > LARGEST_ANSWER:
                raise UnableToAsk("answer", "the answer is too large")
        return b"".join(pieces)


def ask(
    endpoint: Endpoint, messages: Sequence[dict[str, str]], *, by: By, send: Send = over_http, timeout: float = TIMEOUT
) -> str:
    """
    Ask for speech acts and return the words of the answer.

    :raises UnableToAsk: if there is none
    """
    return ask_for(endpoint, messages, name="acts", schema=schema(by), send=send, timeout=timeout)


def ask_for(
    endpoint: Endpoint,
    messages: Sequence[dict[str, str]],
    *,
    name: str,
    schema: Mapping[str, Any],
    send: Send = over_http,
    timeout: float = TIMEOUT,
) -> str:
    """
    Ask one question whose answer has a schema, and return the words of the answer.

    :raises UnableToAsk: if there is none
    """
    ends = monotonic() + timeout
    told = {"name": name, "strict": True, "schema": dict(schema)}
    form: dict[str, Any] = {"response_format": {"type": "json_schema", "json_schema": told}}
    try:
        return _once(endpoint, messages, form, send=send, timeout=timeout)
    except UnableToAsk as trouble:
        if trouble.code != "form":
            raise
    # It knows no schemas; what it answers is checked all the same.
    return _once(endpoint, messages, {}, send=send, timeout=max(0.1, ends - monotonic()))


def _once(
    endpoint: Endpoint, messages: Sequence[dict[str, str]], form: dict[str, Any], *, send: Send, timeout: float
) -> str:
    if not endpoint.address.startswith(("http://", "https://")):
        raise UnableToAsk("address")
    body = {"model": endpoint.model, "messages": list(messages), "temperature": 0, **form}
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "Amends"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    try:
        request = urllib.request.Request(  # noqa: S310 - http and https only, as an administrator gave it
            f"{endpoint.address.rstrip('/')}/chat/completions", data=json.dumps(body).encode(), headers=headers
        )
        raw = send(request, timeout)
    except urllib.error.HTTPError as error:
        with error:
            raise UnableToAsk(_code(error.code, with_form=bool(form)), f"HTTP {error.code} {_said(error)}") from error
    except (urllib.error.URLError, OSError) as error:
        raise _broken(error) from error
    except ValueError as error:  # an address that is none
        raise UnableToAsk("address", str(error)) from error
    try:
        words = json.loads(raw)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError) as error:
        raise UnableToAsk("answer", "no words in it") from error
    if not isinstance(words, str):
        raise UnableToAsk("answer", "no words in it")
    return words


def _code(status: int, *, with_form: bool) -> str:
    if status in {401, 403}:
        return "key"
    if status == 404:
        return "model"
    if status in {400, 422} and with_form:
        return "form"
    return "busy" if status == 429 or status >= 500 else "server"


def _broken(error: OSError) -> UnableToAsk:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    said = str(reason)
    if isinstance(reason, TimeoutError):
        return UnableToAsk("timeout", said)
    return UnableToAsk("certificate" if isinstance(reason, ssl.SSLError) else "unreachable", said)


def _said(error: urllib.error.HTTPError) -> str:
    try:
        told = json.loads(error.read(LONGEST_DETAIL * 4))
        return str(told["error"]["message"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""
