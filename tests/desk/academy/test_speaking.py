"""Customers who speak through a language model: a server on loopback answers well, slowly, wrongly and not at all."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.academy import actions, queries, speaking
from amends.desk.academy.models import FreeWords
from amends.desk.coaching.models import SecondDay, SecondReader
from amends.desk.coaching.second import actions as endpoint
from amends.engine.drills import script_of
from tests.desk.coaching.model import running_model
from tests.desk.coaching.model import words as model_words

pytestmark = pytest.mark.django_db
TALK = "tuesday-promise"
# In each language what 'not-me' says, said otherwise.
FREE = {
    "en": "I could not care less whose fault that is. I sat here the whole day, and you talk about yourselves.",
    "fa": "برایم فرقی ندارد تقصیر با کیست. تمام روز من این‌جا نشستم و شما از خودتان می‌گویید.",
    "mn": "Хэний буруу нь надад хамаагүй ээ. Өдөржин хүлээсэн нь би, харин та өөрсдийнхөө тухай яриад байна.",
    "tr": "Kimin hatası olduğu umurumda değil. Bütün gün evde oturan bendim, siz bana kendinizden söz ediyorsunuz.",
}


def words(says):
    return model_words(says.removeprefix("!") if isinstance(says, str) and says.startswith("!") else {"says": says})


@pytest.fixture
def model(socket_enabled):
    with running_model(words(FREE["en"])) as server:
        yield server


@pytest.fixture
def line(model, now, settings, tmp_path):
    """An endpoint that no reply is read with, and customers who may speak through it."""
    settings.DATA = tmp_path
    address = f"http://127.0.0.1:{model.server_address[1]}/v1"
    endpoint.save(is_on=False, address=address, model="small", key="sesame", budget=10, now=now)
    speaking.choose(are_on=True, now=now)


@pytest.fixture
def answered(make_agent, now):
    """`answered(language)`: a try in which the first bad answer was given, and nothing spoken yet."""

    def answer(language="en", *, text="", agent=None):
        attempt = actions.begin(agent=agent or make_agent(), slug=TALK, language=language, now=now)
        said = text or script_of(TALK, language).answers["sorry"].bad[0]
        return actions.answer(attempt=attempt, text=said, now=now)

    return answer


def reaction(attempt):
    from amends.desk.academy.drills import find

    return queries.talk(drill=find(TALK), attempt=attempt, language="en").said[-1]


class TestAGoodAnswer:
    @pytest.mark.parametrize("language", list(FREE))
    def test_is_said_while_the_rules_decide_the_mood_and_the_next_step(self, answered, line, model, now, language):
        attempt = answered(language)
        model.answers = [(200, words(FREE[language]))]
        before = reaction(attempt)
        assert speaking.speak(attempt=attempt, now=now, timeout=60.0)
        after = reaction(attempt)
        assert (after.reaction, after.is_free) == (FREE[language], True)
        assert (after.heat, after.went) == (before.heat, before.went)
        assert SecondDay.objects.get().asked == 1

    def test_is_asked_for_with_the_line_the_mood_and_no_name_of_ours(self, answered, line, model, now, make_agent):
        make_agent(name="Olivia Carter")
        text = "That is not our fault. Ask Olivia Carter, olivia@mail.example, 0207 946 0000."
        speaking.speak(attempt=answered(text=text), now=now, timeout=60.0)
        [asked] = model.asked
        told = json.loads(asked["messages"][1]["content"])
        assert told["means_now"] == script_of(TALK, "en").says["not-me"]
        assert told["mood"] == "very angry"
        assert "That is not our fault" in told["talk"][-1]["says"]
        for private in ("Olivia", "Carter", "olivia@", "946"):
            assert private not in json.dumps(asked)
        assert asked["response_format"]["json_schema"]["name"] == "reaction"

    def test_is_kept_and_never_asked_for_again(self, client, answered, line, model, now):
        attempt = answered()
        speaking.speak(attempt=attempt, now=now, timeout=60.0)
        assert not speaking.speak(attempt=attempt, now=now, timeout=60.0)
        client.force_login(attempt.agent)
        for _ in range(2):
            assert FREE["en"] in client.get(reverse("academy:attempt", args=[attempt.pk])).content.decode()
        assert len(model.asked) == 1

    def test_goes_along_into_another_try_from_a_later_answer(self, answered, line, now):
        attempt = answered()
        speaking.speak(attempt=attempt, now=now, timeout=60.0)
        attempt = actions.answer(attempt=attempt, text="Ask the courier, it is their fault.", now=now)
        assert actions.try_again(attempt=attempt, keep=1, now=now).spoken == attempt.spoken
        again = actions.try_again(attempt=answered(), keep=0, now=now)
        assert again.spoken == {}

    def test_stands_no_longer_when_the_rules_lead_elsewhere(self, answered, line, now):
        attempt = answered()
        attempt.spoken = {"0": ["a line of an older version", FREE["en"]]}
        assert reaction(attempt).reaction == script_of(TALK, "en").says["not-me"]

    def test_may_come_from_a_model_that_knows_no_schemas(self, answered, line, model, now):
        model.answers = [(400, "{}"), (200, words(f"!```json\n{json.dumps({'says': FREE['en']})}\n```"))]
        assert speaking.speak(attempt=answered(), now=now, timeout=60.0)


class TestTheWrittenLineStands:
    @pytest.mark.parametrize(
        "told",
        [
            "silence",
            "drip",
            (500, "out of order"),
            (401, "no"),
            (200, "<html>"),
            (200, words("!I am the customer!")),
            (200, words("")),
            (200, words("x" * 500)),
        ],
        ids=["silent", "slow", "out of order", "no key", "no json", "no form", "empty", "long"],
    )
    def test_when_nothing_usable_comes_and_the_endpoint_rests(self, answered, line, model, now, told):
        model.answers = [told]
        attempt = answered()
        assert not speaking.speak(attempt=attempt, now=now, timeout=0.3)
        assert reaction(attempt).reaction == script_of(TALK, "en").says["not-me"]
        assert SecondReader.objects.get().rests_until > now
        assert not speaking.speak(attempt=attempt, now=now, timeout=0.3)
        assert SecondDay.objects.get().asked == 1

    @pytest.mark.parametrize(
        "says",
        [
            "Das ist mir völlig egal, ich habe den ganzen Tag hier auf Sie gewartet.",
            "Fine, you have convinced me. That solves it, I am happy now, thank you!",
            "I am cancelling this and going to your competitor.",
            "Put me through to your manager at once.",
            "I want my 250 pounds back for the day that I waited.",
            "I waited all day. Write to me at emma@mail.example.",
        ],
    )
    def test_when_the_model_says_another_thing_than_the_rules_decided(self, answered, line, model, now, says):
        model.answers = [(200, words(says))]
        attempt = answered()
        assert not speaking.speak(attempt=attempt, now=now, timeout=60.0)
        assert reaction(attempt).reaction == script_of(TALK, "en").says["not-me"]
        assert SecondReader.objects.get().rests_until is None

    def test_when_the_day_has_no_question_left(self, answered, line, model, now):
        SecondReader.objects.update(budget=0)
        assert not speaking.speak(attempt=answered(), now=now, timeout=60.0)
        assert model.asked == []

    def test_when_nobody_wants_free_words(self, answered, line, model, now):
        assert FreeWords().are_on is False
        speaking.choose(are_on=False, now=now)
        assert not speaking.speak(attempt=answered(), now=now, timeout=60.0)
        assert model.asked == []

    def test_when_it_was_answered_again_meanwhile(self, answered, line, now):
        attempt = answered()
        old = type(attempt).objects.get(pk=attempt.pk)
        actions.answer(attempt=attempt, text="Ask the courier, it is their fault.", now=now)
        assert not speaking.speak(attempt=old, now=now, timeout=60.0)

    def test_after_a_rest_it_is_asked_again(self, answered, line, model, now):
        model.answers = [(500, ""), (200, words(FREE["en"]))]
        attempt = answered()
        assert not speaking.speak(attempt=attempt, now=now, timeout=60.0)
        assert speaking.speak(attempt=attempt, now=now + timedelta(hours=1), timeout=60.0)
        assert SecondReader.objects.get().failures == 0


class TestThePages:
    def test_a_trainee_is_told_where_the_words_go(self, client, make_agent, line, now):
        agent = make_agent(language="en")
        client.force_login(agent)
        here = client.post(reverse("academy:drill", args=[TALK]), {"language": "en"})["Location"]
        assert "without names and numbers" in client.get(here).content.decode()
        client.post(here, {"text": script_of(TALK, "en").answers["sorry"].bad[0]})
        page = client.get(here).content.decode()
        assert FREE["en"] in page
        assert "in the words of a language model" in page

    @pytest.mark.parametrize("language", list(FREE))
    @pytest.mark.usefixtures("line")
    def test_an_administrator_switches_it_and_tries_it(self, client, make_agent, model, language):
        client.force_login(make_agent(role="administrator", language=language))
        here = reverse("academy:free-words")
        assert client.get(here).status_code == 200
        model.answers = [(200, words(script_of(TALK, language).says["well-then"]))]
        page = client.post(reverse("academy:try-free-words")).content.decode()
        assert page.count(script_of(TALK, language).says["well-then"]) == 2
        client.post(here)
        assert not speaking.may_speak()
        model.answers = [(500, "")]
        assert "notice-bad" in client.post(reverse("academy:try-free-words")).content.decode()

    def test_nobody_else_does(self, client, make_agent, line):
        client.force_login(make_agent(role="lead"))
        assert client.get(reverse("academy:free-words")).status_code == 403
        assert client.post(reverse("academy:try-free-words")).status_code == 403
