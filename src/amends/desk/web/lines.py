"""What is held while an answer goes out: of a page nothing, and of a line of events next to nothing for minutes.

Django gives every request a thread, and the thread a connection to the database, until its answer is at its end. With
a thousand open lines that would be a thousand threads and connections, none of which has anything to do. So a line is
opened like any other request, through everything that looks at requests, and is held when thread and connection have
been given back. A page that is whole goes out after that too, and what is sent is read before: neither a thread nor a
connection waits for somebody's slow line.

When the process is asked to stop, every line says a last word and ends, and whoever listened comes back to the next
process: a server waits for what it still sends, and nobody would wait for a line that lasts minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import closing
from itertools import count
from typing import IO, Any, Final, cast

from asgiref.sync import sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase

from amends.desk.web.files import SentFile
from amends.desk.web.patience import patience
from amends.desk.web.threads import HasLeftError, Threads

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

# When those come back whose lines ended at once: not all in the same moment, but within some seconds.
SOONEST: Final = 1000  # milliseconds
APART: Final = 100
TURNS: Final = 50


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


class _Sent:
    """What somebody has sent, read whole, and how to hear that they leave."""

    def __init__(self, body: IO[bytes], receive: Receive) -> None:
        self.body, self.receive = body, receive

    async def __call__(self) -> Message:
        return await self.receive()


class _Opened:
    """How to send, and what a request turned out to be: a line, or an answer that is whole."""

    def __init__(self, send: Send, work_is_done: Callable[[], None]) -> None:
        self.send, self.work_is_done = send, work_is_done
        self.line: Line | None = None
        self.whole: HttpResponseBase | None = None

    async def __call__(self, message: Any) -> None:
        await self.send(message)


class Handler(ASGIHandler):
    """Django's own, which keeps its threads, and hands out when everything else of a request is over."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = Threads()
        self._lines = Lines()

    def end_lines(self) -> None:
        """Let all lines end, and those that are still being opened: this process is asked to stop."""
        self._lines.end()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        try:
            body = await super().read_body(receive)
        except RequestAborted:
            return
        may_wait = patience(scope.get("path", ""), scope.get("query_string", b""))
        with closing(body):
            try:
                async with self._threads.lent(patience=may_wait, left=lambda: _left(receive)) as work_is_done:
                    opened = _Opened(send, work_is_done)
                    await self.handle(scope, _Sent(body, receive), opened)
            except HasLeftError:
                return
        if opened.whole is not None:
            await super().send_response(opened.whole, send)
        elif (line := opened.line) is not None:
            begins, said = line.beginning(), line.said
            scope.clear()  # headers and cookies: whoever serves holds on to it for as long as the line is open
            del opened, line, scope, body
            await send(begins)
            del begins
            await self._lines.hold(said, receive, send)

    async def read_body(self, receive: Any) -> Any:
        return receive.body if isinstance(receive, _Sent) else await super().read_body(receive)

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        if not isinstance(send, _Opened):
            await super().send_response(response, send)
        elif isinstance(response, Line):
            response.let_go()
            send.line = response
        elif not response.streaming:
            send.whole = response
        else:
            if isinstance(response, SentFile):  # which asks the database no more
                await sync_to_async(connections.close_all)()
            send.work_is_done()
            await super().send_response(response, send)


class Lines:
    """The lines that are open in a process."""

    def __init__(self) -> None:
        self._speaking: set[asyncio.Task[None]] = set()
        self._are_over = False
        self._turns = count()

    def end(self) -> None:
        """Let all of them say a last word and end."""
        self._are_over = True
        for speaking in self._speaking:
            speaking.cancel()

    async def hold(self, said: AsyncGenerator[str], receive: Receive, send: Send) -> None:
        """Say what there is to say until the line ends, or whoever listens is gone, or all are to end.

        A thousand of these wait at the same time: nothing stands between the words and the line that would be held too.
        """
        speaking = cast("asyncio.Task[None]", asyncio.current_task())
        self._speaking.add(speaking)
        leaving = asyncio.ensure_future(_left(receive))

        def stop(_gone: object) -> None:
            speaking.cancel()

        leaving.add_done_callback(stop)
        try:
            async for words in said:
                await send({"type": "http.response.body", "body": words.encode(), "more_body": True})
                del words  # they would wait for the next ones
                if leaving.done() or self._are_over:  # it came while a thread worked, which cannot be broken off
                    break
        except asyncio.CancelledError:
            if not leaving.done() and not self._are_over:
                raise  # it is the server that ends
            speaking.uncancel()
        finally:
            self._speaking.discard(speaking)
            has_left = leaving.done()
            leaving.remove_done_callback(stop)
            leaving.cancel()
            await said.aclose()
        if not has_left:
            last = self._last_words() if self._are_over else b""
            await send({"type": "http.response.body", "body": last})

    def _last_words(self) -> bytes:
        """Tell the browser in how long to come back."""
        return b"retry: %d\n\n" % (SOONEST + next(self._turns) % TURNS * APART)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
