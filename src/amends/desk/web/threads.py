"""Threads that answer requests, kept for the next one together with their connection to the database.

Django would begin a thread for every request and open a connection in it. Opening one costs more than most questions
do, on PostgreSQL a process of the server each; and threads that come and go leave holes in the memory. How many answer
at once is not limited, since an answer lasts as long as whoever reads it: those above the kept ones end with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

KEPT: Final = 8


class Threads:
    """Threads of one process, each of which answers one request at a time."""

    def __init__(self, *, kept: int = KEPT) -> None:
        self._kept = kept
        self._resting: deque[ThreadPoolExecutor] = deque()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """Have everything that must stay in one thread done in a thread that is nobody else's meanwhile."""
        try:
            one = self._resting.pop()  # the one whose connection was used last
        except IndexError:
            one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=one):
                yield
        finally:
            one.submit(self._rest, one)  # after what it may still be doing for somebody who has gone

    def _rest(self, one: ThreadPoolExecutor) -> None:
        if len(self._resting) < self._kept:
            self._resting.append(one)
        else:
            connections.close_all()
            one.shutdown(wait=False)
