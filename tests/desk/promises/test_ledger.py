from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import queries as reading
from amends.desk.complaints.models import Event
from amends.desk.promises import actions, queries
from amends.desk.promises.models import Promise

HOUR = timedelta(hours=1)


@pytest.fixture
def make_promise(make_complaint, now):
    def make(*, complaint=None, due_at=None, whole_day=False, words="salıya kadar", at=None):
        at = at or now
        complaint = complaint or make_complaint(at=at)
        event = complaints.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text=words, now=at
        )
        return actions.make(
            complaint=complaint,
            owner=complaint.owner,
            made_in=event,
            words=words,
            due_at=due_at or now + 5 * HOUR,
            whole_day=whole_day,
            now=at,
        )

    return make


def told(kind):
    return list(Event.objects.filter(kind=kind).order_by("pk"))


class TestMaking:
    def test_writes_the_ledger_and_the_timeline(self, make_promise, now):
        promise = make_promise()
        (event,) = told("promise-made")
        assert event.content.data == {
            "promise": promise.pk,
            "words": "salıya kadar",
            "due": (now + 5 * HOUR).isoformat(),
            "whole_day": False,
            "made_in": promise.made_in_id,
        }
        assert (promise.state, promise.warn_at) == ("open", now + 3 * HOUR)

    def test_needs_words_and_a_time_ahead(self, make_promise, now):
        with pytest.raises(actions.UnableToPromise):
            make_promise(words="  ")
        with pytest.raises(actions.UnableToPromise):
            make_promise(due_at=now)


class TestSettling:
    @pytest.mark.parametrize("first", ["keep", "withdraw", "break"])
    @pytest.mark.parametrize("second", ["keep", "withdraw", "move"])
    def test_happens_once(self, make_promise, now, first, second):
        promise = make_promise()
        by = promise.owner
        stale = Promise.objects.get(pk=promise.pk)
        match first:
            case "break":
                assert actions.break_due(now=now + 6 * HOUR) == 1
            case _:
                getattr(actions, first)(
                    promise=promise, by=by, now=now, **({"yes": "mail"} if first == "withdraw" else {})
                )
        before = Event.objects.count()
        more = {"move": {"due_at": now + 9 * HOUR, "yes": "phone"}, "withdraw": {"yes": "mail"}}.get(second, {})
        with pytest.raises(actions.UnableToSettle):
            getattr(actions, second)(promise=stale, by=by, now=now, **more)
        assert actions.break_due(now=now + 99 * HOUR) == 0
        assert Event.objects.count() == before

    def test_says_when(self, make_promise, now):
        promise = make_promise()
        with pytest.raises(IntegrityError), transaction.atomic():
            Promise.objects.filter(pk=promise.pk).update(state="kept")
        actions.keep(promise=promise, by=promise.owner, now=now + HOUR)
        assert Promise.objects.get().settled_at == now + HOUR

    def test_moving_is_counted_and_warns_anew(self, make_promise, now):
        promise = make_promise()
        actions.break_due(now=now + 4 * HOUR)
        actions.move(promise=promise, by=promise.owner, due_at=now + 30 * HOUR, yes="phone", now=now + 4 * HOUR)
        promise.refresh_from_db()
        assert (promise.moved, promise.owner_warned_at, promise.state) == (1, None, "open")
        assert told("promise-moved")[0].content.data["due"] == (now + 30 * HOUR).isoformat()
        with pytest.raises(actions.UnableToPromise):
            actions.move(promise=promise, by=promise.owner, due_at=now, yes="phone", now=now + HOUR)


class TestTheClock:
    def test_warns_the_owner_two_working_hours_before(self, make_promise, now):
        promise = make_promise()
        assert actions.break_due(now=now + 3 * HOUR - timedelta(minutes=1)) == 0
        assert actions.break_due(now=now + 3 * HOUR) == 1
        assert actions.break_due(now=now + 4 * HOUR) == 0
        (warning,) = told("warned")
        assert (warning.content.data["to"], warning.content.data["about"]) == (promise.owner_id, "promise-due")

    def test_breaks_at_the_time_and_tells_owner_then_lead(
        self, make_promise, make_agent, make_team, make_complaint, now
    ):
        lead = make_agent(role="lead")
        owner = make_agent(team=make_team(lead=lead))
        make_promise(complaint=make_complaint(owner=owner))
        assert actions.break_due(now=now + 7 * HOUR) == 1
        assert actions.break_due(now=now + 8 * HOUR) == 0
        promise = Promise.objects.get()
        assert (promise.state, promise.settled_at) == ("broken", now + 5 * HOUR)
        assert promise.lead_warned_at == now + 7 * HOUR
        assert len(told("promise-broken")) == 1
        assert [event.content.data["to"] for event in told("warned")] == [owner.pk, lead.pk]
        items = reading.conversation(complaint=promise.complaint, reader=lead)
        assert items[-1].sentence == f"{lead.name} was told that a promise broke"

    def test_tells_who_owns_the_complaint_now(self, make_promise, make_agent, now):
        promise, other = make_promise(), make_agent()
        complaints.hand_over(complaint=promise.complaint, by=promise.owner, to=other, reason="ill", now=now)
        actions.break_due(now=now + 4 * HOUR)
        assert told("warned")[0].content.data["to"] == other.pk

    def test_says_nothing_of_what_was_kept(self, make_promise, now):
        promise = make_promise()
        actions.keep(promise=promise, by=promise.owner, now=now)
        assert actions.break_due(now=now + 99 * HOUR) == 0

    @pytest.mark.parametrize("hours", [4, 7])
    def test_looks_at_each_promise_with_few_questions(self, make_promise, now, hours, django_assert_max_num_queries):
        make_promise()
        with django_assert_max_num_queries(45):
            actions.break_due(now=now + hours * HOUR)


class TestBadTime:
    def test_a_clock_that_is_set_back_says_nothing_again(self, make_promise, now):
        make_promise()
        moments = [4, 3, 4, 7, 2, 4, 7, 0, 9]  # hours; each earlier one is a server's clock set back
        assert [actions.break_due(now=now + hours * HOUR) for hours in moments] == [1, 0, 0, 1, 0, 0, 0, 0, 0]
        assert [event.content.data["about"] for event in told("warned")] == ["promise-due", "promise-broken"]
        assert len(told("promise-broken")) == 1

    def test_a_calendar_without_a_working_day_still_warns_and_breaks_once(
        self, make_promise, make_agent, make_team, make_complaint, now
    ):
        owner = make_agent(team=make_team(week={}))
        make_promise(complaint=make_complaint(owner=owner))
        assert [actions.break_due(now=now + hours * HOUR) for hours in (1, 4, 4, 6, 7)] == [0, 1, 0, 1, 0]

    def test_an_hour_that_does_not_exist_is_the_one_after_it(self, make_promise, now):
        left_out = datetime(2027, 3, 28, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        promise = make_promise(due_at=left_out)
        promise.refresh_from_db()
        assert promise.due_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)  # half past three on the wall
        actions.break_due(now=promise.due_at - timedelta(minutes=1))
        promise.refresh_from_db()
        assert promise.state == "open"
        for _ in range(2):
            actions.break_due(now=promise.due_at)
        assert len(told("promise-broken")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_person_at_once_settle_it_once(make_promise, now):
    """Threads on PostgreSQL; on SQLite, where writers queue by nature, one after the other."""
    promises = [make_promise() for _ in range(3)]

    def race(number):
        try:
            if number % 3 == 0:
                promise = promises[number % len(promises)]
                try:
                    actions.keep(promise=Promise.objects.get(pk=promise.pk), by=promise.owner, now=now + 6 * HOUR)
                except actions.UnableToSettle:
                    return 0
                return 1
            return actions.break_due(now=now + 6 * HOUR)
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    if connection.vendor == "sqlite":
        spoken = list(map(race, range(6)))
    else:
        with ThreadPoolExecutor(6) as pool:
            spoken = list(pool.map(race, range(6)))
    assert sum(spoken) == 3
    assert len(told("promise-broken")) + len(told("promise-kept")) == 3
    assert not Promise.objects.filter(state="open").exists()


class TestTheBoard:
    def test_lies_by_hour_day_and_week(self, make_promise, make_complaint, make_agent, now):
        agent = make_agent()

        def promise(hours, **fields):
            return make_promise(
                complaint=make_complaint(owner=agent, at=now - HOUR),
                due_at=now + hours * HOUR,
                at=now - HOUR,
                **fields,
            ).pk

        later, week, tomorrow = promise(24 * 20), promise(24 * 5), promise(24)
        noon, evening, some_time = promise(3), promise(8), promise(9, whole_day=True)
        broken = promise(1)
        make_promise()  # somebody else's
        actions.break_due(now=now + 2 * HOUR)
        board = queries.board(agent=agent, now=now + 2 * HOUR)
        assert [card.id for card in board.broken] == [broken]
        assert [(hour.hour, [card.id for card in hour.cards]) for hour in board.today] == [
            (12, [noon]),
            (17, [evening]),
            (24, [some_time]),
        ]
        assert [[card.id for card in part] for part in (board.tomorrow, board.week, board.later)] == [
            [tomorrow],
            [week],
            [later],
        ]
        assert board.open == 6
        assert queries.board(now=now).open == 7

    def test_keeps_a_broken_one_on_top_until_it_is_made_good(self, make_promise, now):
        promise = make_promise()
        actions.break_due(now=now + 6 * HOUR)
        assert queries.board(now=now + 6 * HOUR).broken
        complaints.append(
            complaint=promise.complaint, kind="called", by="agent", agent=promise.owner, now=now + 7 * HOUR
        )
        assert not queries.board(now=now + 7 * HOUR).broken

    def test_asks_the_same_number_of_questions_for_any_number(self, make_promise, now, django_assert_num_queries):
        for _ in range(5):
            make_promise()
        with django_assert_num_queries(2):
            queries.board(now=now)


def test_the_kept_rate_is_a_fraction(make_promise, now):
    kept, withdrawn, _broken, _open = (
        make_promise(),
        make_promise(),
        make_promise(),
        make_promise(due_at=now + 99 * HOUR),
    )
    actions.keep(promise=kept, by=kept.owner, now=now + HOUR)
    actions.withdraw(promise=withdrawn, by=withdrawn.owner, yes="phone", now=now + HOUR)
    actions.break_due(now=now + 6 * HOUR)
    assert queries.kept_rate(since=now, until=now + 9 * HOUR) == (1, 2)
    assert queries.kept_rate(since=now + 2 * HOUR, until=now + 9 * HOUR) == (0, 1)
    assert [card.state for card in queries.all_for(complaint=kept.complaint)] == ["kept"]
    assert queries.open_for(complaint=kept.complaint) == []
