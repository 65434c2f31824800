"""Many things are done in groups, and one that fails holds back none of the others."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from amends.desk.jobs.groups import AT_ONCE, LONGEST_REST, PartlyFailed, Patience, in_groups

MINUTE = timedelta(minutes=1)


@pytest.fixture
def patience():
    return Patience()


@pytest.fixture
def do(db, patience, now):
    """Do numbers, of which some cannot be done; returns how many were done, and the groups that were tried."""

    def do_all(numbers, *, bad=(), error=ValueError, at=now):
        tried = []

        def act(group):
            tried.append(list(group))
            if set(group) & set(bad):
                raise error("no")
            return len(group)

        return in_groups(numbers, act, key=int, patience=patience, now=at), tried

    return do_all


def test_a_group_is_done_at_once(do):
    done, tried = do(range(AT_ONCE + 3))
    assert done == AT_ONCE + 3
    assert [len(group) for group in tried] == [AT_ONCE, 3]


def test_what_is_in_a_group_with_one_that_fails_is_done_by_itself(do, patience, now):
    done, tried = do(range(4), bad=[1])
    assert done == 3
    assert tried == [[0, 1, 2, 3], [0], [1], [2], [3]]
    assert patience.left_alone(now=now) == [1]


def test_a_database_that_does_not_answer_is_nobodys_own_failure(do, patience, now):
    with pytest.raises(OperationalError):
        do(range(4), bad=range(4), error=OperationalError)
    assert patience.left_alone(now=now) == []


def test_what_fails_again_is_left_alone_for_longer_but_not_for_ever(do, patience, now):
    for rest in (1, 2, 4, 8, 10, 10):
        do([1], bad=[1], at=now)
        assert patience.left_alone(now=now + rest * MINUTE - MINUTE / 60) == [1]
        now += min(rest * MINUTE, LONGEST_REST)
        assert patience.left_alone(now=now) == []


def test_it_is_told_until_it_works(do, patience, now):
    do([1, 2], bad=[1, 2])
    with pytest.raises(PartlyFailed, match="2 left alone") as told:
        patience.tell(now=now)
    assert isinstance(told.value.__cause__, ValueError)
    do([1, 2], at=now + MINUTE)
    patience.tell(now=now + MINUTE)
