from hypothesis import given
from hypothesis import strategies as st

from amends.engine.measures.pareto import pareto, ranks


def test_the_first_is_apart_only_where_chance_cannot_swap_it() -> None:
    near = pareto([("late", 12), ("broken", 10), ("rude", 1)])
    assert [row.key for row in near] == ["late", "broken", "rude"]
    assert not near[0].is_apart
    far = pareto([("late", 80), ("broken", 10), ("rude", 9)])
    assert far[0].is_apart
    assert not far[1].is_apart


def test_the_unknown_stands_last_whatever_it_counts() -> None:
    assert [row.key for row in pareto([("", 50), ("late", 4), ("broken", 9)], last="")] == ["broken", "late", ""]


def test_nothing_is_no_order() -> None:
    assert pareto([]) == ()
    assert pareto([("late", 0)]) == ()


@given(st.lists(st.integers(0, 90), max_size=12))
def test_shares_add_up(counts: list[int]) -> None:
    rows = pareto(list(enumerate(counts)))
    assert len(rows) == sum(count > 0 for count in counts)
    if rows:
        assert rows[-1].cumulative == 1
        assert [row.weight for row in rows] == sorted((row.weight for row in rows), reverse=True)


def test_equal_weights_share_a_place_and_nothing_has_none() -> None:
    assert ranks([("late", 10), ("broken", 10), ("rude", 2), ("gone", 0)]) == {"late": 1, "broken": 1, "rude": 3}
