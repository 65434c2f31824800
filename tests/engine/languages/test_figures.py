"""Money and numbers are written as a reader of each language writes them."""

from decimal import Decimal

import pytest

from amends.engine.languages import figures


@pytest.mark.parametrize(
    ("language", "broken", "whole"),
    [
        ("en", "£1,234.50", "£1,234,567"),
        ("tr", "£1.234,50", "£1.234.567"),
        ("fa", "۱٬۲۳۴٫۵۰\u00a0پوند", "۱٬۲۳۴٬۵۶۷\u00a0پوند"),
        ("mn", "1\u00a0234,50\u00a0£", "1\u00a0234\u00a0567\u00a0£"),
    ],
)
def test_money_has_the_marks_of_its_reader(language: str, broken: str, whole: str) -> None:
    assert figures.money(Decimal("1234.50"), currency="GBP", language=language) == broken
    assert figures.money(Decimal("1234567.00"), currency="GBP", language=language) == whole


@pytest.mark.parametrize(("language", "written"), [("en", "-0.5"), ("tr", "-0,5"), ("fa", "-۰٫۵"), ("mn", "-0,5")])
def test_a_small_number_keeps_its_sign_and_its_mark(language: str, written: str) -> None:
    assert figures.number(-0.5, language=language).replace("\u200e", "") == written


def test_a_currency_without_a_sign_shows_its_letters() -> None:
    assert figures.money(5, currency="CHF", language="en") == "5\u00a0CHF"
    assert figures.money(5, currency="", language="tr") == "5"


def test_an_unknown_language_has_english_marks() -> None:
    assert figures.number(1234.5, language="xx") == "1,234.5"
