"""Two workers in the same moment, on real connections: a manager is rung once, and what is booked is booked once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections

from amends.desk.calm import actions as calm
from amends.desk.calm.models import Pause, Takeover
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import EventKind
from amends.desk.reaching import actions
from amends.desk.reaching.models import Ring
from amends.desk.reaching.rota import RINGS_FOR

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
WORKERS = 3


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do each in a worker of its own, all from the same moment on; what one refuses is told in its place."""
    ready = Barrier(len(acts))

    def work(act: Callable[[], object]) -> object:
        try:
            ready.wait(timeout=120)
            return act()
        except (actions.UnableToCome, calm.UnableToTakeOver, calm.UnableToRest) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as workers:
        return list(workers.map(work, acts))


@pytest.fixture
def on_disk(transactional_db, tmp_path) -> Iterator[None]:
    """On SQLite a file, as in life: the tests' database in memory has no two writers that wait for each other."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    in_memory, settings = connections["default"], connections["default"].settings_dict
    place = str(tmp_path / "two.sqlite3")
    target = sqlite3.connect(place)
    in_memory.connection.backup(target)
    target.execute("PRAGMA journal_mode = wal")
    target.close()
    before, settings["NAME"] = settings["NAME"], place
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = before
        connections["default"] = in_memory


@pytest.fixture
def managers(on_disk, make_agent, make_team):
    team = make_team()
    return [make_agent(role="lead", team=team), make_agent(role="lead", team=team)]


@pytest.fixture
def complaint(managers, make_complaint, make_agent):
    return make_complaint(owner=make_agent(team=managers[0].team))


def told(complaint, kind):
    return complaint.events.filter(kind=kind).count()


def test_words_are_heard_once_and_ring_once(complaint, now):
    complaints.customer_writes(
        complaint=complaint, text="I want to speak to your manager.", channel="mail", language="en", now=now
    )
    at_once(*[lambda: actions.look_around(now=now)] * WORKERS)
    assert told(complaint, EventKind.ASKED_FOR_MANAGER) == 1
    assert told(complaint, EventKind.MANAGER_RUNG) == 1
    assert Ring.objects.count() == 1


def test_a_wish_rings_one_and_goes_on_once(complaint, now):
    complaints.ask_for(complaint=complaint, what="manager", now=now)
    at_once(*[lambda: actions.look_around(now=now)] * WORKERS)
    assert told(complaint, EventKind.MANAGER_RUNG) == 1
    at_once(*[lambda: actions.look_around(now=now + RINGS_FOR)] * WORKERS)
    assert told(complaint, EventKind.MANAGER_RUNG) == 2
    assert sorted(Ring.objects.values_list("turn", "state")) == [(1, "passed"), (2, "ringing")]


def test_one_manager_comes(complaint, managers, now):
    ring = actions.ring_for(event=complaints.ask_for(complaint=complaint, what="manager", now=now), now=now)
    came = at_once(*[lambda by=by: actions.come(ring=ring, by=by, now=now) for by in managers])
    assert sum(isinstance(one, actions.UnableToCome) for one in came) == 1
    assert told(complaint, EventKind.MANAGER_CAME) == 1


def test_coming_and_going_on_do_not_both_happen(complaint, managers, now):
    ring = actions.ring_for(event=complaints.ask_for(complaint=complaint, what="manager", now=now), now=now)
    later = now + RINGS_FOR
    at_once(lambda: actions.come(ring=ring, by=managers[0], now=later), lambda: actions.look_around(now=later))
    ring.refresh_from_db()
    assert told(complaint, EventKind.MANAGER_CAME) == (1 if ring.state == "came" else 0)
    assert Ring.objects.filter(state__in=["waiting", "ringing"]).count() == (0 if ring.state == "came" else 1)


def test_one_comes_back_from_a_pause_once(complaint, now):
    calm.begin_pause(complaint=complaint, by=complaint.owner, until=now + 15 * MINUTE, promise=None, now=now)
    at_once(*[lambda: calm.come_back(agent=complaint.owner, now=now + MINUTE)] * WORKERS)
    assert Pause.objects.filter(ended_at=None).count() == 0
    assert told(complaint, EventKind.CAME_BACK) == 1


def test_a_question_is_answered_once(complaint, managers, now):
    asked = calm.ask_to_take_over(
        complaint=complaint, by=complaint.owner, to=managers[0], reason="She knows them.", now=now
    )
    at_once(
        lambda: calm.accept(asked=asked, by=managers[0], now=now),
        lambda: calm.decline(asked=asked, by=managers[0], now=now),
        lambda: calm.take_back_asking(asked=asked, by=complaint.owner, now=now),
    )
    asked.refresh_from_db()
    assert asked.state != Takeover.State.OPEN
    happened = told(complaint, EventKind.HANDED_OVER) + told(complaint, EventKind.TAKEOVER_DECLINED)
    assert happened == (0 if asked.state == Takeover.State.WITHDRAWN else 1)
