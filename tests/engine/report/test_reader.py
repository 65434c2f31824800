from decimal import Decimal

import pytest

from amends.engine.measures import per_hundred, share
from amends.engine.report.reader import Reader


@pytest.mark.parametrize(
    ("language", "number", "percent", "day", "direction"),
    [
        ("en", "1,234.5", "32%", "2 March 2026", "ltr"),
        ("tr", "1.234,5", "%32", "2 Mart 2026", "ltr"),
        ("fa", "۱٬۲۳۴٫۵", "۳۲٪", "۱۱ اسفند ۱۴۰۴", "rtl"),
        ("mn", "1\u00a0234,5", "32%", "2026 оны гуравдугаар сарын 2", "ltr"),
    ],
)
def test_digits_marks_calendar_and_direction_are_the_readers(
    language: str, number: str, percent: str, day: str, direction: str
) -> None:
    reader = Reader(language)
    assert (reader.number(1234.5, digits=1), reader.percent(0.32)) == (number, percent)
    assert (reader.day("2026-03-02").replace("\u202f", " "), reader.direction) == (day, direction)


def test_few_cases_are_never_a_per_cent() -> None:
    reader = Reader("en")
    assert reader.share(share(3, 7)) == "3 of 7"
    assert reader.share(share(3, 70)) == "4%"
    assert reader.share(share(0, 0)) == "0 of 0"


def test_small_figures_keep_a_digit() -> None:
    reader = Reader("en")
    assert (reader.percent(0.003), Reader("tr").percent(0.003)) == ("0.3%", "%0,3")
    assert (reader.rate(per_hundred(3, 100)), reader.rate(per_hundred(30, 100))) == ("3.0", "30")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (14, "14 minutes"), (60, "1 hour"), (100, "100 minutes"), (360, "6 hours"), (43200, "30 days")],
)
def test_a_wait_is_told_in_the_unit_that_suits_it(minutes: float, words: str) -> None:
    assert Reader("en").minutes(minutes) == words


def test_money_keeps_its_currency() -> None:
    assert Reader("en").money(Decimal("18400.50"), "TRY") == "₺18,400"
    assert Reader("fa").money(Decimal(7), "TRY") == "\u2067۷\u00a0لیر\u2069"  # each amount runs by itself
