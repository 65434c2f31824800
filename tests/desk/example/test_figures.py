"""The example company, exported and audited, gives the figures that the desk's own page shows, one by one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from django.test import TestCase

from amends.desk.complaints.export import Which, conversations
from amends.desk.complaints.models import Complaint
from amends.desk.example import actions
from amends.desk.improvements.models import Cause
from amends.desk.insight import actions as insight_actions
from amends.desk.insight import queries
from amends.desk.insight.frame import Frame
from amends.engine.audit import audit
from amends.engine.conversation import from_json, to_json
from amends.engine.measures.summary import Summary
from amends.intake.json_lines import as_conversation

NOW = datetime(2026, 11, 18, 9, 40, tzinfo=UTC)


class TestAuditAndInsight(TestCase):
    """Laid out once for all of it; nothing here writes."""

    summary: ClassVar[Summary]
    figures: ClassVar[queries.Figures]

    @classmethod
    def setUpTestData(cls) -> None:
        actions.set_up(now=NOW)
        insight_actions.look_again(now=NOW)
        told = conversations(which=Which(), zone=ZoneInfo("Europe/Istanbul"), now=NOW)
        lines = [json.dumps(to_json(talk), ensure_ascii=False) for talk in told]
        assert [from_json(json.loads(line)) for line in lines]  # every line is as the schema has it
        cls.summary = audit([as_conversation(json.loads(line)) for line in lines]).summary
        everything = Frame(since=NOW - timedelta(days=3000), until=NOW + timedelta(seconds=1))
        cls.figures = queries.figures(frame=everything, buckets=1, now=NOW)

    def test_as_many_complaints_and_replies(self) -> None:
        assert self.summary.conversations == self.figures.causes.complaints > 60
        assert self.summary.replies == self.figures.writing.replies > 60
        assert self.summary.unread == 0

    def test_causes(self) -> None:
        here, page = self.summary, self.figures.causes
        assert dict(here.confirmed_groups) == {group.name: group.share for group in page.groups}
        assert here.confirmed_third_party.k == page.third_party
        assert here.confirmed.k == page.confirmed + page.third_party
        assert here.confirmed.n - here.confirmed.k == page.unconfirmed
        # What is only proposed may differ: a desk learns from the causes that its own people corrected.
        assert sum(part.k for _layer, part in here.layers) == Cause.objects.count()

    def test_promises(self) -> None:
        assert self.summary.kept == self.figures.promises.share
        assert self.summary.kept.n > 50

    def test_waiting(self) -> None:
        here, page = self.summary, self.figures.reach
        assert page.answer_median is not None
        assert page.asked_median is not None
        assert here.median_wait == pytest.approx(page.answer_median.total_seconds() / 60)
        assert (here.answered.n, here.answered.n - here.answered.k) == (page.complaints, page.unanswered)
        assert here.asked_median == pytest.approx(page.asked_median.total_seconds() / 60)
        assert (here.asked.n, here.asked.n - here.asked.k) == (page.asked, page.waiting)

    def test_people(self) -> None:
        assert tuple(part.k for _number, part in self.summary.people) == self.figures.reach.people
        assert self.summary.at_most_two == self.figures.reach.at_most_two

    def test_replies(self) -> None:
        here, page = self.summary, self.figures.writing
        assert {one.name: (one.rate.k, one.rate.n, one.preview) for one in here.failings} == {
            habit.name: (habit.share.k, habit.share.n, habit.is_preview) for habit in page.failings
        }
        assert {name: (rate.k, rate.n) for name, rate in here.good} == {
            habit.name: (habit.share.k, habit.share.n) for habit in page.good
        }
        intervals = {habit.name: (habit.share.low * 100, habit.share.high * 100) for habit in page.failings}
        for one in here.failings:
            assert (one.rate.low, one.rate.high) == pytest.approx(intervals[one.name])

    def test_what_went_wrong_on_the_way(self) -> None:
        assert {one.name: (one.share, one.preview) for one in self.summary.events} == {
            habit.name: (habit.share, habit.is_preview) for habit in self.figures.course.habits
        }
        assert len(self.summary.events) > 5

    def test_who_may_leave(self) -> None:
        here, page = self.summary, self.figures.money
        assert here.risks == page.reasons
        assert here.risky == page.complaints
        assert here.at_risk == page.value
        assert here.at_risk.known > 3

    def test_heat(self) -> None:
        hot = Complaint.objects.filter(heat__gte=2, stage__in=["received", "answered"]).count()
        assert dict(self.summary.risks)["hot"] == hot
