"""Files in an object store: kept, handed out, erased, backed up and looked after there; a real server answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from amends.batch.stores import Store, UnableToName
from amends.desk.complaints import actions
from amends.desk.complaints.models import Attachment, Complaint
from amends.desk.portal import kept_files
from amends.desk.settings import files
from amends.desk.upkeep import doctor, lake
from amends.desk.upkeep.backups import UnableToBackUp, back_up_into_store
from amends.desk.upkeep.place import Place
from amends.desk.upkeep.restoring import UnableToRestore, restore


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("s3:///prefix", "write s3://bucket"),
        ("s3://key:secret@bucket/prefix", "no key stands in an address"),
        ("s3://bucket/a/../../b", "the path goes up"),
        ("s3://bucket?endpont=https://s3.example", "endpont is not known"),
        ("s3://bucket?endpoint=file:///etc/passwd", "write https://host"),
        ("s3://bucket?endpoint=https://s3.example/path", "a host and a port, and nothing else"),
        ("s3://bucket?endpoint=https://me:word@s3.example", "a host and a port, and nothing else"),
        ("s3://bucket?endpoint=http://169.254.169.254", "keys are not sent there"),
        ("s3://bucket?endpoint=http://[::ffff:169.254.169.254]", "keys are not sent there"),
        ("s3://bucket?endpoint=http://metadata.google.internal.", "keys are not sent there"),
    ],
)
def test_an_address_that_keys_must_not_be_sent_to_is_refused(url: str, why: str) -> None:
    with pytest.raises(UnableToName, match=why) as told:
        Store.from_url(url)
    assert "secret" not in str(told.value)
    assert "word" not in str(told.value).replace("passwd", "")
    with pytest.raises(ImproperlyConfigured, match="AMENDS_FILES"):
        files.store(url)


def test_an_address_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert files.store("") is None
    plain = Store.from_url("s3://desk/a/b/?region=eu-central-1")
    assert (plain.path("ab", "c"), plain.endpoint, plain.by_path, str(plain)) == (
        "desk/a/b/ab/c",
        "",
        False,
        "s3://desk/a/b",
    )
    own = Store.from_url("s3://desk?endpoint=http://10.1.1.1:9000")
    assert (own.endpoint, own.by_path, own.is_readable_on_the_way) == ("http://10.1.1.1:9000", True, True)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://169.254.169.254")
    with pytest.raises(UnableToName, match="keys are not sent there"):
        Store.from_url("s3://desk")


@contextmanager
def _kept_in(store: Store, settings: Any) -> Iterator[None]:
    before = settings.STORAGES
    settings.FILES = store
    settings.STORAGES = {**before, "default": files.storage(store)}
    yield
    settings.FILES, settings.STORAGES = None, before


@pytest.mark.scale("boto3", "moto")
@pytest.mark.filterwarnings("default")  # what the store's library says of itself
@pytest.mark.django_db(transaction=True)
def test_files_live_in_a_store(
    bucket: str,
    make_complaint: Callable[..., Complaint],
    make_agent: Callable[..., Any],
    request: pytest.FixtureRequest,
    now: datetime,
) -> None:
    settings, tmp_path, client = (request.getfixturevalue(name) for name in ("settings", "tmp_path", "client"))
    store = Store.from_url(bucket)
    with _kept_in(store, settings):
        complaint = make_complaint()
        picture = actions.Upload(name="kutu.jpg", media_type="image/jpeg", body=b"\x00\xffjpg" * 1000)
        actions.append(
            complaint=complaint,
            kind="customer-wrote",
            by="customer",
            text="Resim",
            now=now,
            attachments=[picture, picture],
        )
        one, two = Attachment.objects.order_by("pk")
        assert one.file.name == two.file.name == f"{one.sha256[:2]}/{one.sha256}"
        assert store.names() == [one.file.name]
        assert not Path(settings.MEDIA_ROOT).exists()

        client.force_login(make_agent())
        answer = client.get(reverse("workplace:file", args=[one.pk]))
        assert b"".join(answer.streaming_content) == picture.body
        answer.close()

        waits = kept_files.keep([SimpleUploadedFile("a.txt", b"what waits", "text/plain")])
        signed = kept_files.sign(waits)
        assert [file.read() for file in kept_files.fetch(kept_files.known(signed))] == [b"what waits"]
        assert kept_files.sweep(now=datetime.now(tz=now.tzinfo)) == 0
        assert kept_files.sweep(now=datetime.now(tz=now.tzinfo) + timedelta(days=2)) == 1
        assert kept_files.known(signed) == []

        assert {one.check: one.state for one in doctor.examine(now=now)}["files"] == "well"
        assert {one.check: one.state for one in doctor.examine(now=now)}["store"] == "well"
        _back_and_forth(store, tmp_path, now=now)
        _poured(Store.from_url(bucket.replace("/of/files", "/lake")), complaint, now=now)

        store.remove(one.file.name)
        assert {one.check: one.state for one in doctor.examine(now=now)}["files"] == "ill"
        settings.STORAGES = {**settings.STORAGES, "default": files.storage(replace(store, bucket="not-there"))}
        told = {one.check: one for one in doctor.examine(now=now)}
        assert (told["store"].state, "NoSuchBucket" in told["store"].says) == ("ill", True)


def _back_and_forth(store: Store, tmp_path: Path, *, now: datetime) -> None:
    """A backup goes into the store; what it holds comes back into another place of the store."""
    place = replace(Place.from_settings(), data=tmp_path, store=store)
    if place.sqlite is not None:  # that of the tests lies in memory
        place = replace(place, sqlite=tmp_path / "amends.sqlite3")
        with closing(sqlite3.connect(tmp_path / "amends.sqlite3")) as file:
            connection.connection.backup(file)
    backups, fresh = replace(store, prefix="backups"), replace(store, prefix="fresh")
    made = back_up_into_store(place=place, to=backups, secret=None, now=now)
    assert (made.files, backups.names()) == (1, ["amends-20261014T060000Z.backup"])
    with pytest.raises(UnableToBackUp, match="is there already"):
        back_up_into_store(place=place, to=backups, secret=None, now=now)
    if place.sqlite is None:
        return
    other = Place(data=tmp_path / "o", files=tmp_path / "o/f", sqlite=tmp_path / "o/amends.sqlite3", store=fresh)
    known = [f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations]
    backups.fetch(backups.names()[0], tmp_path / "fetched")
    how: dict[str, Any] = {"secret": None, "known": known, "letters_go": True, "now": now}
    done = restore(file=tmp_path / "fetched", place=other, overwrite=False, **how)
    assert (done.files, fresh.names()) == (1, store.names())
    assert fresh.read(fresh.names()[0]) == store.read(store.names()[0])
    with pytest.raises(UnableToRestore, match="holds a desk already"):
        restore(file=tmp_path / "fetched", place=other, overwrite=False, **how)


def _poured(place: Store, complaint: Complaint, *, now: datetime) -> None:
    """A lake in a bucket is kept as one in a folder is: a day anew when it changed, and gone with its last word."""
    Complaint.objects.filter(pk=complaint.pk).update(stage="closed", closed_at=now, last_event_at=now)
    how: dict[str, Any] = {"folder": place, "zone": ZoneInfo("UTC"), "names": True, "now": now}
    assert (lake.pour(**how).written, lake.pour(**how).left) == (1, 1)
    assert place.names() == ["ended=2026-10-14/conversations.parquet"]
    Complaint.objects.filter(pk=complaint.pk).update(stage="open", closed_at=None)
    assert (lake.pour(**how).removed, place.names()) == (1, [])
