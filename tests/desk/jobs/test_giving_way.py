"""Long work rests while something comes at its time, and not for ever."""

import threading

import pytest

from amends.desk.jobs import giving_way


def test_nothing_to_wait_for_is_not_waited_for():
    giving_way.rest(pause=0, longest=60)


def test_long_work_goes_on_when_the_clock_has_spoken():
    rested = threading.Event()

    def work() -> None:
        giving_way.rest(pause=0, longest=60)
        rested.set()

    thread = threading.Thread(target=work)
    with giving_way.at_its_time():
        thread.start()
        assert not rested.is_set()
    thread.join(10)
    assert rested.is_set()


def test_it_is_let_on_where_the_clock_never_ends():
    with giving_way.at_its_time():
        giving_way.rest(pause=0, longest=0)


def test_what_fails_at_its_time_holds_nobody_up():
    with pytest.raises(ZeroDivisionError), giving_way.at_its_time():
        _ = 1 / 0
    giving_way.rest(pause=0, longest=60)


class Machine:
    """Processors whose time passes as told."""

    def __init__(self):
        self.now, self.spent = 0.0, (0.0, 0.0)

    def passes(self, seconds, *, idle):
        self.now += seconds
        self.spent = (self.spent[0] + seconds, self.spent[1] + seconds * idle)


def test_there_is_leisure_while_processors_stand_idle_half_of_the_time():
    machine = Machine()
    leisure = giving_way.Leisure(spent=lambda: machine.spent, clock=lambda: machine.now)
    assert not leisure.is_there()  # nobody has looked yet
    for idle, is_there in [(0.9, True), (0.4, False), (0.5, True), (0.0, False)]:
        machine.passes(1, idle=idle)
        assert leisure.is_there() == is_there


def test_it_is_looked_for_only_now_and_then():
    machine = Machine()
    leisure = giving_way.Leisure(spent=lambda: machine.spent, clock=lambda: machine.now)
    machine.passes(1, idle=1)
    assert leisure.is_there()
    machine.passes(0.1, idle=0)
    assert leisure.is_there()  # as a moment ago
    machine.passes(0.9, idle=0)
    assert not leisure.is_there()


def test_where_nothing_is_known_of_the_processors_nothing_waits_for_them():
    clock = iter([0.0, 1.0, 2.0])
    leisure = giving_way.Leisure(spent=lambda: None, clock=lambda: next(clock))
    assert leisure.is_there()
    assert leisure.is_there()


def test_what_linux_tells_of_the_processors_is_understood():
    told = giving_way.spent()
    assert told is None or told[0] >= told[1] >= 0
