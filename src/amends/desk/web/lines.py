"""Lines of events that stay open for minutes: what such a line holds, while it says nothing, is next to nothing.

Django gives every request a thread, and the thread a connection to the database, until its answer is at its end. With
a thousand open lines that would be a thousand threads and connections, none of which has anything to do. So a line is
opened like any other request, through everything that looks at requests, and is held when thread and connection have
been given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from typing import Any, cast

from django.core.handlers.asgi import ASGIHandler
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase

from amends.desk.web.threads import Threads

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]


class Line(StreamingHttpResponse):
    """Server-sent events: nothing is held back, compressed or kept. Its words may not ask the database themselves."""

    def __init__(self, said: AsyncGenerator[str]) -> None:
        super().__init__(said, content_type="text/event-stream")
        self.said = said
        self["Cache-Control"] = "no-store"
        self["X-Accel-Buffering"] = "no"
        self["Content-Encoding"] = "identity"  # compressing would hold words back

    def let_go(self) -> None:
        """Close what the request held, and forget it: user, session and headers are not kept for minutes."""
        closers, self._resource_closers = self._resource_closers, []
        for close in closers:
            close()

    def beginning(self) -> Message:
        """Say how the answer begins."""
        headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in self.items()]
        cookies = [(b"Set-Cookie", one.OutputString().encode("ascii")) for one in self.cookies.values()]
        return {"type": "http.response.start", "status": self.status_code, "headers": [*headers, *cookies]}


class _Opened:
    """How to send, and the line that a request turned out to be."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.line: Line | None = None

    async def __call__(self, message: Any) -> None:
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
        if (line := opened.line) is not None:
            begins, said = line.beginning(), line.said
            scope.clear()  # headers and cookies: whoever serves holds on to it for as long as the line is open
            del opened, line, scope
            await send(begins)
            del begins
            await _hold(said, receive, send)

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        if isinstance(send, _Opened) and isinstance(response, Line):
            response.let_go()
            send.line = response
        else:
            await super().send_response(response, send)


async def _hold(said: AsyncGenerator[str], receive: Receive, send: Send) -> None:
    """Say what there is to say until the line ends or whoever listens is gone.

    A thousand of these wait at the same time: nothing stands between the words and the line that would be held too.
    """
    speaking = cast("asyncio.Task[None]", asyncio.current_task())
    leaving = asyncio.ensure_future(_left(receive))

    def stop(_gone: object) -> None:
        speaking.cancel()

    leaving.add_done_callback(stop)
    try:
        async for words in said:
            await send({"type": "http.response.body", "body": words.encode(), "more_body": True})
        await send({"type": "http.response.body"})
    except asyncio.CancelledError:
        if not leaving.done():
            raise  # it is the server that ends
        speaking.uncancel()
    finally:
        leaving.remove_done_callback(stop)
        leaving.cancel()
        await said.aclose()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
