"""How many somebody takes at once: set for each person, asked of chats, and of all complaints where it is wanted."""

import pytest
from django.urls import reverse

from amends.desk.channels.chat import standing
from amends.desk.channels.chat.models import Chat
from amends.desk.complaints.models import Complaint
from amends.desk.people import administering, queries
from amends.desk.people.models import MOST_AT_ONCE, Agent, Organisation, Role
from amends.desk.people.queries import choose_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(make_team):
    return make_team()


@pytest.fixture
def capped(team, now):
    return Organisation.objects.create(
        name="House", language="tr", calendar=team.calendar, founded_at=now, caps_all=True
    )


def talk(complaint, now):
    Chat.objects.create(key=f"k{complaint.pk}", complaint=complaint, opened_at=now, heard_at=now)


class TestChats:
    def test_go_to_who_has_room_by_their_own_number(self, make_agent, make_complaint, team, now):
        one, two = make_agent(team=team, at_once=1), make_agent(team=team, at_once=0)
        assert standing.standing(language="tr", now=now).agent == one
        talk(make_complaint(owner=one), now)
        told = standing.standing(language="tr", now=now)
        assert (told.agent, told.why) == (None, "busy")
        Agent.objects.filter(pk=two.pk).update(at_once=2)
        assert standing.standing(language="tr", now=now).agent == two

    def test_are_three_unless_told_otherwise(self, make_agent, make_complaint, team, now):
        agent = make_agent(team=team)
        for _ in range(3):
            assert standing.standing(language="tr", now=now).agent == agent
            talk(make_complaint(owner=agent), now)
        assert standing.standing(language="tr", now=now).agent is None


class TestAllComplaints:
    def test_go_by_load_where_nobody_asks_for_room(self, make_agent, make_complaint, team, now):
        small, large = make_agent(team=team, at_once=1), make_agent(team=team, at_once=9)
        make_complaint(owner=small)
        make_complaint(owner=large)
        make_complaint(owner=large)
        assert choose_owner(language="tr", now=now) == small

    def test_go_to_who_has_room(self, make_agent, make_complaint, team, now, capped):
        small, large = make_agent(team=team, at_once=1), make_agent(team=team, at_once=9)
        make_complaint(owner=small)
        make_complaint(owner=large)
        make_complaint(owner=large)
        assert choose_owner(language="tr", now=now) == large

    def test_count_where_a_customer_waits_for_our_word(self, make_agent, make_complaint, team, now, capped):
        small, large = make_agent(team=team, at_once=1), make_agent(team=team, at_once=9)
        answered = make_complaint(owner=small)
        Complaint.objects.filter(pk=answered.pk).update(turn="theirs", waiting_since=None)
        make_complaint(owner=large)
        make_complaint(owner=large)
        assert choose_owner(language="tr", now=now) == small

    def test_go_to_a_lead_with_room_before_anybody_who_is_full(self, make_agent, make_complaint, team, now, capped):
        full, lead = make_agent(team=team, at_once=1), make_agent(team=team, role=Role.LEAD)
        make_complaint(owner=full)
        assert choose_owner(language="tr", now=now) == lead

    def test_have_an_owner_also_when_everybody_is_full(self, make_agent, make_complaint, team, now, capped):
        one, two = (make_agent(team=team, at_once=1) for _ in range(2))
        for owner in (one, one, two):
            make_complaint(owner=owner)
        assert choose_owner(language="tr", now=now) == two

    def test_go_to_who_the_customer_knows_all_the_same(self, make_agent, make_complaint, team, now, capped):
        known = make_agent(team=team, at_once=0)
        make_agent(team=team)
        assert choose_owner(language="tr", known_to=known, now=now) == known

    def test_ask_nothing_more(self, make_agent, team, now, capped, django_assert_num_queries):
        for _one in range(2):
            make_agent(team=team)
        with django_assert_num_queries(3):
            choose_owner(language="tr", now=now)


class TestThePage:
    def test_shows_who_is_full_and_keeps_who_changed_it(self, client, make_agent, make_complaint, capped):
        admin = make_agent(role=Role.ADMINISTRATOR)
        full = make_agent(name="Full", at_once=1)
        make_complaint(owner=full)
        client.force_login(admin)
        place = reverse("people:at-once")
        page = client.get(place).content.decode()
        assert "1 wait, takes 1" in page
        assert [room.is_full for room in queries.rooms() if room.id == full.pk] == [True]
        client.post(place, {})
        assert not Organisation.objects.get().caps_all
        client.post(place, {"all": "on"})
        client.post(place, {"all": "on"})
        is_on, history = administering.capping()
        assert is_on
        assert [(one.kind, one.by) for one in history] == [("cap-on", admin), ("cap-off", admin)]

    def test_of_a_person_sets_it(self, client, make_agent):
        admin, agent = make_agent(role=Role.ADMINISTRATOR), make_agent(name="Deniz")
        client.force_login(admin)
        place = reverse("people:person", args=[agent.pk])
        told = {"name": "Deniz", "role": "agent", "languages": ["tr"], "goodwill_limit": "0", "at_once": "5"}
        assert client.post(place, told).status_code == 302
        assert Agent.objects.get(pk=agent.pk).at_once == 5
        assert client.post(place, {**told, "at_once": MOST_AT_ONCE + 1}).status_code == 200
