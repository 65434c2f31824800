"""Somebody leaves or is away: everything that they own gets an owner, chosen, looked at, done."""

from __future__ import annotations

import pytest
from django.urls import reverse

from amends.desk.complaints import relief
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Role


@pytest.fixture
def team(make_team):
    return make_team()


@pytest.fixture
def leaving(make_agent, team):
    return make_agent(name="Elif Şahin", team=team)


@pytest.fixture
def complaints(make_complaint, leaving):
    return [make_complaint(owner=leaving) for _ in range(3)]


@pytest.fixture
def two(make_agent, team):
    return [make_agent(name=name, team=team) for name in ("Can Öz", "Deniz Kaya")]


@pytest.fixture
def boss(make_agent, client):
    boss = make_agent(name="Boss", role=Role.ADMINISTRATOR)
    client.force_login(boss)
    return boss


def page(agent):
    return reverse("workplace:hand-over-all", args=[agent.pk])


def owners():
    return dict(Complaint.objects.values_list("number", "owner__name"))


def test_the_rule_shares_among_those_who_are_there(complaints, leaving, two, now):
    planned = relief.plan(agent=leaving, to={}, now=now)
    assert sorted(one.to.name for one in planned) in (
        ["Can Öz", "Can Öz", "Deniz Kaya"],
        ["Can Öz", "Deniz Kaya", "Deniz Kaya"],
    )


def test_what_is_shown_is_what_is_done(client, boss, complaints, leaving, two):
    first, *_rest = complaints
    chosen = {f"to_{first.number}": str(boss.pk)}
    shown = client.post(page(leaving), {**chosen, "reason": "New job", "leaves": "on"})
    planned = {one.complaint.number: one.to for one in shown.context["planned"]}
    assert planned[first.number] == boss
    assert set(owners().values()) == {leaving.name}

    fields = {f"to_{number}": str(to.pk) for number, to in planned.items()}
    done = client.post(page(leaving), {**fields, "reason": "New job", "leaves": "on", "do": "1"})
    assert done.status_code == 302
    assert owners() == {number: to.name for number, to in planned.items()}
    leaving.refresh_from_db()
    assert not leaving.is_active
    event = first.events.get(kind="handed-over")
    assert (event.agent, event.content.data["reason"]) == (boss, "New job")


def test_who_is_only_away_stays(client, boss, complaints, leaving, two):
    client.post(page(leaving), {"reason": "Ill until Monday", "do": "1"})
    leaving.refresh_from_db()
    assert leaving.is_active
    assert leaving.name not in owners().values()


def test_changing_ones_mind_keeps_what_was_chosen(client, boss, complaints, leaving, two):
    number = complaints[0].number
    back = client.post(page(leaving), {f"to_{number}": str(boss.pk), "reason": "Ill", "change": "1"})
    assert not back.context["planned"]
    assert back.context["form"][f"to_{number}"].value() == str(boss.pk)


def test_a_reason_is_needed(client, boss, complaints, leaving, two):
    answer = client.post(page(leaving), {"reason": " ", "do": "1"})
    assert list(answer.context["form"].errors) == ["reason"]
    assert set(owners().values()) == {leaving.name}


def test_nobody_to_take_them_is_said(client, make_agent, make_complaint):
    alone = make_agent(role=Role.ADMINISTRATOR)
    make_complaint(owner=alone)
    client.force_login(alone)
    answer = client.post(page(alone), {"reason": "Ill", "do": "1"})
    assert b"Nobody else works here" in answer.content


@pytest.mark.parametrize(("role", "team_of", "status"), [("agent", 1, 403), ("lead", 1, 200), ("lead", 0, 403)])
def test_it_is_for_administrators_and_the_lead_of_the_team(client, make_agent, leaving, role, team_of, status):  # noqa: PLR0917
    client.force_login(make_agent(role=role, team=leaving.team if team_of else None))
    answer = client.get(page(leaving))
    assert answer.status_code == status
    assert b"They leave for good" not in answer.content


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
@pytest.mark.usefixtures("complaints", "two")
def test_it_opens_in_every_language(client, boss, leaving, language):
    boss.language = language
    boss.save()
    assert client.get(page(leaving)).status_code == 200
    assert client.post(page(leaving), {"reason": "Ill"}).status_code == 200
    assert page(leaving) in client.get(reverse("people:person", args=[leaving.pk])).content.decode()
    assert reverse("people:everybody") in client.get(reverse("workplace:inbox")).content.decode()


class TestTheWayIn:
    @pytest.fixture
    def way(self):
        return reverse("workplace:hand-over-people")

    @pytest.mark.usefixtures("complaints")
    def test_shows_a_lead_their_team_and_leads_on(self, client, make_agent, team, leaving, way):
        stranger = make_agent(name="Somebody Else")
        client.force_login(make_agent(name="Lead", role=Role.LEAD, team=team))
        text = client.get(way).content.decode()
        assert page(leaving) in text
        assert "3 open complaints" in text
        assert stranger.name not in text

    def test_shows_an_agent_themselves_alone(self, client, complaints, leaving, two, way):
        client.force_login(leaving)
        text = client.get(way).content.decode()
        assert page(leaving) in text
        assert "Can Öz" not in text

    def test_shows_an_administrator_everybody(self, client, boss, make_agent, way):
        make_agent(name="Somebody Else")
        assert "Somebody Else" in client.get(way).content.decode()

    @pytest.mark.parametrize("view", ["workplace:inbox", "workplace:palette"])
    def test_stands_where_a_lead_looks(self, client, make_agent, team, way, view):
        client.force_login(make_agent(role=Role.LEAD, team=team))
        assert way in client.get(reverse(view), {"view": "team", "q": ""}).content.decode()

    def test_of_oneself_stands_on_ones_own_page(self, client, leaving):
        client.force_login(leaving)
        assert page(leaving) in client.get(reverse("people:reader")).content.decode()

    def test_costs_one_question_for_everybody(self, complaints, leaving, two, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert [row.count for row in relief.held(agents=[leaving, *two])] == [3, 0, 0]
