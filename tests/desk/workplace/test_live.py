"""Live updates: what is said on the line, who looks, and what a page hears that was away."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError

from amends.desk.complaints import actions, announce
from amends.desk.complaints.announce import Change
from amends.desk.complaints.models import Watch
from amends.desk.workplace import live

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def change(number, owner=7, kind="noted", team=None):
    return Change(id=number, complaint_id=number, number=number, owner_id=owner, team_id=team, kind=kind, at=AT)


@pytest.fixture
def wire(monkeypatch):
    """A wire whose database says what the test tells it to."""
    wire = live.Wire()
    wire.missed = []

    async def apart(look, *given):
        wire.looks.append(look)
        if look is live._look:
            return wire.mark, []
        if look is live._watchers:
            return {}
        return announce.Mark(last=40) if look is live._begin else wire.missed

    wire.looks = []
    monkeypatch.setattr(live, "_apart", apart)
    return wire


def collect(wire, *told, last=0):
    """Hear one line from its beginning, while the desk tells all lines some changes."""

    async def run():
        line = live.words(wire, last=last, lasts=0.15, breath=0.05)
        said = [await anext(line)]
        for changes in told:
            for listener in wire.listeners:
                listener.tell(changes, changes[-1].id if changes else 0)
        return [*said, *[word async for word in line]]

    return asyncio.run(run())


def events(said):
    return [json.loads(word.split("data: ")[1]) for word in said if "event: changed" in word]


def test_a_line_says_where_it_begins(wire):
    assert "id: 40\nevent: here\n" in collect(wire)[0]


def test_changes_are_told_together_with_whose_they_are(wire):
    said = collect(wire, [change(4127), change(4128, owner=8)], [change(4127)])
    assert events(said) == [{"numbers": [4127, 4128], "owners": [7, 8], "teams": []}]
    assert any(word.startswith("id: 4128\n") for word in said)


def test_a_page_is_told_whose_teams_they_are_and_whether_one_was_somebody_elses_before():
    listener = live.Listener()
    listener.tell([change(3, team=2), change(4, team=1), change(5)], 5)
    listener.tell([change(3, team=2, kind="handed-over")], 6)
    assert events([listener.take()]) == [{"numbers": [3, 4, 5], "owners": [7], "teams": [1, 2], "moved": True}]
    listener.tell([change(3, team=2)], 7)
    assert events([listener.take()]) == [{"numbers": [3], "owners": [7], "teams": [2]}]


def test_many_who_come_at_once_wake_one_look_out(wire):
    async def run():
        await asyncio.gather(*(wire.join() for _ in range(100)))
        task = wire.looking
        for listener in list(wire.listeners):
            wire.leave(listener)
        return task

    asyncio.run(run())
    assert wire.looks.count(live._begin) == 1


def test_a_silent_line_says_that_it_is_there_and_ends(wire):
    said = collect(wire)
    assert ": here\n\n" in said
    assert wire.listeners == set()
    assert wire.looking is None


def test_who_comes_back_hears_what_was_missed(wire):
    wire.missed = [change(51)]
    said = collect(wire, last=48)
    assert events(said) == [{"numbers": [51], "owners": [7], "teams": []}]


def test_who_was_away_for_long_draws_everything_anew(wire):
    wire.missed = None
    assert events(collect(wire, last=1)) == [{"numbers": [], "owners": [], "teams": [], "everything": True}]


def test_who_missed_nothing_hears_nothing(wire):
    assert events(collect(wire, last=40)) == []


def test_who_does_not_read_is_told_each_complaint_once():
    listener = live.Listener()
    for place in range(1000):
        listener.tell([change(place % 3)], place)
    assert len(listener.changed) == 3
    assert listener.take().startswith("id: 999\n")
    assert listener.changed == {}


def test_who_is_meant_hears_at_once_and_as_of_a_complaint_of_their_own():
    async def run():
        wire = live.Wire()
        owner, meant, other = (live.Listener(agent=number) for number in (7, 8, 9))
        wire.listeners |= {owner, meant, other}
        wire._tell([change(50), change(51, kind="takeover-asked")], 51, meant={51: 8})
        return meant.woken.is_set(), owner.woken.is_set(), other.woken.is_set(), meant.take(), other.take()

    at_once, owner, other, said, heard = asyncio.run(run())
    assert (at_once, owner, other) == (True, False, False)
    assert '"owners": [7, 8]' in said
    assert '"owners": [7]' in heard


def test_who_watches_hears_with_the_others_and_as_of_a_complaint_of_their_own():
    async def run():
        wire = live.Wire()
        watcher, other = live.Listener(agent=8), live.Listener(agent=9)
        wire.listeners |= {watcher, other}
        wire._tell([change(50), change(51)], 51, watchers={51: frozenset({8})})
        return watcher.woken.is_set(), watcher.take(), other.take()

    at_once, said, heard = asyncio.run(run())
    assert not at_once
    assert '"owners": [7, 8]' in said
    assert '"owners": [7]' in heard


@pytest.mark.django_db
def test_a_look_asks_who_watches_by_one_question(
    make_complaint, make_agent, now, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(live, "close_old_connections", lambda: None)  # the test's own is in use
    watched, other, watcher = make_complaint(), make_complaint(), make_agent()
    Watch.objects.create(complaint=watched, agent=watcher, since=now)
    with django_assert_num_queries(1):
        assert live._watchers({watched.pk, other.pk}) == {watched.pk: frozenset({watcher.pk})}


@pytest.mark.django_db
def test_a_look_asks_for_whom_it_is_what_is_meant_for_somebody(make_complaint, make_agent, now, monkeypatch):
    monkeypatch.setattr(live, "close_old_connections", lambda: None)  # the test's own is in use
    owner, expert = make_agent(), make_agent()
    row = make_complaint(owner=owner)
    actions.bring_in(complaint=row, by=owner, agent=expert, question="Is it under warranty?", now=now)
    events = dict(row.events.values_list("kind", "pk"))
    assert live._whom(events.values())[events["companion"]] == expert.pk
    assert "companion" in live.ADDRESSED


def test_the_more_pages_are_open_the_longer_they_leave_what_is_not_about_them(wire):
    async def run():
        pages = [await wire.join() for _page in range(30)]
        window = await wire.join(number=50)
        many = wire.calm
        for listener in (window, *pages[:20], pages[0]):
            wire.leave(listener)
        return many, wire.calm, wire.pages

    assert asyncio.run(run()) == (10.0, live.CALM, 10)


def test_a_page_is_told_how_long_that_is_where_it_is_longer_than_usual():
    listener = live.Listener()
    listener.tell([change(3)], 3)
    assert '"calm": 83' in listener.take(calm=83.3)
    listener.tell([change(3)], 3)
    assert "calm" not in listener.take()


def test_a_database_that_stumbles_closes_no_line(monkeypatch, caplog):
    wire, looks = live.Wire(), []
    monkeypatch.setattr(live, "EVERY", 0)
    monkeypatch.setattr(live, "AGAIN", 0)

    async def look():
        looks.append(wire.began.is_set())
        if len(looks) == 1:
            raise DatabaseError
        if len(looks) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(wire, "look", look)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(wire._look_out())
    assert looks == [False, False, True]
    assert "looks again" in caplog.text


def test_an_owner_hears_their_customer_at_once_and_the_rest_when_a_second_is_over():
    async def run():
        wire = live.Wire()
        mine, other = live.Listener(agent=7), live.Listener(agent=8)
        wire.listeners |= {mine, other}
        wire._tell([change(50, owner=7)], 50)
        assert not mine.woken.is_set()  # what one does is seen in the answer to doing it
        wire._tell([change(51, owner=7, kind="customer-wrote")], 51)
        at_once = (mine.woken.is_set(), other.woken.is_set())
        wire._tell_who_moved({51: frozenset({8})})
        mine.take()
        for listener in wire.listeners:
            listener.wake()
        return at_once, mine.woken.is_set(), other.take()

    at_once, again, said = asyncio.run(run())
    assert at_once == (True, False)
    assert not again
    assert "event: changed" in said
    assert "event: present" in said


@pytest.mark.django_db
def test_strangers_hear_nothing(client, make_agent):
    make_agent()
    assert client.get("/desk/live/").status_code in {302, 403}


@pytest.mark.django_db
def test_an_idle_look_is_one_question(make_complaint, django_assert_num_queries):
    make_complaint()
    mark = announce.start()
    with django_assert_num_queries(1):
        assert announce.since(mark) == (mark, [])


@pytest.mark.django_db(transaction=True)
def test_two_processes_hear_the_same(make_complaint):
    """They share nothing but the database."""
    one, other = live._begin(), live._begin()
    row = make_complaint()
    for mark in (one, other):
        later, changes = live._look(mark)
        assert {(change.number, change.team_id) for change in changes} == {(row.number, row.team_id)}
        assert live._look(later)[1] == []


@pytest.mark.django_db
class TestWhatWasMissed:
    def test_is_all_since_then(self, make_complaint, now):
        make_complaint()
        heard = announce.start().last
        row = make_complaint()
        assert {change.number for change in announce.missed(heard, now=now)} >= {row.number}

    def test_is_nothing_when_nothing_happened(self, make_complaint, now):
        make_complaint()
        later = now.replace(year=now.year + 1)
        assert announce.missed(announce.start().last, now=later) == []

    def test_is_told_although_it_was_committed_late(self, make_complaint, now):
        """Its id is lower than the last one the page heard of."""
        row = make_complaint()
        assert row.number in {change.number for change in announce.missed(announce.start().last, now=now)}

    def test_is_everything_when_it_is_too_much(self, make_complaint, now, monkeypatch):
        make_complaint()
        monkeypatch.setattr(announce, "MOST_AT_ONCE", 2)
        assert announce.missed(0, now=now) is None
