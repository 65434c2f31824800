"""Facts are known by their shape, however they are written."""

from decimal import Decimal

import pytest

from amends.engine import languages
from amends.engine.conversation import Turn
from amends.engine.failings.stated import Fact, codes, fact_of, is_slip
from amends.engine.languages.reading import TurnReading
from amends.engine.languages.text import prepare


def _fact(value: str, code: str = "en") -> Fact | None:
    return fact_of("name", value, language=languages.get(code))


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("2026-03-12", "day"),
        ("09:00-18:00", "hours"),
        ("9.00 – 18.00", "hours"),
        ("49.90 EUR", "amount"),
        ("€49.90", "amount"),
        ("250 TL", "amount"),
        ("۲۵۰٬۰۰۰ تومان", "amount"),
        ("4711206", "code"),
        ("TR-4711", "code"),
    ],
)
def test_fact_is_known_by_its_shape(value: str, shape: str) -> None:
    fact = _fact(value)
    assert fact is not None
    assert fact.shape == shape


@pytest.mark.parametrize("value", ["", "gold", "3", "2026-13-45", "a plan with 3 lines", "49.90 EUR or 60 EUR"])
def test_what_has_no_shape_is_no_fact(value: str) -> None:
    assert _fact(value) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.250 TL", "1250 TL"), ("1.250,50 TL", "1250.50 TL"), ("49,9 €", "49.90 €"), ("1 250 €", "1250 €")],
)
def test_amounts_are_the_same_in_either_habit(one: str, other: str) -> None:
    first, second = _fact(one), _fact(other)
    assert first is not None
    assert second is not None
    assert first.same(second.value)


def test_amounts_that_differ_are_not_the_same() -> None:
    first = _fact("1.250 TL")
    assert first is not None
    assert not first.same((Decimal(1205),))


@pytest.mark.parametrize(("one", "other"), [("4711206", "4712106"), ("4711206", "4711208"), ("tr471120", "tr471129")])
def test_slip_of_the_finger(one: str, other: str) -> None:
    assert is_slip(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("4711206", "4711206"), ("4711206", "9911206"), ("4711", "4712"), ("1", "")]
)
def test_no_slip_of_the_finger(one: str, other: str) -> None:
    assert not is_slip(one, other)


def test_codes_are_not_found_in_times_amounts_and_addresses() -> None:
    text = "Order TR-4711 left at 10:30, paid 1.250,00 TL, see www.a.example/471199 or mail 123456@a.example."
    turn = TurnReading(0, Turn(by="agent", text=text), prepare(text, language=languages.get("en")), ())
    found = [text[code.start : code.end] for sentence in turn.sentences for code in codes(turn, sentence)]
    assert found == ["TR-4711"]
