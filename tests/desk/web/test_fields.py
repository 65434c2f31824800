"""Amounts are read as people write them."""

import json
from datetime import time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from amends.desk.web.fields import AmountField, HourField
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


HOURS = {
    "9": "09:00",
    "930": "09:30",
    "0930": "09:30",
    "17:30": "17:30",
    "17.30": "17:30",
    "9h30": "09:30",
    "00:00": "00:00",
    "۱۷:۳۰": "17:30",
    "۹": "09:00",
    "5 pm": "17:00",
    "5:15 p.m.": "17:15",
    "12 am": "00:00",
    "12 PM": "12:00",
    "۵ ب.ظ": "17:00",
    "\u200e17:30\u200f": "17:30",
    "ÖS": None,
    "5 ös": "17:00",
    "24:00": None,
    "9:60": None,
    "noon": None,
    "13 pm": None,
    "": None,
}


@pytest.mark.parametrize(("typed", "meant"), [(typed, meant) for typed, meant in HOURS.items() if typed])
def test_reads_hours_as_people_type_them(typed, meant):
    if meant is None:
        with pytest.raises(ValidationError, match="like 09:00"):
            HourField().clean(typed)
    else:
        assert HourField().clean(typed) == time.fromisoformat(meant)


def test_the_page_reads_them_as_the_desk_does(in_node):
    script = """
    const { minutesOf, stepped, written } = load("calendar");
    const read = (typed) => { const found = minutesOf(typed); return found === undefined ? null : written(found); };
    console.log(JSON.stringify({
      read: %s.map((typed) => [typed, read(typed)]),
      steps: [[540, true], [550, true], [550, false], [1410, true], [0, false]]
        .map(([at, up]) => written(stepped(at, up))),
    }));
    """
    made = in_node(script % json.dumps(list(HOURS)))
    assert dict(made["read"]) == HOURS
    assert made["steps"] == ["09:30", "09:30", "09:00", "00:00", "23:30"]


@pytest.mark.parametrize(("language", "shown"), [("en", "09:05"), ("tr", "09:05"), ("fa", "۰۹:۰۵"), ("mn", "09:05")])
def test_an_hour_stands_in_its_readers_digits_whatever_the_browser_speaks(language, shown):
    with translation.override(language):
        drawn = HourField().widget.render("hour", time(9, 5))
    assert f'value="{shown}"' in drawn
    assert 'type="text"' in drawn
