import pytest

from amends.desk.complaints.models import Complaint
from amends.desk.people import actions, queries
from amends.desk.people.admin import AgentForm

STRONG = "erik-ve-kapuçino-7"


@pytest.mark.django_db
class TestTheFirstAdministrator:
    def test_comes_with_a_team_and_hours(self, now):
        assert queries.is_empty()
        agent = actions.make_first_administrator(
            name=" Ayşe ", email="Ayse@Desk.example", password=STRONG, language="tr", now=now
        )
        assert not queries.is_empty()
        assert (agent.name, agent.role, agent.is_staff, agent.is_superuser) == ("Ayşe", "administrator", True, True)
        assert agent.check_password(STRONG)
        assert agent.team.lead == agent
        assert (agent.language, agent.languages, agent.joined_at) == ("tr", ["tr"], now)
        assert agent.calendar().week

    def test_is_only_one(self, make_agent, now):
        make_agent()
        with pytest.raises(actions.UnableToStart):
            actions.make_first_administrator(name="A", email="a@b.example", password=STRONG, language="tr", now=now)

    @pytest.mark.parametrize(("name", "email", "password"), [("", "a@b.example", STRONG), ("A", "a@b.example", "123")])
    def test_gives_a_name_and_a_strong_password(self, now, name, email, password):
        with pytest.raises(actions.UnableToStart):
            actions.make_first_administrator(name=name, email=email, password=password, language="en", now=now)
        assert queries.is_empty()


def test_presence_and_reading_are_kept(make_agent, now):
    agent = make_agent()
    actions.set_presence(agent=agent, presence="pause", now=now)
    actions.set_reader(agent=agent, language="fa", theme="dark")
    actions.set_reader(agent=agent, language="xx", theme="<b>")
    agent.refresh_from_db()
    assert (agent.presence, agent.language, agent.theme) == ("pause", "fa", "dark")


def test_those_who_are_away_are_not_present(make_agent):
    here, pausing = make_agent(name="A"), make_agent(name="B", presence="pause")
    make_agent(presence="away")
    make_agent(is_active=False)
    assert queries.present_agents() == [here, pausing]
    assert queries.colleagues(of=here)[0] == pausing


def test_administration_lets_nobody_go_who_owns_a_complaint(make_complaint):
    owner = make_complaint().owner
    given = {
        "name": owner.name,
        "email": owner.email,
        "role": "agent",
        "languages": '["tr"]',
        "language": "tr",
        "time_zone": "UTC",
        "presence": "here",
        "goodwill_limit": "0",
    }
    form = AgentForm(given, instance=owner)
    assert "is_active" in form.errors
    Complaint.objects.update(stage="closed")
    assert AgentForm(given, instance=owner).is_valid()


@pytest.mark.parametrize("page", ["people/agent", "people/team", "people/calendar", "customers/customer"])
def test_administration_opens(client, make_agent, make_complaint, page):
    make_complaint()
    administrator = make_agent(role="administrator", is_superuser=True)
    client.force_login(administrator)
    assert client.get(f"/administration/{page}/").status_code == 200


@pytest.mark.parametrize("role", ["agent", "lead", "quality"])
def test_administration_says_no_without_a_circle(client, make_agent, role):
    client.force_login(make_agent(role=role))
    for place in ("", "login/", "logout/", "people/agent/"):
        assert client.get(f"/administration/{place}", follow=True).status_code == 403
