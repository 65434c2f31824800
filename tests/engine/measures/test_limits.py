from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from amends.engine.failings import Limits
from amends.engine.measures.limits import TOLD, USUAL, BadLimitError, as_plain, from_plain, plain


def test_every_limit_is_told() -> None:
    assert TOLD.keys() == {one.name for one in fields(Limits)}


def test_the_usual_ones_are_told_within_their_own_bounds() -> None:
    assert from_plain([(name, plain(USUAL, name)) for name in TOLD]) == USUAL
    assert as_plain(USUAL) == {}


def test_own_limits_come_back_as_they_were_told() -> None:
    own = replace(
        USUAL,
        hold=timedelta(minutes=5),
        people=3,
        repeat=timedelta(days=90),
        loyal_value=(("TRY", Decimal("150000.50")), ("USD", Decimal(5400))),
    )
    told = as_plain(own)
    assert told == {"hold": "5", "people": "3", "repeat": "90", "loyal_value": "TRY 150000.5; USD 5400"}
    assert from_plain(told.items()) == own


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hold", "0"),
        ("hold", "121"),
        ("people", "two"),
        ("people", ""),
        ("people", "-1"),
        ("patience", "3"),
        ("loyal_value", "USD"),
        ("loyal_value", "USD 1; USD 2"),
        ("loyal_value", "usd 5"),
    ],
)
def test_what_is_no_limit_is_refused(name: str, said: str) -> None:
    with pytest.raises(BadLimitError) as trouble:
        from_plain([(name, said)])
    assert trouble.value.name == name
