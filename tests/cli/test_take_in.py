"""`amends take-in`: mail from files and standard input, in a desk of its own."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from amends.cli import main
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent

HEADERS = "From: Ayşe <ayse@mail.example>\r\nSubject: Kargo\r\nMessage-ID: <1@mail.example>\r\n"
MAIL = f"{HEADERS}\r\nKargom gelmedi.\r\n".encode()

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya", languages=["tr"])


@pytest.fixture
def take_in():
    def run(*arguments, given=b""):
        return CliRunner(catch_exceptions=False).invoke(main, ["take-in", *map(str, arguments)], input=given)

    return run


def test_a_file_is_taken_in(take_in, agent, tmp_path):
    place = tmp_path / "message.eml"
    place.write_bytes(MAIL)
    result = take_in(place)
    assert (result.exit_code, Complaint.objects.get().owner) == (0, agent)
    assert result.stdout == f"{place}: taken in, complaint 1001, with Deniz Kaya.\n"


def test_standard_input_is_taken_in_and_the_same_again_is_not(take_in, agent):
    assert take_in("-", given=MAIL).stdout == "standard input: taken in, complaint 1001, with Deniz Kaya.\n"
    assert "was here already: taken in, complaint 1001" in take_in("-", given=MAIL).stdout
    assert Complaint.objects.count() == 1


def test_what_cannot_be_read_is_parked(take_in, agent):
    result = take_in("-", given=b"Subject: x\r\n\r\nx")
    assert (result.exit_code, result.stdout) == (
        0, "standard input: parked, an administrator sees it: The mail does not say who sent it.\n",
    )  # fmt: skip


def test_machines_are_set_aside(take_in, agent):
    assert "set aside: Bulk mail" in take_in("-", given=b"Precedence: bulk\r\n" + MAIL).stdout


def test_a_missing_file_is_named_and_the_others_are_taken_in(take_in, agent, tmp_path):
    place = tmp_path / "message.eml"
    place.write_bytes(MAIL)
    result = take_in(tmp_path / "missing.eml", tmp_path, place)
    assert result.exit_code == 1
    assert "missing.eml: cannot be read: No such file or directory" in result.stderr
    assert "Is a directory" in result.stderr
    assert Complaint.objects.count() == 1


def test_nothing_at_all_is_said_to_be_nothing(take_in, agent):
    result = take_in("-")
    assert (result.exit_code, result.stderr) == (1, "standard input: is empty; nothing was taken in.\n")
