"""Live updates: what is said on the line, and who looks."""

import asyncio

import pytest

from amends.desk.workplace import live


def collect(wire, told, *, lasts=0.2):
    async def run():
        said = []
        line = live.words(wire, lasts=lasts, breath=0.05)
        said.append(await anext(line))
        for numbers in told:
            wire.tell(numbers)
        return [*said, *[word async for word in line]]

    return asyncio.run(run())


@pytest.fixture
def wire(monkeypatch):
    wire = live.Wire()

    async def nobody_looks():
        await asyncio.sleep(60)

    monkeypatch.setattr(wire, "_look_out", nobody_looks)
    return wire


def test_changes_are_told_as_events(wire):
    said = collect(wire, [[4127, 4128]])
    assert 'event: changed\ndata: {"numbers": [4127, 4128]}\n\n' in said


def test_a_silent_line_says_that_it_is_there_and_ends(wire):
    said = collect(wire, [])
    assert ": here\n\n" in said
    assert wire.listeners == set()
    assert wire.looking is None


def test_who_does_not_read_is_let_go(wire):
    async def run():
        queue = wire.join()
        for _ in range(200):
            wire.tell([1])
        known = queue in wire.listeners
        wire.leave(queue)
        return known

    assert asyncio.run(run()) is False


@pytest.mark.django_db
def test_strangers_hear_nothing(client, make_agent):
    make_agent()
    assert client.get("/desk/live/").status_code in {302, 403}


@pytest.mark.django_db(transaction=True)
def test_a_look_finds_what_was_committed(make_complaint):
    mark = live._begin()
    row = make_complaint()
    mark, numbers = live._look(mark)
    assert numbers == [row.number]
    assert live._look(mark)[1] == []
