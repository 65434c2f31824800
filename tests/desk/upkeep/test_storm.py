"""A few rounds of `make soak` with everything failing: real workers, a real line to a mail server, a full disk."""


def test_nothing_is_lost_and_nothing_comes_twice(soak):
    assert "none lost, none twice" in soak("--storm", "--rounds", "4", "--seed", "2")
