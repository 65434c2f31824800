"""How far SQLite walks for a page: what it was asked is what it answers by an index, whatever it counted before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.desk.complaints import inbox, whole
from amends.desk.web import questions

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL counts what it holds by itself"),
]

COUNTED = {
    "1000000 1": "tbl = 'complaints_complaint' AND idx IS NOT NULL",
    "1000000 1000000": "idx LIKE '%merged_into%'",
    "1000000 500000 4 1": "idx = 'complaint_by_last_event'",
    "10000 10000 910 455 304": "idx = 'complaint_in_lists'",
}


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(questions, "_known", {})


@pytest.fixture
def counted(make_complaint, now):
    """What SQLite counted of a great many complaints, of which none was merged."""
    complaint = make_complaint(at=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for stat, which in COUNTED.items():
            cursor.execute(f"UPDATE sqlite_stat1 SET stat = '{stat}' WHERE {which}")
        cursor.execute("ANALYZE sqlite_schema")  # which reads them anew
    return complaint


def walks(asked):
    """How SQLite reads complaints for some questions."""
    told = []
    with connection.cursor() as cursor:
        for one in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {one['sql']}")
            told += [row[-1] for row in cursor.fetchall()]
    return told


def test_the_events_of_one_complaint(counted):
    with CaptureQueriesContext(connection) as asked:
        assert whole.events(counted)
    assert not [how for how in walks(asked.captured_queries) if how.startswith("SCAN U0")]


@pytest.mark.parametrize("view", ["team", "ours", "waiting", "third", "today", "overdue", "due", "hot"])
def test_lists_of_everybody_are_counted_by_one_index(counted, make_agent, now, view):
    reader = make_agent()
    with CaptureQueriesContext(connection) as asked:
        inbox.count(agent=reader, view=view, now=now, around=inbox.Circle())
    assert [how for how in walks(asked.captured_queries) if "COVERING INDEX complaint_in_lists" in how]
