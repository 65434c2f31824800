"""Who waits for somebody else's writing on SQLite asks again soon, for as long as the settings say."""

import sqlite3
from contextlib import closing

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper as Usual
from django.db.utils import OperationalError

from amends.desk.web.sqlite.base import STEP, DatabaseWrapper, asked_again

NEVER_LATE = (0.0).__abs__  # a clock that stands still


@pytest.fixture
def place(tmp_path):
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def somebody(place):
    """Another connection, which writes just now."""
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE word (said TEXT)")
        other.execute("BEGIN IMMEDIATE")
        yield other


def connected(place, *, timeout):
    settings = {
        "NAME": str(place),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": timeout},
        "AUTOCOMMIT": True,
        "TIME_ZONE": None,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
    }
    return DatabaseWrapper(settings, alias="beside")


def busy(place):
    """Meet somebody who writes."""
    with closing(sqlite3.connect(place, timeout=0, isolation_level=None)) as one:
        one.execute("BEGIN IMMEDIATE")


def test_it_is_asked_again_until_the_other_one_has_written(place, somebody):
    asked = []

    def ask():
        asked.append(1)
        if len(asked) == 3:
            somebody.execute("COMMIT")
        busy(place)
        return "done"

    assert asked_again(ask, patience=20, clock=NEVER_LATE) == "done"
    assert len(asked) == 3


def test_patience_ends(place, somebody):
    moments = iter([0.0, 1.0, 19.0, 20.0])
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        asked_again(lambda: busy(place), patience=20, clock=lambda: next(moments))
    assert next(moments, None) is None
    assert somebody.in_transaction


@pytest.mark.parametrize("trouble", [sqlite3.OperationalError("no such table: word"), OperationalError("disk full")])
def test_what_nobody_is_in_the_way_of_is_not_asked_again(trouble):
    asked = []

    def ask():
        asked.append(1)
        raise trouble

    with pytest.raises(type(trouble)):
        asked_again(ask, patience=20, clock=NEVER_LATE)
    assert len(asked) == 1


def test_what_was_read_before_somebody_wrote_is_not_asked_again(place, somebody):
    somebody.execute("COMMIT")
    asked = []
    with closing(sqlite3.connect(place, timeout=0, isolation_level=None)) as one:
        one.execute("BEGIN")
        one.execute("SELECT * FROM word").fetchall()
        somebody.execute("INSERT INTO word VALUES ('new')")

        def ask():
            asked.append(1)
            one.execute("INSERT INTO word VALUES ('late')")

        with pytest.raises(sqlite3.OperationalError):
            asked_again(ask, patience=20, clock=NEVER_LATE)
    assert len(asked) == 1


@pytest.mark.django_db
class TestConnection:
    def test_it_waits_in_short_steps_and_has_the_patience_of_the_settings(self, place):
        one = connected(place, timeout=20)
        with closing(one), one.cursor() as cursor:
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == (STEP,)
            assert cursor.cursor.patience == one.patience == 20

    def test_without_patience_it_says_at_once_that_somebody_writes(self, place, somebody):
        one = connected(place, timeout=0)
        with closing(one):
            with one.cursor() as cursor, pytest.raises(OperationalError, match="locked"):
                cursor.execute("INSERT INTO word VALUES ('mine')")
            somebody.execute("COMMIT")
            with one.cursor() as cursor:
                cursor.execute("INSERT INTO word VALUES ('mine')")
                assert cursor.execute("SELECT said FROM word").fetchall() == [("mine",)]

    def test_many_values_outside_of_a_transaction_are_asked_once(self, place, somebody):
        somebody.execute("COMMIT")
        one = connected(place, timeout=20)
        with closing(one), one.cursor() as cursor:
            cursor.executemany("INSERT INTO word VALUES (%s)", [["a"], ["b"]])
            assert cursor.execute("SELECT count(*) FROM word").fetchone() == (2,)
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == (STEP,)

    def test_a_commit_is_patient_too(self, place, somebody, monkeypatch):
        somebody.execute("COMMIT")
        one, commits = connected(place, timeout=20), []

        def commit(wrapper):
            commits.append(1)
            if len(commits) == 1:
                raise met from met.__cause__
            return usual(wrapper)

        usual = Usual._commit
        somebody.execute("BEGIN IMMEDIATE")
        try:
            busy(place)
        except sqlite3.OperationalError as error:
            met = OperationalError("database is locked")
            met.__cause__ = error
        somebody.execute("COMMIT")
        monkeypatch.setattr(Usual, "_commit", commit)
        with closing(one):
            one.ensure_connection()
            one.connection.execute("BEGIN IMMEDIATE")
            one.connection.execute("INSERT INTO word VALUES ('kept')")
            one._commit()
        assert len(commits) == 2
        assert somebody.execute("SELECT said FROM word").fetchall() == [("kept",)]
