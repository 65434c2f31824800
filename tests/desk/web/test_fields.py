"""Amounts are read as people write them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from amends.desk.web.fields import AmountField
from amends.desk.web.templatetags import look


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,50", "12.50"),
        ("1.250,00", "1250.00"),
        ("1,250", "1250"),
        ("250 000", "250000"),
        ("۱۲٫۵", "12.5"),
        ("۳۰٬۰۰۰٬۰۰۰", "30000000"),
        ("١٢", "12"),
    ],
)
def test_reads_what_people_write(typed, meant):
    assert AmountField(max_digits=12, decimal_places=2).clean(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["twelve", "1.2.3,4,5", "--", "12€"])
def test_says_when_it_is_no_number(typed):
    with pytest.raises(ValidationError):
        AmountField(max_digits=12, decimal_places=2).clean(typed)


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ("tel:%s", "tel:+90532"),
        ("sip:%s@pbx.example", "sip:+90532@pbx.example"),
        ("javascript:alert(%s)", "tel:+90532"),
    ],
)
def test_a_number_is_called_as_whoever_runs_the_desk_has_said(settings, said, opens):
    settings.DIAL = said
    assert look.dial("+90532") == opens
