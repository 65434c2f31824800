"""A try at a drill: answered, ended, begun again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.academy import actions, drills, queries
from amends.desk.academy.models import Attempt, Rank
from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints import actions as complaints
from amends.desk.improvements import actions as improvements
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db
TALK = "tuesday-promise"


def test_a_drill_ends_well_with_good_answers_and_badly_with_bad_ones(practise, now):
    good, bad = practise("good"), practise("bad")
    assert (good.ended, good.ended_at) == ("content", now)
    assert bad.ended == "quarrelling"


def test_whoever_begins_again_goes_on_where_they_stopped(make_agent, now):
    agent = make_agent()
    first = actions.begin(agent=agent, slug=TALK, language="tr", now=now)
    assert actions.begin(agent=agent, slug=TALK, language="tr", now=now).pk == first.pk


def test_a_language_that_a_drill_has_not_falls_back(make_agent, now):
    assert actions.begin(agent=make_agent(), slug=TALK, language="de", now=now).language == "en"


def test_an_answer_after_the_end_is_refused(practise, now):
    with pytest.raises(actions.UnableToPractise):
        actions.answer(attempt=practise("good"), text="And another thing.", now=now)


def test_a_form_that_is_sent_twice_answers_once(make_agent, now):
    begun = actions.begin(agent=make_agent(), slug=TALK, language="en", now=now)
    for _ in range(2):
        actions.answer(attempt=begun, text="Which floor do you live on?", after=0, now=now)
    assert len(Attempt.objects.get().said) == 1


def test_nothing_is_no_answer(make_agent, now):
    begun = actions.begin(agent=make_agent(), slug=TALK, language="en", now=now)
    with pytest.raises(actions.UnableToPractise):
        actions.answer(attempt=begun, text=" \n ", now=now)


def test_another_try_keeps_the_answers_before_it_and_the_old_one(practise, now):
    old = practise("good")
    new = actions.try_again(attempt=old, keep=1, now=now)
    assert (new.said, new.ended) == (old.said[:1], "")
    assert Attempt.objects.get(pk=old.pk).ended == "content"


def test_another_try_never_begins_at_its_end(practise, now):
    assert actions.try_again(attempt=practise("good"), keep=9, now=now).ended == ""


def test_no_such_drill(make_agent, now):
    for slug in ("nothing", "own-1", "own-x"):
        with pytest.raises((actions.UnableToPractise, drills.UnableToFind)):
            actions.begin(agent=make_agent(), slug=slug, language="en", now=now)


@pytest.mark.parametrize(
    ("role", "ago", "rank"),
    [
        (Role.AGENT, 5, Rank.NEW_AGENT),
        (Role.AGENT, 200, Rank.AGENT),
        (Role.LEAD, 5, Rank.LEAD),
        (Role.ADMINISTRATOR, 5, Rank.MANAGER),
    ],
)
def test_the_path_follows_from_the_role_until_chosen(make_agent, now, role, ago, rank):
    agent = make_agent(role=role, joined_at=now - timedelta(days=ago))
    assert actions.trainee(agent=agent, now=now).rank == rank
    assert actions.choose_rank(agent=agent, rank=Rank.DIRECTOR, now=now).rank == Rank.DIRECTOR


def test_the_page_shows_findings_on_the_trainees_own_words(practise):
    attempt = practise("bad")
    talk = queries.talk(drill=drills.find(TALK), attempt=attempt, language="tr")
    said = talk.said[0]
    assert "".join(piece.text for piece in said.pieces) == attempt.said[0]
    assert {piece.mark for piece in said.pieces} >= {"failing"}
    assert said.went == "warmer"
    assert len(said.examples) >= 2


def test_the_drill_of_the_week_follows_from_ones_own_replies_alone(make_agent, make_complaint, now):
    agent, other = make_agent(), make_agent()
    complaint = make_complaint(owner=agent)
    event = complaints.append(
        complaint=complaint, kind="replied", by="agent", agent=agent, text="We were busy.", now=now
    )
    Seen.objects.create(event=event, kind=Kind.FAILING, name="excuse", start=0, end=5, confidence=0.9)
    asked = {"drills": drills.shelf(), "rank": Rank.AGENT, "language": "en", "now": now}
    found = queries.drill_of_the_week(agent=agent, **asked)
    assert found is not None
    assert (found.failing, found.count, found.is_done) == ("Excuse", 1, False)
    assert queries.drill_of_the_week(agent=other, **asked) is None


def test_the_drill_of_the_week_stands_on_ones_own_page_alone(client, make_agent, make_complaint, now):
    agent, lead = make_agent(language="en"), make_agent(language="en", role="lead")
    complaint = make_complaint(owner=agent)
    lately = timezone.now() - timedelta(days=1)  # pages ask the clock themselves
    event = complaints.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="Busy.", now=lately)
    Seen.objects.create(event=event, kind=Kind.FAILING, name="excuse", start=0, end=4, confidence=0.9)
    client.force_login(agent)
    assert "Excuse" in client.get(reverse("academy:home")).content.decode()
    client.force_login(lead)
    for name in ("home", "coverage", "shown", "effect"):
        assert "Excuse" not in client.get(reverse(f"academy:{name}")).content.decode()


@pytest.mark.parametrize(("layer", "offered"), [("process", False), ("product", False), ("employee", True)])
def test_no_drill_of_the_week_for_a_cause_that_training_does_not_cure(make_agent, make_complaint, now, layer, offered):
    agent = make_agent()
    complaint = make_complaint(owner=agent)
    event = complaints.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="Busy.", now=now)
    Seen.objects.create(event=event, kind=Kind.FAILING, name="excuse", start=0, end=4, confidence=0.9)
    improvements.confirm(complaint=complaint, layer=layer, theme="", by=agent, now=now)
    found = queries.drill_of_the_week(agent=agent, drills=drills.shelf(), rank=Rank.AGENT, language="en", now=now)
    assert (found is not None) is offered
