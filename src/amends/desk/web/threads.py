"""Threads that answer requests, kept for the next one together with their connection to the database.

Django would begin a thread for every request and open a connection in it. Opening one costs more than most questions
do, on PostgreSQL a process of the server each; and threads that come and go leave holes in the memory.

One that has rested for long goes, and its connection with it: a burst shall not be remembered for a day, and what a
connection remembers is a megabyte or more.

Only so many work at once, so that a burst waits for its turn instead of asking for more connections than the database
gives. Reading what somebody sends and handing out what they asked for is no work: who is slow keeps nobody waiting.

Python answers one after the other however many begin, so only a few of them begin: what is finished sooner for it is
what comes next. Whoever has worked for long is none of the few any more. Who comes next is who can wait least
(`patience.py`), and whoever has left meanwhile is not answered at all.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from heapq import heappop, heappush
from itertools import count
from typing import Final

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

KEPT: Final = 8
RESTS: Final = 30.0  # seconds
AT_ONCE: Final = 20  # two machines with two processes each, and their workers, stay below PostgreSQL's hundred
FEW: Final = 6  # of them that began a moment ago
A_MOMENT: Final = 0.5  # seconds

type Left = Callable[[], Awaitable[object]]


class HasLeftError(Exception):
    """Who asked is gone before their turn came."""


class Threads:
    """Threads of one process, each of which answers one request at a time."""

    def __init__(
        self,
        *,
        kept: int = KEPT,
        at_once: int = AT_ONCE,
        few: int = FEW,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept, self._clock = kept, clock
        self._resting: deque[tuple[ThreadPoolExecutor, float]] = deque()  # with the moment since when
        self._turns = _Turns(at_once, few=min(few, at_once), clock=clock)

    @asynccontextmanager
    async def lent(self, *, patience: float = 0.0, left: Left | None = None) -> AsyncIterator[Callable[[], None]]:
        """Have everything that must stay in one thread done in a thread that is nobody else's meanwhile.

        Yields what lets the next one begin, for who has done the work and only hands it out; else that is the end.

        :param patience: seconds by which others may have come later and go before
        :param left: waits until who asked is gone
        :raises HasLeftError: if they are before their turn came
        """
        turn = await self._turns.come(patience=patience, left=left)
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


class _Turns:
    """Who waits, in order, and how many may begin."""

    def __init__(self, at_once: int, *, few: int, clock: Callable[[], float]) -> None:
        self._free, self._begin, self._clock = at_once, few, clock
        self._waiting: list[tuple[float, int, asyncio.Future[_Turn]]] = []
        self._numbers = count()

    def locked(self) -> bool:
        """Whether whoever comes now has to wait."""
        return not self._free or not self._begin

    async def come(self, *, patience: float, left: Left | None) -> _Turn:
        """Wait for one's turn.

        :raises HasLeftError: if who asked is gone before
        """
        if not self.locked():
            return self._next()
        turn: asyncio.Future[_Turn] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (self._clock() + patience, next(self._numbers), turn))
        leaving = asyncio.ensure_future(left()) if left is not None else None
        try:
            await asyncio.wait([turn, leaving] if leaving else [turn], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not turn.cancel():
                turn.result().end()
            raise
        finally:
            if leaving is not None:
                leaving.cancel()
        if turn.cancel():
            raise HasLeftError
        return turn.result()

    def free(self, *, of_few: bool, whole: bool) -> None:
        """Let others begin: one of the few is none any more, or one of all."""
        self._begin += of_few
        self._free += whole
        while self._waiting and not self.locked():
            _until, _number, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_result(self._next())

    def _next(self) -> _Turn:
        self._free -= 1
        self._begin -= 1
        return _Turn(self)


class _Turn:
    """One of those that work at once; it ends one time."""

    def __init__(self, turns: _Turns) -> None:
        self._turns, self._loop, self._lasts = turns, asyncio.get_running_loop(), True
        self._moment: asyncio.TimerHandle | None = self._loop.call_later(A_MOMENT, self._is_long)

    def _is_long(self) -> None:
        self._moment = None
        self._turns.free(of_few=True, whole=False)

    def end(self) -> None:
        if self._lasts:
            self._lasts = False
            moment, self._moment = self._moment, None
            if moment is not None:
                moment.cancel()
            self._turns.free(of_few=moment is not None, whole=True)

    def end_from_its_thread(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self.end)
        except RuntimeError:  # the loop is at its end, and nobody waits in it
            self.end()
