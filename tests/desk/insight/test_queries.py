"""Figures carry their denominator, and their door opens on what they counted."""

from datetime import UTC, timedelta
from decimal import Decimal

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.insight import behind, queries, spans
from amends.desk.insight.frame import Frame
from amends.desk.insight.models import OnTheWay
from amends.desk.people.models import Organisation

pytestmark = pytest.mark.django_db


def door(figure, frame):
    return behind.behind(figure=figure, frame=frame, language="en")


class TestCauses:
    def test_are_counted_in_three_groups_with_third_parties_apart(self, desk, frame):
        causes = queries.causes(frame=frame)
        assert [(group.name, group.share.k, group.share.n) for group in causes.groups] == [
            ("employee", 2, 11),
            ("customer", 3, 11),
            ("organisation", 6, 11),
        ]
        assert (causes.third_party, causes.unconfirmed, causes.complaints) == (1, 0, 12)

    def test_open_on_their_complaints(self, desk, frame):
        for group in queries.causes(frame=frame).groups:
            assert door(group.door, frame).total == group.share.k
        assert door("cause-third-party", frame).total == 1
        assert door("cause-all", frame).total == 11

    def test_are_like_elsewhere_as_long_as_the_interval_says_so(self, desk, frame):
        assert [group.verdict for group in queries.causes(frame=frame).groups] == ["like", "like", "like"]

    def test_are_not_judged_when_there_are_too_few(self, make_complaint, frame):
        make_complaint()
        assert {group.verdict for group in queries.causes(frame=frame).groups} == {""}

    def test_that_nobody_confirmed_are_not_counted(self, desk, frame):
        cause = desk[0].cause
        cause.confirmed_at = cause.confirmed_by = None
        cause.save()
        assert queries.causes(frame=frame).confirmed == 10
        assert door("unconfirmed", frame).total == queries.causes(frame=frame).unconfirmed == 1


class TestThemes:
    def test_are_ranked_with_what_their_customers_spend(self, desk, frame):
        rows = queries.themes(frame=frame, currency="TRY")
        assert (rows[0].theme, rows[0].count, rows[0].spend) == ("late", 4, Decimal(4000))
        assert rows[-1].cumulative == 1

    def test_open_on_their_complaints(self, desk, frame):
        for row in queries.themes(frame=frame, currency="TRY"):
            assert door(f"theme-{row.key}", frame).total == row.count

    def test_never_add_up_currencies(self, desk, frame):
        customer = desk[5].customer
        customer.currency = "EUR"
        customer.save()
        row = queries.themes(frame=frame, currency="TRY")[0]
        assert (row.spend, row.known, row.customers) == (Decimal(3000), 3, 4)


class TestPromises:
    def test_are_kept_of_those_that_fell_due(self, promised, frame):
        share = queries.promises(frame=frame, parts=()).share
        assert (share.k, share.n) == (9, 12)
        assert door("promises-kept", frame).total == 9
        assert door("promises-broken", frame).total == 3
        assert door("promises-settled", frame).total == 12

    def test_stand_in_the_column_of_their_end(self, promised, frame):
        weeks = spans.parts(since=frame.since, until=frame.until, by="week", language="en", zone=UTC)
        columns = queries.promises(frame=frame, parts=weeks).columns
        assert [(column.kept, column.broken) for column in columns[-2:]] == [(9, 0), (0, 3)]
        assert sum(column.kept + column.broken for column in columns) == 12
        assert door(columns[-2].door, frame).total == 9


class TestReach:
    def ask(self, complaint, at):
        complaints.ask_for(complaint=complaint, what="person", now=at)

    def answer(self, complaint, at):
        complaints.append(
            complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=complaint.owner, text="Here.", now=at
        )

    def test_counts_those_who_still_wait_as_waiting_so_long(self, desk, frame, now):
        for place, complaint in enumerate(desk[:6]):
            self.ask(complaint, now - timedelta(hours=9))
            if place:
                self.answer(complaint, now - timedelta(hours=9) + timedelta(minutes=20 * place))
        reach = queries.reach(frame=frame, now=now)
        assert (reach.asked, reach.waiting) == (6, 1)
        assert reach.asked_median == timedelta(minutes=60)
        assert reach.waits == (0, 3, 2, 0, 0, 1)
        assert door("asked", frame).total == 6
        assert door("asked", Frame(since=frame.since, until=now)).median == timedelta(minutes=60)
        assert door("asked-still", frame).total == 1

    def test_has_no_median_while_most_wait(self, desk, frame, now):
        for complaint in desk[:6]:
            self.ask(complaint, now - timedelta(hours=1))
        assert queries.reach(frame=frame, now=now).asked_median is None

    def test_has_no_median_of_five(self, desk, frame, now):
        for complaint in desk[:5]:
            self.ask(complaint, now - timedelta(hours=9))
            self.answer(complaint, now - timedelta(hours=8))
        assert queries.reach(frame=frame, now=now).asked_median is None

    def test_measures_from_the_complaint_to_the_first_answer(self, desk, frame, now):
        reach = queries.reach(frame=frame, now=now)
        assert reach.answer_median == timedelta(hours=2)
        assert (reach.unanswered, reach.complaints) == (0, 12)

    def test_counts_people_per_complaint(self, desk, frame, now, make_agent):
        complaints.hand_over(complaint=desk[0], by=desk[0].owner, to=make_agent(), reason="Speaks Persian", now=now)
        reach = queries.reach(frame=frame, now=now)
        assert reach.people == (11, 1, 0)
        assert (reach.at_most_two.k, reach.at_most_two.n) == (12, 12)
        assert door("people-2", frame).total == 1


class TestWriting:
    def test_counts_replies_and_not_people(self, desk, frame):
        writing = queries.writing(frame=frame)
        habit = writing.failings[0]
        assert (habit.name, habit.share.k, habit.share.n) == ("rule-book", 5, 12)
        assert door(habit.door, frame).total == 5

    def test_is_not_shown_for_a_team_of_so_few(self, desk, frame, make_team):
        team = make_team()
        for complaint in desk[:2]:
            complaint.team = team
            complaint.save()
        small = Frame(since=frame.since, until=frame.until, team=team.pk)
        assert queries.writing(frame=small).is_hidden
        with pytest.raises(behind.UnableToOpen):
            door("failing-rule-book", small)

    def test_shows_replies_without_author_and_without_names(self, desk, frame):
        reply = door("failing-rule-book", frame).replies[0]
        text = "".join(piece.text for piece in reply.pieces)
        for name in ("Deniz", "Kaya", "Sara", "Rahimi", "Bat", "Bold"):
            assert name not in text
        assert [piece.text for piece in reply.pieces if piece.is_marked] == ["Our policy does not allow it."]
        assert set(reply.__slots__) == {"pieces", "language", "at"}


class TestMoney:
    def test_is_counted_in_the_readers_currency_unless_another_is_chosen(self, desk, frame, now, make_agent, make_team):
        for complaint, currency in zip(desk, ["GBP"] * 8 + ["MNT"] * 4, strict=True):
            complaint.customer.currency = currency
            complaint.customer.save()

        def currency(chosen="", **fields):
            reader = make_agent(language="mn", **fields)
            return queries.figures(frame=frame, parts=(), now=now, currency=chosen, reader=reader).currency

        assert currency(goodwill_currency="MNT") == "MNT"
        assert currency("GBP", goodwill_currency="MNT") == "GBP"
        assert currency(goodwill_currency="EUR") == currency() == "GBP"
        Organisation.objects.create(
            id=1, name="Дэлгүүр", language="mn", calendar=make_team().calendar, founded_at=now, currency="MNT"
        )
        assert currency() == currency(goodwill_currency="GBP") == "MNT"
        assert currency("GBP") == "GBP"

    def test_is_what_customers_who_may_leave_spend_a_year(self, desk, frame, now):
        complaints.say_not_content(complaint=desk[1], text="", now=now)
        complaints.say_not_content(complaint=desk[2], text="No!", heat=3, now=now)
        money = queries.money(frame=frame)
        assert dict(money.reasons) == {"leaving": 2, "not-content": 2, "hot": 1}
        assert (money.value.totals, money.value.customers) == ((("TRY", Decimal(3000)),), 3)
        assert door("risk", frame).total == money.complaints == 3
        assert door("risk-leaving", frame).total == 2

    def test_tells_of_who_may_leave_what_went_wrong_and_what_they_said_last(self, desk, frame, now):
        complaints.say_not_content(complaint=desk[1], text="I buy\u202e elsewhere now.", heat=3, now=now)
        OnTheWay.objects.create(complaint=desk[1], name="on-hold")
        told = {row.name: row for row in door("leavers", frame).customers}
        row = told[desk[1].customer.name]
        assert (row.said, row.said_at, len(row.happened)) == ("I buy elsewhere now.", now, 1)
        assert told[desk[0].customer.name].said == "My parcel did not come."

    def test_hears_who_leaves_before_anybody_answers(self, make_complaint, frame, now):
        complaint = make_complaint(at=now - timedelta(days=1))
        complaints.customer_writes(
            complaint=complaint, text="…", channel="portal", data={"signals": ["anger", "leaving"]}, now=now
        )
        assert door("risk-leaving", frame).total == 1

    def test_leaves_out_who_is_content(self, desk, frame, now):
        for complaint in desk[:2]:
            complaints.say_content(complaint=complaint, by_customer=True, now=now)
        assert queries.money(frame=frame).complaints == 0

    def test_counts_a_customer_once_and_tells_whose_figure_is_missing(self, desk, frame, make_complaint, now):
        customer = desk[0].customer
        customer.yearly_value = None
        customer.save()
        second = make_complaint(customer=customer)
        complaints.say_not_content(complaint=second, text="", now=now)
        value = queries.money(frame=frame).value
        assert (value.customers, value.known) == (2, 1)


@pytest.mark.parametrize(
    "figure",
    [
        "",
        "agents",
        "cause-agent",
        "people-9",
        "theme-x",
        "risk-",
        "failing",
        "failing-\x00",
        "promises",
        "theme-99999999999999999999-process",
    ],
)
def test_there_is_no_door_that_was_not_made(frame, figure):
    try:
        found = door(figure, frame)
    except behind.UnableToOpen:
        return
    assert found.total == 0


def test_figures_of_an_empty_desk_are_empty(frame, now, db):
    figures = queries.figures(frame=frame, parts=(), now=now)
    assert figures.money.complaints == figures.writing.replies == figures.promises.share.n == 0
