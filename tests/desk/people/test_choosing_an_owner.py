from datetime import timedelta

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.people import queries
from amends.desk.people.models import Agent
from amends.desk.people.queries import UnableToChooseOwner, choose_owner, is_at_work, lead_of

AT_NIGHT = timedelta(hours=17)


class TestTheRotation:
    def test_takes_the_person_the_customer_knows(self, make_agent, now):
        known = make_agent(languages=["mn"], presence="pause")
        make_agent()
        assert choose_owner(language="tr", known_to=known, now=now) == known

    @pytest.mark.parametrize("fields", [{"presence": "away"}, {"is_active": False}])
    def test_takes_another_when_that_person_is_not_there(self, make_agent, now, fields):
        known, other = make_agent(**fields), make_agent()
        assert choose_owner(language="tr", known_to=known, now=now) == other

    def test_prefers_step_by_step(self, make_agent, make_team, make_complaint, now):
        team = make_team()
        night = make_team(week={"2": [["22:00", "23:00"]]})

        def add(**fields):
            return make_agent(**{"team": team, "languages": ["fa"], **fields})

        best = add()
        busy = add()
        make_complaint(owner=busy)
        lead = add(role="lead")
        asleep = add(team=night)
        pausing = add(presence="pause")
        away = add(presence="away")
        quality = add(role="quality")
        deaf = add(languages=["en"])
        order = [best, busy, lead, asleep, pausing, away, quality, deaf]
        chosen = []
        for _ in order:
            owner = choose_owner(language="fa", now=now)
            chosen.append(owner)
            Agent.objects.filter(pk=owner.pk).update(is_active=False)
        assert chosen == order
        with pytest.raises(UnableToChooseOwner):
            choose_owner(language="fa", now=now)

    def test_looks_up_hours_once_for_all_who_share_them(self, make_agent, make_team, now, monkeypatch):
        """In a house of five hundred that was half of the work of choosing one."""
        team, asked = make_team(), []

        def at_work(*, agent, now):
            asked.append((agent.team_id, agent.time_zone))
            return is_at_work(agent=agent, now=now)

        monkeypatch.setattr(queries, "is_at_work", at_work)
        for zone in ("Europe/Istanbul", "Asia/Tehran"):
            for _ in range(3):
                make_agent(team=team, time_zone=zone)
        make_agent(team=make_team())
        choose_owner(language="fa", now=now)
        assert len(asked) == len(set(asked)) == 3

    def test_prefers_the_team_asked_for(self, make_agent, make_team, now):
        team = make_team()
        make_agent(team=make_team())
        member = make_agent(team=team, languages=[])
        assert choose_owner(language="fa", team=team, now=now) == member

    def test_goes_round(self, make_agent, make_customer, now):
        agents = [make_agent() for _ in range(3)]
        owners = []
        for number in range(6):
            complaint, _ = complaints.open_complaint(
                customer=make_customer(),
                subject="s",
                text="t",
                language="tr",
                channel="form",
                now=now + timedelta(minutes=number),
            )
            owners.append(complaint.owner)
        assert owners == agents * 2

    def test_breaks_a_tie_by_who_is_longest_without_a_new_one(self, make_agent, make_complaint, now):
        one, two = make_agent(), make_agent()
        make_complaint(owner=one, at=now - timedelta(hours=1))
        make_complaint(owner=two, at=now - timedelta(hours=2))
        assert choose_owner(language="tr", now=now) == two

    def test_asks_the_same_whatever_their_number(self, make_agent, make_team, now, django_assert_num_queries):
        for _ in range(4):
            make_agent(team=make_team())
        with django_assert_num_queries(4):  # who there is, when they work, what they have to do, and whoever it is
            choose_owner(language="tr", now=now)

    def test_asks_only_what_tells_people_apart(self, make_agent, make_team, now, django_assert_num_queries):
        team = make_team()
        one = make_agent(team=team, languages=["tr"])
        make_agent(team=make_team(), languages=["mn"])
        with django_assert_num_queries(2):
            assert choose_owner(language="tr", now=now) == one
        make_agent(team=team, languages=["tr"])
        with django_assert_num_queries(3):
            choose_owner(language="tr", now=now)


def test_somebody_is_at_work_in_the_hours_of_their_team(make_agent, make_team, now):
    agent = make_agent(team=make_team())
    assert is_at_work(agent=agent, now=now)
    assert not is_at_work(agent=agent, now=now + AT_NIGHT)


class TestTheLead:
    def test_is_the_teams(self, make_agent, make_team):
        team = make_team(lead=make_agent(role="lead"))
        assert lead_of(agent=make_agent(team=team)) == team.lead

    def test_is_another_lead_and_then_an_administrator(self, make_agent, make_team):
        administrator = make_agent(role="administrator")
        alone = make_agent(role="lead")
        team = make_team(lead=alone)
        assert lead_of(agent=make_agent()) == alone
        alone.team = team
        assert lead_of(agent=alone) == administrator

    def test_is_nobody_for_who_is_alone(self, make_agent):
        assert lead_of(agent=make_agent()) is None
