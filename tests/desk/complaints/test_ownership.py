"""There is no moment without an owner, and the owner is somebody who works here."""

import pytest
from django.db import IntegrityError, transaction

from amends.desk.complaints import actions, queries
from amends.desk.complaints.models import Complaint
from amends.desk.people import actions as people


def reply(complaint, agent, now):
    actions.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="Sorry.", now=now)


def test_a_complaint_without_an_owner_cannot_be_written(make_complaint):
    complaint = make_complaint()
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(owner=None)


class TestTheFirstOwner:
    def test_is_the_person_whom_the_customer_knows(self, make_agent, make_complaint, now):
        known = make_agent()
        earlier = make_complaint(owner=known)
        for _ in range(3):
            make_agent()
        complaint, _ = actions.open_complaint(
            customer=earlier.customer, subject="s", text="t", language="tr", channel="form", now=now
        )
        assert complaint.owner == known

    def test_is_who_heard_it_when_nobody_is_known(self, make_agent, make_customer, now):
        make_agent()
        heard = make_agent()
        complaint, _ = actions.open_complaint(
            customer=make_customer(), subject="s", text="t", language="tr", channel="phone", by=heard, now=now
        )
        assert complaint.owner == heard

    def test_is_still_the_known_person_when_another_heard_it(self, make_agent, make_complaint, now):
        known = make_agent()
        earlier = make_complaint(owner=known)
        complaint, _ = actions.open_complaint(
            customer=earlier.customer, subject="s", text="t", language="tr", channel="phone", by=make_agent(), now=now
        )
        assert (complaint.owner, complaint.people) == (known, 2)

    def test_speaks_the_language_of_the_words(self, make_agent, make_customer, now):
        make_agent(languages=["tr"])
        speaks = make_agent(languages=["fa"])
        complaint, _ = actions.open_complaint(
            customer=make_customer(language="tr"), subject="s", text="t", language="fa", channel="form", now=now
        )
        assert complaint.owner == speaks


class TestAHandOver:
    def test_changes_the_owner_and_is_counted(self, make_complaint, make_agent, now):
        complaint, other = make_complaint(), make_agent()
        actions.hand_over(complaint=complaint, by=complaint.owner, to=other, reason="Speaks Persian", now=now)
        assert (complaint.owner, complaint.handovers, complaint.people) == (other, 1, 2)

    def test_needs_a_reason_and_somebody_else_who_works_here(self, make_complaint, make_agent, now):
        complaint, gone = make_complaint(), make_agent(is_active=False)
        owner = complaint.owner
        for to, reason in [(make_agent(), " "), (gone, "ill"), (owner, "ill")]:
            with pytest.raises(actions.UnableToHandOver):
                actions.hand_over(complaint=complaint, by=owner, to=to, reason=reason, now=now)
        assert Complaint.objects.get().owner == owner

    def test_to_a_third_person_raises_a_flag(self, make_complaint, make_agent, now):
        complaint, second, third = make_complaint(), make_agent(), make_agent()
        actions.hand_over(complaint=complaint, by=complaint.owner, to=second, reason="ill", now=now)
        assert not queries.person(complaint=complaint, now=now).third_person
        actions.hand_over(complaint=complaint, by=second, to=third, reason="away", now=now)
        assert queries.person(complaint=complaint, now=now).third_person
        (row,) = queries.inbox(agent=third, view="mine", now=now)
        assert (row.third_person, row.people, row.handovers) == (True, 3, 2)

    def test_to_another_team_takes_the_complaint_there(self, make_complaint, make_agent, make_team, now):
        team = make_team()
        complaint = make_complaint(owner=make_agent(team=make_team()))
        actions.hand_over(complaint=complaint, by=complaint.owner, to=make_agent(team=team), reason="repairs", now=now)
        assert Complaint.objects.get().team == team


class TestACompanion:
    def test_leaves_the_owner_where_they_are(self, make_complaint, make_agent, now):
        complaint, expert = make_complaint(), make_agent()
        owner = complaint.owner
        actions.bring_in(complaint=complaint, by=owner, agent=expert, question="Is it the valve?", now=now)
        assert complaint.owner == owner
        assert complaint.people == 1  # the customer has not met the expert
        assert queries.views_with_counts(agent=expert, now=now)["now"] == 1
        actions.note(complaint=complaint, by=expert, text="Yes, it is.", now=now)
        assert queries.views_with_counts(agent=expert, now=now)["now"] == 0
        assert queries.views_with_counts(agent=expert, now=now)["mine"] == 1

    def test_is_somebody_else_with_a_question(self, make_complaint, make_agent, now):
        complaint = make_complaint()
        for agent, question in [
            (complaint.owner, "?"),
            (make_agent(is_active=False), "?"),
            (make_agent(), "  "),
        ]:
            with pytest.raises(actions.UnableToBringIn):
                actions.bring_in(complaint=complaint, by=complaint.owner, agent=agent, question=question, now=now)


class TestWhoLeaves:
    def test_hands_over_first(self, make_complaint, make_agent, now):
        complaint, other = make_complaint(), make_agent()
        leaving = complaint.owner
        with pytest.raises(people.UnableToLeave):
            people.leave(agent=leaving, now=now)
        assert actions.hand_over_all(agent=leaving, by=other, reason="New job", now=now) == 1
        people.leave(agent=leaving, now=now)
        assert Complaint.objects.get().owner == other

    def test_gets_another_owner_for_what_opens_again(self, make_complaint, make_agent, now):
        complaint, other = make_complaint(), make_agent()
        leaving = complaint.owner
        reply(complaint, leaving, now)
        actions.say_content(complaint=complaint, by_customer=True, now=now)
        people.leave(agent=leaving, now=now)
        actions.customer_writes(complaint=complaint, text="Again", channel="mail", now=now)
        assert Complaint.objects.get().owner == other
