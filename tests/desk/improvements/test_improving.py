"""Work against a cause: its steps, what may not be changed afterwards, and that nothing is forgotten."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from amends.desk.improvements import improving, reminding
from amends.desk.improvements.models import Improvement, State, Step, StepKind
from amends.desk.jobs.post import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(make_agent):
    return make_agent(name="Deniz Kaya", role="quality")


@pytest.fixture
def written(owner, now):
    return improving.write(
        title="Tell the day of delivery", layer="process", owner=owner, due_on=date(2026, 11, 1), by=owner, now=now,
        fewer=30,
    )  # fmt: skip


def test_it_walks_from_its_plan_to_its_end(written, owner, now):
    improving.begin(improvement=written, by=owner, now=now)
    known = improving.put_into_force(improvement=written, since=now.date(), by=owner, now=now)
    assert (known.state, known.look_on) == (State.IN_FORCE, now.date() + timedelta(days=91))
    known = improving.let_stay(improvement=written, words="Half as many in a quarter.", by=owner, now=now)
    assert (known.state, known.ended_at) == (State.STAYS, now)
    kinds = list(written.steps.values_list("kind", flat=True))
    assert kinds == [StepKind.WRITTEN, StepKind.BEGUN, StepKind.IN_FORCE, StepKind.STAYS]


def test_what_did_not_work_is_kept_with_its_reason(written, owner, now):
    with pytest.raises(improving.UnableToImprove, match="Say why"):
        improving.give_up(improvement=written, words="  ", by=owner, now=now)
    improving.give_up(
        improvement=written, words="Couriers cannot tell.", by=owner, now=now, figures={"told": "too-few"}
    )
    assert Improvement.objects.get().state == State.GIVEN_UP
    last = Step.objects.last()
    assert (last.words, last.figures) == ("Couriers cannot tell.", {"told": "too-few"})
    with pytest.raises(improving.UnableToImprove, match="has ended"):
        improving.begin(improvement=written, by=owner, now=now)
    improving.note(improvement=written, words="Asked again in spring.", by=owner, now=now)


def test_what_it_should_bring_is_not_moved_after_the_event(written, owner, now):
    told = {"title": "Tell the day", "layer": "process", "owner": owner, "due_on": date(2026, 11, 1)}
    improving.change(improvement=written, **told, fewer=20, by=owner, now=now)
    assert written.steps.last().figures["before"] == {"title": "Tell the day of delivery", "fewer": "30"}
    improving.put_into_force(improvement=written, since=now.date(), by=owner, now=now)
    with pytest.raises(improving.UnableToImprove, match="said before"):
        improving.change(improvement=written, **told, fewer=5, by=owner, now=now)


@pytest.mark.parametrize(
    ("fields", "trouble"),
    [
        ({"title": "  "}, "in one line"),
        ({"layer": "weather"}, "where the cause lies"),
        ({"fewer": 101}, "per cent"),
        ({"saves": Decimal(100)}, "which currency"),
    ],
)
def test_what_is_missing_is_said(owner, now, fields, trouble):
    told = {"title": "A", "layer": "process", "owner": owner, "due_on": now.date(), "by": owner, "now": now}
    with pytest.raises(improving.UnableToImprove, match=trouble):
        improving.write(**{**told, **fields})


def test_a_day_that_has_not_come_is_refused(written, owner, now):
    with pytest.raises(improving.UnableToImprove, match="not come yet"):
        improving.put_into_force(improvement=written, since=now.date() + timedelta(days=9), by=owner, now=now)


class Letters:
    is_open = True

    def __init__(self):
        self.sent = []

    def deliver(self, *, mime, sender, recipient):
        del sender
        self.sent.append((recipient, mime.decode()))
        return Outcome("sent")


def test_after_three_months_its_owner_is_reminded_once(written, owner, now):
    improving.put_into_force(improvement=written, since=now.date(), by=owner, now=now)
    post = Letters()
    assert reminding.remind(post=post, now=now + timedelta(days=90)) == 0
    later = now + timedelta(days=91)
    assert reminding.remind(post=post, now=later) == 1
    assert reminding.remind(post=post, now=later + timedelta(days=1)) == 0
    assert post.sent[0][0] == owner.email
    improving.look_again(improvement=written, told="too-few", figures={}, by=owner, now=later)
    assert reminding.remind(post=post, now=later + timedelta(days=91)) == 1
