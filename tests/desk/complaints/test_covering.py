"""Personal data goes out of a text; what no list knows is left to a person."""

import pytest

from amends.desk.complaints.covering import COVER, cover, left_over


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("I am Emma Clarke, order 4711123.", ["Emma Clarke"], "I am •••, order •••."),
        ("Ayşe Yılmaz'ın numarası 0532 123 45 67.", ["Ayşe Yılmaz"], "•••'ın numarası •••."),
        ("Болормаагийн захиалга 88112233", ["Болормаа"], "••• захиалга •••"),
        ("خانم مریم رضایی، شمارهٔ ۰۹۱۲۱۲۳۴۵۶۷", ["مریم رضایی"], "خانم •••، شمارهٔ •••"),
        ("Write to emma.c@mail.example or www.x.example/q?1", [], "Write to ••• or •••"),
        ("Order AB-20417 of 2024, two days late", [], "Order ••• of 2024, two days late"),
    ],
)
def test_names_addresses_and_numbers_are_covered(text, names, shown):
    assert cover(text, names=names).text == shown


def test_the_customer_goes_by_another_name():
    covered = cover("Emma here. Emma Clarke.", names=["Emma Clarke"], stand_in="Alex")
    assert (covered.text, covered.places) == ("Alex here. Alex.", 2)


def test_what_is_left_over_is_named():
    assert left_over(f"Emma, {COVER}, 0532 123 45 67, in 2024", names=["Emma"]) == ("0532 123 45 67", "Emma", COVER)
    assert left_over("Nobody's words at all.", names=["Emma"]) == ()
