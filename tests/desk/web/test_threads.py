"""A thread that answered is kept for the next request, with its connection to the database."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async

from amends.desk.web.threads import Threads


def answer(threads, *, at_once, meanwhile=lambda: None):
    """Answer some requests at the same time; return the thread of each."""
    together = threading.Barrier(at_once)

    def work():
        together.wait(30)
        meanwhile()
        return threading.get_ident()

    async def one():
        async with threads.lent():
            return await sync_to_async(work)()

    async def every():
        return await asyncio.gather(*(one() for _ in range(at_once)))

    return asyncio.run(every())


def wait_until(threads, *, rest):
    for _ in range(3000):
        if len(threads._resting) == rest:
            return
        threading.Event().wait(0.01)
    pytest.fail(f"{len(threads._resting)} threads rest")


def test_the_next_request_has_the_thread_of_the_last_one():
    threads = Threads()
    (first,) = answer(threads, at_once=1)
    wait_until(threads, rest=1)
    assert answer(threads, at_once=1) == [first]


def test_requests_at_the_same_time_have_threads_of_their_own():
    assert len(set(answer(Threads(), at_once=3))) == 3


def test_only_some_are_kept():
    threads = Threads(kept=2)
    answer(threads, at_once=4)
    wait_until(threads, rest=2)
    assert len(threads._resting) == 2


def test_one_that_is_still_at_work_for_somebody_who_has_gone_is_lent_to_nobody():
    threads, done = Threads(), threading.Event()

    async def goes():
        async with threads.lent():
            asyncio.get_running_loop().call_later(0.01, asyncio.current_task().cancel)
            await asyncio.get_running_loop().run_in_executor(_executor(), done.wait, 30)

    def _executor():
        from asgiref.sync import SyncToAsync

        return SyncToAsync.context_to_thread_executor[SyncToAsync.thread_sensitive_context.get()]

    async def every():
        with pytest.raises(asyncio.CancelledError):
            await asyncio.create_task(goes())
        assert not threads._resting
        done.set()

    asyncio.run(every())
    wait_until(threads, rest=1)
