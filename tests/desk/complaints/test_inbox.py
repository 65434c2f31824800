from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.desk.complaints import actions, inbox, queries, together
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises


@pytest.fixture
def agent(make_agent, make_team):
    return make_agent(team=make_team())


def numbers(rows):
    return [row.number for row in rows]


def reply(complaint, now, agent=None):
    return actions.append(
        complaint=complaint, kind="replied", by="agent", agent=agent or complaint.owner, text="Sorry.", now=now
    )


def promise(complaint, due_at, now):
    return promises.make(
        complaint=complaint,
        owner=complaint.owner,
        made_in=reply(complaint, now),
        words="by then",
        due_at=due_at,
        whole_day=False,
        now=now,
    )


class TestTheOrder:
    def test_is_what_matters_now(self, agent, make_complaint, make_customer, now):
        hour = timedelta(hours=1)
        tomorrow = now + timedelta(days=1)

        def complain(at, **fields):
            return make_complaint(owner=agent, at=at, **fields)

        theirs = complain(now - 90 * hour)
        reply(theirs, now - 80 * hour)
        young = complain(now - 2 * hour)
        poor = complain(now - 3 * hour, customer=make_customer(yearly_value=Decimal(10), currency="TRY"))
        rich = complain(now - 3 * hour, customer=make_customer(yearly_value=Decimal(900), currency="TRY"))
        old = complain(now - 40 * hour)
        hot = complain(now - hour, heat=3)
        later = complain(now - 3 * hour)
        promise(later, now + 5 * hour, now - 2 * hour)
        sooner = complain(now - 3 * hour)
        promise(sooner, now + hour, now - 2 * hour)
        broken = complain(now - 30 * hour)
        promise(broken, now - 2 * hour, now - 29 * hour)
        promises.break_due(now=now)
        assert numbers(queries.inbox(agent=agent, view="mine", now=now)) == [
            complaint.number for complaint in (broken, sooner, later, hot, old, rich, poor, young, theirs)
        ]
        # A promise of tomorrow does not push itself before today.
        promise(theirs, tomorrow, now)
        assert numbers(queries.inbox(agent=agent, view="mine", now=now))[-1] == theirs.number

    def test_weighs_money_against_its_own_currency(self, agent, make_complaint, make_customer, now):
        for value, currency in [(1000, "USD"), (100, "USD"), (2_000_000, "MNT"), (1_000_000, "MNT")]:
            make_complaint(owner=agent, customer=make_customer(yearly_value=Decimal(value), currency=currency))
        values = [
            queries.person(complaint=queries.by_number(number=number), now=now).yearly_value
            for number in numbers(queries.inbox(agent=agent, view="mine", now=now))
        ]
        assert values == [1000, 2_000_000, 1_000_000, 100]


class TestARow:
    def test_says_everything_the_list_draws(self, agent, make_complaint, now):
        complaint = make_complaint(owner=agent, at=now - timedelta(hours=3), heat=2)
        (row,) = queries.inbox(agent=agent, now=now)
        assert (row.number, row.customer_name, row.owner_name) == (complaint.number, "Ayşe Yılmaz", agent.name)
        assert (row.turn, row.waiting, row.heat, row.unread, row.mine) == ("ours", timedelta(hours=3), 2, True, True)
        assert (row.promise_state, row.promise_due_at, row.third_person) == ("", None, False)
        actions.mark_read(complaint=complaint, agent=agent, now=now)
        assert not queries.inbox(agent=agent, now=now)[0].unread

    def test_names_the_state_of_the_next_promise(self, agent, make_complaint, now):
        complaint = make_complaint(owner=agent, at=now - timedelta(days=2))
        promise(complaint, now + timedelta(days=3), now - timedelta(days=1))

        def state(at):
            return queries.inbox(agent=agent, view="mine", now=at)[0].promise_state

        assert (state(now), state(now + timedelta(days=3))) == ("open", "soon")
        promises.break_due(now=now + timedelta(days=3))
        assert state(now + timedelta(days=3)) == "broken"


class TestTheViews:
    @pytest.fixture
    def desk(self, agent, make_agent, make_complaint, now):
        mate = make_agent(team=agent.team)
        made = {"fresh": make_complaint(owner=agent), "mates": make_complaint(owner=mate, heat=3)}
        made["elsewhere"] = make_complaint(heat=3)
        made["answered"] = make_complaint(owner=agent)
        reply(made["answered"], now)
        made["promised"] = make_complaint(owner=agent)
        promise(made["promised"], now + timedelta(hours=2), now)
        made["third"] = make_complaint(owner=mate)
        reply(made["third"], now)
        actions.wait_on_third_party(
            complaint=made["third"], by=mate, who="courier", until=now + timedelta(hours=1), now=now
        )
        made["paused"] = make_complaint(owner=agent)
        actions.pause(complaint=made["paused"], by=agent, until=now + timedelta(minutes=10), now=now)
        made["content"] = make_complaint(owner=agent)
        actions.say_content(complaint=made["content"], by_customer=True, now=now)
        return made

    @pytest.mark.parametrize(
        ("view", "holds"),
        [
            ("now", {"fresh", "promised"}),
            ("mine", {"fresh", "answered", "promised", "paused"}),
            ("team", {"fresh", "mates", "answered", "promised", "third", "paused"}),
            ("hot", {"mates"}),
            ("due", {"promised"}),
            ("today", {"promised"}),
            ("overdue", set()),
            ("ours", {"fresh", "mates", "promised", "paused"}),
            ("unread", {"fresh", "answered", "promised", "paused"}),
            ("watching", set()),
            ("waiting", {"answered"}),
            ("third", {"third"}),
            (
                "all",
                {"fresh", "mates", "elsewhere", "answered", "promised", "third", "paused", "content"},
            ),
        ],
    )
    def test_hold_what_they_say_and_count_it_exactly(self, agent, desk, now, view, holds):
        rows = queries.inbox(agent=agent, view=view, now=now)
        assert set(numbers(rows)) == {desk[name].number for name in holds}
        assert queries.views_with_counts(agent=agent, now=now)[view] == len(holds)
        assert queries.count(agent=agent, view=view, now=now) == len(holds)

    def test_tell_what_is_overdue(self, agent, desk, now):
        later = now + timedelta(hours=3)  # the promise, the pause and the third party's time have passed
        late = {desk[name].number for name in ("promised", "paused", "third")}
        assert set(numbers(queries.inbox(agent=agent, view="overdue", now=later))) == late
        assert queries.inbox(agent=agent, view="today", now=later) == []
        promises.break_due(now=later)
        assert set(numbers(queries.inbox(agent=agent, view="overdue", now=later))) == late

    def test_hold_what_somebody_watches_and_has_not_read(self, agent, desk, now):
        elsewhere = desk["elsewhere"]
        together.watch(complaints=[elsewhere], agent=agent, now=now)
        (row,) = queries.inbox(agent=agent, view="watching", now=now)
        assert (row.number, row.watched, row.mine) == (elsewhere.number, True, False)
        assert elsewhere.number in numbers(queries.inbox(agent=agent, view="unread", now=now))
        actions.mark_read(complaint=elsewhere, agent=agent, now=now)
        assert elsewhere.number not in numbers(queries.inbox(agent=agent, view="unread", now=now))
        actions.customer_writes(complaint=elsewhere, text="Well?", channel="mail", now=now + timedelta(minutes=1))
        assert elsewhere.number in numbers(queries.inbox(agent=agent, view="unread", now=now))
        together.unwatch(complaints=[elsewhere.pk], agent=agent)
        assert queries.inbox(agent=agent, view="watching", now=now) == []

    def test_say_where_a_colleague_asks(self, agent, desk, now):
        actions.bring_in(complaint=desk["mates"], by=desk["mates"].owner, agent=agent, question="Why?", now=now)
        row = next(row for row in queries.inbox(agent=agent, now=now) if row.number == desk["mates"].number)
        assert row.asked

    def test_bring_back_what_was_put_aside(self, agent, desk, now):
        later = now + timedelta(minutes=10)
        assert desk["paused"].number in numbers(queries.inbox(agent=agent, view="now", now=later))

    @pytest.mark.usefixtures("desk")
    def test_show_everybody_to_who_is_in_no_team(self, make_agent, now):
        assert queries.views_with_counts(agent=make_agent(), now=now)["hot"] == 2


class TestTheReason:
    def test_is_what_put_a_row_where_it_is(self, agent, make_complaint, make_customer, now):
        hour = timedelta(hours=1)

        def complain(at, **fields):
            return make_complaint(owner=agent, at=at, **fields)

        theirs = complain(now - 90 * hour)
        reply(theirs, now - 80 * hour)
        rich = complain(now - 3 * hour, customer=make_customer(yearly_value=Decimal(900), currency="TRY"))
        complain(now - 4 * hour, customer=make_customer(yearly_value=Decimal(100), currency="TRY"))
        complain(now - hour, heat=3)
        again = complain(now - 5 * hour, heat=1)
        reply(again, now - 4 * hour)
        actions.customer_writes(complaint=again, text="Again!", channel="mail", heat=2, now=now - hour)
        today = complain(now - 3 * hour)
        promise(today, now + hour, now - 2 * hour)
        broken = complain(now - 30 * hour)
        promise(broken, now - 2 * hour, now - 29 * hour)
        promises.break_due(now=now)
        rows = queries.inbox(agent=agent, view="mine", now=now)
        assert [row.why for row in rows] == ["broken", "promised", "again", "heat", "waits", "waits", "theirs"]
        assert {row.number: row.worth for row in rows}[rich.number] == 0  # 900 of 500 on average is not worth saying
        assert all(row.failed_again == (row.number in {again.number, broken.number}) for row in rows)

    def test_says_when_a_customer_spends_much(self, agent, make_complaint, make_customer, now):
        for value in (10, 10, 400):
            make_complaint(owner=agent, customer=make_customer(yearly_value=Decimal(value), currency="TRY"))
        assert sorted(row.worth for row in queries.inbox(agent=agent, now=now)) == [0, 0, 2]

    def test_shows_how_the_readers_own_draft_begins(self, agent, make_agent, make_complaint, now):
        complaint = make_complaint(owner=agent)
        actions.save_draft(complaint=complaint, agent=agent, text="Dear  Ayşe,\nI am", now=now)
        assert queries.inbox(agent=agent, now=now)[0].draft == "Dear Ayşe, I am"
        assert queries.inbox(agent=make_agent(), view="all", now=now)[0].draft == ""


class TestFilters:
    @pytest.fixture
    def desk(self, agent, make_agent, make_complaint, make_customer, now):
        made = {
            "persian": make_complaint(owner=agent, customer=make_customer(language="fa"), channel="mail"),
            "hot": make_complaint(owner=agent, heat=3),
            "mates": make_complaint(owner=make_agent(team=agent.team), text="The kettle leaks."),
            "answered": make_complaint(owner=agent),
            "promised": make_complaint(owner=agent),
        }
        reply(made["answered"], now)
        promise(made["promised"], now + timedelta(days=3), now)
        actions.say_not_content(complaint=made["answered"], text="no", now=now)
        actions.mark_read(complaint=made["hot"], agent=agent, now=now)
        return made

    @pytest.mark.parametrize(
        ("asked", "holds"),
        [
            ({}, {"persian", "hot", "mates", "answered", "promised"}),
            ({"language": "fa"}, {"persian"}),
            ({"channel": "mail"}, {"persian"}),
            ({"heat": 2}, {"hot"}),
            ({"words": "kett"}, {"mates"}),
            ({"promise": "open"}, {"promised"}),
            ({"promise": "today"}, set()),
            ({"promise": "none", "language": "tr", "heat": 3}, {"hot"}),
            ({"again": True}, {"answered"}),
            ({"turn": "theirs"}, set()),
        ],
    )
    def test_narrow_rows_and_counts_alike(self, agent, desk, now, asked, holds):
        filters = queries.Filters(**asked)
        rows = queries.inbox(agent=agent, view="team", filters=filters, now=now)
        assert set(numbers(rows)) == {desk[name].number for name in holds}
        saved = {"one": ("team", filters)}
        assert queries.views_with_counts(agent=agent, now=now, saved=saved)["one"] == len(holds)
        assert queries.count(agent=agent, view="team", filters=filters, now=now) == len(holds)

    def test_know_owners_and_what_was_not_read(self, agent, desk, now):
        mate = queries.Filters(owner=desk["mates"].owner_id)
        assert numbers(queries.inbox(agent=agent, view="all", filters=mate, now=now)) == [desk["mates"].number]
        unread = queries.inbox(agent=agent, view="mine", filters=queries.Filters(unread=True), now=now)
        assert desk["hot"].number not in numbers(unread)
        assert len(unread) == 3


class TestPages:
    @pytest.mark.usefixtures("desk_of_many")
    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(limit=st.integers(1, 9), many=st.sampled_from([0, 10_000]), view=st.sampled_from(["all", "mine", "team"]))
    def test_of_any_size_show_each_row_once(self, agent, now, limit, many, view):
        rows, after, pages = [], None, 0
        every = queries.inbox(agent=agent, view=view, now=now, limit=100)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(inbox, "MANY", many)  # at once, or in parts
            while found := queries.page(
                agent=agent, view=view, now=now + timedelta(minutes=pages), search="", filters=queries.NO_FILTERS,
                limit=limit, after=after, around=queries.circle(agent=agent), best=False, hit=None,
            )[0]:  # fmt: skip
                rows += found
                after = found[-1].cursor
                pages += 1
        assert numbers(rows) == numbers(every)
        assert len(rows) == (14 if view == "all" else 13)

    @pytest.mark.usefixtures("desk_of_many")
    @pytest.mark.parametrize("limit", [1, 5, 26])
    @pytest.mark.parametrize("many", [0, 10_000])
    def test_say_how_many_the_list_holds(self, agent, now, limit, many, monkeypatch):
        monkeypatch.setattr(inbox, "MANY", many)
        for view in queries.VIEWS:
            rows, held = queries.page(
                agent=agent, view=view, now=now, search="", filters=queries.NO_FILTERS, limit=limit, after=None,
                around=queries.circle(agent=agent), best=False, hit=None,
            )  # fmt: skip
            assert held == queries.count(agent=agent, view=view, now=now)
            assert len(rows) == min(held, limit)

    @pytest.mark.usefixtures("desk_of_many")
    @pytest.mark.parametrize("limit", [1, 26])
    def test_say_so_to_who_belongs_to_no_team(self, agent, now, limit):
        agent.team = None
        for view in queries.OF_THE_TEAM:
            rows, held = queries.page(
                agent=agent, view=view, now=now, search="", filters=queries.NO_FILTERS, limit=limit, after=None,
                around=queries.circle(agent=agent), best=False, hit=None,
            )  # fmt: skip
            assert held == queries.count(agent=agent, view=view, now=now)
            assert len(rows) == min(queries.count(agent=agent, view=view, now=now), limit)

    @pytest.fixture
    def desk_of_many(self, agent, make_complaint, make_customer, now):
        customers = [make_customer(), make_customer(yearly_value=Decimal("900.5"), currency="TRY")]
        for number in range(14):
            at = now - timedelta(minutes=17 * (number % 4))
            complaint = make_complaint(owner=agent, customer=customers[number % 2], heat=number % 3, at=at)
            if number % 5 == 0:
                promise(complaint, now + timedelta(hours=number + 1), now)
            if number % 7 == 0:
                actions.say_content(complaint=complaint, by_customer=True, now=now)
            if number % 4 == 1:
                Complaint.objects.filter(pk=complaint.pk).update(broken_since=now - timedelta(hours=number % 3))

    @pytest.mark.parametrize("cursor", ["x", "W10=", "WzEsMl0=", "bnVsbA==", "é"])
    def test_refuse_a_broken_cursor(self, agent, now, cursor):
        with pytest.raises(queries.UnableToContinue):
            queries.inbox(agent=agent, now=now, after=cursor)


def test_the_number_of_questions_does_not_grow(agent, make_complaint, now, django_assert_max_num_queries):
    for _ in range(6):
        complaint = make_complaint(owner=agent)
        promise(complaint, now + timedelta(hours=2), now)
    agent = Agent.objects.get(pk=agent.pk)  # as a page finds its reader
    with django_assert_max_num_queries(6):
        assert len(queries.inbox(agent=agent, view="all", now=now)) == 6
    queries.inbox(agent=agent, view="all", now=now, search="parcel")  # a connection of SQLite learns to tell its words
    with django_assert_max_num_queries(8):
        assert len(queries.inbox(agent=agent, view="all", now=now, search="parcel")) == 6
    saved = {f"saved-{heat}": ("team", queries.Filters(heat=heat, words="parcel")) for heat in range(1, 4)}
    with django_assert_max_num_queries(7):  # one or two ask whether few hold the word in Latin letters
        queries.views_with_counts(agent=agent, now=now, saved=saved)
