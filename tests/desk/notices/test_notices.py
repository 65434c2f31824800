"""What people are told, whether they saw it, and what is mailed to them and when."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.urls import reverse
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.jobs.post import Outcome
from amends.desk.notices import actions, queries, tasks, words
from amends.desk.notices.models import ByMail, Notice
from amends.desk.people.letters import UnableToMail

LATER = timedelta(minutes=6)  # longer than one who is at the desk has to see it


@pytest.fixture
def lead(make_agent):
    return make_agent(name="Selin Ak", role="lead")


@pytest.fixture
def owner(make_agent, make_team, lead):
    return make_agent(name="Deniz Kaya", team=make_team(lead=lead))


@pytest.fixture
def complaint(make_complaint, owner, now):
    return make_complaint(owner=owner, now=now)


def warn(complaint, whom, now, about="promise-broken"):
    data = {"to": whom.pk, "about": about, "promise": 1, "words": "I call on Tuesday", "due": now.isoformat()}
    return complaints.append(complaint=complaint, kind=EventKind.WARNED, by=By.SYSTEM, data=data, now=now)


def said_to(agent, now):
    return [row.words for row in queries.told(agent=agent, now=now)]


class TestWhoIsTold:
    def test_a_new_owner_once_for_the_whole_arrival(self, complaint, owner, now):
        assert said_to(owner, now) == ["A new complaint is yours."]

    def test_of_further_words_and_not_of_ones_own(self, complaint, owner, now):
        complaints.customer_writes(complaint=complaint, text="Still broken.", channel="portal", now=now + LATER)
        complaints.note(complaint=complaint, by=owner, text="Called the courier.", now=now + 2 * LATER)
        assert said_to(owner, now + 3 * LATER)[0] == "The customer wrote again."
        assert Notice.objects.filter(agent=owner).count() == 2

    def test_owner_and_lead_hear_of_a_broken_promise_each_in_their_words(self, complaint, owner, lead, now):
        warn(complaint, owner, now + LATER)
        warn(complaint, lead, now + LATER)
        assert "yours broke" in said_to(owner, now + LATER)[0]
        assert said_to(lead, now + LATER) == ["A promise of Deniz Kaya broke: “I call on Tuesday”"]

    def test_two_warnings_of_one_moment_are_two(self, complaint, owner, now):
        said = [
            {"kind": EventKind.WARNED, "by": By.SYSTEM, "data": {"to": owner.pk, "about": "promise-due", "words": word}}
            for word in ("one", "two")
        ]
        complaints.append_all(complaint=complaint, said=said, now=now + LATER)
        assert sum("falls due" in told for told in said_to(owner, now + LATER)) == 2

    def test_two_time_limits_of_a_complaint_are_told_apart(self, complaint, owner, lead, now):
        said = [
            {
                "kind": EventKind.WARNED,
                "by": By.SYSTEM,
                "data": {"to": whom.pk, "about": "clock-missed", "clock": clock, "due": now.isoformat()},
            }
            for clock in ("answer", "resolution", "uk.final")
            for whom in (owner, lead)
        ]
        complaints.append_all(complaint=complaint, said=said, now=now + LATER)
        assert said_to(lead, now + LATER) == [
            "A time limit has passed at Deniz Kaya: legal time limit.",
            "A time limit has passed at Deniz Kaya: resolution.",
            "A time limit has passed at Deniz Kaya: first answer.",
        ]
        assert "A time limit of your complaint has passed: first answer." in said_to(owner, now + LATER)

    def test_who_is_asked_and_who_is_handed_over_to(self, complaint, owner, make_agent, now):
        expert = make_agent(name="Nomin")
        complaints.bring_in(complaint=complaint, by=owner, agent=expert, question="Is it under warranty?", now=now)
        complaints.hand_over(complaint=complaint, by=owner, to=expert, reason="speaks Mongolian", now=now + LATER)
        assert said_to(expert, now + LATER) == [
            "Deniz Kaya handed this complaint over to you: speaks Mongolian",
            "Deniz Kaya asks you: Is it under warranty?",
        ]

    def test_deriving_anew_tells_nobody_twice(self, complaint, owner, now):
        warn(complaint, owner, now + LATER)
        before = Notice.objects.count()
        complaints.rebuild(complaint=complaint)
        assert Notice.objects.count() == before

    @pytest.mark.parametrize("language", ["tr", "fa", "mn"])
    def test_every_saying_is_said_in_every_language(self, language):
        with translation.override(language):
            for saying in (
                *words.MINE.values(),
                *words.THEIRS.values(),
                *words.KINDS.values(),
                *words.ANSWERS.values(),
            ):
                given = dict.fromkeys(("by", "owner", "words", "reason", "what", "question"), "§")
                with translation.override("en"):
                    english = str(saying) % given
                assert str(saying) % given != english


class TestSeeing:
    def test_opening_the_complaint_is_seeing_it(self, complaint, owner, now):
        assert queries.count_new(agent=owner, now=now) == 1
        complaints.mark_read(complaint=complaint, agent=owner, now=now)
        assert queries.count_new(agent=owner, now=now) == 0
        warn(complaint, owner, now + LATER)
        assert queries.count_new(agent=owner, now=now + LATER) == 1

    def test_the_page_shows_what_is_new_and_marks_it_seen(self, client, complaint, owner):
        client.force_login(owner)
        page = client.get(reverse("notices:told"))
        assert [row.is_new for row in page.context["rows"]] == [True]
        assert [row.is_new for row in client.get(reverse("notices:told")).context["rows"]] == [False]

    def test_the_rail_counts_it_and_brings_its_words(self, client, make_complaint, owner, now, monkeypatch):
        monkeypatch.setattr("amends.desk.workplace.lists.timezone.now", lambda: now)  # in the hours of the owner
        make_complaint(owner=owner, now=now)
        client.force_login(owner)
        html = client.get(reverse("workplace:counts")).content.decode()
        assert 'data-words="A new complaint is yours."' in html
        client.get(reverse("notices:told"))
        assert "data-words" not in client.get(reverse("workplace:counts")).content.decode()

    def test_nobody_sees_what_another_was_told(self, client, complaint, lead):
        client.force_login(lead)
        assert client.get(reverse("notices:told")).context["rows"] == []


class TestMail:
    @pytest.fixture
    def letters(self, monkeypatch):
        sent = []

        class Post:
            is_open = True
            outcome = Outcome("sent")

            def deliver(self, *, mime, sender, recipient):
                sent.append((recipient, message_from_bytes(mime, policy=policy.default)))
                return self.outcome

        monkeypatch.setattr(tasks, "post_from_settings", Post)
        return sent

    def mailed(self, now):
        """One pass, and the queue emptied by hand: who was written to."""
        tasks.mail_unseen(now=now)
        queued = list(DBTaskResult.objects.order_by("enqueued_at").values_list("args_kwargs", flat=True))
        DBTaskResult.objects.all().delete()
        for call in queued:
            tasks.mail_notices.call(*call["args"])
        return len(queued)

    def test_what_was_not_seen_is_mailed_once_in_one_letter(self, complaint, owner, letters, now):
        warn(complaint, owner, now)
        warn(complaint, owner, now + timedelta(seconds=1), about="promise-due")
        assert self.mailed(now + timedelta(minutes=1)) == 0  # who is at the desk has some minutes
        assert self.mailed(now + LATER) == 1
        assert self.mailed(now + 2 * LATER) == 0
        ((recipient, letter),) = letters
        assert recipient == owner.email
        text = letter.get_content()
        assert text.count("I call on Tuesday") == 2
        assert "A new complaint is yours." not in text  # only what is asked of them, unless they wish for all
        assert f"/desk/{complaint.number}/" in text
        assert letter["Auto-Submitted"] == "auto-generated"

    def test_what_was_seen_is_not_mailed(self, complaint, owner, letters, now):
        warn(complaint, owner, now)
        complaints.mark_read(complaint=complaint, agent=owner, now=now + timedelta(minutes=2))
        assert self.mailed(now + LATER) == 0

    def test_never_at_night(self, complaint, owner, letters, now):
        night = now.replace(hour=20)  # eleven at night in Istanbul
        warn(complaint, owner, night)
        assert self.mailed(night + LATER) == 0
        morning = owner.calendar().next_opening(night)
        assert self.mailed(morning + LATER) == 1

    @pytest.mark.parametrize(("wish", "told"), [(ByMail.NOTHING, 0), (ByMail.ASKED, 1), (ByMail.ALL, 2)])
    def test_as_they_wish(self, complaint, owner, now, wish, told):
        actions.wish(agent=owner, by_mail=wish)
        warn(complaint, owner, now)
        taken = actions.claim_mail(now=now + LATER)
        assert sum(map(len, taken.values())) == told

    def test_example_people_and_leavers_get_none(self, complaint, owner, letters, now):
        warn(complaint, owner, now)
        for field, value in (("is_example", True), ("is_active", False)):
            type(owner).objects.filter(pk=owner.pk).update(is_example=False, is_active=True)
            type(owner).objects.filter(pk=owner.pk).update(**{field: value})
            assert self.mailed(now + LATER) == 0

    def test_without_post_it_waits(self, complaint, owner, now):
        warn(complaint, owner, now)
        assert tasks.mail_unseen(now=now + LATER) == 0
        assert Notice.objects.filter(mailed_at=None).count() == Notice.objects.count()

    def test_a_refusal_is_raised_so_that_it_is_tried_again(self, complaint, owner, letters, monkeypatch, now):
        event = warn(complaint, owner, now)
        monkeypatch.setattr(tasks.post_from_settings, "outcome", Outcome("later", "busy"))
        with pytest.raises(UnableToMail, match="busy"):
            tasks.mail_notices.call(owner.pk, [event.pk])

    def test_the_wish_is_kept_on_the_page(self, client, owner):
        client.force_login(owner)
        client.post(reverse("notices:wish"), {"by_mail": "all"})
        assert queries.by_mail(agent=owner) == ByMail.ALL
        client.post(reverse("notices:wish"), {"by_mail": "everything there is"})
        assert queries.by_mail(agent=owner) == ByMail.ALL
