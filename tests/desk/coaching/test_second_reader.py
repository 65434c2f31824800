"""The organisation's own language model: a server on loopback that answers well, slowly, wrongly and not at all."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.coaching import tasks
from amends.desk.coaching.models import ReadBy, SecondAnswer, SecondDay, SecondReader, Seen
from amends.desk.coaching.queries import judge_sent
from amends.desk.coaching.second import actions, reading
from amends.desk.coaching.second.line import UnableToAsk
from amends.desk.people.models import Role
from amends.desk.workplace import actions as workplace
from amends.engine.languages.reading import USUAL_READERS
from tests.desk.coaching.model import running_model, words

pytestmark = pytest.mark.django_db
# No cue knows that this is a way to send somebody off.
REPLY = "Ms Carter, the door is over there, Olivia. Write to olivia@mail.example about order 4711829."


def acts(*kinds, n=1, sure=0.95):
    return {"sentences": [{"n": n, "acts": [{"kind": kind, "sure": sure} for kind in kinds]}]}


@pytest.fixture
def model(socket_enabled):
    with running_model(words(acts("insult"))) as server:
        yield server


@pytest.fixture
def second(model, now, settings, tmp_path):
    settings.DATA = tmp_path
    address = f"http://127.0.0.1:{model.server_address[1]}/v1"
    return actions.save(is_on=True, address=address, model="small", key="sesame", budget=10, now=now)


@pytest.fixture
def event(make_complaint, make_customer, now):
    complaint = make_complaint(customer=make_customer(name="Olivia Carter", honorific="Ms", language="en"))
    return workplace.reply(complaint=complaint, by=complaint.owner, text=REPLY, now=now)


def ask(event, now, timeout=60.0):
    return judge_sent(
        event=event,
        readers=(
            *USUAL_READERS,
            reading.second_reader(complaint=event.complaint, text=event.content.text, now=now, timeout=timeout),
        ),
    )


class TestAGoodAnswer:
    def test_joins_the_other_readers_and_the_rules_decide(self, event, second, now):
        judgement, reader = ask(event, now)
        assert reader == ReadBy.SECOND
        alone, _ = judge_sent(event=event, readers=USUAL_READERS)
        told = {one.failing for one in (*judgement.failings, *judgement.hints)}
        assert told > {one.failing for one in (*alone.failings, *alone.hints)}

    def test_is_asked_for_without_anybodys_name_address_or_number(self, event, second, now, model):
        ask(event, now)
        asked = json.dumps(model.asked[0], ensure_ascii=False)
        assert "the door is over there" in asked
        for private in ("Olivia", "Carter", "olivia@mail.example", "4711829"):
            assert private not in asked

    def test_is_asked_for_with_the_key_and_a_schema(self, event, second, now, model):
        ask(event, now)
        (asked,) = model.asked
        assert (asked["path"], asked["authorization"], asked["model"]) == (
            *("/v1/chat/completions", "Bearer sesame", "small"),
        )
        assert asked["response_format"]["json_schema"]["strict"] is True

    def test_is_remembered(self, event, second, now, model):
        first = ask(event, now)
        assert ask(event, now) == first
        assert (len(model.asked), SecondAnswer.objects.count()) == (1, 1)

    def test_may_stand_in_a_fence(self, event, second, now, model):
        model.answers = [(200, words(f"```json\n{json.dumps(acts('insult'))}\n```"))]
        assert ask(event, now)[1] == ReadBy.SECOND

    def test_comes_from_an_endpoint_that_knows_no_schemas(self, event, second, now, model):
        model.answers = [(400, "{}"), (200, words(acts("insult")))]
        assert ask(event, now)[1] == ReadBy.SECOND
        assert ["response_format" in one for one in model.asked] == [True, False]

    def test_is_kept_by_a_worker(self, event, second, monkeypatch):
        monkeypatch.setattr(tasks.readers.full, "get", lambda: None)
        assert tasks.read_by_second.func(event.pk)
        assert set(Seen.objects.filter(event=event).values_list("reader", flat=True)) == {ReadBy.SECOND}


class TestABadAnswer:
    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            ((200, words("I would rather chat.")), "answer"),
            ((200, words(acts("no-such-act"))), "answer"),
            ((200, words(acts("insult", sure=7))), "answer"),
            ((200, "<html>"), "answer"),
            ((200, "[]"), "answer"),
            ((401, '{"error": {"message": "no such key"}}'), "key"),
            ((404, ""), "model"),
            ((429, ""), "busy"),
            ((500, ""), "busy"),
            ((302, "http://127.0.0.1:1/elsewhere"), "server"),
            ("silence", "timeout"),
            ("drip", "timeout"),
        ],
    )
    def test_is_no_reading(  # noqa: PLR0917 - what pytest hands over
        self, event, second, now, model, answer, code
    ):
        model.answers = [answer]
        with pytest.raises(UnableToAsk) as trouble:
            ask(event, now, timeout=0.3 if isinstance(answer, str) else 60.0)
        assert trouble.value.code == code
        assert SecondReader.objects.get().problem.startswith(code)
        assert not SecondAnswer.objects.exists()

    def test_nobody_there(self, event, second, now):
        SecondReader.objects.update(address="http://127.0.0.1:9/v1")
        with pytest.raises(UnableToAsk, match="unreachable"):
            ask(event, now)

    def test_is_no_reason_to_lose_what_was_seen(self, event, second, model, monkeypatch):
        monkeypatch.setattr(tasks.readers.full, "get", lambda: None)
        model.answers = [(401, "")]
        before = list(Seen.objects.filter(event=event).values())
        assert tasks.read_by_second.func(event.pk) is False
        assert list(Seen.objects.filter(event=event).values()) == before

    def test_leaves_the_endpoint_alone_longer_each_time(self, event, second, now, model):
        model.answers = [(500, "")]
        for at in (0, 15, 45):
            with pytest.raises(UnableToAsk, match="busy"):
                ask(event, now + timedelta(seconds=at))
            with pytest.raises(UnableToAsk, match="resting"):
                ask(event, now + timedelta(seconds=at + 10))
        assert len(model.asked) == 3


class TestTheBudget:
    def test_of_a_day_is_never_overdrawn(self, event, second, now, model):
        SecondReader.objects.update(budget=0)
        with pytest.raises(UnableToAsk, match="budget"):
            ask(event, now)
        assert (model.asked, SecondDay.objects.get().asked) == ([], 0)

    def test_is_new_the_next_day(self, second, now):
        assert [actions.spend(now=now) for _ in range(11)] == [True] * 10 + [False]
        assert actions.spend(now=now + timedelta(days=1))


class TestTheSettings:
    def test_are_off_at_first(self, event, now):
        assert not reading.is_on()
        assert tasks.read_by_second.func(event.pk) is False

    def test_keep_the_key_sealed_and_for_one_address(self, second, now):
        assert "sesame" not in SecondReader.objects.get().key
        assert actions.endpoint(SecondReader.objects.get()).key == "sesame"
        fields = {"is_on": True, "model": "small", "budget": 1, "now": now}
        assert actions.save(address=second.address, **fields).key
        assert not actions.save(address="https://elsewhere.example/v1", **fields).key

    def test_are_an_administrators(self, client, make_agent):
        client.force_login(make_agent())
        assert client.get(reverse("coaching:second-reader")).status_code == 403

    def test_are_kept_by_the_page(self, client, make_agent, settings, tmp_path):
        settings.DATA = tmp_path
        client.force_login(make_agent(role=Role.ADMINISTRATOR))
        page = reverse("coaching:second-reader")
        fields = {"is_on": "on", "address": "http://127.0.0.1:11434/v1/", "model": "m", "key": "k", "budget": "5"}
        assert client.post(page, {**fields, "address": "ftp://x"}).status_code == 200
        assert not SecondReader.objects.exists()
        assert client.post(page, fields).status_code == 302
        assert SecondReader.objects.get().address == "http://127.0.0.1:11434/v1"
        shown = client.get(page).content.decode()
        assert 'value="k"' not in shown

    def test_can_be_tried(self, client, make_agent, second, model):
        client.force_login(make_agent(role=Role.ADMINISTRATOR))
        address = reverse("coaching:try-second-reader")
        assert "insult" in client.post(address).content.decode()
        model.answers = [(401, "")]
        assert "does not accept the key" in client.post(address).content.decode()
