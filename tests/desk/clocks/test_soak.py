"""Real worker processes, really killed: a few rounds of `make soak`."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

SOAK = Path(__file__).resolve().parents[3] / "tools" / "soak.py"
ROUNDS = 3


# Without a transaction around it: a backup waits for ever for one that is open in its own process.
@pytest.mark.django_db(transaction=True)
def test_workers_that_are_killed_say_everything_once(tmp_path):
    if connection.vendor != "sqlite":
        return  # it runs on a database file of its own, whatever the tests run on
    connection.ensure_connection()
    with closing(sqlite3.connect(tmp_path / "amends.sqlite3")) as copy:
        connection.connection.backup(copy)  # the schema, without migrating again
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told = subprocess.run(
        [sys.executable, str(SOAK), "--rounds", str(ROUNDS), "--data", str(tmp_path)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "everything said once" in told.stdout
