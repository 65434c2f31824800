"""A provider's call as it came: larger than a form may be, for pictures lie in mail, and byte by byte.

The site reads forms up to a few megabytes, and replaces in them what is not UTF-8. A mail is larger, and is kept as it
is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Final
from urllib.parse import unquote_plus, unquote_to_bytes

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict
from django.utils.http import parse_header_parameters

LARGEST: Final = 60 * 1024 * 1024  # bytes of one call; the largest that these providers send, and nginx lets through
MOST_FIELDS: Final = 1_000
_ONE_AT_A_TIME: Final = Lock()


def turn(request: HttpRequest) -> AbstractContextManager[object]:
    """Wait until no other large call is read in this process: each takes several times its size."""
    return _ONE_AT_A_TIME if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE else nullcontext()


def read(request: HttpRequest) -> None:
    """Read the whole call into the request, for whoever asks it for its body or its fields.

    :raises RequestDataTooBig: if it is larger than any mail that is read
    """
    if _length(request) > LARGEST:
        raise RequestDataTooBig
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise RequestDataTooBig
    request._body = body  # type: ignore[attr-defined]  # noqa: SLF001 - the site's own limit stands before `body`
    fields = QueryDict(mutable=True)
    for name, value in _fields(request):
        fields.appendlist(name, value.decode("utf-8", "replace"))
    request.POST = fields  # type: ignore[assignment]


def field(request: HttpRequest, wanted: str) -> bytes | None:
    """A field of a call that was read, with the very bytes that came."""
    return next((value for name, value in _fields(request) if name == wanted), None)


def _fields(request: HttpRequest) -> Iterator[tuple[str, bytes]]:
    kind, told = parse_header_parameters(request.META.get("CONTENT_TYPE", ""))
    if kind == "multipart/form-data":
        yield from _parts(request.body, told.get("boundary", ""))
    elif kind == "application/x-www-form-urlencoded":
        for pair in request.body.split(b"&", MOST_FIELDS):
            name, _between, value = pair.partition(b"=")
            yield unquote_plus(name.decode("utf-8", "replace")), unquote_to_bytes(value.replace(b"+", b" "))


def _length(request: HttpRequest) -> int:
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(told) if told.isdecimal() else 0


def _parts(body: bytes, boundary: str) -> Iterator[tuple[str, bytes]]:
    if not boundary:
        return
    _before, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"), MOST_FIELDS)
    for part in parts:
        head, between, content = part.partition(b"\r\n\r\n")
        disposition = next(
            (line for line in head.split(b"\r\n") if line.lower().startswith(b"content-disposition:")), b""
        )
        _kind, told = parse_header_parameters(disposition.partition(b":")[2].decode("utf-8", "replace").strip())
        if between and "name" in told:
            yield told["name"], content
