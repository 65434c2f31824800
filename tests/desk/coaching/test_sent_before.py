"""A text that went to many customers is known when it is about to go to one more."""

from datetime import timedelta

import pytest

from amends.desk.coaching import sent_before, tasks
from amends.desk.coaching.models import SentBand, SentText, SentUse
from amends.desk.coaching.queries import judge_sent, read_draft
from amends.desk.complaints import actions as complaints
from amends.desk.workplace import actions as workplace
from amends.engine.languages.reading import USUAL_READERS

pytestmark = pytest.mark.django_db
TROUBLES = (
    "The lift in our building has been stuck since Tuesday and my mother cannot leave the fourth floor.",
    "You charged my card twice for the concert tickets and nobody answers the telephone.",
    "The washing machine leaks over the whole kitchen since your mechanic repaired the pump.",
    "My parcel with winter boots never arrived, the tracking stopped in Leeds nine days ago.",
    "Your waiter was rude to my wife at the wedding dinner and laughed about her dress.",
)
FORM = (
    "Your message has reached the department that deals with such things. It will be kept in mind whenever our service "
    "is looked at again."
)


@pytest.fixture
def cases(make_complaint, make_customer):
    """Five customers with different troubles."""
    return [
        make_complaint(customer=make_customer(name=f"Pat {at}", language="en"), text=TROUBLES[at]) for at in range(5)
    ]


@pytest.fixture
def sent(cases, now):
    """Four of them got the form letter."""
    return [workplace.reply(complaint=one, by=one.owner, text=FORM, now=now) for one in cases[:4]]


def canned(complaint, now, text=FORM):
    reading = read_draft(complaint=complaint, agent=complaint.owner, text=text, now=now)
    return [one for one in reading.findings if one.name == "canned" and not one.hint]


class TestTheDraft:
    def test_is_told_to_how_many_it_went(self, cases, sent, now):
        (remark,) = canned(cases[4], now)
        assert remark.hurts.startswith("This text went to 4 other customers.")

    def test_with_a_sentence_of_this_matter_is_silent(self, cases, sent, now):
        assert not canned(cases[4], now, FORM + " The waiter will write to your wife himself before this evening ends.")

    def test_to_the_same_customer_again_is_silent(self, cases, sent, now, make_complaint):
        for one in cases[:4]:
            complaints.erase(customer=one.customer, by=one.owner, now=now)
        assert not canned(cases[4], now)


class TestTheTable:
    def test_keeps_a_text_once(self, sent):
        assert (SentText.objects.count(), SentUse.objects.count(), SentBand.objects.count()) == (1, 4, 12)

    def test_is_not_changed_by_keeping_twice(self, sent):
        for event in sent:
            assert SentUse.objects.filter(event=event).count() == 1
        tasks.actions.remember_what_was_sent(event=sent[0])
        assert (SentText.objects.count(), SentUse.objects.count()) == (1, 4)

    def test_forgets_what_an_erased_customer_got_and_keeps_what_others_got(self, cases, sent, now):
        complaints.erase(customer=cases[0].customer, by=cases[0].owner, now=now)
        assert (SentText.objects.count(), SentUse.objects.count()) == (1, 3)

    def test_is_filled_up_with_what_nobody_remembered(self, sent, now, monkeypatch):
        rests = []
        monkeypatch.setattr(tasks.giving_way, "rest", lambda: rests.append(now))
        sent_before.forget(complaint_ids=[event.complaint_id for event in sent])
        assert SentText.objects.count() == 0
        assert tasks.remember_what_was_sent(now=now) == 4
        assert tasks.remember_what_was_sent(now=now) == 0
        assert (SentText.objects.count(), SentUse.objects.count()) == (1, 4)
        assert len(rests) == 4  # who waits for the processor comes in between


class TestWhatWasSent:
    def test_is_judged_by_what_went_before_it(self, cases, now):
        sent = [
            workplace.reply(complaint=one, by=one.owner, text=FORM, now=now + timedelta(hours=at))
            for at, one in enumerate(cases)
        ]
        found = [judge_sent(event=event, readers=USUAL_READERS)[0] for event in sent]
        assert ["canned" in {one.failing for one in judgement.failings} for judgement in found] == [
            *(False, False, False, True, True)
        ]
