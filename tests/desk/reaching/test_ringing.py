"""A manager is rung by turn, in working hours, for a while, and each turn once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event, EventKind
from amends.desk.jobs.groups import PartlyFailed, Patience
from amends.desk.reaching import actions, rota
from amends.desk.reaching.models import Ring
from amends.desk.workplace import actions as workplace

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def team(make_team):
    return make_team()


@pytest.fixture
def managers(make_agent, team):
    return [make_agent(role="lead", team=team), make_agent(role="lead", team=team)]


@pytest.fixture
def complaint(managers, make_complaint, make_agent, team):
    return make_complaint(owner=make_agent(team=team))


def ask(complaint, now):
    return complaints.ask_for(complaint=complaint, what="manager", now=now)


def rung(complaint):
    told = complaint.events.filter(kind=EventKind.MANAGER_RUNG).order_by("sequence")
    return list(told.values_list("content__data__to", flat=True))


def test_asking_rings_one_manager_at_once(complaint, managers, now):
    ring = actions.ring_for(event=ask(complaint, now), now=now)
    assert (ring.manager, ring.ends_at) == (managers[0], now + rota.RINGS_FOR)
    assert rung(complaint) == [managers[0].pk]


def test_then_the_next_and_then_the_first_again(complaint, managers, now):
    actions.ring_for(event=ask(complaint, now), now=now)
    for turn in (1, 2):
        actions.look_around(now=now + turn * rota.RINGS_FOR)
    assert rung(complaint) == [managers[0].pk, managers[1].pk, managers[0].pk]


def test_another_customer_rings_who_was_rung_longest_ago(complaint, managers, make_complaint, now):
    actions.ring_for(event=ask(complaint, now), now=now)
    other = make_complaint(owner=complaint.owner)
    assert actions.ring_for(event=ask(other, now), now=now).manager == managers[1]


def test_the_worker_finds_who_asked_where_nobody_rang(complaint, managers, now):
    ask(complaint, now)
    assert actions.look_around(now=now) == 1
    assert actions.look_around(now=now) == 0
    assert rung(complaint) == [managers[0].pk]


def test_at_night_it_waits_for_the_morning(complaint, managers, now):
    night = now.replace(hour=22)
    ring = actions.ring_for(event=ask(complaint, night), now=night)
    morning = datetime(2026, 10, 15, 6, 0, tzinfo=UTC)  # nine in Istanbul
    assert (ring.state, ring.begins_at) == (Ring.State.WAITING, morning)
    assert rung(complaint) == []
    actions.look_around(now=morning)
    assert rung(complaint) == [managers[0].pk]


def test_who_works_at_this_hour_goes_before_who_begins_tomorrow(complaint, make_agent, make_team, now):
    evening = now.replace(hour=16)  # seven in Istanbul, and eight is not yet the end in London
    far = make_agent(
        role="lead",
        time_zone="Europe/London",
        team=make_team(time_zone="Europe/London", week={str(day): [["09:00", "20:00"]] for day in range(5)}),
    )
    assert actions.ring_for(event=ask(complaint, evening), now=evening).manager == far


def test_a_manager_who_comes_is_beside_the_owner_and_nobody_else_is_rung(complaint, managers, now):
    ring = actions.ring_for(event=ask(complaint, now), now=now)
    actions.come(ring=ring, by=managers[0], now=now + MINUTE)
    actions.look_around(now=now + timedelta(hours=1))
    assert rung(complaint) == [managers[0].pk]
    assert complaint.companions.get().agent == managers[0]
    complaint.refresh_from_db()
    assert complaint.owner_id != managers[0].pk


def test_of_two_who_come_one_has_come(complaint, managers, now):
    ring = actions.ring_for(event=ask(complaint, now), now=now)
    stale = Ring.objects.get(pk=ring.pk)
    actions.come(ring=ring, by=managers[0], now=now)
    with pytest.raises(actions.UnableToCome):
        actions.come(ring=stale, by=managers[1], now=now)
    assert complaint.events.filter(kind=EventKind.MANAGER_CAME).count() == 1


def test_two_workers_with_the_same_ring_go_on_once(complaint, managers, now):
    """Both have read the ring as it rang; the condition of the update lets one of them give the next turn."""
    ring = actions.ring_for(event=ask(complaint, now), now=now)
    first, second = Ring.objects.get(pk=ring.pk), Ring.objects.get(pk=ring.pk)
    late = now + rota.RINGS_FOR
    assert actions.pass_on(ring=first, now=late)
    assert not actions.pass_on(ring=second, now=late)
    assert rung(complaint) == [managers[0].pk, managers[1].pk]


def test_two_workers_begin_a_waiting_ring_once(complaint, managers, now):
    night = now.replace(hour=22)
    ring = actions.ring_for(event=ask(complaint, night), now=night)
    first, second = Ring.objects.get(pk=ring.pk), Ring.objects.get(pk=ring.pk)
    assert actions.begin(ring=first, now=ring.begins_at)
    assert not actions.begin(ring=second, now=ring.begins_at)
    assert len(rung(complaint)) == 1


def test_the_same_wish_does_not_ring_twice(complaint, managers, now):
    event = ask(complaint, now)
    actions.ring_for(event=event, now=now)
    assert actions.ring_for(event=Event.objects.get(pk=event.pk), now=now) is None
    assert actions.ring_for(event=ask(complaint, now), now=now) is None
    assert Ring.objects.count() == 1


def test_a_managers_word_ends_it_and_an_agents_does_not(complaint, managers, now):
    actions.ring_for(event=ask(complaint, now), now=now)
    workplace.reply(complaint=complaint, by=complaint.owner, text="I am here.", now=now + MINUTE)
    actions.look_around(now=now + rota.RINGS_FOR)
    assert len(rung(complaint)) == 2
    workplace.reply(complaint=complaint, by=managers[1], text="I lead the team. What happened?", now=now + 20 * MINUTE)
    actions.look_around(now=now + 3 * rota.RINGS_FOR)
    assert len(rung(complaint)) == 2
    assert not Ring.objects.filter(state__in=actions.OPEN).exists()


def test_content_ends_it(complaint, managers, now):
    ring = actions.ring_for(event=ask(complaint, now), now=now)
    complaints.say_content(complaint=complaint, by_customer=True, now=now + MINUTE)
    actions.look_around(now=now + rota.RINGS_FOR)
    ring.refresh_from_db()
    assert ring.state == Ring.State.OVER


def test_who_was_taken_off_the_rota_is_not_rung_and_who_was_put_on_is(complaint, managers, make_agent, team, now):
    agent = make_agent(team=team)
    for manager in managers:
        actions.put_on_rota(agent=manager, is_on=False)
    actions.put_on_rota(agent=agent, is_on=True)
    assert actions.ring_for(event=ask(complaint, now), now=now).manager == agent


def test_with_nobody_on_the_rota_nothing_rings_and_nothing_breaks(make_complaint, make_agent, now):
    complaint = make_complaint(owner=make_agent())
    assert actions.ring_for(event=ask(complaint, now), now=now) is None
    assert actions.look_around(now=now) == 0


def test_one_complaint_with_which_it_does_not_work_holds_back_no_other(
    complaint, managers, make_complaint, monkeypatch, now
):
    monkeypatch.setattr(actions, "_patience", Patience())
    other = make_complaint(owner=complaint.owner)
    for one in (complaint, other):
        ask(one, now)
    is_over = actions._is_over

    def stumble(row, asked):
        if row.pk == complaint.pk:
            raise ValueError("this story cannot be read")
        return is_over(row, asked)

    with monkeypatch.context() as patched:
        patched.setattr(actions, "_is_over", stumble)
        with pytest.raises(PartlyFailed):
            actions.look_around(now=now)
    assert (rung(complaint), len(rung(other))) == ([], 1)
    with pytest.raises(PartlyFailed):  # left alone, and told of
        actions.look_around(now=now)
    assert rung(complaint) == []
    actions.look_around(now=now + MINUTE)
    assert len(rung(complaint)) == 1
