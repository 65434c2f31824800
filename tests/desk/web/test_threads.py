"""A thread that answered is kept for the next request, with its connection to the database."""

import asyncio
import threading
from unittest.mock import Mock

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from amends.desk.settings import _postgres
from amends.desk.web import threads as module
from amends.desk.web.threads import RESTS, HasLeftError, Threads


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


def test_one_that_rested_for_long_goes_with_its_connection():
    now = [0.0]
    threads = Threads(clock=lambda: now[0])
    first, second, third = Mock(), Mock(), Mock()
    threads._rest(first, Mock())
    now[0] = RESTS - 1
    threads._rest(second, Mock())
    assert [one for one, _since in threads._resting] == [first, second]
    now[0] = RESTS
    threads._rest(third, Mock())
    assert [one for one, _since in threads._resting] == [second, third]
    first.submit.assert_called_once_with(connections.close_all)
    first.shutdown.assert_called_once_with(wait=False)


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


def most_at_work(threads, *, many):
    """Let requests come together, all of which are handed out at the end; return how many were at work at most."""
    at_work, counts = 0, []

    async def one(end):
        nonlocal at_work
        async with threads.lent() as work_is_done:
            at_work += 1
            counts.append(at_work)
            await sync_to_async(threading.get_ident)()
            at_work -= 1
            work_is_done()
            await end.wait()

    async def every():
        end = asyncio.Event()
        waiting = [asyncio.ensure_future(one(end)) for _ in range(many)]
        while len(counts) < many:
            await asyncio.sleep(0)
        end.set()
        await asyncio.gather(*waiting)

    asyncio.run(asyncio.wait_for(every(), 120))
    return max(counts)


def test_a_burst_waits_for_its_turn_and_for_nobody_s_slow_line():
    """Three are at work at a time, and all twenty are still being handed out when the last one is at work."""
    assert most_at_work(Threads(kept=2, at_once=3), many=20) == 3


def test_threads_that_work_are_no_more_than_their_turns():
    """The next one begins when the last thread rests, so that its connection is used and none is opened beside it."""
    threads, seen = Threads(kept=2, at_once=2), set()

    async def one():
        async with threads.lent():
            seen.add(await sync_to_async(threading.get_ident)())

    async def every():
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(asyncio.wait_for(every(), 120))
    assert len(seen) == 2


def test_a_turn_lasts_as_long_as_the_work_for_somebody_who_has_gone():
    threads, done, order = Threads(at_once=1), threading.Event(), []

    def work():
        done.wait(30)
        order.append("the work of who has gone")

    async def goes():
        async with threads.lent():
            await sync_to_async(work)()

    async def comes():
        async with threads.lent():
            order.append("the next")

    async def every():
        gone = asyncio.ensure_future(goes())
        while not threads._turns.locked():
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        gone.cancel()
        coming = asyncio.ensure_future(comes())
        for _ in range(5):
            await asyncio.sleep(0)
        done.set()
        await asyncio.wait_for(asyncio.gather(gone, coming, return_exceptions=True), 120)

    asyncio.run(every())
    assert order[-1:] == ["the next"]


def in_their_order(threads, asked):
    """Let some come one after the other while one is at work; return in which order they were answered."""
    order = []

    async def one(name, patience, left):
        try:
            async with threads.lent(patience=patience, left=left) as work_is_done:
                order.append(name)
                work_is_done()
        except HasLeftError:
            order.append(f"{name} has left")

    async def every():
        async with threads.lent() as work_is_done:
            waiting = []
            for name, patience, left in asked:
                waiting.append(asyncio.ensure_future(one(name, patience, left)))
                for _ in range(3):
                    await asyncio.sleep(0)
            work_is_done()
        await asyncio.gather(*waiting)

    asyncio.run(asyncio.wait_for(every(), 120))
    return order


async def stays():
    await asyncio.Event().wait()


async def leaves():
    """Be gone as soon as anybody looks."""


def test_who_can_wait_lets_others_go_before_and_does_not_wait_for_ever():
    now = iter(range(100))  # each comes a second after the one before
    threads = Threads(at_once=1, clock=lambda: next(now))
    asked = [("poll", 3.5, stays), ("coach", 1.5, stays), *((f"act {n}", 0.0, stays) for n in range(5))]
    assert in_their_order(threads, asked) == ["act 0", "coach", "act 1", "poll", "act 2", "act 3", "act 4"]


def test_who_has_left_before_their_turn_is_not_answered():
    threads = Threads(at_once=1)
    asked = [("first", 0.0, None), ("second", 0.0, leaves), ("third", 0.0, stays)]
    assert in_their_order(threads, asked) == ["second has left", "first", "third"]
    assert not threads._turns.locked()


def test_who_is_broken_off_while_waiting_takes_nobodys_turn():
    threads = Threads(at_once=1)

    async def wait():
        async with threads.lent():
            pytest.fail("It was not its turn.")

    async def every():
        async with threads.lent() as work_is_done:
            waiting = asyncio.ensure_future(wait())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            work_is_done()  # it is told that it may begin, and broken off before it hears of that
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert not threads._turns.locked()

    asyncio.run(asyncio.wait_for(every(), 120))


def test_few_begin_and_who_works_for_long_is_none_of_them(monkeypatch):
    monkeypatch.setattr(module, "A_MOMENT", 0)

    async def every():
        threads = Threads(at_once=2, few=1)
        async with threads.lent() as first_is_done, asyncio.timeout(120):
            while threads._turns.locked():
                await asyncio.sleep(0)
            async with threads.lent() as second_is_done:
                second_is_done()
            first_is_done()
            first_is_done()
        assert (threads._turns._free, threads._turns._begin) == (2, 1)

    asyncio.run(every())


def test_a_connection_is_not_opened_anew_while_its_thread_is_wanted():
    kept = _postgres("DATABASE_URL", "postgresql://amends@127.0.0.1/amends")
    assert kept["CONN_MAX_AGE"] > 10 * RESTS
    assert kept["CONN_HEALTH_CHECKS"]  # one that broke is not used
    copy = _postgres("AMENDS_REPLICA", "postgresql://amends@127.0.0.1/amends", only_reads=True)
    assert copy["CONN_MAX_AGE"] < kept["CONN_MAX_AGE"]
