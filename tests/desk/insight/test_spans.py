"""Weeks and months as their reader counts them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from amends.desk.insight import spans
from amends.desk.insight.forms import choice

ISTANBUL = ZoneInfo("Europe/Istanbul")
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)  # Tuesday, 3 Azar 1405


@pytest.mark.parametrize(
    ("name", "language", "since", "until"),
    [
        ("last-week", "en", date(2026, 11, 16), date(2026, 11, 23)),
        ("last-week", "fa", date(2026, 11, 14), date(2026, 11, 21)),
        ("last-month", "tr", date(2026, 10, 1), date(2026, 11, 1)),
        ("last-month", "fa", date(2026, 10, 23), date(2026, 11, 22)),  # Aban
        ("last-quarter", "mn", date(2026, 7, 1), date(2026, 10, 1)),
        ("last-quarter", "fa", date(2026, 6, 22), date(2026, 9, 23)),  # summer
        ("last-year", "en", date(2025, 1, 1), date(2026, 1, 1)),
        ("last-year", "fa", date(2025, 3, 21), date(2026, 3, 21)),
    ],
)
def test_a_span_is_cut_out_of_the_readers_calendar(name, language, since, until):
    found = spans.span(name, now=NOW, language=language, zone=ISTANBUL)
    assert found == (spans.midnight(since, ISTANBUL), spans.midnight(until, ISTANBUL))


def test_a_month_that_goes_on_ends_now_and_days_go_back_from_now():
    assert spans.span("this-month", now=NOW, language="en", zone=ISTANBUL)[1] == NOW
    assert spans.span("90", now=NOW, language="fa", zone=ISTANBUL) == (NOW - timedelta(days=90), NOW)


@pytest.mark.parametrize("by", ["week", "month"])
@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("days", [30, 90, 365])
def test_parts_follow_each_other_without_a_gap_and_cover_the_span(by, language, days):
    since = NOW - timedelta(days=days)
    parts = spans.parts(since=since, until=NOW, by=by, language=language, zone=ISTANBUL)
    assert (parts[0].since, parts[-1].until) == (since, NOW)
    assert all(one.until == after.since for one, after in pairwise(parts))
    assert len({part.words for part in parts}) == len(parts)
    assert not parts[-1].is_whole
    assert all(part.is_whole for part in parts[1:-1])


def test_what_the_clock_turns_back_changes_no_day():
    london = ZoneInfo("Europe/London")
    since, until = datetime(2026, 10, 19, tzinfo=london), datetime(2026, 11, 2, tzinfo=london)
    parts = spans.parts(since=since, until=until, by="week", language="en", zone=london)
    assert [part.until.timestamp() - part.since.timestamp() for part in parts] == [7 * 86400 + 3600, 7 * 86400]


def test_months_are_named_in_the_calendar_of_the_reader():
    since, until = spans.span("last-quarter", now=NOW, language="fa", zone=ISTANBUL)
    parts = spans.parts(since=since, until=until, by="month", language="fa", zone=ISTANBUL)
    assert [part.words for part in parts] == ["تیر ۱۴۰۵", "مرداد ۱۴۰۵", "شهریور ۱۴۰۵"]
    assert spans.told(since, until, language="fa", zone=ISTANBUL) == "۱ تیر ۱۴۰۵ – ۳۱ شهریور ۱۴۰۵"


def read(**query):
    return choice(query, known={"channel": {"mail": "Mail"}}, now=NOW, language="en", zone=ISTANBUL)


def test_an_address_tells_the_choice_and_its_door_the_very_moments():
    chosen = read(span="last-month", by="week", channel="mail")
    assert chosen.query == "span=last-month&by=week&channel=mail"
    again = read(**dict(pair.split("=") for pair in chosen.door_query.split("&")))
    assert (again.since, again.until, again.narrowed) == (chosen.since, chosen.until, {"channel": "mail"})
    assert read(days="30").until - read(days="30").since == timedelta(days=30)  # an address of before


@pytest.mark.parametrize(
    "wrong",
    [
        {"span": "ever"},
        {"by": "hour"},
        {"since": "x", "until": "y"},
        {"since": "1795500000", "until": "1700000000"},
        {"since": "0000000000", "until": str(int(NOW.timestamp()))},
        {"until": "9999999999"},
    ],
)
def test_what_is_none_falls_back_to_ninety_days(wrong):
    chosen = read(**wrong)
    assert (chosen.until - chosen.since, chosen.told_by) == (timedelta(days=90), "week")


# ── From a day to a day ──────────────────────────────────────────────────────

TODAY = NOW.astimezone(ISTANBUL).date()


def test_days_of_ones_own_choice_are_counted_with_the_first_and_the_last():
    chosen = read(span="own", first="2026-02-03", last="2026-02-09")
    assert (chosen.since, chosen.until) == (
        spans.midnight(date(2026, 2, 3), ISTANBUL),
        spans.midnight(date(2026, 2, 10), ISTANBUL),
    )
    assert chosen.query == "span=own&first=2026-02-03&last=2026-02-09"
    assert chosen.span_query == chosen.query
    assert read(span="own", first=str(TODAY), last=str(TODAY)).until == NOW  # a day that goes on ends now


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("", "", (TODAY - timedelta(days=89), TODAY)),
        ("never", "2026-02-30", (TODAY - timedelta(days=89), TODAY)),
        ("", "2026-03-31", (date(2026, 1, 1), date(2026, 3, 31))),
        ("2026-02-09", "2026-02-03", (date(2026, 2, 3), date(2026, 2, 9))),
        ("2026-11-20", "2031-01-01", (date(2026, 11, 20), TODAY)),
        ("2031-01-01", "2032-01-01", (TODAY, TODAY)),
        ("0001-01-01", "2025-12-31", (date(2022, 1, 1), date(2025, 12, 31))),
    ],
)
def test_days_that_cannot_be_told_become_the_nearest_that_can(first, last, found):
    chosen = read(span="own", first=first, last=last)
    assert chosen.days == found
    assert chosen.is_cut is (first == "0001-01-01")


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("by", ["week", "month"])
def test_every_day_of_the_longest_own_span_has_a_column(language, by):
    chosen = choice(
        {"span": "own", "first": "2020-01-01", "last": "2025-12-31", "by": by},
        known={}, now=NOW, language=language, zone=ISTANBUL,
    )  # fmt: skip
    assert chosen.told_by == "month"  # so many weeks have no room
    parts = spans.parts(since=chosen.since, until=chosen.until, by=chosen.told_by, language=language, zone=ISTANBUL)
    assert (parts[0].since, parts[-1].until) == (chosen.since, chosen.until)


def test_a_door_of_an_own_span_opens_on_its_week_however_long_ago():
    chosen = read(span="own", first="2023-01-02", last="2023-01-29")
    week = spans.parts(since=chosen.since, until=chosen.until, by="week", language="en", zone=ISTANBUL)[1]
    door = chosen.within(week).door_query
    again = read(**dict(pair.split("=") for pair in door.split("&")))
    assert (again.since, again.until) == (week.since, week.until)
    outside = read(
        span="own", first="2023-01-02", last="2023-01-29", since="1600000000", until=str(int(NOW.timestamp()))
    )
    assert (outside.since, outside.until) == (chosen.since, chosen.until)
