"""`amends import`: a dry run says what will come, a run brings it once, and half a file loses nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from amends.cli import main
from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent
from tests.intake.desks import speaking

FIXTURES = Path(__file__).parents[1] / "intake" / "desks" / "fixtures"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deniz():
    return Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya", languages=["tr"])


def run(*arguments, **given):
    return CliRunner(catch_exceptions=False).invoke(main, ["import", *map(str, arguments)], **given)


def test_from_saying_what_would_come_to_bringing_it_twice(deniz, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("theirs,ours\nchris@chrispresso.example,deniz@desk.example\n", encoding="utf-8")
    given = ("zammad", FIXTURES / "zammad.jsonl", "--source", "old.example", "--people", people)
    told = run(*given, "--dry-run")
    assert (told.exit_code, Complaint.objects.count()) == (0, 0)
    assert told.stdout.splitlines() == [
        "From Zammad (zammad old.example); nothing was brought.",
        "  complaints     2 new, 0 with something new, 0 as they are here",
        "  said           3 by customers, 1 by colleagues, 1 by machines",
        "  internal notes 1, internal here too",
        "  files          1, 14 bytes",
        "  customers      2 new, 0 known here",
        "  state          closed becomes closed: 1",
        "  state          open becomes open: 1",
        "  colleague      chris@chrispresso.example is Deniz Kaya",
        "  colleague      jacob@chrispresso.example is nobody here: kept by name, as somebody who has left",
        "  left out       1: was merged into another ticket, which comes along",
    ]
    done = run(*given)
    assert (done.exit_code, done.stdout) == (
        0, "Brought: 2. Here already: 0. Left out: 1. Parked: 0. Not readable: 0.\n",
    )  # fmt: skip
    events = Event.objects.count()
    again = run(*given)
    assert again.stdout == "Brought: 0. Here already: 3. Left out: 0. Parked: 0. Not readable: 0.\n"
    assert (Complaint.objects.count(), Event.objects.count()) == (2, events)


def test_half_a_file_brings_what_is_whole_and_the_rest_comes_with_the_whole_one(deniz, tmp_path):
    whole = (FIXTURES / "zendesk.jsonl").read_bytes() * 1
    first, second = whole.splitlines(keepends=True)
    file = tmp_path / "export.jsonl"
    open_one = json.loads(first)
    open_one["ticket"] |= {"id": 7, "status": "open"}
    third = json.dumps(open_one, ensure_ascii=False).encode() + b"\n"
    file.write_bytes(first + third[:300])
    half = run("zendesk", file)
    assert (half.exit_code, Complaint.objects.count()) == (1, 1)
    assert f"{file}:2: not a whole JSON object" in half.stderr
    file.write_bytes(first + third + second)
    assert run("zendesk", file).stdout.startswith("Brought: 1. Here already: 1. Left out: 1.")
    assert Complaint.objects.count() == 2


@pytest.mark.enable_socket
def test_from_an_interface_into_a_file_and_from_both_into_the_desk_once(deniz, tmp_path, monkeypatch):
    monkeypatch.setenv("AMENDS_IMPORT_TOKEN", "k")
    saved = tmp_path / "saved.jsonl"
    with speaking.speaking(speaking.zammad()) as desk:
        assert run("zammad", desk.base, "--source", "old", "--save", saved).exit_code == 0
        assert Complaint.objects.count() == 0
        assert run("zammad", saved, "--source", "old").stdout.startswith("Brought: 2.")
        asked = len(desk.asked)
        assert run("zammad", desk.base, "--source", "old").stdout.startswith("Brought: 0.")
        assert len(desk.asked) - asked == 3  # only the lists
    assert Complaint.objects.count() == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("zammad", "missing.jsonl"), "missing.jsonl: there is no such file"),
        (("csv", FIXTURES / "table.csv"), "Say --source NAME"),
        (("csv", FIXTURES / "table.csv", "--source", "x", "--zone", "Mars"), "There is no time zone Mars"),
        (("csv", FIXTURES / "table.csv", "--source", "x", "--map", "text"), "write OUR=THEIRS"),
        (("csv", FIXTURES / "table.csv", "--source", "x", "--map", "text=Nope"), "no column 'Nope' (for text)"),
        (("zammad", "https://old.example"), "Give the other desk's key"),
        (("osticket", "https://old.example"), "has no interface that tells history"),
        (("mbox", FIXTURES / "mails.mbox", "--people", FIXTURES / "table.csv"), "table.csv:2: write two columns"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(deniz, arguments, said, monkeypatch):
    monkeypatch.delenv("AMENDS_IMPORT_TOKEN", raising=False)
    result = run(*arguments)
    assert result.exit_code in {1, 2}
    assert said in result.output
