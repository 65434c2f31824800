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
