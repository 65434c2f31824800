"""The trainee's pages, in four languages, for nobody but the trainee."""

import re

import pytest
from django.urls import reverse

from amends.desk.academy.models import Attempt

pytestmark = pytest.mark.django_db
TALK = "tuesday-promise"
LANGUAGES = ["en", "fa", "mn", "tr"]


@pytest.fixture
def sign_in(client, make_agent):
    def as_somebody(**fields):
        agent = make_agent(**fields)
        client.force_login(agent)
        return agent

    return as_somebody


def test_strangers_sign_in_first(client, make_agent):
    make_agent()
    assert client.get(reverse("academy:home")).status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_path_speaks_every_language(client, sign_in, language):
    sign_in(language=language)
    text = client.get(reverse("academy:home")).content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in text
    assert not re.search(r"%\(\w+\)s|\{\w+\}|\{\{|\{%", text)
    assert reverse("academy:drill", args=[TALK]) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drill_is_played_to_its_end(client, sign_in, language):
    from amends.engine.drills import script_of

    agent = sign_in(language=language)
    script = script_of(TALK, language)
    assert script.title in client.get(reverse("academy:drill", args=[TALK])).content.decode()
    here = client.post(reverse("academy:drill", args=[TALK]), {"language": language})["Location"]
    assert script.says["opening"] in client.get(here).content.decode()
    client.post(here, {"text": script.answers["sorry"].bad[0]})
    page = client.get(here).content.decode()
    assert script.says["not-me"] in page
    assert "<mark" in page
    client.post(here, {"text": script.answers["sorry"].good[0]})
    client.post(here, {"text": script.answers["amends"].good[0]})
    assert script.endings["content"].means in client.get(here).content.decode()
    assert Attempt.objects.get(agent=agent).ended == "content"


def test_nobody_else_sees_a_try(client, sign_in, practise):
    attempt = practise("bad")
    sign_in(role="lead")
    assert client.get(reverse("academy:attempt", args=[attempt.pk])).status_code == 404
    assert client.post(reverse("academy:again", args=[attempt.pk])).status_code == 404


def test_an_empty_answer_says_so(client, sign_in, now):
    sign_in()
    here = client.post(reverse("academy:drill", args=[TALK]), {"language": "en"})["Location"]
    assert "Write an answer first." in client.post(here, {"text": " "}).content.decode()


class TestAnAnswerInAnotherLanguage:
    TURKISH = "Çok üzgünüm, kargonuz elimize ulaşmadı; yarın sabah sizi ben arayacağım."

    @pytest.fixture
    def here(self, client, sign_in):
        sign_in()
        return client.post(reverse("academy:drill", args=[TALK]), {"language": "en"})["Location"]

    def test_is_told_kindly_and_not_judged(self, client, here):
        page = client.post(here, {"text": self.TURKISH}).content.decode()
        assert "This drill speaks English, and your answer looks like Turkish." in page
        assert self.TURKISH in page
        assert Attempt.objects.get().said == []

    def test_leads_to_the_same_drill_in_that_language(self, client, here):
        page = client.post(here, {"text": self.TURKISH}).content.decode()
        assert '<input type="hidden" name="language" value="tr">' in page

    def test_is_taken_when_its_writer_says_that_it_is_right(self, client, here):
        client.post(here, {"text": self.TURKISH, "anyway": "1"})
        assert Attempt.objects.get().said == [self.TURKISH]

    def test_of_none_of_ours_is_told_too(self, client, here):
        text = "Es tut mir sehr leid, wir kümmern uns heute noch um Ihr Paket und melden uns."
        assert "does not look like it" in client.post(here, {"text": text}).content.decode()

    @pytest.mark.parametrize("text", ["OK.", "👍", "4127"])
    def test_is_not_seen_in_what_could_be_any(self, client, here, text):
        client.post(here, {"text": text})
        assert Attempt.objects.get().said == [text]


def test_the_path_of_quality_is_called_by_its_name(client, sign_in):
    sign_in(role="quality")
    page = client.get(reverse("academy:home")).content.decode()
    assert "Your path: service quality" in page
    assert "lead or service quality" in page


def test_the_path_counts_what_stands_in_it(client, sign_in):
    sign_in(role="lead")
    page = client.get(reverse("academy:home"))
    shown = page.context["page"]
    assert f"0 of the {len(shown.stops)} drills of your path" in page.content.decode()
    assert shown.elsewhere == sum(len(rows) for _, rows in shown.others)


def test_one_chooses_ones_path(client, sign_in):
    agent = sign_in()
    client.post(reverse("academy:path"), {"rank": "director", "reminders": "on"})
    agent.trainee.refresh_from_db()
    assert (agent.trainee.rank, agent.trainee.wants_reminders) == ("director", True)


def test_a_drill_that_is_not_there_is_not_found(client, sign_in):
    sign_in()
    assert client.get(reverse("academy:drill", args=["nothing"])).status_code == 404


def test_own_drills_are_offered_in_languages_that_one_speaks(make_agent, now):
    from amends.desk.academy import actions, making, queries
    from amends.desk.academy.models import OwnDrill, OwnVersion
    from amends.desk.example.training import training

    plan = next(card.plan for card in training().own if card.plan.language == "tr")
    situation, script = making.tables(plan)
    drill = OwnDrill.objects.create(title=plan.title, made_at=now)
    OwnVersion.objects.create(
        drill=drill, number=1, language="tr", situation=situation, script=script, made_at=now, checked_at=now
    )
    for languages, seen in ((["tr", "en"], True), (["fa"], False)):
        agent = make_agent(languages=languages, language=languages[-1])
        page = queries.home(agent=agent, trainee=actions.trainee(agent=agent, now=now), language="en", now=now)
        assert any(row.is_own for row in page.stops) is seen


def test_what_to_do_now_stands_before_what_comes_later(make_agent, now):
    from amends.desk.academy import actions, queries

    agent = make_agent()
    page = queries.home(agent=agent, trainee=actions.trainee(agent=agent, now=now), language="en", now=now)
    assert len(page.coming) == queries.COMING
    assert (*page.coming, *page.later) == page.stops
    assert page.next == page.coming[0]
    assert page.finished == ()


def test_what_is_late_stands_first_and_the_count_is_that_of_the_rows(client, sign_in, now, monkeypatch):
    from datetime import timedelta

    from amends.desk.academy import actions, queries

    agent = sign_in(language="en")
    trainee = actions.trainee(agent=agent, now=now)
    trainee.since = now - timedelta(days=25)  # the drills of three weeks are due
    trainee.save()
    page = queries.home(agent=agent, trainee=trainee, language="en", now=now)
    assert page.late == len(page.overdue) + len(page.overdue_more) == 6
    assert all(row.is_late for row in (*page.overdue, *page.overdue_more))
    assert not any(row.is_late for row in (*page.coming, *page.later))
    assert page.next == page.overdue[0]
    monkeypatch.setattr("amends.desk.academy.views.timezone.now", lambda: now)
    shown = client.get(reverse("academy:home")).content.decode()
    assert "Late: begin with these" in shown
    assert shown.index("Late: begin with these") < shown.index("In the next weeks")
    assert "late: it was for" in shown


def test_the_drill_of_the_week_that_was_played_says_so_and_what_comes_next(client, sign_in, make_complaint, now):
    from django.utils import timezone

    from amends.desk.academy import queries
    from amends.desk.academy.drills import shelf
    from amends.desk.coaching.models import Kind, Seen
    from amends.desk.complaints import actions as complaints

    agent = sign_in(language="en")
    now = timezone.now()
    complaint = make_complaint(owner=agent, at=now)
    event = complaints.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="Well.", now=now)
    for name, count in (("excuse", 3), ("rule-book", 1), ("arguing", 9)):  # the last is a preview
        for _ in range(count):
            Seen.objects.create(event=event, kind=Kind.FAILING, name=name, start=0, end=4, confidence=0.9)

    def weeks():
        return queries.drill_of_the_week(agent=agent, drills=shelf(), rank="new-agent", language="en", now=now)

    first = weeks()
    assert not first.is_done
    assert "excuse" in first.failing.casefold()
    Attempt.objects.create(
        agent=agent, slug=first.row.slug, language="en", started_at=now, ended="content", ended_at=now
    )
    after = weeks()
    assert (after.is_done, after.row.slug) == (True, first.row.slug)
    assert after.then.slug != first.row.slug
    page = client.get(reverse("academy:home")).content.decode()
    assert "Your drill of the week is done" in page
    assert after.then.slug in page
