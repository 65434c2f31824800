"""`amends reset-password` lets a locked-out administrator back in."""

import pytest
from click.testing import CliRunner

from amends.cli import main
from amends.desk.people import second_factor
from amends.desk.people.models import Agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr("amends.cli.reset_password.open_desk", lambda **_: None)
    return lambda *given: CliRunner().invoke(main, ["reset-password", *given, "--data", str(tmp_path)])


def test_prints_a_link_that_works(run, client):
    Agent.objects.create_user(email="ada@desk.example", name="Ada")
    result = run("Ada@Desk.example")
    assert result.exit_code == 0
    assert client.get("/" + result.output.strip().split("/", 3)[3], follow=True).status_code == 200


def test_says_when_nobody_signs_in_so(run):
    result = run("nobody@desk.example")
    assert result.exit_code == 1
    assert "Nobody signs in as nobody@desk.example." in result.output


def test_does_not_open_the_door_to_who_was_let_out(run):
    Agent.objects.create_user(email="ada@desk.example", name="Ada", is_active=False)
    assert "was let out" in run("ada@desk.example").output


def test_takes_the_second_factor_away_where_asked(run, now):
    agent, secret = Agent.objects.create_user(email="ada@desk.example", name="Ada"), second_factor.begin()
    second_factor.set_up(agent=agent, secret=secret, code=second_factor.code_at(secret=secret, now=now), now=now)
    assert run("ada@desk.example").exit_code == 0
    assert second_factor.is_set_up(agent=agent)
    assert "/new-password/" in run("ada@desk.example", "--without-second-factor").output
    assert not second_factor.is_set_up(agent=agent)
