"""The doctor finds what was broken on purpose, says what to do, and names nothing that is well."""

from __future__ import annotations

import base64
import errno
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from amends.cli import main
from amends.desk.channels.mailboxes.credentials import keep_secret
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.complaints.models import Attachment, Complaint, SearchEntry
from amends.desk.jobs.models import Worker
from amends.desk.jobs.post import Smtp
from amends.desk.people.models import Agent, Calendar, FactorDemand, Organisation
from amends.desk.upkeep import doctor

DAYS = timedelta(days=3)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound(
    settings: Any,
    tmp_path: Path,
    now: datetime,
    make_complaint: Callable[..., Complaint],
    monkeypatch: pytest.MonkeyPatch,
) -> Complaint:
    """A desk that lacks nothing."""
    settings.DATA = tmp_path
    settings.ADDRESS, settings.SMTP, settings.MAIL_FROM = "https://desk.example", "smtp://mail", "desk@desk.example"
    monkeypatch.setattr(Smtp, "trouble", lambda _: "")
    monkeypatch.setattr(doctor, "_version_of", lambda _: 99)
    monkeypatch.setattr("shutil.which", lambda name: name)
    Worker.objects.create(id="w", host="h", pid=1, started_at=now, seen_at=now)
    calendar = Calendar.objects.create(name="Office", time_zone="Asia/Ulaanbaatar", week={})
    Organisation.objects.create(name="A", language="mn", calendar=calendar, founded_at=now)
    FactorDemand.objects.create(role="administrator")
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
        "database", "migrations", "folder", "disk", "address", "reader",
        "integrity" if connection.vendor == "sqlite" else "dump", "keys", "worker", "work",
        "mailboxes", "mail", "arrivals", "outbox", "files", "search", "clock", "example", "factors",
    ]  # fmt: skip

    settings.ADDRESS, settings.DEBUG, settings.SMTP = "http://desk.example", True, ""
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    monkeypatch.setattr(doctor, "weights_file", lambda: Path(__file__))
    (tmp_path / "secret.key").write_text("s", encoding="ascii")
    (tmp_path / "secret.key").chmod(0o644)
    tmp_path.chmod(0o755)
    Worker.objects.all().delete()
    FactorDemand.objects.all().delete()
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
        "clock": "look", "example": "ill", "factors": "look",
    }  # fmt: skip
    assert all(one.do for one in doctor.examine(now=now) if one.state != "well")


def test_without_a_database_the_rest_is_looked_at(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DatabaseError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", gone)
    states = {one.check: one for one in doctor.examine(now=now)}
    assert states["database"].state == "ill"
    assert "connection refused" in states["database"].says
    assert not {"migrations", "worker"} & states.keys()  # of which nobody knows anything


@pytest.mark.parametrize("words", ["database disk image is malformed", "file is not a database"])
def test_a_file_that_is_no_database_any_more_is_told_as_such(
    now: datetime, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    class Broken:
        vendor, settings_dict = "sqlite", {"NAME": ":memory:"}

        def ensure_connection(self) -> None:
            raise DatabaseError(words)

        cursor = ensure_connection

    monkeypatch.setattr(doctor, "connection", Broken())
    for look in (doctor._database, doctor._integrity):
        (trouble,) = look(now)
        assert (words in trouble.says, "amends restore" in trouble.do) == (True, True)


def test_a_file_that_is_gone_is_told_and_none_is_made(
    now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        vendor, settings_dict = "sqlite", {"NAME": tmp_path / "amends.sqlite3"}

        def ensure_connection(self) -> None:
            raise AssertionError("asking would make a file")

    monkeypatch.setattr(doctor, "connection", Gone())
    states = {one.check: one for one in doctor.examine(now=now)}
    assert ("amends.sqlite3" in states["database"].says, "amends restore" in states["database"].do) == (True, True)
    assert not {"migrations", "integrity", "worker"} & states.keys()


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


def said(look: doctor.Look, now: datetime) -> list[str]:
    return [one.says for one in look(now)]


def test_a_key_of_another_desk_is_known(now: datetime, settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    settings.DATA, later = tmp_path, timezone.now()
    monkeypatch.delenv("AMENDS_MAILBOX_KEY", raising=False)
    Session.objects.create(session_key="a", session_data=SessionStore().encode({"a": 1}), expire_date=later + DAYS)
    box = Mailbox.objects.create(
        name="Post", address="p@desk.example", receives=True, sends=False, take_since=now, changed_at=now
    )
    keep_secret(box, "password", "plums")
    box.save()
    assert said(doctor._keys, later) == []
    settings.SECRET_KEY = "of another desk"
    (signs,) = said(doctor._keys, later)
    assert "another one" in signs
    Session.objects.create(session_key="b", session_data=SessionStore().encode({"a": 1}), expire_date=later + DAYS)
    assert said(doctor._keys, later) == []  # changed long ago: people have signed in since
    (tmp_path / "mailboxes.key").unlink()
    (shut,) = said(doctor._keys, later)
    assert ("Post" in shut, (tmp_path / "mailboxes.key").exists()) == (True, False)
    monkeypatch.setenv("AMENDS_MAILBOX_KEY", base64.urlsafe_b64encode(bytes(32)).decode())
    assert said(doctor._keys, later) == [shut]


def test_a_copy_that_is_none_or_silent_or_behind_is_told(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    class Line:
        def __init__(self, answer: Any) -> None:
            self.answer = answer

        def __enter__(self) -> Line:
            return self

        def __exit__(self, *_: object) -> None: ...

        def cursor(self) -> Line:
            return self

        def execute(self, _: str) -> None:
            if isinstance(self.answer, Exception):
                raise self.answer

        def fetchone(self) -> list[Any]:
            return [self.answer]

    for answer, words in (
        (0, []),
        (1e9, ["does not follow"]),
        (75, ["75 seconds"]),
        (DatabaseError("x"), ["answer: x"]),
    ):
        monkeypatch.setattr(doctor, "connections", {"replica": Line(answer)})
        told = said(doctor._copy, now)
        assert len(told) == len(words)
        assert all(word in one for one, word in zip(told, words, strict=True))


def test_who_is_asked_and_does_not_answer_is_told(
    now: datetime, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

    monkeypatch.setattr("socket.create_connection", refuse)
    settings.SMTP, settings.MAIL_FROM = "smtp://mail.example:25", "desk@desk.example"
    settings.CLAMAV, settings.TRACES = "scanner:3310", "http://collector:4318"
    for look in (doctor._mail, doctor._scanner, doctor._traces):
        (words,) = said(look, now)
        assert "Connection refused" in words
    checks = [one.check for one in doctor.examine(now=now)]
    assert {"scanner", "traces"} <= set(checks)


def test_backups_that_cannot_be_made_here_are_told(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    class Server:
        pg_version = 160004

        def ensure_connection(self) -> None: ...

    monkeypatch.setattr(doctor, "connection", Server())
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "pg_dump is not on this machine" in said(doctor._dump, now)[0]
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr(
        "subprocess.run", lambda *_, **__: SimpleNamespace(stdout="pg_dump (PostgreSQL) 15.8 (Debian 15.8-0)")
    )
    assert "version 15 and the server of 16" in said(doctor._dump, now)[0]
    Server.pg_version = 150008
    assert said(doctor._dump, now) == []


def test_what_the_desk_may_not_write_is_named(
    now: datetime, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    (tmp_path / "amends.sqlite3").touch(mode=0o600)
    assert said(doctor._folder, now) == []
    monkeypatch.setattr("os.access", lambda *_: False)
    (words,) = said(doctor._folder, now)
    assert "amends.sqlite3 cannot be written" in words


def test_looking_makes_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is lost is told, and none is made in its place."""
    monkeypatch.delenv("AMENDS_SECRET_KEY", raising=False)
    (tmp_path / "amends.sqlite3").touch()

    def opened(**_: object) -> None:
        (tmp_path / "secret.key").write_text("made just now", encoding="ascii")

    monkeypatch.setattr("amends.cli.doctor.open_desk", opened)
    told = CliRunner().invoke(main, ["doctor", "--data", str(tmp_path), "--language", "en"])
    assert ("There is no secret.key" in told.stdout, (tmp_path / "secret.key").exists()) == (True, False)
    assert told.exit_code == 2
