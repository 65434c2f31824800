"""Links between complaints: told on both, each from its own side, and never in a circle."""

from datetime import timedelta

import pytest

from amends.desk.complaints import actions, links, queries
from amends.desk.complaints.models import Complaint, Link

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agent(make_agent):
    return make_agent()


@pytest.fixture
def some(agent, make_complaint, now):
    return [make_complaint(owner=agent, at=now) for _ in range(4)]


def seen(complaint):
    """The links of a complaint, which are the same when they are counted from its events alone."""
    told = [(one.how, one.number) for one in links.of(complaint=complaint)]
    Link.objects.filter(complaint=complaint).delete()
    assert actions.rebuild(complaint=Complaint.objects.get(pk=complaint.pk)) == []
    assert [(one.how, one.number) for one in links.of(complaint=complaint)] == told
    return told


def test_a_link_is_seen_from_both_sides_and_taken_away(agent, some, now):
    part, whole, like, _ = some
    links.link(complaint=part, other=whole, how="part-of", by=agent, now=now)
    links.link(complaint=part, other=like, how="same-cause", by=agent, now=now)
    assert seen(part) == [("part-of", whole.number), ("same-cause", like.number)]
    assert seen(whole) == [("holds", part.number)]
    assert seen(like) == [("same-cause", part.number)]
    told = [item.sentence for item in queries.conversation(complaint=whole, reader=agent)]
    assert told[-1] == f"{agent.name} linked it: #{part.number} belongs to it"
    assert "linked" not in [item.kind for item in queries.conversation(complaint=whole, reader=None)]
    assert links.unlink(complaint=whole, other=part, by=agent, now=now + MINUTE) == "holds"
    assert seen(whole) == []
    assert seen(part) == [("same-cause", like.number)]
    with pytest.raises(links.UnableToLink):
        links.unlink(complaint=whole, other=part, by=agent, now=now)


def test_how_they_stand_to_each_other_can_be_said_otherwise(agent, some, now):
    first, second, *_ = some
    links.link(complaint=first, other=second, how="same-cause", by=agent, now=now)
    links.link(complaint=second, other=first, how="holds", by=agent, now=now + MINUTE)
    assert (seen(first), seen(second)) == ([("part-of", second.number)], [("holds", first.number)])


def test_what_makes_no_sense_is_refused(agent, some, now):
    part, whole, third, fourth = some
    links.link(complaint=part, other=whole, how="part-of", by=agent, now=now)
    for one, other, how in [
        (part, part, "same-cause"),
        (part, whole, "part-of"),
        (whole, part, "holds"),
        (part, third, "part-of"),
        (third, part, "holds"),
        (third, part, "part-of"),
        (part, fourth, "holds"),
    ]:
        with pytest.raises(links.UnableToLink):
            links.link(complaint=one, other=other, how=how, by=agent, now=now)
    assert Link.objects.count() == 2
