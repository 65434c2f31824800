import pytest

from amends.engine.measures import share, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 3, 0, 0.561497),
        (0, 10, 0, 0.277533),
        (1, 10, 0.017876, 0.404150),
        (3, 10, 0.107791, 0.603222),
        (9, 10, 0.595850, 0.982124),
        (5, 5, 0.565518, 1),
        (2, 20, 0.027866, 0.301034),
        (1, 27, 0.006568, 0.182835),
        (15, 148, 0.062386, 0.160487),
        (81, 263, 0.255289, 0.366210),
        (50, 1000, 0.038130, 0.065314),
    ],
)
def test_wilson_agrees_with_the_worked_numbers(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high), abs=6e-7)


def test_an_empty_whole_knows_nothing() -> None:
    nothing = share(0, 0)
    assert (nothing.value, nothing.low, nothing.high, nothing.too_few) == (None, 0, 1, True)


def test_a_part_is_never_more_than_the_whole() -> None:
    with pytest.raises(ValueError, match="4 of 3"):
        share(4, 3)
