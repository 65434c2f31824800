"""What the columns say after each kind of event; no database."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.desk.complaints.timeline import Happened, columns_from, derive, whose_turn

START = datetime(2026, 10, 14, 6, 0, tzinfo=UTC)


def happened(kind, *, minutes=0, by="agent", agent=1, text="", **data):
    return Happened(
        kind=kind,
        at=START + timedelta(minutes=minutes),
        by=by,
        agent=agent if by == "agent" else None,
        text=text,
        data=data,
    )


def opened(*events):
    return [
        happened("received", by="customer"),
        Happened(kind="owner-taken", at=START, by="system", agent=1),
        happened("customer-wrote", by="customer", text="It did not\n come."),
        *events,
    ]


def promised(number=7, *, hours=5, kind="promise-made", minutes=10):
    due = START + timedelta(hours=hours)
    return happened(kind, minutes=minutes, promise=number, words="by noon", due=due.isoformat())


class TestWhoseTurnItIs:
    NOTHING = {"going_on": True, "customer_waits": False, "third_party": False, "promised": False, "broken": False}

    @pytest.mark.parametrize(
        ("facts", "turn"),
        [
            ({}, "theirs"),
            ({"customer_waits": True}, "ours"),
            ({"promised": True}, "ours"),
            ({"third_party": True}, "third-party"),
            ({"third_party": True, "promised": True}, "third-party"),
            ({"third_party": True, "broken": True}, "ours"),
            ({"broken": True}, "ours"),
            ({"going_on": False}, "nobody"),
            ({"going_on": False, "third_party": True}, "nobody"),
            ({"going_on": False, "promised": True}, "ours"),
            ({"going_on": False, "broken": True}, "ours"),
        ],
    )
    def test_follows_from_what_is_owed(self, facts, turn):
        assert whose_turn(**{**self.NOTHING, **facts}) == turn

    @pytest.mark.parametrize("words", ["It went out today.", "Would you like it at home or at work?"])
    def test_is_the_customers_after_an_answer_or_a_question(self, words):
        assert columns_from(opened(happened("replied", minutes=60, text=words))).turn == "theirs"

    def test_stays_ours_after_an_answer_that_promised_until_it_is_kept(self):
        answered = opened(happened("replied", minutes=60, text="By noon."), promised(minutes=60))
        assert columns_from(answered).turn == "ours"
        kept = happened("promise-kept", minutes=90, promise=7)
        assert columns_from([*answered, kept]).turn == "theirs"

    def test_is_ours_again_with_the_customers_next_word(self):
        answered = opened(happened("replied", minutes=60, text="It went out today."))
        assert (
            columns_from([*answered, happened("customer-wrote", minutes=70, by="customer", text="No.")]).turn == "ours"
        )


class TestAnOpenedComplaint:
    def test_waits_for_us_from_the_first_word(self):
        columns = columns_from(opened())
        assert (columns.stage, columns.turn) == ("received", "ours")
        assert columns.waiting_since == columns.received_at == START
        assert (columns.owner_id, columns.people, columns.times_told) == (1, 1, 1)
        assert columns.preview == "It did not come."

    def test_keeps_the_oldest_unanswered_word(self):
        columns = columns_from(opened(happened("customer-wrote", minutes=30, by="customer", text="Hello?")))
        assert columns.waiting_since == START
        assert (columns.times_told, columns.preview) == (2, "Hello?")

    def test_an_acknowledgement_answers_nothing(self):
        columns = columns_from(opened(happened("acknowledged", by="system", text="We have it.")))
        assert (columns.stage, columns.turn, columns.preview) == ("received", "ours", "It did not come.")
        assert columns.first_person_at is None


class TestAnAnswer:
    def test_ends_the_wait_and_adds_it_up(self):
        columns = columns_from(
            opened(
                happened("replied", minutes=60, text="Sorry!"),
                happened("customer-wrote", minutes=90, by="customer", text="And now?"),
                happened("called", minutes=100),
            )
        )
        assert (columns.stage, columns.turn, columns.waiting_since) == ("answered", "theirs", None)
        assert columns.waited_seconds == 70 * 60
        assert columns.first_person_at == START + timedelta(minutes=60)
        assert columns.turn_since == START + timedelta(minutes=100)

    def test_with_a_promise_leaves_the_move_with_us(self):
        columns = columns_from(opened(happened("replied", minutes=10), promised()))
        assert (columns.turn, columns.waiting_since) == ("ours", None)
        assert columns.promise_due_at == START + timedelta(hours=5)


class TestPromises:
    def test_the_next_one_counts(self):
        columns = columns_from(opened(promised(1, hours=9), promised(2, hours=3), promised(3, hours=5)))
        assert columns.promise_due_at == START + timedelta(hours=3)

    @pytest.mark.parametrize("kind", ["promise-kept", "promise-withdrawn"])
    def test_a_settled_one_is_owed_no_more(self, kind):
        columns = columns_from(opened(happened("replied"), promised(), promised(kind=kind)))
        assert (columns.promise_due_at, columns.broken_promises, columns.turn) == (None, 0, "theirs")

    def test_a_moved_one_is_due_later(self):
        columns = columns_from(opened(promised(hours=2), promised(kind="promise-moved", hours=30)))
        assert columns.promise_due_at == START + timedelta(hours=30)

    def test_a_broken_one_puts_the_move_on_us_until_it_is_made_good(self):
        broken = opened(happened("replied"), promised(), promised(kind="promise-broken", minutes=300))
        columns = columns_from(broken)
        assert (columns.turn, columns.broken_promises) == ("ours", 1)
        assert columns.waiting_since == columns.broken_since == START + timedelta(minutes=300)
        columns = columns_from([*broken, happened("replied", minutes=310, text="I am sorry.")])
        assert (columns.broken_since, columns.broken_promises) == (None, 1)


class TestEnds:
    def test_content_resolves_and_calms(self):
        hot = happened("customer-wrote", by="customer", text="!", heat=3)
        columns = columns_from(opened(hot, happened("content", minutes=50, by="customer")))
        assert (columns.stage, columns.turn, columns.heat) == ("resolved", "nobody", 0)
        assert columns.resolved_at == START + timedelta(minutes=50)

    def test_reopening_makes_the_customer_wait_again(self):
        columns = columns_from(
            opened(
                happened("replied"),
                happened("content", minutes=50, by="customer"),
                happened("customer-wrote", minutes=99, by="customer", text="Broken again"),
                happened("reopened", minutes=99, by="system"),
            )
        )
        assert (columns.stage, columns.turn, columns.resolved_at) == ("answered", "ours", None)
        assert columns.waiting_since == START + timedelta(minutes=99)

    def test_what_is_still_promised_outlives_content(self):
        derived = derive(opened(happened("replied"), promised(), happened("content", by="customer")))
        assert (derived.columns.stage, derived.columns.turn) == ("resolved", "ours")
        assert [promise.id for promise in derived.promises] == [7]


class TestHeat:
    def test_rises_at_once_and_cools_slowly(self):
        heats = [1, 3, 0, 0, 0, 0]
        story = opened()
        seen = []
        for minutes, heat in enumerate(heats):
            story.append(happened("customer-wrote", minutes=minutes, by="customer", text="…", heat=heat))
            seen.append(columns_from(story).heat)
        assert seen == [1, 3, 2, 1, 0, 0]

    def test_never_passes_the_hottest(self):
        assert columns_from(opened(happened("customer-wrote", by="customer", heat=9))).heat == 3


class TestPeople:
    def test_owners_and_those_who_spoke_are_counted_once(self):
        columns = columns_from(
            opened(
                happened("replied", agent=1),
                happened("noted", agent=5),
                happened("handed-over", agent=1, **{"from": 1, "to": 2, "reason": "ill"}),
                happened("replied", agent=2),
                happened("called", agent=3),
            )
        )
        assert (columns.people, columns.handovers, columns.owner_id) == (3, 1, 2)

    def test_who_heard_it_on_the_telephone_is_the_first_person(self):
        told = Happened(kind="customer-wrote", at=START, by="customer", agent=1, text="…")
        assert columns_from([happened("received", by="customer"), told]).first_person_at == START

    def test_a_companion_has_answered_once_they_write(self):
        derived = derive(
            opened(
                companion(4),
                happened("noted", minutes=20, agent=4, text="It is the valve."),
            )
        )
        (beside,) = derived.companions
        assert (beside.agent, beside.answered_at) == (4, START + timedelta(minutes=20))
        assert derived.columns.owner_id == 1


def companion(agent):
    return Happened(kind="companion", at=START, by="agent", agent=1, text="Why?", data={"agent": agent})


class TestWaitingOnOthers:
    def test_a_third_party_has_the_move_until_the_customer_writes(self):
        until = (START + timedelta(days=1)).isoformat()
        third = opened(happened("replied"), happened("waiting-on-third-party", who="courier", until=until))
        columns = columns_from(third)
        assert (columns.turn, columns.back_at) == ("third-party", START + timedelta(days=1))
        assert columns_from([*third, happened("customer-wrote", by="customer", text="Well?")]).turn == "ours"

    def test_a_pause_keeps_the_customer_waiting(self):
        columns = columns_from(opened(happened("paused", until=(START + timedelta(minutes=15)).isoformat())))
        assert (columns.turn, columns.waiting_since) == ("ours", START)
        assert columns.back_at == START + timedelta(minutes=15)
