"""Before and after: each thing that may be said, and each reason for saying less."""

from datetime import timedelta

import pytest

from amends.desk.complaints.models import Complaint
from amends.desk.improvements import actions, effect, improving
from amends.desk.improvements.models import Cause, Theme

pytestmark = pytest.mark.django_db

START = 120  # days ago at which it came into force


@pytest.fixture
def owner(make_agent):
    return make_agent(name="Deniz Kaya", role="quality")


@pytest.fixture
def complain(make_customer, owner, now):
    """Make complaints of a theme so many days ago; rows alone, since only they are counted."""
    customer = make_customer()

    def made(days, *, theme="late", layer="process", confirmed=True):
        number = Complaint.objects.count()
        rows = Complaint.objects.bulk_create(
            Complaint(
                number=number + place, key=f"{number + place}", customer=customer, owner=owner, subject="Late",
                language="en", channel="form", received_at=now - timedelta(days=ago, minutes=place), last_event_at=now,
            )
            for place, ago in enumerate(days, 1)
        )  # fmt: skip
        if not theme:
            return
        kept, _made = Theme.objects.get_or_create(name=theme)
        said = {"confirmed_at": now, "confirmed_by": owner} if confirmed else {}
        Cause.objects.bulk_create(Cause(complaint=row, layer=layer, theme=kept, **said) for row in rows)

    return made


@pytest.fixture
def cure(owner, now):
    def made(*, theme="late", since=START, **fields):
        kept, _made = Theme.objects.get_or_create(name=theme)
        one = improving.write(
            title="Tell the day",
            layer="process",
            owner=owner,
            due_on=now.date(),
            theme=kept,
            by=owner,
            now=now,
            **fields,
        )
        return improving.put_into_force(improvement=one, since=(now - timedelta(days=since)).date(), by=owner, now=now)

    return made


def told(improvement, now):
    found = effect.effect(improvement=improvement, now=now)
    # The board asks the database less for the same.
    assert effect.told_of(improvements=[improvement], now=now) == {improvement.pk: found.told}
    return found


def test_fewer_than_chance_explains_is_a_help(complain, cure, now):
    complain(range(121, 320, 6))
    complain(range(5, 119, 40))
    complain(range(5, 320, 8), theme="broken", layer="product")
    found = told(cure(), now)
    assert found.told == "improved"
    assert (found.here.before, found.here.after) == (34, 3)
    assert found.here.high < 1
    assert sum(week.count for week in found.weeks) <= 37


def test_young_causes_count_before_anybody_confirms_them(complain, cure, now):
    complain(range(121, 320, 6))
    complain(range(2, 119, 6), confirmed=False)
    assert told(cure(), now).told == "no-evidence"


def test_a_quiet_season_is_no_cure(complain, cure, now):
    complain(range(121, 320, 6))
    complain([20, 60, 100])
    complain(range(121, 320, 3), theme="broken", layer="product")
    complain([30, 50, 70, 90], theme="broken", layer="product")
    found = told(cure(), now)
    assert found.here.verdict == "improved"
    assert found.told == "others-too"


def test_causes_that_nobody_wrote_down_are_no_cure(complain, cure, now):
    complain(range(121, 320, 6))
    complain([20, 60])
    complain(range(10, 100, 9), theme="")
    found = told(cure(), now)
    assert found.told == "nameless"
    assert found.nameless[1].k == 10
    assert found.cannot_tell


def test_a_fall_that_was_on_its_way_is_not_credited(complain, cure, now):
    for week in range(28):  # a line from eighteen a week down to one and a half, through the day of the cure
        complain([7 * (28 - week) - 0.5 - part / 10 for part in range(round(18 * 0.915**week))])
    found = told(cure(since=84), now)
    assert found.here.verdict == "improved"
    assert found.lines is not None
    assert found.told == "on-its-way"


@pytest.mark.parametrize(("since", "said"), [(10, "too-early"), (400, "no-before")])
def test_too_little_time_tells_nothing(complain, cure, now, since, said):
    complain(range(1, 300, 5))
    assert told(cure(since=since), now).told == said


def test_too_few_tell_nothing(complain, cure, now):
    complain([200, 250, 300, 20])
    assert told(cure(), now).told == "too-few"


def test_nothing_at_all_is_no_trouble(cure, now, owner):
    assert told(cure(), now).told in {"no-before", "too-few"}
    planned = improving.write(title="A", layer="product", owner=owner, due_on=now.date(), by=owner, now=now)
    assert told(planned, now).told == "not-yet"


def test_without_a_theme_it_is_about_its_layer(complain, owner, now):
    complain([200, 100], layer="product", theme="broken")
    complain([201, 101])
    one = improving.write(title="A", layer="product", owner=owner, due_on=now.date(), by=owner, now=now)
    one = improving.put_into_force(improvement=one, since=(now - timedelta(days=START)).date(), by=owner, now=now)
    found = told(one, now)
    assert (found.here.before, found.here.after) == (1, 1)
    assert (found.others.before, found.others.after) == (1, 1)


def test_confirming_elsewhere_moves_a_complaint(complain, cure, now, owner):
    complain([200, 210, 220, 230, 240, 250])
    one = cure()
    assert told(one, now).here.before == 6
    actions.confirm(complaint=Cause.objects.first().complaint, layer="product", theme="broken", by=owner, now=now)
    assert told(one, now).here.before == 5
