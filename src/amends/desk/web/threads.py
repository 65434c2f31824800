"""Threads that answer requests, kept for the next one together with their connection to the database.

Django would begin a thread for every request and open a connection in it. Opening one costs more than most questions
do, on PostgreSQL a process of the server each; and threads that come and go leave holes in the memory.

One that has rested for long goes, and its connection with it: a burst shall not be remembered for a day, and what a
connection remembers is a megabyte or more.

Only so many work at once, so that a burst waits for its turn instead of asking for more connections than the database
gives. Reading what somebody sends and handing out what they asked for is no work: who is slow keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Final

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

KEPT: Final = 8
RESTS: Final = 30.0  # seconds
AT_ONCE: Final = 20  # two machines with two processes each, and their workers, stay below PostgreSQL's hundred


class Threads:
    """Threads of one process, each of which answers one request at a time."""

    def __init__(
        self, *, kept: int = KEPT, at_once: int = AT_ONCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kept, self._clock = kept, clock
        self._resting: deque[tuple[ThreadPoolExecutor, float]] = deque()  # with the moment since when
        self._turns = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Callable[[], None]]:
        """Have everything that must stay in one thread done in a thread that is nobody else's meanwhile.

        Yields what lets the next one begin, for who has done the work and only hands it out; else that is the end.
        """
        await self._turns.acquire()
        turn = _Turn(self._turns)
        try:
            one, _since = self._resting.pop()  # the one whose connection was used last
        except IndexError:
            one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=one):
                yield turn.end
        finally:
            one.submit(self._rest, one, turn)  # after what it may still be doing for somebody who has gone

    def _rest(self, one: ThreadPoolExecutor, turn: _Turn) -> None:
        if len(self._resting) < self._kept:
            self._resting.append((one, self._clock()))
        else:
            connections.close_all()
            one.shutdown(wait=False)
        self._let_one_go()
        turn.end_from_its_thread()

    def _let_one_go(self) -> None:
        """Let the one go that has rested longest, if that was for long and nobody has it just now."""
        with suppress(IndexError, ValueError):
            longest = self._resting[0]
            one, since = longest
            if self._clock() - since >= RESTS:
                self._resting.remove(longest)
                one.submit(connections.close_all)
                one.shutdown(wait=False)


class _Turn:
    """One of those that work at once; it ends one time."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns, self._loop, self._lasts = turns, asyncio.get_running_loop(), True

    def end(self) -> None:
        if self._lasts:
            self._lasts = False
            self._turns.release()

    def end_from_its_thread(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self.end)
        except RuntimeError:  # the loop is at its end, and nobody waits in it
            self.end()
