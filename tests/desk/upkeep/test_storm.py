"""A few rounds of `make soak` with everything failing: real workers, a real line to a mail server, a full disk.

What looks whether the books are in order is looked at as well: it has to find what it passed over the last time.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from amends.desk.complaints import actions
from amends.desk.complaints.models import Complaint
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

from books import Broken, Seen, Troubles, look_through, said_once
from soak import told as summed


def test_nothing_is_lost_and_nothing_comes_twice(soak):
    assert "none lost, none twice" in soak("--storm", "--rounds", "4", "--seed", "2")


@pytest.mark.scale("boto3", "moto")
def test_archives_outlive_whoever_is_killed(soak):
    """In an object store that a real server keeps, over a line that breaks."""
    assert "none lost" in soak("--archive", "--store", "--rounds", "4", "--seed", "3")


def test_a_column_that_drifts_after_it_was_in_order_is_found(make_complaint):
    complaint, seen = make_complaint(), Seen()
    look_through(seen)
    look_through(seen)
    Complaint.objects.filter(pk=complaint.pk).update(heat=3)
    with pytest.raises(Broken, match=r"\['heat'\] had drifted"):
        look_through(seen)


def test_what_is_in_order_is_looked_through_once(make_complaint, django_assert_max_num_queries):
    seen = Seen()
    make_complaint()
    look_through(seen)
    with django_assert_max_num_queries(3):
        look_through(seen)


def test_a_promise_that_ends_twice_or_is_not_told_is_found(make_complaint, now):
    complaint = make_complaint()
    promise = promises.make(
        complaint=complaint, owner=complaint.owner, made_in=complaint.events.get(sequence=1), words="I will call.",
        due_at=now + timedelta(hours=1), whole_day=False, now=now,
    )  # fmt: skip
    kept = promises.keep(promise=promise, by=complaint.owner, now=now)
    said_once()
    Promise.objects.update(state="open", settled_at=None)
    with pytest.raises(Broken, match="state and timeline disagree"):
        said_once()
    again = {"kind": "promise-kept", "by": "agent", "agent": complaint.owner, "data": kept.content.data}
    actions.append(complaint=complaint, **again, now=now)
    with pytest.raises(Broken, match="said twice"):
        said_once()


def test_who_waits_is_told_why_a_process_ended():
    troubles = Troubles()
    assert not troubles.told()
    troubles.tell(ValueError("the disk"))
    assert "ValueError: the disk" in troubles.told()
    troubles.end()


def test_the_ledger_tells_faults_of_whole_runs_and_seeds_that_are_still_broken():
    def run(seed, *, broken="", what="storm, SQLite"):
        return json.dumps({"what": what, "seed": seed, "broken": broken, "faults": {"disk full": 2, "killed": 5}})

    runs = [run(1), run(2, broken="lost"), run(3, broken="late"), run(3), run(2, what="storm, PostgreSQL")]
    assert summed(runs) == [
        "storm, PostgreSQL: 1 runs, 7 faults, 0 broken",
        "storm, SQLite: 2 runs, 14 faults, 1 broken [2]",
        "all: 3 runs, 21 faults, 1 broken",
    ]
