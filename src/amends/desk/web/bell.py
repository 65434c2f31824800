"""What wakes the one who waits for it, for very many who wait each for their own.

An event of asyncio keeps a queue of those who wait, and waiting for a time goes through three layers: together 2 KB for
each of a thousand lines, of which half a KB is enough.
"""

from __future__ import annotations

import asyncio


class Bell:
    """Rings until it is cleared; one waits for it."""

    __slots__ = ("_rings", "_waiting")

    def __init__(self) -> None:
        self._rings = False
        self._waiting: asyncio.Future[None] | None = None

    def is_set(self) -> bool:
        return self._rings

    def set(self) -> None:
        self._rings = True
        if self._waiting is not None:
            _let_go(self._waiting)

    def clear(self) -> None:
        self._rings = False

    async def rings_within(self, seconds: float) -> bool:
        """Wait until it rings, so long at most; return whether it does."""
        if not self._rings:
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            over = loop.call_later(seconds, _let_go, self._waiting)
            try:
                await self._waiting
            finally:
                self._waiting = None
                over.cancel()
        return self._rings


def _let_go(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
