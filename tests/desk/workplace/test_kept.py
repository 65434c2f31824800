"""A row of the list is drawn once for as long as it shows the same."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context
from django.utils import timezone, translation

from amends.desk import workplace
from amends.desk.clocks.queries import Age
from amends.desk.complaints.queries import Row
from amends.desk.complaints.tags import Word
from amends.desk.workplace.templatetags import kept
from amends.desk.workplace.templatetags.kept import Kept, drawn_rows

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROW = Row(
    id=1, number=1001, customer_id=1, customer_name="Ayşe <Kara>", subject="Where is it", preview="Where is my parcel",
    language="en", channel="mail", channel_name="Mail", owner_id=2, owner_name="Deniz", team_name="", stage="received",
    turn="ours", waiting_since=NOW - timedelta(hours=3), waiting=timedelta(hours=3), heat=0,
    promise_due_at=NOW + timedelta(hours=8), promise_whole_day=False, promise_state="soon", back_at=None,
    snoozed_until=None, people=1, handovers=0, third_person=False, failed_again=False, unread=False, mine=True,
    asked=False, watched=False, draft="", worth=0, why="promised", why_at=None, received_at=NOW, cursor="abc",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _empty(monkeypatch):
    monkeypatch.setattr(kept, "kept", Kept())


def drawn(row=ROW, *, now=NOW, tags=None, ages=None, opened=0, query="view=now", search="", language="en", zone="UTC"):
    """Draw one row; return it, and whether it had to be drawn."""
    told = {
        "rows": [row], "tags": tags or {}, "ages": ages or {}, "asked": SimpleNamespace(query=query),
        "search": search, "reader": SimpleNamespace(now=now), "complaint": {"number": opened},
    }  # fmt: skip
    before = set(kept.kept.rows)
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        said = drawn_rows(Context(told))
    return said, bool(set(kept.kept.rows) - before)


def test_it_is_drawn_once():
    first, anew = drawn()
    assert anew
    assert "Ayşe &lt;Kara&gt;" in first
    assert drawn() == (first, False)
    assert drawn(replace(ROW, cursor="other", waiting=timedelta(hours=3, minutes=5))) == (first, False)


@pytest.mark.parametrize(
    "changed",
    [
        {"row": replace(ROW, subject="Where is it now")},
        {"row": replace(ROW, unread=True)},
        {"row": replace(ROW, waiting=timedelta(hours=4))},
        {"row": replace(ROW, mine=False)},
        {"tags": {1: [Word(id=1, name="parcel")]}},
        {"ages": {1: Age(shade="over", sentence="Too old", due_at=NOW, whole_day=False)}},
        {"opened": 1001},
        {"query": "view=all"},
        {"search": "parcel"},
        {"language": "tr"},
        {"zone": "Asia/Tehran"},
    ],
)
def test_whatever_it_shows_draws_it_anew(changed):
    first, _anew = drawn()
    other, anew = drawn(**changed)
    assert anew
    assert other != first


def test_nothing_is_kept_for_longer_than_ten_minutes():
    drawn()
    assert not drawn(now=NOW + timedelta(minutes=9))[1]
    first = kept.kept.rows
    drawn(now=NOW + timedelta(minutes=10))
    assert kept.kept.rows is not first
    assert len(kept.kept.rows) == 1


def test_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 8)
    for number in range(20):
        drawn(replace(ROW, number=number))
        assert len(kept.kept.rows) <= 8
    assert not drawn(replace(ROW, number=19))[1]


def test_a_row_shows_nothing_by_which_it_is_not_found_again():
    page = (Path(workplace.__file__).parent / "templates/workplace/row.html").read_text(encoding="utf-8")
    parts = [
        (Path(workplace.__file__).parent / f"templates/workplace/parts/{name}.html").read_text(encoding="utf-8")
        for name in ("why", "heat_word")
    ]
    told = set(re.findall(r"\brow\.(\w+)", "".join([page, *parts])))
    assert told <= {one.name for one in fields(Row)}
    assert told & kept.UNSEEN == {"id", "waiting"}  # by which its tags and its age are found; and its largest unit
    assert page.count("row.waiting") == page.count("row.waiting|span") + page.count("row.waiting_since")
    assert page.count("row.id") == page.count("|get:row.id")
