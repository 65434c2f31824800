"""`amends reset-password` lets a locked-out administrator back in."""

import pytest
from click.testing import CliRunner

from amends.cli import main
from amends.desk.people.models import Agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr("amends.cli.reset_password.open_desk", lambda **_: None)
    return lambda email: CliRunner().invoke(main, ["reset-password", email, "--data", str(tmp_path)])


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
