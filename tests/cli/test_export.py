"""`amends export`: the desk's complaints into a file, and from there into `amends audit`."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from amends.cli import main
from amends.desk.complaints.actions import open_complaint
from amends.desk.complaints.models import Complaint
from amends.desk.customers.models import Customer
from amends.desk.example import actions, stories
from amends.desk.people.models import Agent
from amends.engine.conversation import from_json

SHOWN = {"tr/kirik-fincanlar", "fa/hediyeh-salgard", "mn/barimt"}

pytestmark = pytest.mark.django_db


def run(*arguments: str | Path) -> Result:
    return CliRunner(catch_exceptions=False).invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def company(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    english = next(story.id for story in stories.stories() if story.language == "en")
    told = tuple(story for story in stories.stories() if story.id in SHOWN | {english})
    with mock.patch.object(actions, "stories", return_value=told):
        actions.set_up(now=timezone.now())


@pytest.fixture
def complaint() -> Complaint:
    owner = Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya", languages=["tr"])
    customer = Customer.objects.create(name="Ayşe Yılmaz", language="tr", created_at=timezone.now())
    words = {"subject": "Kargo", "text": "Kargom gelmedi.", "language": "tr", "channel": "form"}
    return open_complaint(customer=customer, owner=owner, now=timezone.now(), **words)[0]


def test_from_the_example_company_through_the_schema_into_a_report(company, tmp_path):
    lines, out = tmp_path / "desk.jsonl", tmp_path / "audit"
    told = run("export", "--out", lines)
    assert (told.exit_code, told.stdout, told.stderr) == (0, "", "Complaints written: 4.\n")

    talks = [from_json(json.loads(line)) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert {talk.turns[0].language for talk in talks} == {"tr", "fa", "mn", "en"}
    assert all(talk.events and talk.facts.customer_name for talk in talks)

    audited = run("audit", lines, "--out", out, "--language", "fa", "--workers", "1")
    assert (audited.exit_code, audited.stderr) == (0, "")
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["conversations"], summary["left_out"]) == (4, 0)
    assert 'dir="rtl"' in (out / "report.html").read_text(encoding="utf-8")


def test_standard_output_holds_lines_and_nothing_else(complaint):
    told = run("export", "--out", "-")
    assert [json.loads(line)["id"] for line in told.stdout.splitlines()] == [str(complaint.number)]


def test_names_stay_at_the_desk_when_asked(complaint, tmp_path):
    run("export", "--out", tmp_path / "desk.jsonl", "--without-names")
    assert "Ayşe" not in (tmp_path / "desk.jsonl").read_text(encoding="utf-8")


def test_a_file_is_whole_or_not_there(complaint, tmp_path):
    place = tmp_path / "desk.jsonl"
    place.write_text("the last one\n", encoding="utf-8")
    broken = mock.patch("amends.engine.conversation.to_json", side_effect=RuntimeError("the cable was pulled"))
    with broken, pytest.raises(RuntimeError):
        run("export", "--out", place)
    assert place.read_text(encoding="utf-8") == "the last one\n"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["desk.jsonl"]

    assert run("export", "--out", place).exit_code == 0
    assert len(place.read_bytes().splitlines()) == Complaint.objects.count()
    assert place.stat().st_mode & 0o077 == 0  # customers' words are for the owner of the file


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--out", "gone/desk.jsonl"), 1, "gone/desk.jsonl: cannot be written: No such file or directory"),
        (("--out", "-", "--since", "2026-02-30"), 2, "does not match the format"),
        (("--out", "-", "--since", "2026-02-03", "--until", "2026-02-02"), 2, "--since is later than --until."),
    ],
)
def test_what_cannot_be_done_is_said(arguments, code, why):
    told = run("export", *arguments)
    assert told.exit_code == code
    assert why in told.stderr
