"""`amends export --everything`: all of the desk in one folder, and from there into an empty desk."""

from __future__ import annotations

import json
import re
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner, Result
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, models
from django.test import TestCase
from django.utils import timezone

from amends.cli import main
from amends.desk.channels.models import Arrival
from amends.desk.complaints.actions import erase, note, open_complaint
from amends.desk.complaints.models import Attachment, Complaint, Event, EventContent
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.example import actions, stories
from amends.desk.people.models import Agent
from amends.desk.upkeep import everything, told

SHOWN = {"tr/kirik-fincanlar", "fa/hediyeh-salgard", "mn/barimt"}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "export.md"
OPENS = re.compile(r"password|secret|token|key|digest|certificate|sign")
# Named as if they opened something.
HARMLESS = {
    "third_parties.Party.key", "complaints.Tag.key", "channels.Arrival.digest", "people.Face.logo_digest",
    "channels.Mailbox.certificate", "channels.Mailbox.sign_in",
}  # fmt: skip


def run(*arguments: str | Path) -> Result:
    return CliRunner(catch_exceptions=False).invoke(main, [str(argument) for argument in arguments])


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_bytes())  # type: ignore[no-any-return]


def held(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def company(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    some = tuple(story for story in stories.stories() if story.id in SHOWN)
    with mock.patch.object(actions, "stories", return_value=some):
        actions.set_up(now=timezone.now())
    _add_a_file_and_a_letter()
    complaint = Complaint.objects.latest("pk")
    note(complaint=complaint, by=complaint.owner, text="Depoya soruldu.", now=timezone.now())


@pytest.fixture
def desk() -> Complaint:
    """One complaint, with a file and a letter."""
    owner = Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya", languages=["tr"])
    customer = Customer.objects.create(name="Ayşe Yılmaz", language="tr", created_at=timezone.now())
    ContactWay.objects.create(customer=customer, kind="email", value="ayse.gone@mail.example")
    words = {"subject": "Kargo", "text": "Fincanlar kirik geldi.", "language": "tr", "channel": "form"}
    complaint = open_complaint(customer=customer, owner=owner, now=timezone.now(), **words)[0]
    _add_a_file_and_a_letter()
    return complaint


def _add_a_file_and_a_letter() -> None:
    event = Event.objects.filter(kind="customer-wrote", arrival=None).earliest("pk")
    content = b"%PDF-1.7 kargo"
    file = Attachment(
        event=event, name="fatura.pdf", media_type="application/pdf", size=len(content),
        sha256=sha256(content).hexdigest(),
    )  # fmt: skip
    file.file.save("fatura.pdf", ContentFile(content))
    raw = b"From: ayse@mail.example\r\n\r\nKargom gelmedi."
    Arrival.objects.create(
        channel="mail", identity="letter", raw=raw, size=len(raw), state="taken-in", event=event,
        received_at=timezone.now(), sender="ayse@mail.example",
    )  # fmt: skip
    EventContent.objects.filter(event=event).update(quoted=f"https://desk.example/c/{event.complaint.key}/")


def test_every_table_is_told_or_named_with_a_reason() -> None:
    there = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert there == told.FILES.keys() | told.LEFT_OUT.keys()
    assert not told.FILES.keys() & told.LEFT_OUT.keys()
    assert len(set(told.FILES.values())) == len(told.FILES)
    assert all(told.LEFT_OUT.values())


def test_no_field_that_opens_something_is_told() -> None:
    for label, names in told.WITHHELD.items():
        assert names <= {one.name for one in apps.get_model(label)._meta.concrete_fields}
    suspects = {
        f"{label}.{one.name}"
        for label in told.FILES
        for one in everything.fields_of(apps.get_model(label))
        if OPENS.search(one.name) and not one.is_relation and isinstance(one, (models.CharField, models.TextField))
    }
    assert suspects <= HARMLESS


def test_the_documentation_names_every_field() -> None:
    said = PAGE.read_text(encoding="utf-8").partition("## Field by field\n\n")[2]
    assert said == everything.describe(), "run tools/export_page.py"


@pytest.mark.django_db(transaction=True)
def test_all_of_the_example_company_goes_out_and_its_words_come_into_an_empty_desk(company, tmp_path):
    folder = tmp_path / "all"
    first = run("export", "--everything", folder)
    assert first.exit_code == 0, first.stderr

    about = manifest(folder)
    assert (about["kind"], about["complete"], about["missing_files"]) == ("amends-export", True, [])
    for label, name in told.FILES.items():
        assert about["lines"][f"{name}.jsonl"]["lines"] == apps.get_model(label)._base_manager.count(), label
    for name, one in about["lines"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == one["sha256"]
    assert {path.name for path in folder.iterdir()} == {*about["lines"], "manifest.json", "files"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))
    kept = [path for path in (folder / "files").rglob("*") if path.is_file()]
    assert len(kept) == about["files"]
    assert all(sha256(path.read_bytes()).hexdigest() == path.name for path in kept)

    run("export", "--out", tmp_path / "lines.jsonl")
    assert [one["id"] for one in lines(folder, "conversations")] == [
        json.loads(line)["id"] for line in (tmp_path / "lines.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    paper = next(one for one in lines(folder, "attachments") if one["name"] == "fatura.pdf")
    assert (folder / paper["file"]).read_bytes() == b"%PDF-1.7 kargo"
    letter = next(one for one in lines(folder, "arrivals") if one["identity"] == "letter")
    assert (folder / letter["raw"]).read_bytes().endswith(b"Kargom gelmedi.")
    timeline = [(one["complaint"], one["sequence"]) for one in lines(folder, "events")]
    assert timeline == sorted(timeline)
    assert [one["text"] for one in lines(folder, "events") if one["kind"] == "noted"] == ["Depoya soruldu."]
    told_lines = b"".join(path.read_bytes() for path in folder.glob("*.jsonl"))
    assert not [key for key in Complaint.objects.values_list("key", flat=True) if key.encode() in told_lines]
    assert not [one for one in Agent.objects.exclude(password="") if one.password.encode() in told_lines]

    before = {one["name"]: one["file"] for one in lines(folder, "attachments")}
    assert run("export", "--everything", folder).exit_code == 0  # again is the same
    assert {one["name"]: one["file"] for one in lines(folder, "attachments")} == before

    said = _words()
    call_command("flush", interactive=False, verbosity=0)
    assert not Complaint.objects.exists()
    Agent.objects.create_user(email="new@desk.example", name="Yeni", languages=["tr"])
    brought = run("import", "amends", folder, "--source", "old")
    assert brought.exit_code == 0, brought.output
    assert _words() == said
    with Attachment.objects.get(name="fatura.pdf").file.open("rb") as file:
        assert file.read() == b"%PDF-1.7 kargo"
    again = run("import", "amends", folder, "--source", "old")
    assert f"Brought: 0. Here already: {Complaint.objects.count()}." in again.stdout


def _words() -> Counter[tuple[str, str, str]]:
    """What was said at the desk: in which complaint, by whom, and the words."""
    kinds = {"received": "customer", "customer-wrote": "customer", "not-content": "customer"}
    kinds |= {"replied": "agent", "noted": "note", "called": "call", "acknowledged": "desk"}
    rows = EventContent.objects.filter(event__kind__in=kinds).exclude(text="")
    found = rows.values_list("event__complaint__subject", "event__kind", "text", "event__complaint__key")
    return Counter((subject, kinds[kind], text.replace(key, "…").strip()) for subject, kind, text, key in found)


@pytest.mark.django_db
def test_of_who_was_erased_nothing_is_left_in_a_folder_written_again(desk, tmp_path):
    folder = tmp_path / "all"
    theirs = ["Ayşe Yılmaz", "ayse.gone@mail.example", "Fincanlar kirik", "fatura.pdf", "%PDF-1.7", "Kargom gelmedi."]
    run("export", "--everything", folder)
    assert [each for each in theirs if each.encode() not in held(folder)] == []

    with TestCase.captureOnCommitCallbacks(execute=True):
        erase(customer=desk.customer, by=desk.owner, now=timezone.now())
    run("export", "--everything", folder)
    assert [each for each in theirs if each.encode() in held(folder)] == []
    assert manifest(folder)["files"] == 0
    assert "1: was erased there" in run("import", "amends", folder, "--source", "old", "--dry-run").stdout


@pytest.mark.django_db
def test_a_run_that_was_stopped_says_so_and_goes_on(tmp_path):
    folder = tmp_path / "all"
    broken = mock.patch("amends.desk.upkeep.everything.rows_of", side_effect=RuntimeError("the cable was pulled"))
    with broken, pytest.raises(RuntimeError):
        run("export", "--everything", folder)
    assert manifest(folder)["complete"] is False
    assert "was stopped" in run("import", "amends", folder, "--source", "old").stderr
    assert run("export", "--everything", folder).exit_code == 0
    assert manifest(folder)["complete"] is True
    assert not list(folder.rglob("*.half"))


@pytest.mark.django_db
def test_what_cannot_be_done_is_said(tmp_path):
    (tmp_path / "letters.txt").write_text("mine", encoding="utf-8")
    told_no = run("export", "--everything", tmp_path)
    assert (told_no.exit_code, [path.name for path in tmp_path.iterdir()]) == (1, ["letters.txt"])
    assert "holds something else" in told_no.stderr
    assert run("export", "--everything", tmp_path / "a", "--closed").exit_code == 2
    assert run("export", "--everything", tmp_path / "a", "--out", "-").exit_code == 2
    assert run("export", "--everything", "--help").exit_code == 2
    assert not Path("--help").exists()
    assert "no folder of" in run("import", "amends", tmp_path, "--source", "old").stderr


@pytest.mark.django_db(transaction=True)
def test_all_of_it_is_read_in_one_transaction_that_writes_nothing() -> None:
    with everything.one_moment():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SHOW transaction_isolation")
                assert cursor.fetchone() == ("repeatable read",)
                cursor.execute("SHOW transaction_read_only")
                assert cursor.fetchone() == ("on",)
        else:
            assert connection.connection.in_transaction
    if connection.vendor == "sqlite":
        assert not connection.connection.in_transaction
    Customer.objects.create(name="Bat", language="mn", created_at=timezone.now())  # and who writes after it, can
