"""The customer chooses a time for a call, reaches a manager, and the person they know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.calm import actions as calm
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import EventKind
from amends.desk.promises.models import Promise
from amends.desk.reaching import actions as reaching
from amends.desk.workplace import actions as workplace

pytestmark = pytest.mark.django_db
ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}


@pytest.fixture
def team(make_team):
    return make_team(week=ALWAYS)


@pytest.fixture
def complaint(make_complaint, make_customer, make_agent, team):
    owner = make_agent(name="Deniz Kaya", team=team)
    return make_complaint(owner=owner, customer=make_customer(language="en"), at=timezone.now() - timedelta(days=1))


def page(name, complaint, *more):
    return reverse(f"portal:{name}", args=[complaint.key, *more])


def offer(complaint):
    slots = [timezone.now() + timedelta(hours=hours) for hours in (3, 6)]
    return calm.offer_call(complaint=complaint, by=complaint.owner, slots=slots, now=timezone.now())


def test_a_time_is_chosen_once(client, complaint):
    made = offer(complaint)
    assert "When may" in client.get(page("follow", complaint)).text
    client.post(page("book", complaint), {"slot": made.slots[0]})
    client.post(page("book", complaint), {"slot": made.slots[1]})
    assert Promise.objects.get().due_at.isoformat() == made.slots[0]
    shown = client.get(page("follow", complaint)).text
    assert "When may" not in shown
    assert "calls you:" in shown


@pytest.mark.parametrize("slot", ["", "tomorrow", "2026-01-01T10:00", "2026-13-41T10:00:00+00:00"])
def test_what_is_no_time_books_nothing(client, complaint, slot):
    offer(complaint)
    assert client.post(page("book", complaint), {"slot": slot}).status_code == 302
    assert not Promise.objects.exists()


def test_the_manager_who_is_rung_is_named(client, complaint, make_agent, team):
    make_agent(name="Elif Şahin", role="lead", team=team)
    client.post(page("ask", complaint, "manager"))
    assert complaint.events.filter(kind=EventKind.MANAGER_RUNG).count() == 1
    assert "Elif Şahin" in client.get(page("follow", complaint)).text


def test_a_manager_who_comes_is_told_as_coming_until_they_spoke(client, complaint, make_agent, team):
    lead = make_agent(name="Elif Şahin", role="lead", team=team)
    client.post(page("ask", complaint, "manager"))
    assert "Elif Şahin</bdi> has been told" in client.get(page("follow", complaint)).text
    reaching.come(ring=complaint.rings.get(), by=lead, now=timezone.now())
    shown = client.get(page("follow", complaint)).text
    assert "has been told" not in shown
    assert "Elif Şahin</bdi> has taken it up" in shown
    workplace.reply(complaint=complaint, by=lead, text="Here I am.", now=timezone.now())
    assert "has taken it up" not in client.get(page("follow", complaint)).text


def test_the_person_who_came_last_time_is_offered_and_told(client, complaint, make_complaint, make_agent, team):
    lead = make_agent(name="Elif Şahin", role="lead", team=team)
    before = timezone.now() - timedelta(hours=5)
    complaints.ask_for(complaint=complaint, what="manager", now=before)
    workplace.reply(complaint=complaint, by=lead, text="Hello.", now=before + timedelta(hours=1))
    again = make_complaint(owner=complaint.owner, customer=complaint.customer, at=timezone.now())
    assert "helped you last time" in client.get(page("follow", again)).text
    client.post(page("ask-again", again, lead.pk))
    client.force_login(lead)
    assert "asks for you" in client.get(reverse("workplace:asked-of-me")).text
    client.post(reverse("workplace:reply", args=[again.number]), {"text": "Here I am."})
    assert "asks for you" not in client.get(reverse("workplace:asked-of-me")).text


def test_nobody_is_asked_for_who_never_came(client, complaint, make_agent):
    client.post(page("ask-again", complaint, make_agent().pk))
    assert not complaint.events.filter(kind=EventKind.ASKED_FOR_PERSON).exists()
