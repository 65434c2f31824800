"""The example company on a desk: laid out truly, moved along to another day, and never in a visitor's way."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Set
from datetime import UTC, datetime, timedelta
from typing import ClassVar, NamedTuple
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.db.models import PROTECT, F
from django.test import TestCase, override_settings

from amends.desk.channels.chat.models import Chat
from amends.desk.channels.imports.models import Brought
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.clocks.models import Clock
from amends.desk.coaching.models import Seen, SentAsItWas
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import export
from amends.desk.complaints.models import Complaint, Draft, Event, EventKind, Stage, Turn
from amends.desk.customers.models import Customer
from amends.desk.example import actions, stories
from amends.desk.example.models import Told
from amends.desk.example.queries import is_laid_out, sign_ins
from amends.desk.example.taking_back import HANGS_ON
from amends.desk.example.tasks import move_example_along
from amends.desk.improvements.models import Cause, Layer
from amends.desk.insight import queries as insight
from amends.desk.insight.actions import look_again
from amends.desk.insight.frame import Frame
from amends.desk.people.actions import leave
from amends.desk.people.models import Agent, Organisation, Role, Team
from amends.desk.promises.actions import break_due
from amends.desk.promises.models import Promise, State
from amends.desk.promises.queries import board
from amends.desk.third_parties.models import Wait
from amends.desk.workplace.models import LaterReply
from amends.engine.audit import audit
from amends.engine.conversation import from_json, to_json
from amends.engine.measures.summary import Summary
from amends.intake.json_lines import as_conversation

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)  # a Wednesday
A_DAY = timedelta(days=1)
# Enough for every way in which a story can be moved; the whole company is laid out once, below.
GOING_ON = {
    "tr/dogum-gunu-paketi",
    "tr/kapak-nerede",
    "fa/hediyeh-salgard",
    "mn/barimt",
    "mn/zasvar-margaash",
    "tr/kurye-komsuya",
}
FEW = GOING_ON | {"tr/kirik-fincanlar"}


class LaidOut(TestCase):
    """Laid out once for a class; each test is rolled back."""

    only: ClassVar[Set[str]] = frozenset()

    @classmethod
    def setUpTestData(cls) -> None:
        files = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(
            override_settings(MEDIA_ROOT=files, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
        )
        told = tuple(story for story in stories.stories() if not cls.only or story.id in cls.only)
        cls.enterClassContext(mock.patch.object(actions, "stories", return_value=told))
        actions.set_up(now=NOW)


class Compared(NamedTuple):
    summary: Summary
    figures: insight.Figures


# Its figures are the stories' own; what laying out asks of PostgreSQL the few of `TestMovingAlong` show there.
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="seen on SQLite")
class TestTheWholeCompany(LaidOut):
    def test_it_is_as_large_as_it_says(self) -> None:
        assert Team.objects.count() == 2
        assert Agent.objects.count() == 8
        assert Customer.objects.count() == 40
        assert Complaint.objects.count() == len(stories.stories()) == Told.objects.count()
        assert Organisation.objects.get().name == "Karvan"

    def test_every_language_has_some_fifteen(self) -> None:
        by_language = Counter(Complaint.objects.values_list("language", flat=True))
        assert set(by_language) == {"tr", "fa", "mn", "en"}
        assert min(by_language.values()) >= 14

    def test_every_stage_and_turn_has_somebody_in_it(self) -> None:
        assert {*Complaint.objects.values_list("stage", flat=True)} == set(Stage.values)
        assert {*Complaint.objects.values_list("turn", flat=True)} == set(Turn.values)
        assert {*Complaint.objects.values_list("heat", flat=True)} >= {0, 1, 3}

    def test_everything_that_can_happen_has_happened(self) -> None:
        # No law that a private firm here is bound by can be extended.
        never = {EventKind.ERASED, EventKind.UNDONE, EventKind.CLOCK_EXTENDED}
        # A manager is rung by the work of each minute; what colleagues decline is nobody's example.
        never |= {EventKind.MANAGER_RUNG, EventKind.MANAGER_CAME, EventKind.TAKEOVER_DECLINED}
        # What agents put aside, link, merge, split and fill in is each visitor's own to try.
        never |= {EventKind.SNOOZED, EventKind.WOKEN, EventKind.UNTAGGED, EventKind.LINKED, EventKind.UNLINKED}
        never |= {EventKind.MERGED, EventKind.MERGED_INTO, EventKind.SPLIT, EventKind.SPLIT_FROM, EventKind.FILLED_IN}
        assert {*Event.objects.values_list("kind", flat=True)} == set(EventKind.values) - never

    def test_receipts_say_whose_hour_it_is_in_the_language_of_the_customer(self) -> None:
        receipts = Event.objects.filter(kind=EventKind.ACKNOWLEDGED).values_list("language", "content__text")
        assert {language for language, text in receipts if " time)" in text} == {"en"}

    def test_a_promised_call_comes_again_the_week_after(self) -> None:
        first = Promise.objects.get(complaint__told__story="en/customs-charge", every="week", series=None)
        again = Promise.objects.get(series=first)
        assert first.state == State.KEPT
        assert again.state == State.OPEN
        assert again.due_at - first.due_at == timedelta(weeks=1)

    def test_clocks_of_the_law_are_started_and_met(self) -> None:
        clocks = {
            clock.complaint.told.story: clock
            for clock in Clock.objects.filter(what="legal").select_related("complaint")
        }
        assert clocks["tr/iade-on-iki-gun"].state == "met"
        assert {clock.code for clock in clocks.values()} == {"tr.withdraw.refund"}  # none that binds public bodies only

    def test_third_parties_were_waited_for_and_one_said_no(self) -> None:
        waits = {wait.complaint.told.story: wait for wait in Wait.objects.select_related("complaint", "party")}
        assert waits["tr/parca-artik-yok"].outcome == "no"
        customs = waits["mn/gaali-zamyn-uud"]
        assert (customs.ended_at, customs.promise is not None) == (None, True)
        assert customs.last_word_at is not None

    def test_nothing_happens_before_what_came_before_it_or_in_the_future(self) -> None:
        for complaint in Complaint.objects.all():
            moments = list(complaint.events.order_by("sequence").values_list("at", flat=True))
            assert moments == sorted(moments), complaint
            assert moments[-1] <= NOW, complaint

    def test_columns_are_what_the_events_say(self) -> None:
        for complaint in Complaint.objects.all()[:12]:
            assert complaints.rebuild(complaint=complaint) == []

    def test_promises_are_open_kept_broken_and_withdrawn(self) -> None:
        assert {*Promise.objects.values_list("state", flat=True)} == set(State.values)
        assert not Promise.objects.filter(state=State.OPEN, due_at__lte=NOW).exists()
        assert Promise.objects.filter(moved__gt=0).exists()
        settled = Counter(Promise.objects.values_list("state", flat=True))
        assert settled[State.KEPT] > 3 * settled[State.BROKEN]  # most people here are good at what they do

    def test_the_board_has_something_everywhere(self) -> None:
        seen = board(now=NOW, reader=Agent.objects.get(email="deniz@karvan.example"))
        assert seen.broken
        assert seen.today
        assert len(seen.tomorrow) >= 3
        assert seen.week

    def test_causes_of_every_layer_are_confirmed_and_some_are_only_proposed(self) -> None:
        confirmed = Cause.objects.filter(confirmed_at__isnull=False)
        assert {*confirmed.values_list("layer", flat=True)} == set(Layer.values)
        assert confirmed.values("theme").distinct().count() >= 8
        assert Cause.objects.filter(confirmed_at__isnull=True).exists()

    def test_the_coach_saw_failings_in_some_replies_and_good_signs_in_most(self) -> None:
        replies = Event.objects.filter(kind=EventKind.REPLIED)
        good = replies.filter(seen__kind="good").distinct().count()
        failing = replies.filter(seen__kind="failing").distinct().count()
        assert good > replies.count() * 0.6
        assert 0 < failing < replies.count() * 0.5
        assert Seen.objects.filter(kind="failing").values("name").distinct().count() >= 6
        assert SentAsItWas.objects.exists()

    def test_one_letter_waits_and_all_others_have_gone(self) -> None:
        assert Counter(Outgoing.objects.values_list("state", flat=True)).keys() == {
            OutgoingState.WAITING,
            OutgoingState.SENT,
        }
        assert Outgoing.objects.filter(state=OutgoingState.WAITING).count() == 1

    def test_one_arrival_is_parked_and_an_automatic_answer_set_aside(self) -> None:
        assert {*Arrival.objects.values_list("state", flat=True)} == {ArrivalState.PARKED, ArrivalState.SET_ASIDE}

    def test_sign_ins_work_and_are_examples(self) -> None:
        shown = sign_ins()
        assert len(shown) == 8
        assert {one.role for one in shown} == set(Role.values)
        for one in shown:
            assert self.client.login(email=one.email, password=one.password)
        assert not Agent.objects.filter(is_example=False).exists()
        assert is_laid_out()

    def test_it_is_laid_out_on_an_empty_desk_only(self) -> None:
        with pytest.raises(actions.UnableToSetUp):
            actions.set_up(now=NOW)
        assert Agent.objects.count() == 8

    # What `amends export` writes, audited, gives the figures that the page of insight shows, one by one.

    _compared: ClassVar[Compared | None] = None

    @classmethod
    def compared(cls) -> Compared:
        if cls._compared is None:
            look_again(now=NOW)
            told = export.conversations(which=export.Which(), zone=ZoneInfo("Europe/Istanbul"), now=NOW)
            lines = [json.dumps(to_json(talk), ensure_ascii=False) for talk in told]
            assert [from_json(json.loads(line)) for line in lines]  # every line is as the schema has it
            everything = Frame(since=NOW - 3000 * A_DAY, until=NOW + timedelta(seconds=1))
            cls._compared = Compared(
                audit([as_conversation(json.loads(line)) for line in lines]).summary,
                insight.figures(frame=everything, parts=(), now=NOW),
            )
        return cls._compared

    def test_audited_it_has_as_many_complaints_and_replies(self) -> None:
        assert self.compared().summary.conversations == self.compared().figures.causes.complaints > 60
        assert self.compared().summary.replies == self.compared().figures.writing.replies > 60
        assert self.compared().summary.unread == 0

    def test_audited_it_has_the_same_causes(self) -> None:
        here, page = self.compared().summary, self.compared().figures.causes
        assert dict(here.confirmed_groups) == {group.name: group.share for group in page.groups}
        assert here.confirmed_third_party.k == page.third_party
        assert here.confirmed.k == page.confirmed + page.third_party
        # What is only proposed may differ: a desk learns from what its own people corrected, so that it may lay on a
        # person what words alone leave a guess; and it knows how long it waited for whom, which no export tells.
        proposed = Cause.objects.filter(confirmed_at=None)
        by_the_record = proposed.filter(layer="third-party", theme=None).count()
        by_lessons = page.unconfirmed - by_the_record - (here.confirmed.n - here.confirmed.k)
        assert 0 <= by_lessons <= proposed.filter(layer__in=["employee", "customer"]).count()
        assert sum(part.k for _layer, part in here.layers) == Cause.objects.count() - by_the_record - by_lessons

    def test_audited_it_kept_as_many_promises(self) -> None:
        assert self.compared().summary.kept == self.compared().figures.promises.share
        assert self.compared().summary.kept.n > 50

    def test_audited_people_waited_as_long(self) -> None:
        here, page = self.compared().summary, self.compared().figures.reach
        assert page.answer_median is not None
        assert page.asked_median is not None
        assert here.median_wait == pytest.approx(page.answer_median.total_seconds() / 60)
        assert (here.answered.n, here.answered.n - here.answered.k) == (page.complaints, page.unanswered)
        assert here.asked_median == pytest.approx(page.asked_median.total_seconds() / 60)
        assert (here.asked.n, here.asked.n - here.asked.k) == (page.asked, page.waiting)

    def test_audited_customers_met_as_many_people(self) -> None:
        assert tuple(part.k for _number, part in self.compared().summary.people) == self.compared().figures.reach.people
        assert self.compared().summary.at_most_two == self.compared().figures.reach.at_most_two

    def test_audited_replies_have_the_same_failings_and_good_signs(self) -> None:
        here, page = self.compared().summary, self.compared().figures.writing
        assert {one.name: (one.rate.k, one.rate.n, one.preview) for one in here.failings} == {
            habit.name: (habit.share.k, habit.share.n, habit.is_preview) for habit in page.failings
        }
        assert {name: (rate.k, rate.n) for name, rate in here.good} == {
            habit.name: (habit.share.k, habit.share.n) for habit in page.good
        }
        intervals = {habit.name: (habit.share.low * 100, habit.share.high * 100) for habit in page.failings}
        for one in here.failings:
            assert (one.rate.low, one.rate.high) == pytest.approx(intervals[one.name])

    def test_audited_the_same_went_wrong_on_the_way(self) -> None:
        assert {one.name: (one.share, one.preview) for one in self.compared().summary.events} == {
            habit.name: (habit.share, habit.is_preview) for habit in self.compared().figures.course.habits
        }
        assert len(self.compared().summary.events) > 5

    def test_audited_the_same_customers_may_leave(self) -> None:
        here, page = self.compared().summary, self.compared().figures.money
        assert here.risks == page.reasons
        assert here.risky == page.complaints
        assert here.at_risk == page.value
        assert here.at_risk.known > 3

    def test_audited_as_many_are_hot(self) -> None:
        hot = Complaint.objects.filter(heat__gte=2, stage__in=["received", "answered"]).count()
        assert dict(self.compared().summary.risks)["hot"] == hot


def of(story: str) -> Complaint:
    return Complaint.objects.get(told__story=story)


class TestMovingAlong(LaidOut):
    only = FEW

    def test_on_the_same_day_nothing_moves(self) -> None:
        before = list(Event.objects.order_by("pk").values_list("pk", "at"))
        assert actions.move_along(now=NOW + timedelta(hours=3)) == 0
        assert list(Event.objects.order_by("pk").values_list("pk", "at")) == before

    def test_tomorrows_promises_are_tomorrows_again(self) -> None:
        reader = Agent.objects.get(email="deniz@karvan.example")
        for days in (1, 3, 40):
            now = NOW + days * A_DAY
            with self.subTest(now=now):
                assert actions.move_along(now=now) == len(FEW if days > 7 else GOING_ON)
                seen = board(now=now, reader=reader)
                assert seen.today
                assert seen.tomorrow
                promise = Promise.objects.get(complaint__told__story="fa/hediyeh-salgard", state=State.OPEN)
                assert promise.words in promise.made_in.content.text

    def test_nothing_is_doubled_and_numbers_and_private_pages_stay(self) -> None:
        before = dict(Complaint.objects.values_list("number", "key"))
        counts = [model.objects.count() for model in (Agent, Customer, Arrival, Told)]
        actions.move_along(now=NOW + A_DAY)
        actions.move_along(now=NOW + 2 * A_DAY)
        assert dict(Complaint.objects.values_list("number", "key")) == before
        assert [model.objects.count() for model in (Agent, Customer, Arrival, Told)] == counts
        assert Outgoing.objects.filter(state=OutgoingState.WAITING).count() == 1

    def test_whatever_holds_a_complaint_back_is_taken_back_before_it(self) -> None:
        assert Wait.objects.exists()
        taken = {model for model, _ in HANGS_ON}
        holding = {
            relation.related_model
            for of in (Complaint, *taken)
            for relation in of._meta.get_fields(include_hidden=True)
            if getattr(relation, "on_delete", None) is PROTECT and relation.auto_created
        }
        # Where somebody merged, brought, chatted or wrote for later, a story is not told again.
        assert holding - taken == {Complaint, Brought, Chat, LaterReply}

    def test_what_the_clock_said_in_between_is_unsaid(self) -> None:
        break_due(now=NOW + timedelta(hours=20))
        broken = of("tr/dogum-gunu-paketi").broken_promises
        actions.move_along(now=NOW + A_DAY)
        assert of("tr/dogum-gunu-paketi").broken_promises < broken
        assert not Promise.objects.filter(state=State.OPEN, due_at__lte=NOW + A_DAY).exists()

    def test_a_complaint_on_which_somebody_worked_is_theirs(self) -> None:
        complaint = of("fa/hediyeh-salgard")
        by = Agent.objects.get(email="narges@karvan.example")
        complaints.note(complaint=complaint, by=by, text="قاب رسید.", now=NOW + timedelta(hours=1))
        before = list(complaint.events.order_by("sequence").values_list("pk", "at"))
        assert actions.move_along(now=NOW + A_DAY) == len(GOING_ON) - 1
        assert list(complaint.events.order_by("sequence").values_list("pk", "at")) == before

    def test_a_draft_of_a_visitor_is_kept_and_the_storys_own_moves(self) -> None:
        complaint = of("tr/kapak-nerede")
        by = Agent.objects.get(email="can@karvan.example")
        complaints.save_draft(complaint=complaint, agent=by, text="Merhaba Mehmet Bey", now=NOW + timedelta(hours=1))
        actions.move_along(now=NOW + A_DAY)
        assert Draft.objects.get(complaint=complaint).text == "Merhaba Mehmet Bey"
        assert Draft.objects.get(complaint__told__story="mn/zasvar-margaash").saved_at > NOW

    def test_complaints_that_visitors_brought_stay_where_they_are(self) -> None:
        customer = Customer.objects.get(name="Eleanor Carter")
        mine, _event = complaints.open_complaint(
            customer=customer, subject="Mine", text="A new one.", language="en", channel="form", now=NOW
        )
        actions.move_along(now=NOW + 5 * A_DAY)
        mine.refresh_from_db()
        assert mine.received_at == NOW
        newest, _event = complaints.open_complaint(
            customer=customer, subject="Mine too", text="And another.", language="en", channel="form", now=NOW
        )
        assert newest.number == mine.number + 1

    def test_an_erased_customer_is_not_told_again(self) -> None:
        complaint = of("tr/kapak-nerede")
        by = Agent.objects.get(email="temuujin@karvan.example")
        complaints.erase(customer=complaint.customer, by=by, now=NOW)
        actions.move_along(now=NOW + A_DAY)
        complaint.refresh_from_db()
        assert "{" not in complaint.preview
        assert not complaint.events.exclude(content__text="").exists()

    def test_stories_of_somebody_who_left_stay_as_they_are(self) -> None:
        agent = Agent.objects.get(email="deniz@karvan.example")
        to = Agent.objects.get(email="elif@karvan.example")
        complaint = of("tr/dogum-gunu-paketi")
        complaints.hand_over(complaint=complaint, by=agent, to=to, reason="Deniz ayrılıyor.", now=NOW)
        leave(agent=agent, now=NOW)
        gone = sum("deniz" in story.cast for story in actions.stories())
        assert actions.move_along(now=NOW + 8 * A_DAY) == len(FEW) - gone

    def test_every_complaint_keeps_its_owner_and_its_order_of_time(self) -> None:
        now = NOW + 9 * A_DAY
        actions.move_along(now=now)
        assert of("tr/kirik-fincanlar").events.get(attachments__isnull=False).attachments.get().file.size > 0
        for complaint in Complaint.objects.all():
            assert complaint.owner_id
            moments = list(complaint.events.order_by("sequence").values_list("at", flat=True))
            assert moments == sorted(moments)
            assert moments[-1] <= now
        assert not Event.objects.filter(at__lt=F("complaint__received_at")).exists()


def test_a_desk_without_the_example_has_nothing_to_move(db: None) -> None:
    assert actions.move_along(now=NOW) == 0
    assert not is_laid_out()
    assert sign_ins() == []


def test_the_worker_moves_it_along(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[datetime] = []
    monkeypatch.setattr(actions, "move_along", lambda *, now, **_: moved.append(now))
    move_example_along(now=NOW)
    assert moved == []
    monkeypatch.setattr("amends.desk.example.tasks.is_laid_out", lambda: True)
    move_example_along(now=NOW)
    assert moved == [NOW]
