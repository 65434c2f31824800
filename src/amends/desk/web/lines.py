"""Lines of events that stay open for minutes: what such a line holds, while it says nothing, is next to nothing.

Django gives every request a thread, and the thread a connection to the database, until its answer is at its end. With
a thousand open lines that would be a thousand threads and connections, none of which has anything to do. So a line is
opened like any other request, through everything that looks at requests, and is held when thread and connection have
been given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase

from amends.desk.web.threads import Threads

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]


class Line(StreamingHttpResponse):
    """Server-sent events: nothing is held back, compressed or kept. Its words may not ask the database themselves."""

    def __init__(self, said: object) -> None:
        super().__init__(said, content_type="text/event-stream")
        self["Cache-Control"] = "no-store"
        self["X-Accel-Buffering"] = "no"
        self["Content-Encoding"] = "identity"  # compressing would hold words back

    def let_go(self) -> None:
        """Close what the request held, and forget it: user, session and headers are not kept for minutes."""
        closers, self._resource_closers = self._resource_closers, []
        for close in closers:
            close()


class _Opened:
    """How to send, and the line that a request turned out to be."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.line: Line | None = None

    async def __call__(self, message: Message) -> None:
        await self.send(message)


class Handler(ASGIHandler):
    """Django's own, which keeps its threads, and holds lines after everything else of their request is over."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = Threads()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        opened = _Opened(send)
        async with self._threads.lent():
            await self.handle(scope, receive, opened)
        if opened.line is not None:
            await self._hold(opened.line, receive, send)

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        if isinstance(send, _Opened) and isinstance(response, Line):
            response.let_go()
            send.line = response
        else:
            await super().send_response(response, send)

    async def _hold(self, line: Line, receive: Receive, send: Send) -> None:
        """Say what there is to say until the line ends or whoever listens is gone."""
        saying = asyncio.ensure_future(super().send_response(line, send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({saying, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if saying.done():
                saying.result()
        finally:
            saying.cancel()
            leaving.cancel()
            await asyncio.gather(saying, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
