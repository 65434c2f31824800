"""A backup holds every row and every file, goes back whole, and is refused when anything of it is not as it was."""

from __future__ import annotations

import base64
import errno
import io
import json
import os
import signal
import sqlite3
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from django.core.files.base import ContentFile
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from amends.cli import main
from amends.desk.channels import archiving
from amends.desk.channels.models import Outgoing, OutgoingState
from amends.desk.complaints.archived import unpress_letters
from amends.desk.complaints.models import Archive, Attachment, Complaint
from amends.desk.jobs.models import Worker
from amends.desk.upkeep import backups
from amends.desk.upkeep.aside import aside, stopped_in_order
from amends.desk.upkeep.backups import UnableToBackUp, back_up
from amends.desk.upkeep.place import Place
from amends.desk.upkeep.restoring import Restored, UnableToRestore, restore
from amends.desk.upkeep.sealed import Secret

KEY = Secret.key(base64.b64encode(bytes(range(32))).decode())


def rows(place: Place) -> dict[str, list[Any]]:
    """Every row of every table, those of the search index too."""
    if place.sqlite is not None:
        with closing(sqlite3.connect(place.sqlite)) as desk:
            names = [name for (name,) in desk.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: sorted(desk.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}
    import psycopg

    with psycopg.connect(**cast("Any", place.postgres)) as line:
        asked = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        names = [name for (name,) in line.execute(asked)]
        return {name: sorted(line.execute(f'SELECT t::text FROM "{name}" t').fetchall()) for name in names}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put_back(file: Path, *, place: Place, now: datetime, secret: Secret | None = None, **said: Any) -> Restored:
    known = [f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations]
    return restore(
        **{
            "file": file,
            "place": place,
            "secret": secret,
            "known": known,
            "overwrite": False,
            "letters_go": True,
            "now": now,
            **said,
        }
    )


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Place]:
    """An empty place for the desk that comes back."""
    data = tmp_path / "other"
    if connection.vendor == "sqlite":
        yield Place(data=data, files=data / "files", sqlite=data / "amends.sqlite3")
        return
    import psycopg

    here = Place.from_settings()
    name = f"{here.postgres['dbname']}_back"
    with psycopg.connect(**cast("Any", dict(here.postgres)), autocommit=True) as line:
        line.execute(f'DROP DATABASE IF EXISTS "{name}"')
        line.execute(f'CREATE DATABASE "{name}"')
        yield Place(data=data, files=data / "files", postgres={**here.postgres, "dbname": name})
        line.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def the_desk(tmp_path: Path) -> Place:
    """The desk of a test; on SQLite as a file, since that of the tests lies in memory."""
    data = tmp_path / "desk"
    data.mkdir()
    (data / "secret.key").write_text("the key that signs", encoding="ascii")
    (data / "mailboxes.key").write_text("the key that seals", encoding="ascii")
    here = Place.from_settings()
    if connection.vendor != "sqlite":
        return replace(here, data=data)
    connection.ensure_connection()
    with closing(sqlite3.connect(data / "amends.sqlite3")) as file:
        connection.connection.backup(file)
    return replace(here, data=data, sqlite=data / "amends.sqlite3")


@pytest.mark.django_db(transaction=True)
def test_every_row_and_every_file_comes_back(
    make_complaint: Callable[..., Complaint], tmp_path: Path, other: Place, now: datetime
) -> None:
    complaint = make_complaint(text="Kargom gelmedi; بسته نرسید; Илгээмж ирээгүй.")
    event = complaint.events.get(sequence=1)
    held = Attachment(event=event, name="kutu.jpg", media_type="image/jpeg", size=5, sha256="ab" * 32)
    held.file.save("kutu.jpg", ContentFile(b"\x00\xffjpg"))
    letter = {"event": event, "complaint": complaint, "recipient": "a@mail.example", "mime": b"Subject: \xc3\x9c"}
    Outgoing.objects.create(**letter, message_id="<1@desk.example>", not_before=now)
    Outgoing.objects.create(**letter, message_id="<2@desk.example>", not_before=now, state=OutgoingState.SENT)
    place = the_desk(tmp_path)

    made = back_up(place=place, to=tmp_path, secret=KEY, now=now)
    assert (made.file.name, made.files, made.keys) == (
        "amends-20261014T060000Z.backup",
        1,
        ("secret.key", "mailboxes.key"),
    )
    assert made.file.stat().st_mode & 0o077 == 0
    assert b"Kargom" not in made.file.read_bytes()

    done = put_back(made.file, place=other, secret=KEY, now=now)
    assert (done.rows, done.files, done.letters_held, done.replaced) == (made.rows, 1, 0, None)
    assert rows(other) == rows(place)
    assert files(other.files) == files(place.files) == {f"ab/{'ab' * 32}": b"\x00\xffjpg"}
    assert (other.data / "secret.key").read_text(encoding="ascii") == "the key that signs"
    assert (other.data / "secret.key").stat().st_mode & 0o077 == 0

    with pytest.raises(UnableToRestore, match="holds a desk already"):
        put_back(made.file, place=other, secret=KEY, now=now)
    again = put_back(made.file, place=other, secret=KEY, now=now, overwrite=True, letters_go=False)
    told, before = rows(other), rows(place)
    assert again.letters_held == 1
    assert {name for name in before if told[name] != before[name]} == {"channels_outgoing"}
    assert again.replaced is not None
    assert files(again.replaced / "files") == files(place.files)
    assert "maybe-sent" in repr(told["channels_outgoing"])

    newer = pytest.raises(UnableToRestore, match="newer than this program")
    with newer:
        put_back(made.file, place=other, secret=KEY, now=now, known=["people.0001_initial"], overwrite=True)
    here = Place.from_settings()
    elsewhere = replace(other, sqlite=None, postgres={}) if here.sqlite else replace(other, sqlite=tmp_path / "x")
    with pytest.raises(UnableToRestore, match="only to the kind of database it came from"):
        put_back(made.file, place=elsewhere, secret=KEY, now=now)

    Worker.objects.create(id="w", host="h", pid=1, started_at=now, seen_at=now)
    lively = the_desk(tmp_path / "lively") if (tmp_path / "lively").mkdir() is None and here.sqlite else place
    with pytest.raises(UnableToRestore, match="Stop the desk"):
        put_back(made.file, place=lively, secret=KEY, now=now + timedelta(seconds=30), overwrite=True)


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.django_db(transaction=True)
def test_what_comes_while_postgresql_is_copied_stays_out(
    make_complaint: Callable[..., Complaint], tmp_path: Path, other: Place, now: datetime
) -> None:
    """The rows are those of the moment at which counting began, whoever writes before the copy is made."""
    import psycopg

    make_complaint()
    place = the_desk(tmp_path)
    before, run = rows(place), backups.run_program

    def late(command: list[str], **named: Any) -> None:
        with psycopg.connect(**cast("Any", dict(place.postgres)), autocommit=True) as line:
            line.execute("INSERT INTO django_content_type (app_label, model) VALUES ('late', 'late')")
        run(command, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "run_program", late)
        made = back_up(place=place, to=tmp_path / "a", secret=None, now=now)
    assert rows(place) != before
    assert put_back(tmp_path / "a", place=other, now=now).rows == made.rows
    assert rows(other) == before
    with psycopg.connect(**cast("Any", dict(place.postgres)), autocommit=True) as line:
        line.execute("DELETE FROM django_content_type WHERE app_label = 'late'")


# ── the file itself: a desk of three tables does for that, on SQLite alone


@pytest.fixture
def tiny(tmp_path: Path) -> Place:
    data = tmp_path / "tiny"
    (data / "files").mkdir(parents=True)
    (data / "files" / "one").write_bytes(b"one file " * 200_000)
    (data / "secret.key").write_text("s", encoding="ascii")
    with closing(sqlite3.connect(data / "amends.sqlite3")) as desk:
        desk.executescript(
            """PRAGMA journal_mode=WAL; CREATE TABLE django_migrations (app, name); CREATE TABLE people_agent (id);
            CREATE TABLE channels_outgoing (state, claimed_at); CREATE TABLE jobs_worker (seen_at);
            CREATE TABLE pairs (a, b); INSERT INTO people_agent VALUES (1);"""
        )
    return Place(data=data, files=data / "files", sqlite=data / "amends.sqlite3")


def empty(tmp_path: Path) -> Place:
    return Place(data=tmp_path / "new", files=tmp_path / "new/files", sqlite=tmp_path / "new/amends.sqlite3")


def test_what_is_written_meanwhile_is_there_whole_or_not_at_all(tiny: Place, tmp_path: Path, now: datetime) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(tiny.sqlite or "", timeout=30)) as desk:
            count = 0
            while not stop.is_set():
                with desk:
                    desk.executemany("INSERT INTO pairs VALUES (?, ?)", [(count, at) for at in range(50)])
                count += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for count in range(3):
            back_up(place=tiny, to=tmp_path / f"{count}.backup", secret=None, now=now)
    finally:
        stop.set()
        writer.join()
    put_back(tmp_path / "2.backup", place=empty(tmp_path), now=now)
    counts = [len(part) for part in _by_first(rows(empty(tmp_path))["pairs"]).values()]
    assert counts
    assert set(counts) == {50}


def _by_first(pairs: list[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for first, second in pairs:
        found.setdefault(first, []).append(second)
    return found


@pytest.mark.parametrize("secret", [None, Secret.passphrase("plums and cappuccino")], ids=["plain", "sealed"])
def test_a_file_that_is_cut_or_altered_is_refused_and_nothing_touched(
    secret: Secret | None, tiny: Place, tmp_path: Path, now: datetime
) -> None:
    whole = tmp_path / "whole.backup"
    back_up(place=tiny, to=whole, secret=secret, now=now)
    raw = whole.read_bytes()
    spoilt = tmp_path / "spoilt.backup"
    cuts = [raw[:size] for size in (0, 10, 40, len(raw) // 2, len(raw) - 8, len(raw) - 1)]
    turned = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in (2, len(raw) // 3, len(raw) - 3)]
    for each in (*cuts, *turned, raw + b"more"):
        spoilt.write_bytes(each)
        with pytest.raises(UnableToRestore, match="Nothing was changed"):
            put_back(spoilt, place=empty(tmp_path), secret=secret, now=now)
        assert not list((tmp_path / "new").iterdir())
    assert put_back(whole, place=empty(tmp_path), secret=secret, now=now).files == 1


def test_the_wrong_key_is_told_from_a_spoilt_file(tiny: Place, tmp_path: Path, now: datetime) -> None:
    back_up(place=tiny, to=tmp_path / "a", secret=Secret.passphrase("plums and cappuccino"), now=now)
    for secret, why in (
        (Secret.passphrase("plums and tea"), "the passphrase does not fit"),
        (KEY, "made with a passphrase"),
        (None, "is encrypted"),
    ):
        with pytest.raises(UnableToRestore, match=why):
            put_back(tmp_path / "a", place=empty(tmp_path), secret=secret, now=now)


def test_who_packs_something_else_into_it_gets_nowhere(tiny: Place, tmp_path: Path, now: datetime) -> None:
    back_up(place=tiny, to=tmp_path / "a", secret=None, now=now)

    def packed(change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Path:
        with tarfile.open(tmp_path / "a", "r:gz") as tar:
            held = {entry.name: cast("io.BufferedReader", tar.extractfile(entry)).read() for entry in tar}
        with tarfile.open(tmp_path / "b", "w:gz") as tar:
            for name, some in change(held).items():
                entry = tarfile.TarInfo(name)
                entry.size = len(some)
                tar.addfile(entry, io.BytesIO(some))
        return tmp_path / "b"

    def first(name: str, some: bytes) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
        return lambda held: {name: some, **held}

    manifest = json.dumps({"kind": "amends-backup", "format": 2}).encode()
    for change, why in (
        (first("files/../../evil", b"x"), "which no backup"),
        (first("/etc/passwd", b"x"), "which no backup"),
        (first("files/more", b"x"), "is not what the manifest says"),
        (lambda held: {**held, "files/one": b"other"}, "files/one is not what the manifest says"),
        (lambda held: {name: some for name, some in held.items() if name != "manifest.json"}, "no manifest"),
        (lambda held: {**held, "manifest.json": b"{"}, "manifest cannot be read"),
        (lambda held: {**held, "manifest.json": manifest}, "not that of a backup"),
    ):
        with pytest.raises(UnableToRestore, match=why):
            put_back(packed(change), place=empty(tmp_path), now=now)
    assert not (tmp_path / "evil").exists()


def test_no_half_file_stands_under_the_final_name(
    tiny: Place, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "to"
    to.mkdir()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("amends.desk.upkeep.backups._add_file", full)
        with pytest.raises(UnableToBackUp, match="No space left"):
            back_up(place=tiny, to=to, secret=KEY, now=now)
    assert list(to.iterdir()) == []
    back_up(place=tiny, to=to / "one", secret=None, now=now)
    with pytest.raises(UnableToBackUp, match="is there already"):
        back_up(place=tiny, to=to / "one", secret=None, now=now)
    with pytest.raises(UnableToBackUp, match="holds no desk"):
        back_up(place=empty(tmp_path), to=to, secret=None, now=now)
    bare = replace(tiny, sqlite=None, postgres={"dbname": "x"})
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UnableToBackUp, match="pg_dump was not found"):
        back_up(place=bare, to=to, secret=None, now=now)


def test_what_may_not_be_read_is_no_backup_and_what_is_missing_is_counted(
    tiny: Place, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tiny.sqlite or "")) as desk, desk:
        desk.execute("CREATE TABLE complaints_attachment (file text)")
        desk.executemany("INSERT INTO complaints_attachment VALUES (?)", [("one",), ("gone",), ("gone",), ("",)])
        desk.execute("CREATE TABLE complaints_archive (place text, spent_at text)")
        desk.executemany("INSERT INTO complaints_archive VALUES (?, ?)", [("archive/a", None), ("archive/b", "then")])
    assert back_up(place=tiny, to=tmp_path / "a", secret=None, now=now).missing == 2
    scandir = os.scandir

    def shut(place: Any) -> Any:
        if str(place) == str(tiny.files):
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", shut)
    with pytest.raises(UnableToBackUp, match="files: Permission denied"):
        back_up(place=tiny, to=tmp_path / "b", secret=None, now=now)
    with pytest.raises(UnableToBackUp, match="There is no folder"):
        back_up(place=tiny, to=tmp_path / "gone" / "b", secret=None, now=now)
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("secret", [None, KEY], ids=["plain", "sealed"])
def test_what_is_sealed_never_lies_open_where_backups_go(
    tiny: Place, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, secret: Secret | None
) -> None:
    copied, seen = backups._copy_sqlite, []

    def watched(place: Place, copy: Path) -> Any:
        seen.append(copy)
        return copied(place, copy)

    monkeypatch.setattr(backups, "_copy_sqlite", watched)
    to = tmp_path / "to"
    to.mkdir()
    back_up(place=tiny, to=to / "one", secret=secret, now=now)
    assert (to in seen[0].parents, tiny.data in seen[0].parents) == (secret is None, secret is not None)
    assert [path.name for path in to.iterdir()] == ["one"]
    assert not list(tiny.data.glob(".*"))


def test_a_disk_that_knows_no_second_name_takes_a_backup_too(
    tiny: Place, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", never)
    back_up(place=tiny, to=tmp_path / "a", secret=KEY, now=now)
    assert put_back(tmp_path / "a", place=empty(tmp_path), secret=KEY, now=now).files == 1


def test_what_a_killed_run_left_goes_with_the_next(tmp_path: Path) -> None:
    dead, fresh, other = (tmp_path / f".x-{name}" for name in ("dead", "fresh", "other"))
    with aside(tmp_path, prefix=".x-") as alive:
        for left in (dead, fresh, tmp_path / "kept"):
            left.mkdir()
            (left / "database").write_bytes(b"words")
        for old in (alive, dead, tmp_path / "kept"):
            os.utime(old, (1, 1))
        other.symlink_to(tmp_path / "kept")
        with aside(tmp_path, prefix=".x-") as second:
            assert {path.name for path in tmp_path.iterdir()} == {
                alive.name, second.name, fresh.name, other.name, "kept",
            }  # fmt: skip
        assert (alive.is_dir(), (tmp_path / "kept" / "database").exists()) == (True, True)
    assert not alive.exists()


def test_the_wish_to_stop_takes_along_what_is_on_its_way(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def told_to_stop() -> None:
        with stopped_in_order(), aside(tmp_path, prefix=".x-"):
            handler: Any = signal.getsignal(signal.SIGTERM)
            assert (handler is not before, len(list(tmp_path.iterdir()))) == (True, 1)
            handler(signal.SIGTERM, None)

    with pytest.raises(SystemExit):
        told_to_stop()
    assert (list(tmp_path.iterdir()), signal.getsignal(signal.SIGTERM)) == ([], before)


def test_a_desk_that_is_in_use_is_left_alone(tiny: Place, tmp_path: Path, now: datetime) -> None:
    back_up(place=tiny, to=tmp_path / "a", secret=None, now=now)
    with closing(sqlite3.connect(tiny.sqlite or "")) as used:
        used.execute("SELECT count(*) FROM pairs").fetchall()
        with pytest.raises(UnableToRestore, match="still uses the database"):
            put_back(tmp_path / "a", place=tiny, now=now, overwrite=True)
    assert put_back(tmp_path / "a", place=tiny, now=now, overwrite=True).replaced is not None


def test_a_folder_of_files_that_is_a_volume_of_its_own_is_filled(
    tiny: Place, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As deploy/ has it: the folder cannot be moved, so what is there stays, and what was broken is whole again."""
    good, later = tiny.files / "ab/good", tiny.files / "cd/later"
    good.parent.mkdir(parents=True)
    good.write_bytes(b"whole")
    back_up(place=tiny, to=tmp_path / "a", secret=None, now=now)
    good.write_bytes(b"cut")
    later.parent.mkdir()
    later.write_bytes(b"came later")
    rename = Path.rename

    def mounted(self: Path, target: Path) -> Path:
        if self == tiny.files:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", mounted)
    done = put_back(tmp_path / "a", place=tiny, now=now, overwrite=True)
    assert (good.read_bytes(), later.read_bytes()) == (b"whole", b"came later")
    assert list(tiny.files.rglob("*.half")) == []
    assert done.replaced is not None
    assert (done.replaced / "amends.sqlite3").exists()


def test_the_commands_say_what_they_did(tiny: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, file, new = CliRunner().invoke, tmp_path / "desk.backup", empty(tmp_path)
    monkeypatch.setattr(Place, "from_settings", lambda: tiny)
    short = run(main, ["backup", str(file), "--data", str(tiny.data)], env={"AMENDS_BACKUP_PASSPHRASE": "plums"})
    assert (short.exit_code, "at least 12 characters" in short.stderr, file.exists()) == (1, True, False)
    bad = tmp_path / "bad.key"
    bad.write_text("bm90IDMyIGJ5dGVz", encoding="ascii")
    told = run(main, ["backup", str(file), "--key-file", str(bad), "--data", str(tiny.data)])
    assert "12 bytes and not 32" in told.stderr
    assert "There is no data folder" in run(main, ["backup", str(file), "--data", str(tmp_path / "gone")]).stderr

    spoken = {"AMENDS_BACKUP_PASSPHRASE": "plums and cappuccino"}
    told = run(main, ["backup", str(file), "--data", str(tiny.data)], env=spoken)
    assert (told.exit_code, "encrypted. Rows: 1. Files: 1." in told.stdout) == (0, True)
    monkeypatch.setattr(Place, "from_settings", lambda: new)
    told = run(main, ["restore", str(file), "--data", str(new.data)], env=spoken)
    assert (told.exit_code, told.stderr) == (0, "")
    assert "Rows: 1 in 5 tables. Files: 1. Keys: secret.key." in told.stdout
    told = run(main, ["restore", str(file), "--data", str(new.data)], env=spoken)
    assert (told.exit_code, "holds a desk already" in told.stderr) == (1, True)
    told = run(main, ["restore", str(file), "--data", str(new.data)], input="plums and tea\n")
    assert (told.exit_code, "the passphrase does not fit" in told.stderr) == (1, True)
    back_up(place=tiny, to=tmp_path / "by-key.backup", secret=KEY, now=datetime(2026, 10, 14, 6, tzinfo=UTC))
    told = run(main, ["restore", str(tmp_path / "by-key.backup"), "--data", str(new.data)])  # nobody is asked for words
    assert (told.exit_code, "--key-file" in told.stderr, "Passphrase" in told.stderr) == (1, True, False)


@pytest.mark.parametrize(("is_file", "words"), [(True, "What was there before"), (False, "tables that were there are")])
def test_what_is_gone_is_not_said_to_lie_aside(
    *, is_file: bool, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = empty(tmp_path) if is_file else replace(empty(tmp_path), sqlite=None, postgres={"dbname": "x"})
    monkeypatch.setattr(Place, "from_settings", lambda: place)
    told = {"made_at": "then", "program": "0", "rows": 1, "tables": 1, "files": 0, "keys": (), "letters_held": 0}
    done = Restored(**cast("Any", told), replaced=tmp_path / "replaced", is_older=False)
    monkeypatch.setattr("amends.desk.upkeep.restoring.restore", lambda **_: done)
    (tmp_path / "a").write_bytes(b"a backup")
    said = CliRunner().invoke(main, ["restore", str(tmp_path / "a"), "--data", str(tmp_path)])
    assert (said.exit_code, words in said.stdout) == (0, True), said.output


@pytest.mark.django_db(transaction=True)
def test_what_was_archived_comes_back_and_is_read_there(
    make_complaint: Callable[..., Complaint], tmp_path: Path, other: Place, now: datetime
) -> None:
    complaint = make_complaint(text="Kargom gelmedi; بسته نرسید. " * 40)
    event = complaint.events.earliest("sequence")
    mime = b"Subject: \xc3\x9c\n\n" + b"Kargonuz yolda. " * 40
    Outgoing.objects.create(
        event=event, complaint=complaint, recipient="a@mail.example", mime=mime, message_id="<1@desk.example>",
        not_before=now, state=OutgoingState.SENT,
    )  # fmt: skip
    Complaint.objects.update(live=False)
    assert archiving.archive(ended_before=now + timedelta(days=1), now=now).complaints == 1
    place = the_desk(tmp_path)
    made = back_up(place=place, to=tmp_path, secret=KEY, now=now)
    put_back(made.file, place=other, secret=KEY, now=now)
    assert rows(other) == rows(place)
    archive = Archive.objects.get()
    assert unpress_letters((other.files / archive.place).read_bytes()) == (mime,)
