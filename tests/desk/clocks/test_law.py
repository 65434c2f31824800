"""Legal clocks: off until somebody says so, extended only with a notice, met by what the law asks for."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from amends.desk.clocks import actions, letters, queries
from amends.desk.clocks.models import LegalRow
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event
from amends.desk.workplace import actions as workplace
from amends.desk.workplace.time_limits import (
    confirm_receipt,
    extend_with_notice,
    hold_with_letter,
    send_final_letter,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def adopt(make_agent, now):
    administrator = make_agent(role="administrator")

    def adopt(code, **fields):
        return actions.set_law(code=code, is_on=True, by=administrator, now=now, **fields)

    return adopt


def legal(complaint, code):
    return complaint.clocks.filter(what="legal", code=code).order_by("started_at").last()


def reply(complaint, now, text="Here is our answer."):
    return workplace.reply(complaint=complaint, by=complaint.owner, text=text, now=now)


class TestAdopting:
    def test_none_holds_until_somebody_says_so(self, make_complaint):
        assert not make_complaint().clocks.filter(what="legal").exists()
        assert not any(line.is_on for line in queries.laws())
        assert len(queries.laws()) >= 35

    def test_one_holds_for_those_whom_it_is_for(self, adopt, make_complaint, make_customer):
        adopt("mn.petition", language="mn")
        assert legal(make_complaint(), "mn.petition") is None
        complaint = make_complaint(customer=make_customer(language="mn"))
        assert legal(complaint, "mn.petition").due_day == date(2026, 11, 13)

    def test_an_administrator_corrects_its_figures_and_only_these_are_kept(self, adopt, make_complaint):
        adopt("tr.bank.card", figures={"n": 25, "checked": "2026-12-01", "confidence": "H"})
        row = LegalRow.objects.get()
        assert row.changed == {"n": 25, "checked": "2026-12-01", "confidence": "H"}
        assert legal(make_complaint(), "tr.bank.card").due_day == date(2026, 11, 8)
        with pytest.raises(actions.UnableToSetLimit):
            adopt("tr.bank.card", figures={"n": 0})
        with pytest.raises(actions.UnableToSetLimit):
            adopt("moon.law")

    def test_one_not_in_force_yet_starts_nothing(self, adopt, make_complaint):
        adopt("es.final")
        adopt("eu.adr")
        assert not make_complaint().clocks.filter(what="legal").exists()


class TestMeeting:
    def test_answered_resolved_and_closed_are_kept_apart(self, adopt, make_complaint, now):
        for code in ("uk.final", "uk.summary", "ie.acknowledge"):
            adopt(code)
        complaint = make_complaint()
        reply(complaint, now + HOUR)
        assert [legal(complaint, code).state for code in ("ie.acknowledge", "uk.final", "uk.summary")] == [
            *("met", "running", "running"),  # a word is a word, and neither the answer nor a yes
        ]
        actions.mark_final_answer(complaint=complaint, by=complaint.owner, now=now + 2 * HOUR)
        assert [legal(complaint, code).state for code in ("uk.final", "uk.summary")] == ["met", "running"]
        complaints.say_content(complaint=complaint, by_customer=True, now=now + 3 * HOUR)
        assert legal(complaint, "uk.summary").state == "met"

    def test_a_receipt_confirms_and_a_word_about_a_hand_over_does_not(self, adopt, make_complaint, now):
        adopt("ie.acknowledge")
        complaint = make_complaint()
        for at, about, state in ((now + HOUR, {"about": "hand-over"}, "running"), (now + 2 * HOUR, {}, "met")):
            complaints.append(complaint=complaint, kind="acknowledged", by="system", text="A word.", data=about, now=at)
            assert legal(complaint, "ie.acknowledge").state == state

    def test_closing_meets_nothing(self, adopt, make_complaint, now):
        adopt("uk.final")
        complaint = make_complaint()
        reply(complaint, now + HOUR)
        complaints.close(complaint=complaint, by=complaint.owner, now=now + 2 * HOUR)
        assert legal(complaint, "uk.final").state == "ended"

    def test_a_final_answer_is_a_reply_and_marked_once(self, adopt, make_complaint, now):
        complaint = make_complaint()
        with pytest.raises(actions.UnableToMark):
            actions.mark_final_answer(complaint=complaint, by=complaint.owner, now=now)
        reply(complaint, now + HOUR)
        actions.mark_final_answer(complaint=complaint, by=complaint.owner, now=now + HOUR)
        with pytest.raises(actions.UnableToMark):
            actions.mark_final_answer(complaint=complaint, by=complaint.owner, now=now + HOUR)

    def test_news_are_owed_again_after_each_word(self, adopt, make_complaint, now):
        adopt("ie.update")
        complaint = make_complaint()
        assert legal(complaint, "ie.update") is None
        reply(complaint, now + HOUR)
        reply(complaint, now + DAY)
        rows = complaint.clocks.filter(code="ie.update").order_by("started_at")
        assert [row.state for row in rows] == ["met", "running"]

    def test_some_begin_on_a_day_that_somebody_enters(self, adopt, make_complaint, now):
        adopt("tr.repair")
        complaint = make_complaint()
        assert legal(complaint, "tr.repair") is None
        actions.start(complaint=complaint, by=complaint.owner, code="tr.repair", began=now - 2 * DAY, now=now)
        assert legal(complaint, "tr.repair").due_day == date(2026, 11, 4)  # twenty days on which Saturday counts
        for code, began in (("tr.repair", now + DAY), ("uk.final", now), ("tr.withdraw", now)):
            with pytest.raises(actions.UnableToStart):
                actions.start(complaint=complaint, by=complaint.owner, code=code, began=began, now=now)


class TestTheLastDay:
    @pytest.mark.parametrize("reader", ["Asia/Ulaanbaatar", "Europe/London", "America/Los_Angeles"])
    def test_is_the_same_day_for_every_reader(self, adopt, make_complaint, now, reader):
        """Fifteen working days after Monday 23 November 2026 end on Monday 14 December, wherever they are read."""
        adopt("uk.payments")
        complaint = make_complaint(at=datetime(2026, 11, 23, 3, 50, tzinfo=UTC))
        clock = legal(complaint, "uk.payments")
        assert clock.due_day == date(2026, 12, 14)
        with timezone.override(reader):
            line = next(line for line in queries.pane(complaint=complaint, now=now).lines if line.is_legal)
            assert timezone.localtime(line.due_at).date() == date(2026, 12, 14)
            assert line.whole_day
        assert queries.why(clock=clock, now=now).by_days_off


class TestExtending:
    @pytest.fixture
    def complaint(self, adopt, make_complaint, make_customer):
        adopt("mn.petition")
        return make_complaint(customer=make_customer(language="mn", name="Болормаа"))

    def notice(self, now, **fields):
        told = {"reason": "Шинжээчийн дүгнэлт хүлээж байна.", "decided_by": "Ж. Бат", "expected": now + 40 * DAY}
        return letters.Notice(**{**told, **fields})

    def test_goes_together_with_a_letter_that_holds_what_the_law_wants(self, complaint, now):
        clock = legal(complaint, "mn.petition")
        event = extend_with_notice(clock=clock, by=complaint.owner, notice=self.notice(now), now=now + 5 * DAY)
        clock.refresh_from_db()
        assert (clock.due_day, clock.extended_by_id) == (date(2026, 12, 13), event.pk)
        for words in ("Шинжээчийн дүгнэлт", "Ж. Бат", "11-р сарын 23"):
            assert words in event.content.text
        assert complaint.promises.get(made_in=event).due_at == now + 40 * DAY
        assert Event.objects.filter(kind="clock-extended").count() == 1
        complaints.rebuild(complaint=complaint)
        clock.refresh_from_db()
        assert clock.due_day == date(2026, 12, 13)

    def test_never_happens_without(self, complaint, now):
        clock = legal(complaint, "mn.petition")
        wrong = (
            self.notice(now, reason=" "),
            self.notice(now, decided_by=""),
            self.notice(now, expected=now - DAY),
            self.notice(now, expected=now + 90 * DAY),
        )
        for notice in wrong:
            with pytest.raises(letters.UnableToWriteNotice):
                extend_with_notice(clock=clock, by=complaint.owner, notice=notice, now=now + DAY)
        note = complaints.note(complaint=complaint, by=complaint.owner, text="later", now=now)
        with pytest.raises(actions.UnableToExtend):
            actions.extend(clock=clock, by=complaint.owner, notice=note, now=now)
        clock.refresh_from_db()
        assert clock.due_day == date(2026, 11, 13)
        assert not complaint.events.filter(kind="replied").exists()

    def test_happens_once_and_in_time(self, complaint, now):
        clock = legal(complaint, "mn.petition")
        with pytest.raises(actions.UnableToExtend):
            extend_with_notice(
                clock=clock, by=complaint.owner, notice=self.notice(now, expected=now + 50 * DAY), now=now + 45 * DAY
            )
        assert not complaint.events.filter(kind="replied").exists()  # the letter went with it
        extend_with_notice(clock=clock, by=complaint.owner, notice=self.notice(now), now=now + DAY)
        with pytest.raises(actions.UnableToExtend):
            extend_with_notice(clock=clock, by=complaint.owner, notice=self.notice(now), now=now + DAY)

    def test_is_for_laws_that_know_it(self, adopt, make_complaint, now):
        adopt("tr.bank.card")
        complaint = make_complaint()
        with pytest.raises(actions.UnableToExtend):
            extend_with_notice(
                clock=legal(complaint, "tr.bank.card"), by=complaint.owner, notice=self.notice(now), now=now
            )


class TestNoAnswerInTime:
    """Where a law asks for a letter because there is no final answer: it holds what the law wants, or is not sent."""

    @pytest.fixture
    def complaint(self, adopt, make_complaint, make_customer):
        adopt("uk.final")
        return make_complaint(customer=make_customer(language="en", name="Nora Whitaker"), language="en")

    def holding(self, now, **fields):
        told = {"reason": "The workshop has not sent its report.", "expected": now + 70 * DAY, "ombudsman": "The Body"}
        return letters.Holding(**{**told, **fields})

    def test_the_letter_holds_what_the_law_wants_and_its_day_is_a_promise(self, complaint, now):
        clock = legal(complaint, "uk.final")
        due = clock.due_at
        event = hold_with_letter(clock=clock, by=complaint.owner, holding=self.holding(now), now=now + 50 * DAY)
        for words in (
            "The workshop has not sent its report.",
            "You will have our answer by",
            "The Body",
            "free of charge",
        ):
            assert words in event.content.text
        assert complaint.promises.get(made_in=event).due_at == now + 70 * DAY
        clock.refresh_from_db()
        assert (clock.due_at, clock.extended_by_id) == (due, None)  # it moves nothing

    def test_it_is_not_sent_without(self, complaint, now):
        clock = legal(complaint, "uk.final")
        for wrong in ({"reason": " "}, {"ombudsman": ""}, {"expected": now}):
            with pytest.raises(letters.UnableToWriteNotice):
                hold_with_letter(clock=clock, by=complaint.owner, holding=self.holding(now, **wrong), now=now + DAY)
        assert not complaint.events.filter(kind="replied").exists()

    def test_a_law_that_asks_for_none_gets_none(self, adopt, complaint, now):
        adopt("tr.bank.card")
        complaints.rebuild(complaint=complaint)
        with pytest.raises(letters.UnableToWriteNotice):
            hold_with_letter(
                clock=legal(complaint, "tr.bank.card"), by=complaint.owner, holding=self.holding(now), now=now + DAY
            )


class TestLettersThatEndIt:
    """The final answer, a no and the letter after a yes hold the customer's own rights, or are not sent."""

    @pytest.fixture
    def complaint(self, adopt, make_complaint, make_customer):
        for code in ("uk.final", "uk.summary"):
            adopt(code)
        return make_complaint(customer=make_customer(language="en", name="Nora Whitaker"), language="en")

    def letter(self, now, **fields):
        told = {"text": "The seal was cut.", "ombudsman": "The Body", "until": (now + 180 * DAY).date()}
        return letters.FinalLetter(**{**told, **fields})

    def test_a_no_says_why_and_where_to_turn_until_when_and_is_the_final_answer(self, complaint, now):
        clock = legal(complaint, "uk.final")
        event = send_final_letter(
            clock=clock, by=complaint.owner, kind="refusal", letter=self.letter(now, instead="A new seal."), now=now
        )
        for words in (
            *("cannot do what you asked for", "The seal was cut.", "all the same: A new seal."),
            *("The Body", "until 12 April 2027", "we do not agree to a later one"),
        ):
            assert words in event.content.text
        clock.refresh_from_db()
        assert (clock.state, clock.done_at) == ("met", now)
        assert complaint.events.get(kind="final-answer").content.data["event"] == event.pk
        with pytest.raises(actions.UnableToMark):  # there is one final answer, and no letter left with this one
            send_final_letter(clock=clock, by=complaint.owner, kind="answer", letter=self.letter(now), now=now + HOUR)
        assert complaint.events.filter(kind="replied").count() == 1

    def test_without_what_the_law_wants_none_is_sent(self, adopt, complaint, now):
        adopt("ie.acknowledge")
        complaints.rebuild(complaint=complaint)
        clock = legal(complaint, "uk.final")
        for kind, wrong in (
            *(("refusal", {"text": " "}), ("refusal", {"ombudsman": ""}), ("refusal", {"until": None})),
            *(("answer", {"text": ""}), ("answer", {"until": now.date()}), ("settled", {}), ("holding", {})),
        ):
            with pytest.raises(letters.UnableToWriteNotice):
                send_final_letter(clock=clock, by=complaint.owner, kind=kind, letter=self.letter(now, **wrong), now=now)
        assert not complaint.events.filter(kind="replied").exists()

    def test_after_the_customers_yes_a_short_letter_is_offered_once(self, complaint, now):
        clock = legal(complaint, "uk.summary")
        assert not any("settled" in line.letters for line in queries.pane(complaint=complaint, now=now).lines)
        complaints.say_content(complaint=complaint, by_customer=True, now=now + HOUR)
        complaint.refresh_from_db()
        clock = legal(complaint, "uk.summary")
        (line,) = queries.pane(complaint=complaint, now=now + HOUR).lines
        assert (line.id, line.letters) == (clock.pk, ("settled",))
        letter = self.letter(now, text="", may_be_late=True)
        event = send_final_letter(clock=clock, by=complaint.owner, kind="settled", letter=letter, now=now + 2 * HOUR)
        assert "as settled" in event.content.text
        assert "We agree that they look at it after that day, too." in event.content.text
        assert queries.pane(complaint=complaint, now=now + 3 * HOUR).lines == ()

    def test_six_months_of_the_ombudsman_begin_with_the_letter(self, complaint, now):
        clock = legal(complaint, "uk.final")
        law, _row = queries.law(code="uk.final")
        assert queries.referral_day(clock=clock, law=law, now=now) == date(2027, 4, 14)


class TestConfirmingReceipt:
    def test_names_the_person_or_the_time_and_the_time_is_a_promise(self, adopt, make_complaint, make_customer, now):
        adopt("uk.final")
        complaint, other = (make_complaint(customer=make_customer(language="en"), language="en") for _ in range(2))
        (line,) = [one for one in queries.pane(complaint=complaint, now=now).lines if one.is_legal]
        assert line.letters == ("receipt", "answer")
        event = confirm_receipt(clock=legal(complaint, "uk.final"), by=complaint.owner, now=now)
        assert "8 weeks: you will have it by Wednesday 9 December" in event.content.text
        promise = complaint.promises.get(made_in=event)
        assert (promise.due_at.date(), promise.whole_day) == (date(2026, 12, 9), True)
        complaint.refresh_from_db()
        (line,) = [one for one in queries.pane(complaint=complaint, now=now).lines if one.is_legal]
        assert line.letters == ("answer",)
        adopt("ie.acknowledge")
        complaints.rebuild(complaint=other)
        event = confirm_receipt(clock=legal(other, "ie.acknowledge"), by=other.owner, now=now)
        assert f"{other.owner.name} is responsible for it" in event.content.text
        assert legal(other, "ie.acknowledge").state == "met"
        with pytest.raises(letters.UnableToWriteNotice):  # its time has passed
            confirm_receipt(clock=legal(complaint, "uk.final"), by=complaint.owner, now=now + 60 * DAY)
