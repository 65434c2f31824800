"""Live updates by server-sent events, in any number of web processes.

Each process looks once a second for what was committed, however many pages listen, and tells them which complaints
changed. A stream ends by itself after some minutes; the browser opens the next one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.contrib.auth import aget_user
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from amends.desk.complaints import announce

EVERY = 1.0  # seconds between two looks
BREATH = 15.0  # seconds after which a silent stream says that it is still there
LASTS = 300.0  # seconds

Look = Callable[[announce.Mark], Awaitable[tuple[announce.Mark, list[int]]]]

# One thread of its own, so that looking never takes more than one connection to the database.
_eyes = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")


def _begin() -> announce.Mark:
    close_old_connections()
    return announce.start()


def _look(mark: announce.Mark) -> tuple[announce.Mark, list[int]]:
    close_old_connections()
    mark, changes = announce.since(mark)
    return mark, list(dict.fromkeys(change.number for change in changes))


class Wire:
    """Whoever listens in this process, and the one who looks for all of them."""

    def __init__(self) -> None:
        self.listeners: set[asyncio.Queue[list[int]]] = set()
        self.looking: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Queue[list[int]]:
        """Begin to listen; the first one wakes the look-out."""
        queue: asyncio.Queue[list[int]] = asyncio.Queue(maxsize=100)
        self.listeners.add(queue)
        if self.looking is None or self.looking.done():
            self.looking = asyncio.get_running_loop().create_task(self._look_out())
        return queue

    def leave(self, queue: asyncio.Queue[list[int]]) -> None:
        """Listen no more; with the last one the look-out sleeps."""
        self.listeners.discard(queue)
        if not self.listeners and self.looking is not None:
            self.looking.cancel()
            self.looking = None

    async def _look_out(self) -> None:
        mark = await sync_to_async(_begin, thread_sensitive=False, executor=_eyes)()
        while True:
            await asyncio.sleep(EVERY)
            mark, numbers = await sync_to_async(_look, thread_sensitive=False, executor=_eyes)(mark)
            if numbers:
                self.tell(numbers)

    def tell(self, numbers: list[int]) -> None:
        """Tell everybody; who does not read is not waited for, and draws all anew when it reconnects."""
        for queue in list(self.listeners):
            if queue.full():
                self.listeners.discard(queue)
            else:
                queue.put_nowait(numbers)


wire = Wire()


async def stream(request: HttpRequest) -> HttpResponse:
    """Keep a line open to one page."""
    user = await aget_user(request)
    if not user.is_authenticated:
        return HttpResponse(status=403)
    response = StreamingHttpResponse(words(wire), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    response["Content-Encoding"] = "identity"  # compressing would hold words back
    return response


async def words(line: Wire, *, lasts: float = LASTS, breath: float = BREATH) -> AsyncIterator[str]:
    """Say what changed, in the form of server-sent events."""
    queue = line.join()
    ends = asyncio.get_running_loop().time() + lasts
    try:
        yield "retry: 1000\n\n"
        while (left := ends - asyncio.get_running_loop().time()) > 0:
            try:
                numbers = await asyncio.wait_for(queue.get(), timeout=min(breath, left))
            except TimeoutError:
                yield ": here\n\n"
                continue
            yield f"event: changed\ndata: {json.dumps({'numbers': numbers})}\n\n"
    finally:
        line.leave(queue)
