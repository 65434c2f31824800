"""Ground of all tests: no network beyond loopback, one clock, plain static files."""

import importlib.util
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
os.environ.setdefault("AIOSMTPD_CONTROLLER_TIMEOUT", "120")  # seconds in which a mail server of a test is ready
from object_store import KEYS, make_bucket, running_object_store

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("house")


def pytest_runtest_setup(item):
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    for mark in item.iter_markers("scale"):
        if missing := [name for name in mark.args if importlib.util.find_spec(name) is None]:
            why = f"{', '.join(missing)}: not here. Run make build/scale; PYTHONPATH as in tools/run_tests.py"
            (pytest.fail if os.environ.get("AMENDS_NO_SKIPS") == "1" else pytest.skip)(why)


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    """Pages find their static files without a manifest; files land in a temporary folder."""
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STATIC_ROOT = tmp_path


@pytest.fixture(autouse=True)
def in_english():
    """A test that opened a page in another language leaves nothing behind."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Make the tables as they are; that migrations arrive at the same is a test of its own."""
    from django.db import connection

    connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Add what no model can say, where no migration did."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    from amends.desk.complaints import full_text
    from amends.desk.upkeep import tables

    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()
    if not in_memory and not str(connection.settings_dict["NAME"]).startswith("test_"):
        return  # no test asks for a database
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            full_text.lay_out(editor)
        MigrationRecorder(connection).ensure_schema()
        tables.note_all_migrations(connection)


@pytest.fixture
def now():
    """A Wednesday morning in Istanbul, Tehran and Ulaanbaatar alike."""
    return datetime(2026, 10, 14, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def store_server():
    """A server that speaks S3, on loopback, in a process of its own; yields its port."""
    with running_object_store() as port:
        yield port


@pytest.fixture
def bucket(store_server, monkeypatch):
    """The address of an empty bucket, as AMENDS_FILES takes it, with keys that fit in the environment."""
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    name = f"desk-{uuid4().hex[:12]}"
    make_bucket(store_server, name)
    return f"s3://{name}/of/files?endpoint=http://127.0.0.1:{store_server}&region=us-east-1"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of measuring data; skips where it is absent."""
    place = os.environ.get("AMENDS_SHARED_DATA", "")
    if not place or not Path(place).is_dir():
        pytest.skip("AMENDS_SHARED_DATA names no folder: the measuring data is not here")
    return Path(place)
