import pytest

from amends.engine.measures import per_hundred, promoter_score


@pytest.mark.parametrize(("counts", "reach"), [((50, 30, 20), 15.31), ((5, 3, 2), 48.41)])
def test_promoter_score_agrees_with_the_worked_numbers(counts: tuple[int, int, int], reach: float) -> None:
    score = promoter_score(promoters=counts[0], passives=counts[1], detractors=counts[2])
    assert score is not None
    assert (score.value, score.reach) == (pytest.approx(30.0), pytest.approx(reach, abs=0.005))


def test_promoter_score_of_nobody_is_none() -> None:
    assert promoter_score(promoters=0, passives=0, detractors=0) is None


def test_a_rate_may_pass_a_hundred_and_keeps_its_denominator() -> None:
    rate = per_hundred(30, 20)
    assert (rate.value, rate.k, rate.n) == (150.0, 30, 20)
    assert rate.low < 150 < rate.high


def test_a_rate_of_nothing_reaches_up_by_about_three() -> None:
    assert per_hundred(0, 100).low == 0
    assert per_hundred(0, 100).high == pytest.approx(3.7, abs=0.1)


def test_no_replies_no_rate() -> None:
    assert per_hundred(0, 0).value is None
