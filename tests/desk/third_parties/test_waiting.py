"""Waiting for somebody outside: who, since when, their last word, our next one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise
from amends.desk.third_parties import actions, letters, queries
from amends.desk.third_parties.models import Party, Wait
from amends.desk.workplace import outside
from amends.engine import languages
from amends.engine.languages.reading import USUAL_READERS
from amends.engine.languages.text import prepare
from amends.engine.promises.undertaking import find_promises

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def owner(make_agent, make_team):
    return make_agent(team=make_team(lead=make_agent(role="lead")))


@pytest.fixture
def complaint(make_complaint, owner):
    return make_complaint(owner=owner)


@pytest.fixture
def waiting(complaint, owner, now):
    outside.wait(complaint=complaint, by=owner, who="Aras Kargo", until=now + DAY, told="write", now=now)
    return Wait.objects.get()


class TestTheWait:
    def test_tells_the_customer_and_promises_the_next_word(self, complaint, waiting, now):
        reply = Event.objects.get(kind="replied")
        promise = Promise.objects.get()
        assert "Aras Kargo" in reply.content.text
        assert promise.words in reply.content.text
        assert (promise.due_at, promise.made_in, waiting.promise) == (now + DAY, reply, promise)
        assert (waiting.party.name, waiting.since, waiting.ended_at) == ("Aras Kargo", now, None)
        assert complaint.turn == "third-party"

    def test_said_on_the_telephone_is_a_promise_too(self, complaint, owner, now):
        outside.wait(complaint=complaint, by=owner, who="Aras", until=now + DAY, told="phone", now=now)
        assert [event.kind for event in complaint.events.order_by("sequence")][-3:] == [
            *("called", "promise-made", "waiting-on-third-party"),
        ]
        assert Wait.objects.get().promise == Promise.objects.get()

    @pytest.mark.usefixtures("db")
    def test_one_name_in_any_letters_is_one_party(self):
        assert {actions.party_of(name).pk for name in ("İSTANBUL  KARGO", "İstanbul Kargo", "istanbul kargo")} == {
            Party.objects.get().pk
        }
        with pytest.raises(actions.UnableToWait):
            actions.party_of(" ")

    def test_a_past_time_is_no_next_word(self, complaint, owner, now):
        with pytest.raises(promises.UnableToPromise):
            outside.wait(complaint=complaint, by=owner, who="Aras", until=now - HOUR, told="write", now=now)
        assert not Event.objects.filter(kind__in=["replied", "waiting-on-third-party"]).exists()


class TestTheNextWord:
    def test_keeps_the_promise_and_makes_the_next_one(self, waiting, owner, now):
        first = waiting.promise
        later = now + DAY - HOUR
        outside.say_next_word(wait=waiting, by=owner, text="Hâlâ haber yok.", until=now + 2 * DAY, now=later)
        first.refresh_from_db()
        waiting.refresh_from_db()
        assert (first.state, waiting.since, waiting.last_word_at) == ("kept", now, None)
        assert waiting.promise is not None
        assert waiting.promise.due_at == now + 2 * DAY
        assert Wait.objects.count() == 1
        (row,) = queries.now_for(complaint=waiting.complaint, now=later)
        assert (row.party, row.next_word_at, row.overdue) == ("Aras Kargo", now + 2 * DAY, False)

    def test_is_asked_for_when_the_owner_was_warned(self, waiting, owner, now):
        promises.break_due(now=now + 8 * HOUR)  # five in the afternoon, and it is due at nine tomorrow
        (row,) = queries.now_for(complaint=waiting.complaint, now=now + 8 * HOUR)
        assert row.word_due

    def test_that_did_not_come_is_counted(self, waiting, now):
        promises.break_due(now=now + DAY + HOUR)
        waiting.complaint.refresh_from_db()
        (row,) = queries.parties(since=now - DAY, now=now + DAY + HOUR)
        assert (row.overdue.k, row.overdue.n, row.waiting[0].overdue) == (1, 1, True)

    def test_needs_words_and_somebody_who_is_waited_for(self, waiting, owner, now):
        with pytest.raises(Exception, match=r"empty"):
            outside.say_next_word(wait=waiting, by=owner, text=" ", until=now + 2 * DAY, now=now + HOUR)
        actions.answered(wait=waiting, by=owner, answer="yes", said="", now=now + HOUR)
        with pytest.raises(actions.UnableToWait):
            outside.say_next_word(wait=waiting, by=owner, text="…", until=now + 2 * DAY, now=now + 2 * HOUR)


class TestTheAnswer:
    def test_news_goes_on_with_the_wait(self, waiting, owner, now):
        actions.answered(wait=waiting, by=owner, answer="news", said="It is in Bursa.", now=now + HOUR)
        waiting.refresh_from_db()
        assert (waiting.last_word_at, waiting.ended_at) == (now + HOUR, None)
        waiting.complaint.refresh_from_db()
        assert waiting.complaint.turn == "third-party"

    @pytest.mark.parametrize("answer", ["yes", "no"])
    def test_a_yes_or_a_no_ends_it_and_the_move_is_ours(self, waiting, owner, now, answer):
        actions.answered(wait=waiting, by=owner, answer=answer, said="", now=now + HOUR)
        waiting.refresh_from_db()
        waiting.complaint.refresh_from_db()
        assert (waiting.ended_at, waiting.outcome, waiting.complaint.turn) == (now + HOUR, answer, "ours")
        assert waiting.complaint.waiting_since == now + HOUR
        with pytest.raises(actions.UnableToWait):
            actions.answered(wait=waiting, by=owner, answer="no", said="", now=now + 2 * HOUR)

    def test_a_no_stands_over_the_complaint_until_the_customer_is_told(self, waiting, owner, now):
        complaint = waiting.complaint
        actions.answered(wait=waiting, by=owner, answer="no", said="", now=now + HOUR)
        complaint.refresh_from_db()
        assert [row.outcome for row in queries.now_for(complaint=complaint, now=now + HOUR)] == ["no"]
        complaints.append(complaint=complaint, kind="replied", by="agent", agent=owner, text="…", now=now + 2 * HOUR)
        complaint.refresh_from_db()
        assert queries.now_for(complaint=complaint, now=now + 2 * HOUR) == []

    def test_nothing_else_is_an_answer(self, waiting, owner, now):
        for answer, said in (("ended", "…"), ("maybe", "…"), ("news", " ")):
            with pytest.raises(actions.UnableToWait):
                actions.answered(wait=waiting, by=owner, answer=answer, said=said, now=now)


class TestFollowingTheTimeline:
    def test_rebuilds_to_the_same(self, waiting, owner, now):
        actions.answered(wait=waiting, by=owner, answer="no", said="", now=now + HOUR)
        before = list(Wait.objects.values())
        Wait.objects.update(outcome="", ended_at=None, last_word_at=None)
        complaints.rebuild(complaint=waiting.complaint)
        assert list(Wait.objects.values()) == before

    def test_what_the_customer_ends_ends_the_wait(self, waiting, now):
        complaints.say_content(complaint=waiting.complaint, by_customer=True, now=now + HOUR)
        waiting.refresh_from_db()
        assert waiting.outcome == "ended"

    def test_an_old_story_without_a_party_gets_one(self, complaint, owner, now):
        complaints.wait_on_third_party(complaint=complaint, by=owner, who="Banka", now=now)
        assert Wait.objects.get().party.name == "Banka"

    def test_two_at_once_are_two_waits(self, complaint, owner, now):
        for hours, who in enumerate(("Kargo", "Banka")):
            complaints.wait_on_third_party(complaint=complaint, by=owner, who=who, now=now + hours * HOUR)
        bank = Wait.objects.get(party__name="Banka")
        actions.answered(wait=bank, by=owner, answer="yes", said="", now=now + 3 * HOUR)
        complaint.refresh_from_db()
        assert (Wait.objects.filter(ended_at=None).count(), complaint.turn) == (1, "third-party")

    def test_erasing_takes_the_name_of_who_only_they_waited_for(self, waiting, make_agent, now):
        complaints.erase(customer=waiting.complaint.customer, by=make_agent(), now=now + HOUR)
        assert Party.objects.get().name == ""
        assert Wait.objects.get().since == now

    def test_a_party_of_others_too_keeps_its_name(self, waiting, make_complaint, make_agent, now):
        other = make_complaint(owner=waiting.complaint.owner)
        actions.wait(complaint=other, by=other.owner, who="aras kargo", until=now + DAY, now=now)
        complaints.erase(customer=waiting.complaint.customer, by=make_agent(), now=now + HOUR)
        assert Party.objects.get().name == "Aras Kargo"


class TestTheParties:
    def test_counts_with_what_it_is_a_part_of(self, make_complaint, owner, now):
        for days, answer in ((1, "yes"), (4, "no"), (7, "no"), (9, "")):
            complaint = make_complaint(owner=owner)
            actions.wait(complaint=complaint, by=owner, who="Banka", until=now + DAY, now=now - days * DAY)
            if answer:
                wait = Wait.objects.get(complaint=complaint)
                actions.answered(wait=wait, by=owner, answer=answer, said="", now=now)
        (row,) = queries.parties(since=now - DAY, now=now)
        assert (len(row.waiting), row.longest, row.ended, row.median) == (1, 9 * DAY, 3, 4 * DAY)
        assert ((row.long.k, row.long.n), (row.no.k, row.no.n)) == ((3, 4), (2, 3))
        assert not row.is_slow  # four prove nothing

    def test_who_has_heard_of_no_time_is_seen(self, complaint, owner, now):
        complaints.wait_on_third_party(complaint=complaint, by=owner, who="Banka", now=now)
        (row,) = queries.now_for(complaint=complaint, now=now)
        assert row.without_word


@pytest.mark.parametrize("language", ["en", "tr", "fa", "mn"])
class TestTheWords:
    def test_the_next_word_is_read_as_a_promise(self, language, owner, now):
        until = now.astimezone(owner.calendar().zone) + 2 * DAY
        words = letters.next_word(until=until, language=language)
        (found,) = find_promises(words, language=language, now=now, calendar=owner.calendar())
        assert found.due == until

    def test_nothing_that_we_propose_is_a_failing(self, language, make_complaint, make_customer, owner, now):
        complaint = make_complaint(customer=make_customer(language=language), owner=owner)
        until = now + DAY
        texts = [
            letters.waiting(complaint=complaint, who="DHL", own_words="", until=until),
            letters.no_news(complaint=complaint, who="DHL"),
            *(starter.text for starter in letters.starters(complaint=complaint, who="DHL")),
        ]
        bad = {"excuse-reason", "not-our-fault", "customer-fault", "sent-elsewhere", "blame", "shrug"}
        for text in texts:
            prepared = prepare(text, language=languages.get(language))
            kinds = {act.kind for reader in USUAL_READERS for act in reader.read(prepared, by="agent")}
            assert not kinds & bad, (text, kinds & bad)
