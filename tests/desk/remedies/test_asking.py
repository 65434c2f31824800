import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import signing
from django.db import connection

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event
from amends.desk.remedies import actions, asking, queries, room, rules, words
from amends.desk.remedies.models import Remedy, Request
from amends.desk.remedies.tasks import letter_to

HOUR = timedelta(hours=1)


@pytest.fixture
def request_(complaint, house, plan, now):
    return asking.ask(complaint=complaint, by=house["agent"], plan=plan(), now=now)


def told(kind):
    return [event.content.data for event in Event.objects.filter(kind=kind).order_by("pk")]


def test_the_lead_is_asked_and_a_yes_puts_it_right(complaint, house, request_, now):
    assert (request_.asked, request_.step, request_.goes_up_at) == (house["lead"], 0, now + HOUR)
    assert told("room-asked")[0]["to"] == house["lead"].pk
    assert [row.id for row in queries.requests_for(agent=house["lead"])] == [request_.pk]
    assert queries.requests_for(agent=house["agent"]) == []

    remedy = asking.answer(request=request_, by=house["lead"], yes=True, words="gladly", now=now + HOUR / 2)
    assert (remedy.agreed_by, remedy.by, remedy.cost, remedy.state) == (house["lead"], house["agent"], 300, "to-do")
    request_.refresh_from_db()
    assert (request_.state, request_.remedy, request_.answer) == ("agreed", remedy, "gladly")
    assert told("room-answered")[0]["answer"] == "agreed"
    # A yes of somebody else uses up nothing of one's own.
    assert queries.limit_left(complaint=complaint, agent=house["agent"], now=now) == 50


def test_a_no_says_why_and_puts_nothing_right(house, request_, now):
    with pytest.raises(asking.UnableToAnswer):
        asking.answer(request=request_, by=house["lead"], yes=False, now=now)
    assert asking.answer(request=request_, by=house["lead"], yes=False, words="a repair is quicker", now=now) is None
    request_.refresh_from_db()
    assert (request_.state, Remedy.objects.count()) == ("refused", 0)


def test_only_who_has_the_room_answers(house, request_, make_agent, now):
    rich = make_agent(goodwill_limit=Decimal(9000), goodwill_currency="EUR")
    poor = make_agent(role="lead", goodwill_limit=Decimal(10), goodwill_currency="EUR")
    for by in (house["agent"], rich, poor):
        with pytest.raises(asking.UnableToAnswer):
            asking.answer(request=request_, by=by, yes=True, now=now)
    asking.answer(request=request_, by=house["manager"], yes=True, now=now)


def test_it_asks_for_a_reason_and_for_somebody_who_can_say_yes(complaint, house, plan, now):
    with pytest.raises(actions.UnableToPutRight):
        asking.ask(complaint=complaint, by=house["agent"], plan=plan(reason=" "), now=now)
    with pytest.raises(asking.UnableToAsk):
        asking.ask(complaint=complaint, by=house["manager"], plan=plan(cost=Decimal(99_999)), now=now)
    assert not Request.objects.exists()


def test_it_goes_up_in_working_time_and_no_further_than_the_top(house, request_, now):
    assert asking.look_after(now=now + HOUR - timedelta(seconds=1)) == 0
    assert asking.look_after(now=now + HOUR) == 1
    request_.refresh_from_db()
    assert (request_.asked, request_.step, request_.goes_up_at) == (house["manager"], 1, now + 2 * HOUR)
    assert asking.look_after(now=now + HOUR) == 0
    assert asking.look_after(now=now + 2 * HOUR) == 1
    assert asking.look_after(now=now + 9 * HOUR) == 0
    request_.refresh_from_db()
    assert (request_.state, request_.goes_up_at) == ("waiting", None)
    assert [data["to"] for data in told("room-asked")] == [house["lead"].pk, house["manager"].pk, None]
    # Who was asked first may still answer.
    asking.answer(request=request_, by=house["lead"], yes=True, now=now + 9 * HOUR)


def test_nobody_is_hurried_at_night(complaint, house, plan, now):
    evening = now + timedelta(hours=8, minutes=30)  # 17:30 in Istanbul
    asked = asking.ask(complaint=complaint, by=house["agent"], plan=plan(), now=evening)
    assert asked.goes_up_at == now + timedelta(days=1, minutes=30)  # half an hour today, half an hour from nine


def test_it_is_taken_back_with_its_complaint(complaint, house, request_, now):
    complaints.say_content(complaint=complaint, by_customer=True, now=now)
    assert asking.look_after(now=now) == 1
    request_.refresh_from_db()
    assert request_.state == "withdrawn"
    with pytest.raises(asking.UnableToAnswer):
        asking.answer(request=request_, by=house["lead"], yes=True, now=now)
    assert not Remedy.objects.exists()


def test_a_time_that_passed_meanwhile_is_promised_to_nobody(complaint, house, plan, now):
    asked = asking.ask(complaint=complaint, by=house["agent"], plan=plan(due_at=now + HOUR), now=now)
    remedy = asking.answer(request=asked, by=house["lead"], yes=True, now=now + 2 * HOUR)
    assert (remedy.state, remedy.promise) == ("to-do", None)
    again = asking.ask(complaint=complaint, by=house["agent"], plan=plan(due_at=now + 9 * HOUR), now=now)
    assert asking.answer(request=again, by=house["lead"], yes=True, now=now).promise.due_at == now + 9 * HOUR


def test_an_exception_that_is_asked_for_names_its_rule(complaint, house, plan, now):
    rule = rules.write(title="Thirty days", text="…", purpose="…", owner=house["lead"], by=house["lead"], now=now)
    asked = asking.ask(complaint=complaint, by=house["agent"], plan=plan(rule=rule), now=now)
    remedy = asking.answer(request=asked, by=house["lead"], yes=True, now=now)
    assert (remedy.rule, remedy.is_exception) == (rule, True)


def test_a_worker_that_dies_leaves_nothing_half_done(house, request_, now, monkeypatch):
    def dies(*_args, **_more):
        raise SystemExit

    def answers():
        asking.answer(request=request_, by=house["lead"], yes=True, now=now)

    def goes_up():
        asking.look_after(now=now + HOUR)

    for name, act in (("_tell_asked", goes_up), ("_tell_ended", answers), ("carry_out", answers)):
        with monkeypatch.context() as patch:
            patch.setattr(asking, name, dies)
            with pytest.raises(SystemExit):
                act()
        request_.refresh_from_db()
        assert (request_.state, request_.step, Remedy.objects.count()) == ("waiting", 0, 0)
    assert len(told("room-asked")) == 1
    assert asking.look_after(now=now + HOUR) == 1
    assert len(told("room-asked")) == 2


@pytest.mark.django_db(transaction=True)
def test_people_and_workers_at_once_end_it_once(complaint, house, plan, now):
    """Threads on PostgreSQL; on SQLite, where writers queue by nature, one after the other."""
    asked = asking.ask(complaint=complaint, by=house["agent"], plan=plan(), now=now)

    def race(number):
        mine = Request.objects.get(pk=asked.pk)
        try:
            match number % 4:
                case 0:
                    asking.answer(request=mine, by=house["lead"], yes=True, now=now + HOUR)
                case 1:
                    asking.answer(request=mine, by=house["manager"], yes=False, words="no", now=now + HOUR)
                case 2:
                    asking.take_back(request=mine, by=house["agent"], now=now + HOUR)
                case _:
                    asking.look_after(now=now + HOUR)
                    return 0
        except asking.UnableToAnswer:
            return 0
        finally:
            if connection.vendor != "sqlite":
                connection.close()
        return 1

    if connection.vendor == "sqlite":
        ended = [race(number) for number in (3, *range(7))]
    else:
        with ThreadPoolExecutor(8) as pool:
            ended = list(pool.map(race, range(8)))
    assert sum(ended) == 1
    asked.refresh_from_db()
    assert len(told("room-answered")) == 1
    assert Remedy.objects.count() == (asked.state == "agreed")


class TestTheLetter:
    def test_it_shows_what_is_asked_and_holds_a_link_of_ones_own(self, house, request_):
        letter = letter_to(request=request_, agent=house["lead"])
        text = letter.get_content()
        assert "the whole price" in text
        assert "€300" in text
        token = re.search(r"/room/([^/]+)/", text)[1]
        assert asking.from_link(token=token) == (request_, house["lead"])

    def test_looking_decides_nothing_and_the_button_does(self, client, house, request_, now, monkeypatch):
        address = f"/room/{asking.link_token(request=request_, agent=house['lead'])}/"
        for method in (client.get, client.head):
            assert method(address).status_code == 200
        request_.refresh_from_db()
        assert request_.state == "waiting"
        assert client.post(address, {"answer": "yes"}).status_code == 200
        request_.refresh_from_db()
        assert (request_.state, request_.answered_by) == ("agreed", house["lead"])
        # Again, or by somebody else's letter: it says how it ended.
        other = f"/room/{asking.link_token(request=request_, agent=house['manager'])}/"
        assert client.post(other, {"answer": "no", "words": "no"}).status_code == 409
        assert b"Leyla has said yes already" in client.post(other, {"answer": "yes"}).content
        assert Remedy.objects.count() == 1

    def test_a_false_or_old_link_opens_nothing(self, client, house, request_, monkeypatch):
        token = asking.link_token(request=request_, agent=house["lead"])
        assert client.get("/room/abc/").status_code == 410
        assert client.get(f"/room/{token[:-2]}xx/").status_code == 410
        foreign = signing.dumps({"r": request_.pk, "a": house["lead"].pk}, salt="another")
        assert client.get(f"/room/{foreign}/").status_code == 410
        monkeypatch.setattr(asking, "LINK_HOLDS", -1)
        assert client.post(f"/room/{token}/", {"answer": "yes"}).status_code == 410
        request_.refresh_from_db()
        assert request_.state == "waiting"

    def test_who_left_answers_no_more(self, house, request_):
        token = asking.link_token(request=request_, agent=house["lead"])
        house["lead"].is_active = False
        house["lead"].save()
        assert asking.from_link(token=token) is None


class TestTheWordMeanwhile:
    def test_its_time_can_be_kept_whatever_happens(self, house, request_, now):
        by = words.word_by(request=request_, owner=house["agent"], now=now)
        # An hour of the lead's, an hour of the manager's, half an hour to write.
        assert by == now + timedelta(hours=2, minutes=30)
        asking.look_after(now=now + HOUR)
        request_.refresh_from_db()
        assert words.word_by(request=request_, owner=house["agent"], now=now + HOUR) == by

    def test_it_falls_into_working_time(self, complaint, house, plan, now):
        evening = now + timedelta(hours=8)  # 17:00
        asked = asking.ask(complaint=complaint, by=house["agent"], plan=plan(), now=evening)
        by = words.word_by(request=asked, owner=house["agent"], now=evening)
        assert by > now + timedelta(days=1)
        assert house["agent"].calendar().is_open(by - timedelta(minutes=1))

    def test_the_case_says_whether_the_customer_knows(self, complaint, house, request_, now):
        (row,) = queries.right_of(complaint=complaint).waiting
        assert not row.customer_knows
        complaints.append(
            complaint=complaint, kind="replied", by="agent", agent=house["agent"], text="…", now=now + HOUR / 4
        )
        (row,) = queries.right_of(complaint=complaint).waiting
        assert row.customer_knows


def test_figures_have_their_denominators(complaint, house, plan, request_, now):
    asking.answer(request=request_, by=house["lead"], yes=True, now=now + HOUR)
    asking.ask(complaint=complaint, by=house["agent"], plan=plan(), now=now)
    figures = queries.room_figures(since=now - HOUR, until=now + 2 * HOUR)
    assert (figures.given, figures.alone, figures.asked, figures.agreed, figures.waiting) == (1, 0, 2, 1, 1)
    assert figures.typical_wait == HOUR
    assert room.ground().answer_minutes == 60
