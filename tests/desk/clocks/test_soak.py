"""Real worker processes, really killed: a few rounds of `make soak`."""

ROUNDS = 3


def test_workers_that_are_killed_say_everything_once(soak):
    assert "everything said once" in soak("--rounds", str(ROUNDS))
