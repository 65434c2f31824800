"""A few rounds of `make soak` with everything failing: real workers, a real line to a mail server, a full disk."""

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


# Without a transaction around it: a backup waits for ever for one that is open in its own process.
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        return  # it runs on a database file of its own, whatever the tests run on
    connection.ensure_connection()
    with closing(sqlite3.connect(tmp_path / "amends.sqlite3")) as copy:
        connection.connection.backup(copy)  # the schema, without migrating again
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, str(SOAK), "--storm", "--rounds", "4", "--seed", "2", "--data", str(tmp_path)]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "none lost, none twice" in told.stdout
