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
