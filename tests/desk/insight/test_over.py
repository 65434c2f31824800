"""Week by week: what rises above chance is marked, and nothing is told from a few weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.desk.insight.bar import read
from amends.desk.insight.over import Period, limits, periods
from amends.desk.insight.over_pictures import came_in
from amends.desk.insight.spans import Part

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
A_WEEK = timedelta(days=7)


@pytest.fixture
def week(now):
    choice = read({}, language="en", now=now).choice

    def made(place, complaints, *, is_whole=True):
        since = BEGINS + place * A_WEEK
        part = Part(since=since, until=since + A_WEEK, words=f"{since:%d %b}", label="", is_whole=is_whole)
        return Period(part=part, choice=choice, complaints=complaints, to_a_person=None, at_most_two=None, kept=None)

    return made


pytestmark = pytest.mark.django_db


def test_a_week_beyond_chance_is_above_its_line(week):
    found = [week(place, count) for place, count in enumerate((52, 61, 48, 70, 55, 66, 43, 74, 58, 63, 49, 140))]
    lines = limits(found)
    assert [one.complaints > line for one, line in zip(found, lines, strict=True)] == [False] * 11 + [True]
    # 64.9 a week; by the moving range the weeks vary 2.5 times as much as by chance alone.
    assert {round(line) for line in lines} == {125}
    drawn = came_in(tuple(found), limits=lines, language="en")
    assert drawn is not None
    assert drawn != came_in(tuple(found), limits=(None,) * 12, language="en")


def test_weeks_that_vary_much_are_no_alarm(week):
    counts = (5200, 6100, 4800, 7000, 5500, 6600, 4300, 7400, 5800, 6300, 4900, 6900)
    found = [week(place, count) for place, count in enumerate(counts)]
    assert all(one.complaints <= line for one, line in zip(found, limits(found), strict=True))


@pytest.mark.parametrize("counts", [(3, 0, 4), (0,) * 12, (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)])
def test_of_a_few_weeks_or_complaints_nothing_is_told(week, counts):
    found = [week(place, count) for place, count in enumerate(counts)]
    assert limits(found) == (None,) * len(counts)


def test_what_is_cut_off_has_no_line(week):
    found = [week(place, 20 + place % 3, is_whole=place not in {0, 9}) for place in range(10)]
    lines = limits(found)
    assert (lines[0], lines[9]) == (None, None)
    assert None not in lines[1:9]


def test_the_page_says_what_its_line_is(client, make_agent, make_complaint, now, monkeypatch):
    monkeypatch.setattr("amends.desk.insight.over_views.timezone.now", lambda: now)
    for place in range(13):
        for _one in range(8 if place == 3 else 1):
            make_complaint(at=now - timedelta(days=4 + 7 * place))
    client.force_login(make_agent(language="en"))
    page = client.get("/desk/insight/over-time/?span=90&by=week").content.decode()
    assert "Laney" in page
    assert page.count(">more than chance<") == 1
    assert periods(read({"span": "90", "by": "week"}, language="en", now=now))


def test_silence_before_the_first_complaint_says_nothing(week):
    counts = (52, 61, 48, 70, 55, 66, 43, 74, 58)
    found = [week(place, count) for place, count in enumerate((0,) * 20 + counts)]
    lines = limits(found)
    assert lines[:20] == (None,) * 20
    assert [round(line) for line in lines[20:]] == [round(line) for line in limits(found[20:])]
    assert all(one.complaints <= line for one, line in zip(found[20:], lines[20:], strict=True))
