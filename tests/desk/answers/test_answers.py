"""Saved answers: filled in with the customer's own case, offered in their language, changed by those whose they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.answers import actions, queries
from amends.desk.answers.filling import fill, unknown_blanks
from amends.desk.answers.models import Answer, Wording
from amends.desk.coaching.queries import read_draft
from amends.desk.complaints import actions as complaints
from amends.desk.example.founding import write_answers

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


def save(by, now, *, name="By tomorrow", shared=False, texts=TEXTS, answer=None):
    return actions.save(answer=answer, by=by, name=name, is_shared=shared, texts=texts, now=now)


@pytest.mark.django_db
class TestWriting:
    def test_keeps_the_languages_that_have_words(self, agent, now):
        answer = save(agent, now)
        assert queries.texts_of(answer=answer) == TEXTS
        save(agent, now, answer=answer, texts={"en": "Only this."})
        assert queries.texts_of(answer=answer) == {"en": "Only this."}

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

    @pytest.mark.parametrize("more", [{"name": " "}, {"texts": {"en": " "}}, {"texts": {"en": "It costs {price}."}}])
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

    @pytest.mark.parametrize("language", ["en", "tr", "fa", "mn"])
    def test_a_promise_in_it_is_found_with_its_time(self, language, agent, lead, make_complaint, now):
        complaint = make_complaint(owner=agent, language=language)
        write_answers(by=lead, now=now)
        texts = [one.text for one in queries.ready(complaint=complaint, agent=agent, now=now)]
        found = [read_draft(complaint=complaint, agent=agent, text=text, now=now).promises for text in texts]
        hours = {one.due_at.astimezone(agent.calendar().zone).hour for promises in found for one in promises}
        assert 17 in hours

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
