"""Files handed out to a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import FileResponse


class SentFile(FileResponse):
    """A file sent piece by piece; left to itself Django would read it whole before the first piece leaves by ASGI."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self.streaming_content)
        while piece := await sync_to_async(next)(pieces, b""):
            yield piece
