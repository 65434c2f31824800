"""Saved answers: filled in with the customer's own case, offered in their language, changed by those whose they are."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.answers import actions, queries
from amends.desk.answers.blocks import MOST, Block
from amends.desk.answers.filling import fill, unknown_blanks
from amends.desk.answers.models import Answer, Wording
from amends.desk.coaching.queries import read_draft
from amends.desk.complaints import actions as complaints
from amends.desk.example.founding import write_answers
from amends.desk.promises import actions as promises

TEXTS = {
    "en": "Dear {name}, your number is {number}. I will call you by {day}, 17:00.",
    "tr": "{name}, takip numaranız {number}. {day} saat 17.00'ye kadar sizi arayacağım.",
}


class TestFilling:
    def test_puts_in_what_is_known_and_leaves_what_is_not(self):
        assert fill("Dear { name }, {day}.", {"name": "Ada", "day": ""}) == "Dear Ada, {day}."

    @pytest.mark.parametrize("text", ["{price}", "a } b", "{}", "{name"])
    def test_finds_what_nobody_can_fill(self, text):
        assert unknown_blanks(text)

    def test_knows_its_blanks(self):
        assert unknown_blanks("{name} {number} {subject} {owner} {day}") == []


@pytest.fixture
def lead(make_agent, make_team):
    return make_agent(role="lead", team=make_team())


@pytest.fixture
def agent(make_agent, lead):
    return make_agent(team=lead.team)


def save(by, now, *, name="By tomorrow", shared=False, texts=TEXTS, answer=None, blocks=None):
    blocks = [Block(texts=texts)] if blocks is None else blocks
    return actions.save(answer=answer, by=by, name=name, is_shared=shared, blocks=blocks, now=now)


def texts_of(answer):
    return dict(answer.wordings.values_list("language", "text"))


LETTER = [
    Block(kind="greeting", texts={"en": "Dear {name},", "tr": "{name},"}),
    Block(kind="asked", texts={"en": "Which day suits you?"}, is_on=False),
    Block(texts={"tr": " "}),
    Block(kind="promise", texts={"en": "I call you by {day}.", "tr": "{day} sizi arayacağım."}),
]


@pytest.mark.django_db
class TestWriting:
    def test_keeps_the_languages_that_have_words(self, agent, now):
        answer = save(agent, now)
        assert texts_of(answer) == TEXTS
        assert queries.blocks_of(answer=answer) == [Block(texts=TEXTS)]
        save(agent, now, answer=answer, texts={"en": "Only this."})
        assert texts_of(answer) == {"en": "Only this."}

    def test_blocks_keep_their_order_and_what_is_on_is_the_whole(self, agent, now):
        answer = save(agent, now, blocks=LETTER)
        assert texts_of(answer) == {
            "en": "Dear {name},\n\nI call you by {day}.",
            "tr": "{name},\n\n{day} sizi arayacağım.",
        }
        assert queries.blocks_of(answer=answer) == [LETTER[0], LETTER[1], LETTER[3]]  # an empty one is none

    def test_words_of_a_version_without_blocks_are_one(self, agent, now, make_complaint):
        answer = save(agent, now, blocks=LETTER)
        answer.wordings.filter(language="en").update(text="Changed there.")
        answer.wordings.filter(language="tr").update(blocks=None)
        assert queries.blocks_of(answer=answer) == [
            Block(texts={"en": "Changed there.", "tr": "{name},\n\n{day} sizi arayacağım."})
        ]
        complaint = make_complaint(owner=agent, language="en")
        (ready,) = queries.ready(complaint=complaint, agent=agent, now=now)
        assert [block.text for block in ready.blocks] == [ready.text] == ["Changed there."]

    def test_an_answer_of_which_nothing_is_on_says_all_of_it(self, agent, now):
        answer = save(agent, now, blocks=[Block(texts={"en": "One."}, is_on=False)])
        assert texts_of(answer) == {"en": "One."}

    def test_what_everybody_uses_is_written_by_a_lead(self, agent, lead, now):
        with pytest.raises(actions.UnableToSave):
            save(agent, now, shared=True)
        shared = save(lead, now, shared=True)
        with pytest.raises(actions.UnableToSave):
            save(agent, now, answer=shared)
        with pytest.raises(actions.UnableToSave):
            actions.remove(answer=shared, by=agent)
        actions.remove(answer=shared, by=lead)
        assert not Wording.objects.exists()

    @pytest.mark.parametrize(
        "more",
        [
            {"name": " "},
            {"texts": {"en": " "}},
            {"texts": {"en": "It costs {price}."}},
            {"blocks": [Block(texts=TEXTS)] * (MOST + 1)},
        ],
    )
    def test_refuses_what_cannot_be_used(self, agent, now, more):
        with pytest.raises(actions.UnableToSave):
            save(agent, now, **more)
        assert not Answer.objects.exists()


@pytest.mark.django_db
class TestInTheComposer:
    def test_is_offered_in_the_customers_language_filled_in(self, agent, lead, make_complaint, now):
        complaint = make_complaint(owner=agent)
        save(lead, now, shared=True)
        save(lead, now, name="Private")
        save(agent, now, name="Farsi", texts={"fa": "سلام"})
        (ready,) = queries.ready(complaint=complaint, agent=agent, now=now)
        assert str(complaint.number) in ready.text
        assert "{" not in ready.text
        assert queries.ready(complaint=complaint, agent=agent, words="no such words", now=now) == []
        assert queries.ready(complaint=complaint, agent=agent, words="TOMORROW", now=now) == [ready]

    def test_it_names_its_writer_in_letters_that_the_customer_reads(self, agent, lead, make_complaint, now):
        agent.name, agent.latin_name = "Дулмаа", "Dulmaa"
        agent.save()
        save(agent, now, texts={"tr": "{owner} sizinle ilgileniyor."})
        complaint = make_complaint(owner=agent)
        complaint.language = "tr"
        (ready,) = queries.ready(complaint=complaint, agent=agent, now=now)
        assert ready.text == "Dulmaa sizinle ilgileniyor."

    @pytest.mark.parametrize("language", ["en", "tr", "fa", "mn"])
    def test_a_promise_in_it_is_found_with_its_time(self, language, agent, lead, make_complaint, now):
        calendar = agent.calendar()
        complaint = make_complaint(owner=agent, language=language)
        write_answers(by=lead, now=now)
        texts = [one.text for one in queries.ready(complaint=complaint, agent=agent, now=now)]
        found = [read_draft(complaint=complaint, agent=agent, text=text, now=now).promises for text in texts]
        ends = {
            calendar.last_working_moment(one.due_at.astimezone(calendar.zone).date()) for some in found for one in some
        }
        assert {one.due_at for some in found for one in some} == ends != set()

    def test_a_word_given_for_a_day_ends_with_its_work(self, agent, make_complaint, now):
        save(agent, now, texts={"tr": "{day} saat {hour} itibarıyla."})
        calendar = agent.team.calendar
        complaint = make_complaint(owner=agent, language="tr")
        said = []
        for week in (["09:00", "13:00"], ["00:00", "24:00"]):
            calendar.week = {str(day): [week] for day in range(7)}
            calendar.save()
            said += [one.text for one in queries.ready(complaint=complaint, agent=agent, now=now)]
        assert ["13:00" in said[0], "23:59" in said[1]] == [True, True]

    @pytest.mark.parametrize(
        ("language", "theirs", "same", "other"),
        [
            ("en", "Asia/Tehran", "13:00", "13:00 (Istanbul time)"),
            ("tr", "Asia/Tehran", "13:00", "13:00 (İstanbul saatiyle)"),
            ("fa", "Asia/Tehran", "۱۳:۰۰", "۱۳:۰۰ (به وقت استانبول)"),
            ("mn", "Asia/Ulaanbaatar", "13:00", "13:00 (Истанбул хотын цагаар)"),
        ],
    )
    def test_an_hour_says_whose_it_is_unless_both_clocks_show_the_same(  # noqa: PLR0917
        self, agent, make_complaint, now, language, theirs, same, other
    ):
        agent.language = "en" if language != "en" else "tr"  # the words are the customer's, whoever reads the page
        calendar = agent.team.calendar
        calendar.week = {str(day): [["09:00", "13:00"]] for day in range(7)}
        calendar.save()
        complaint = make_complaint(owner=agent, language=language)
        told = [queries.facts_of(complaint=complaint, agent=agent, now=now)["hour"]]
        for zone in (theirs, "Europe/Istanbul"):
            complaints.append(
                complaint=complaint, kind="acknowledged", by="system", data={"zone": zone, "theirs": True}, now=now
            )
            told.append(queries.facts_of(complaint=complaint, agent=agent, now=now)["hour"])
        assert told == [other, other, same]

    def test_when_a_promise_is_due_is_said_with_whose_hour_it_is_and_a_whole_day_without(
        self, agent, make_complaint, now
    ):
        complaint = make_complaint(owner=agent, language="tr")
        event = complaint.events.first()
        said = []
        for whole_day in (True, False):
            promises.make(
                complaint=complaint, owner=agent, made_in=event, words="Ararım.",
                due_at=now + timedelta(days=1, hours=-int(not whole_day)), whole_day=whole_day, now=now,
            )  # fmt: skip
            said.append(queries.facts_of(complaint=complaint, agent=agent, now=now)["promised"])
        at = (now + timedelta(hours=23)).astimezone(agent.calendar().zone)
        assert said == ["yarın", f"yarın {at:%H:%M} (İstanbul saatiyle)"]

    def test_sent_to_many_it_is_told_to_be_canned(self, agent, make_complaint, now):
        save(
            agent,
            now,
            texts={"en": "We value your feedback and will look into the matter in due course. Best regards."},
        )
        for hour in range(4):
            complaint = make_complaint(owner=agent, language="en")
            (ready,) = queries.ready(complaint=complaint, agent=agent, now=now)
            found = read_draft(complaint=complaint, agent=agent, text=ready.text, now=now).findings
            complaints.append(
                complaint=complaint,
                kind="replied",
                by="agent",
                agent=agent,
                text=ready.text,
                now=now + timedelta(hours=hour),
            )
        assert "canned" in {one.name for one in found}

    def test_its_blocks_are_offered_one_by_one(self, client, agent, make_complaint, now):
        complaint = make_complaint(owner=agent, language="en")
        save(agent, now, blocks=LETTER)
        (ready,) = queries.ready(complaint=complaint, agent=agent, words="which day", now=now)
        assert [(block.kind_name, block.is_on) for block in ready.blocks] == [
            ("greeting", True),
            ("a question", False),
            ("promise", True),
        ]
        assert "{" not in ready.text
        client.force_login(agent)
        menu = client.get(reverse("answers:menu", args=[complaint.number])).content.decode()
        boxes = re.findall(r'<input type="checkbox"[^>]*value="([^"]*)"( checked)?>', menu)
        assert [bool(checked) for _text, checked in boxes] == [True, False, True]
        assert boxes[1][0] == "Which day suits you?"

    def test_it_knows_when_they_complained_and_what_is_promised(self, agent, make_complaint, now):
        complaint = make_complaint(owner=agent, language="en")
        save(agent, now, texts={"en": "Since {received}; by {promised}."})
        (ready,) = queries.ready(complaint=complaint, agent=agent, now=now)
        assert "{received}" not in ready.text
        assert ready.text.endswith("by {promised}.")  # nothing is: the writer sees the blank
        promises.make(
            complaint=complaint,
            owner=agent,
            made_in=complaint.events.first(),
            words="by tomorrow",
            due_at=now + timedelta(days=1),
            whole_day=True,
            now=now,
        )
        (ready,) = queries.ready(complaint=complaint, agent=agent, now=now)
        assert ready.text.endswith("by tomorrow.")

    def test_blocks_are_put_in_order_on_the_page_and_kept_when_it_is_saved(self, client, agent):
        client.force_login(agent)
        new = reverse("answers:new")
        sent = {
            "name": "Letter",
            "kind": ["greeting", "promise"],
            "on": ["0"],
            "text_en": ["Dear {name},", "I call you."],
            "text_fa": ["", ""],
            "text_tr": ["", ""],
            "text_mn": ["", ""],
        }
        for what, greeted, blocks in (
            ("add", 0, 3),
            ("up-1", 1, 2),
            ("out-0", None, 1),
            ("up-x", 0, 2),
            ("out-9", 0, 2),
        ):
            shown = client.post(new, {**sent, "do": what})
            assert shown.status_code == 200
            assert shown.text.count('name="text_en"') == blocks
            words = re.findall(r'name="text_en"[^>]*>\n([^<]*)<', shown.text)
            assert (words.index("Dear {name},") if "Dear {name}," in words else None) == greeted
            assert 'value="Letter"' in shown.text
        assert not Answer.objects.exists()
        assert client.post(new, sent).status_code == 302
        assert queries.blocks_of(answer=Answer.objects.get()) == [
            Block(kind="greeting", texts={"en": "Dear {name},"}),
            Block(kind="promise", texts={"en": "I call you."}, is_on=False),
        ]

    def test_the_pages(self, client, agent, lead, make_complaint, now):
        complaint = make_complaint(owner=agent, language="en")
        client.force_login(lead)
        given = {"name": "Both", "is_shared": "on", "text_en": "Hello {name}.", "text_fa": "{name}، سلام."}
        assert client.post(reverse("answers:new"), given).status_code == 302
        wrong = client.post(reverse("answers:new"), {**given, "text_en": "{cost}"})
        assert wrong.status_code == 422
        answer = Answer.objects.get()
        assert "سلام" in client.get(reverse("answers:write", args=[answer.pk])).content.decode()
        client.force_login(agent)
        assert "Both" in client.get(reverse("answers:page")).content.decode()
        assert client.get(reverse("answers:write", args=[answer.pk])).status_code == 404
        menu = client.get(reverse("answers:menu", args=[complaint.number])).content.decode()
        assert "data-puts-in=" in menu
        none = client.get(reverse("answers:menu", args=[complaint.number]), {"q": "umbrella"}).content.decode()
        assert "data-puts-in=" not in none
        client.post(reverse("answers:remove", args=[answer.pk]))
        assert Answer.objects.exists()
