"""A copy of the database that really streams (PostgreSQL's own): figures are read from it, and never when it is behind.

What stands in another file: where a page reads, by room and by who asks (`test_replica.py`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, router
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent, Role
from amends.desk.settings import _postgres
from amends.desk.upkeep import replica

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
from postgres import find_postgres, running_copy

TRIES = 20_000  # each is a question to the server: it comes within a few, on a slow machine within some hundred


class Copy:
    """The copy of the database that these tests run on."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self.stop = stop

    def ask(self, question: str) -> Any:
        with connections["replica"].cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None

    def has(self, written: Callable[[], bool]) -> bool:
        """Wait until something stands there."""
        return any(written() for _ in range(TRIES))


@pytest.fixture
def copy(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    """Start a copy of this run's own server, and let pages of figures read it."""
    del transactional_db
    if connection.vendor != "postgresql":
        pytest.skip("seen on PostgreSQL")
    home = find_postgres()
    if home is None or not (home / "pg_basebackup").exists():
        why = "no pg_basebackup found (Debian: apt-get install postgresql)"
        (pytest.fail if os.environ.get("AMENDS_NO_SKIPS") == "1" else pytest.skip)(why)
    told = connection.settings_dict
    with running_copy(home, host=told["HOST"], port=int(told["PORT"]), user=told["USER"]) as (port, stop):
        there = told | _postgres(
            "AMENDS_REPLICA", f"postgresql://{told['USER']}@127.0.0.1:{port}/{told['NAME']}", only_reads=True
        )
        monkeypatch.setitem(connections.settings, "replica", there)
        monkeypatch.setattr(connections["replica"], "ensure_connection", opened)
        monkeypatch.setattr(replica, "LOOKED", 0.0)
        monkeypatch.setitem(router.__dict__, "routers", [replica.Router()])
        monkeypatch.setitem(settings.DATABASES, "replica", there)
        monkeypatch.setattr(settings, "MIDDLEWARE", [*settings.MIDDLEWARE, "amends.desk.upkeep.replica.ReadsFromCopy"])
        yield Copy(stop)
        connections["replica"].close()
        del connections["replica"]


def opened() -> None:
    """Open the line to the copy: while a test runs, Django opens by itself only what was there before it."""
    line = connections["replica"]
    if line.connection is None:
        with line.wrap_database_errors:
            line.connect()


def read_there(client: Client) -> int:
    """Open a page of figures; return how many questions the copy was asked beside the one about its age."""
    with CaptureQueriesContext(connections["replica"]) as asked:
        assert client.get("/desk/insight/").status_code == 200
    return len([one for one in asked.captured_queries if "pg_last_xact_replay_timestamp" not in one["sql"]])


def test_a_copy_that_streams_is_read_and_nothing_is_written_there(
    copy: Copy, client: Client, make_complaint: Callable[..., Complaint], make_agent: Callable[..., Agent]
) -> None:
    client.force_login(make_agent(role=Role.QUALITY))
    complaint = make_complaint()
    there = Complaint.objects.using("replica").filter(pk=complaint.pk)
    assert copy.has(there.exists)
    assert read_there(client) > 0

    with pytest.raises(DatabaseError, match="read-only"):
        copy.ask("INSERT INTO complaints_numbering (id, last) VALUES (9, 9) RETURNING id")

    copy.ask("SELECT 1 FROM pg_wal_replay_pause()")  # it falls behind
    make_complaint()
    assert copy.has(lambda: copy.ask("SELECT pg_last_wal_receive_lsn() <> pg_last_wal_replay_lsn()"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replica, "BEHIND", timedelta(0))
        assert read_there(client) == 0
    copy.ask("SELECT 1 FROM pg_wal_replay_resume()")
    assert copy.has(lambda: Complaint.objects.using("replica").count() == 2)
    assert read_there(client) > 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replica, "BEHIND", timedelta(0))
        assert any(read_there(client) > 0 for _ in range(200))  # at once, unless the server just cleaned up somewhere
        copy.ask("ALTER SYSTEM SET primary_conninfo = ''")  # its line to the database ends; what it has, it has laid in
        copy.ask("SELECT pg_reload_conf()")
        assert copy.has(lambda: copy.ask("SELECT NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver)"))
        assert read_there(client) == 0

    assert copy.ask("SELECT pg_promote()")  # it goes its own way
    assert read_there(client) == 0

    copy.stop()  # it dies
    assert read_there(client) == 0


@pytest.mark.django_db
def test_a_machine_that_loses_power_holds_nothing_for_long() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("seen on PostgreSQL")
    with connection.cursor() as cursor:
        asked = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count")
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')::int" for name in asked))
        idle, interval, count = cursor.fetchone()
    assert idle + interval * count <= 60
