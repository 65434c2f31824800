"""A page in one thread: all that looks at a request on its way in and out works in the thread that makes the page."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class InOneThread(ASGIHandler):
    """A desk whose requests change from the loop to a thread once, and back once.

    Django would go back and forth for each part that can work in both ways: over ten times for a page, and each time
    the page waits until the other side is free.
    """

    _middleware_chain: Any

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - as Django calls it
        super().load_middleware(is_async=False)
        if is_async:
            self._middleware_chain = sync_to_async(self._middleware_chain, thread_sensitive=True)
