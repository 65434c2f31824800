"""A bell wakes the one who waits for it, and nobody waits for longer than they said."""

import asyncio

from amends.desk.web.bell import Bell


def run(work):
    return asyncio.run(asyncio.wait_for(work(Bell()), 60))


def test_it_wakes_who_waits():
    async def work(bell):
        waits = asyncio.ensure_future(bell.rings_within(60))
        await asyncio.sleep(0)
        bell.set()
        return await waits, bell.is_set()

    assert run(work) == (True, True)


def test_who_comes_late_does_not_wait():
    async def work(bell):
        bell.set()
        return await bell.rings_within(60)

    assert run(work)


def test_it_rings_until_it_is_cleared():
    async def work(bell):
        bell.set()
        bell.clear()
        return await bell.rings_within(0), bell.is_set()

    assert run(work) == (False, False)


def test_it_rings_for_the_next_one_when_the_last_one_left():
    async def work(bell):
        left = asyncio.ensure_future(bell.rings_within(60))
        await asyncio.sleep(0)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        bell.set()
        return await bell.rings_within(60), left.cancelled()

    assert run(work) == (True, True)
