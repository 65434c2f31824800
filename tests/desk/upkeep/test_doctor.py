"""The doctor finds what was broken on purpose, says what to do, and names nothing that is well."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from amends.cli import main
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.complaints.models import Attachment, Complaint, SearchEntry
from amends.desk.jobs.models import Worker
from amends.desk.people.models import Agent, Calendar, Organisation
from amends.desk.upkeep import doctor

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound(settings: Any, tmp_path: Path, now: datetime, make_complaint: Callable[..., Complaint]) -> Complaint:
    """A desk that lacks nothing."""
    settings.DATA = tmp_path
    settings.ADDRESS, settings.SMTP, settings.MAIL_FROM = "https://desk.example", "smtp://mail", "desk@desk.example"
    Worker.objects.create(id="w", host="h", pid=1, started_at=now, seen_at=now)
    calendar = Calendar.objects.create(name="Office", time_zone="Asia/Ulaanbaatar", week={})
    Organisation.objects.create(name="A", language="mn", calendar=calendar, founded_at=now)
    return make_complaint()


def found(now: datetime) -> dict[str, str]:
    """What is not well, and how bad it is."""
    worst: dict[str, str] = {}
    for one in doctor.examine(now=now):
        if one.state == "ill" or (one.state == "look" and one.check not in worst):
            worst[one.check] = one.state
    return worst


def test_a_sound_desk_is_told_so_and_a_sick_one_what_it_has(
    sound: Complaint, settings: Any, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(now) == {}
    assert [one.check for one in doctor.examine(now=now)] == [
        "database", "migrations", "folder", "store", "disk", "address", "reader", "integrity", "worker", "work",
        "mailboxes", "mail", "arrivals", "outbox", "files", "search", "clock", "example",
    ]  # fmt: skip

    settings.ADDRESS, settings.DEBUG, settings.SMTP = "http://desk.example", True, ""
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    monkeypatch.setattr(doctor, "weights_file", lambda: Path(__file__))
    (tmp_path / "secret.key").write_text("s", encoding="ascii")
    (tmp_path / "secret.key").chmod(0o644)
    tmp_path.chmod(0o755)
    Worker.objects.all().delete()
    Agent.objects.create_user(email="e@desk.example", name="E", is_example=True)
    event = sound.events.get(sequence=1)
    Attachment.objects.create(event=event, name="a", media_type="image/png", size=1, sha256="a", file="aa/a")
    raw = {"raw": b"", "size": 0, "received_at": now - timedelta(hours=2)}
    Arrival.objects.create(**raw, channel="mail", identity="1", state=ArrivalState.PARKED)
    Arrival.objects.create(**raw, channel="mail", identity="2")
    letter = {"event": event, "complaint": sound, "recipient": "a@mail.example", "mime": b"", "not_before": now}
    Outgoing.objects.create(**letter, message_id="1", state=OutgoingState.MAYBE_SENT)
    Outgoing.objects.create(**{**letter, "not_before": now - timedelta(hours=2)}, message_id="2")
    Mailbox.objects.create(
        name="Post", address="p@desk.example", receives=True, sends=False, fetch_failures=2,
        fetch_problem="login: no", take_since=now, changed_at=now,
    )  # fmt: skip
    SearchEntry.objects.all().delete()
    DBTaskResult.objects.create(
        task_path="x.y", args_kwargs={"args": [], "kwargs": {}}, status="FAILED", run_after=now, finished_at=now,
        exception_class_path="", traceback="",
    )  # fmt: skip
    Calendar.objects.update(time_zone="UTC")
    sick = now - timedelta(hours=1)  # the clock was set back
    assert found(sick).keys() >= {"clock"}
    assert found(now) == {
        "folder": "look", "disk": "ill", "address": "ill", "reader": "ill", "worker": "ill", "work": "ill",
        "mailboxes": "ill", "mail": "look", "arrivals": "ill", "outbox": "ill", "files": "ill", "search": "ill",
        "clock": "look", "example": "ill",
    }  # fmt: skip
    assert all(one.do for one in doctor.examine(now=now) if one.state != "well")


def test_without_a_database_the_rest_is_looked_at(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DatabaseError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", gone)
    states = {one.check: one for one in doctor.examine(now=now)}
    assert states["database"].state == "ill"
    assert "connection refused" in states["database"].says
    assert "worker" not in states


@pytest.mark.parametrize("words", ["database disk image is malformed", "file is not a database"])
def test_a_file_that_is_no_database_any_more_is_told_as_such(
    now: datetime, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    class Broken:
        vendor = "sqlite"

        def ensure_connection(self) -> None:
            raise DatabaseError(words)

        cursor = ensure_connection

    monkeypatch.setattr(doctor, "connection", Broken())
    for look in (doctor._database, doctor._integrity):
        (trouble,) = look(now)
        assert (words in trouble.says, "amends restore" in trouble.do) == (True, True)


def test_a_table_that_is_lost_is_named(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    there = [one for one in connection.introspection.table_names() if one != "complaints_draft"]
    monkeypatch.setattr(type(connection.introspection), "table_names", lambda *_: there)
    (trouble,) = doctor._migrations(now)
    assert "complaints_draft" in trouble.says


def test_a_check_that_falls_over_is_a_finding(now: datetime, monkeypatch: pytest.MonkeyPatch, sound: Complaint) -> None:
    monkeypatch.setattr(doctor.jobs, "work", lambda **_: 1 / 0)
    assert {name: state for name, state in found(now).items() if name in {"worker", "work", "outbox"}} == {
        "worker": "ill",
        "work": "ill",
    }


def test_the_command_speaks_to_people_and_to_programs(
    sound: Complaint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Worker.objects.update(seen_at=timezone.now())
    run = CliRunner().invoke
    (tmp_path / "secret.key").write_text("the key that signs", encoding="ascii")  # a folder in which a desk is
    told = run(main, ["doctor", "--data", str(tmp_path), "--language", "en"])
    assert (told.exit_code, "✓ The database answers" in told.stdout) == (0, True)
    Worker.objects.all().delete()
    answer = run(main, ["doctor", "--data", str(tmp_path), "--json", "--language", "mn"])
    said = json.loads(answer.stdout)
    assert (answer.exit_code, said["state"]) == (2, "ill")
    assert [one["check"] for one in said["checks"] if one["state"] == "ill"] == ["worker"]
    assert run(main, ["doctor", "--data", str(tmp_path / "gone")]).exit_code == 1
    (empty := tmp_path / "empty").mkdir()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    told = run(main, ["doctor", "--data", str(empty)])
    assert (told.exit_code, "is empty" in told.stderr, list(empty.iterdir())) == (1, True, [])
    assert run(main, ["doctor", "--data", str(tmp_path), "--language", "xx"]).exit_code == 2
