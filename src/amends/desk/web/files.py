"""Files handed out to a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any, Final, Protocol

from asgiref.sync import sync_to_async
from django.http import FileResponse


class SentFile(FileResponse):
    """A file sent piece by piece; left to itself Django would read it whole before the first piece leaves by ASGI."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self.streaming_content)
        while piece := await sync_to_async(next)(pieces, b""):
            yield piece


class Kept(Protocol):
    """A row that holds a file that somebody sent."""

    file: Any
    name: Any
    media_type: Any


_ASIDE: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"


def shown_aside(row: Kept, *, kinds: Collection[str]) -> SentFile:
    """Hand out what somebody sent: what is of these kinds is seen on a page of its own, where nothing runs."""
    seen = row.media_type in kinds
    answer = SentFile(
        row.file.open("rb"),
        as_attachment=not seen,
        filename=row.name,
        content_type=row.media_type if seen else "application/octet-stream",
    )
    answer["Content-Security-Policy"] = _ASIDE
    return answer
