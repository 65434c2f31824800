"""Who is trained, by rank and team; names for their own lead alone."""

import pytest
from django.urls import reverse

from amends.desk.academy import leading
from amends.desk.academy.drills import shelf
from amends.desk.academy.models import Rank
from amends.desk.academy.paths import path
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(make_team, make_agent, practise):
    """A team of three with its lead: one was trained."""
    lead = make_agent(name="Lale Lead", role=Role.LEAD)
    team = make_team(name="Coffee", lead=lead)
    lead.team = team
    lead.save()
    trained = make_agent(name="Tarık Trained", team=team)
    make_agent(name="Umut Untrained", team=team)
    practise("bad", agent=trained)
    return team


def test_whoever_played_to_an_end_is_trained_however_it_ended(team, now):
    found = leading.coverage(reader=team.lead, now=now)
    assert [(row.name, row.ever.k, row.ever.n) for row in found.teams] == [("Coffee", 1, 3)]
    assert (found.everybody.ever.k, found.everybody.ever.n) == (1, 3)
    assert sum(row.ever.n for row in found.ranks) == 3


def test_the_lead_sees_who_never_was(team, now):
    [mine] = leading.coverage(reader=team.lead, now=now).mine
    assert mine.names == ("Lale Lead", "Umut Untrained")


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.QUALITY, Role.ADMINISTRATOR])
def test_nobody_else_sees_a_name(client, team, make_agent, role):
    client.force_login(make_agent(name="Somebody Else", role=role, language="en"))
    page = client.get(reverse("academy:coverage")).content.decode()
    assert "Coffee" in page
    assert "Untrained" not in page


def test_so_few_people_that_a_total_would_name_them_have_none(make_team, make_agent, now):
    pair = make_team(name="Pair")
    reader = make_agent(team=pair)
    make_agent(team=pair)
    found = leading.coverage(reader=reader, now=now)
    assert [row.is_hidden for row in found.teams] == [True]
    pair.lead = reader
    pair.save()
    assert [row.is_hidden for row in leading.coverage(reader=reader, now=now).teams] == [False]


def test_what_is_hidden_cannot_be_reckoned_from_the_rest(make_team, make_agent, now):
    big, middling, pair = (make_team(name=name) for name in ("Big", "Middling", "Pair"))
    for team, count in ((big, 4), (middling, 3), (pair, 2)):
        for _ in range(count):
            make_agent(team=team)
    found = leading.coverage(reader=make_agent(team=big), now=now)
    assert {row.name: row.is_hidden for row in found.teams} == {"Big": False, "Middling": True, "Pair": True}


def test_an_administrator_sees_those_whom_nobody_leads(client, team, make_team, make_agent, now):
    make_agent(name="Yalnız Alone")
    make_agent(name="Orphan Öksüz", team=make_team(name="Unled"))
    administrator = make_agent(name="Somebody Else", role=Role.ADMINISTRATOR, language="en", team=team)
    [alone] = leading.coverage(reader=administrator, now=now).mine
    assert (alone.team, alone.names) == ("", ("Orphan Öksüz", "Yalnız Alone"))
    client.force_login(administrator)
    assert "in no team that somebody leads" in client.get(reverse("academy:coverage")).content.decode()
    assert leading.coverage(reader=make_agent(role=Role.LEAD), now=now).mine == ()


@pytest.mark.parametrize("rank", Rank.values)
def test_every_rank_has_a_path(rank, now):
    stops = path(shelf(), rank=rank, since=now)
    assert len(stops) >= 4
    assert [stop.week for stop in stops[:4]] == [1, 1, 2, 2]


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_before_anybody_has_practised_each_page_says_so_and_what_to_do(client, make_agent, language):
    client.force_login(make_agent(role=Role.ADMINISTRATOR, language=language))
    for name in ("home", "shown", "coverage", "effect", "own", "own-find", "free-words"):
        assert client.get(reverse(f"academy:{name}")).status_code == 200
    if language == "en":
        told = client.get(reverse("academy:coverage")).content.decode()
        assert "Nobody has played a drill to its end yet." in told
        assert "there is nothing to compare yet" in client.get(reverse("academy:effect")).content.decode()
        assert "Nothing was found yet" in client.get(reverse("academy:own-find")).content.decode()
        assert "No drill of your own yet" in client.get(reverse("academy:own")).content.decode()
        assert "Nobody has shown anything yet" in client.get(reverse("academy:shown")).content.decode()
