"""The certificate, only when earned; a word a week to whoever asked for it."""

import socket
from datetime import timedelta
from email import message_from_bytes, policy
from typing import ClassVar

import pytest
from aiosmtpd.controller import Controller
from django.urls import reverse

from amends.desk.academy import actions, certificate, reminders
from amends.desk.academy.models import Attempt
from amends.desk.academy.paths import path
from amends.desk.academy.tasks import remind_trainees
from amends.desk.jobs.post import NoPost, Outcome

pytestmark = pytest.mark.django_db


class Post:
    """Keeps the letters."""

    is_open = True

    def __init__(self, kind="sent"):
        self.letters = []
        self.kind = kind

    def deliver(self, *, mime, sender, recipient):
        self.letters.append((recipient, mime.decode()))
        return Outcome(self.kind)


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_paper_for_a_finished_path(language, now):
    what = certificate.Earned(name="نرگس Өлзий İşçi", rank="agent", titles=("One", "Two"), at=now)
    pdf = certificate.paper(what=what, organisation="#strong[Plums]", language=language)
    assert pdf.startswith(b"%PDF")
    svg = certificate.badge(what=what, organisation="#strong[Plums]", language=language)
    assert b"<svg" in svg[:200]


def test_nothing_less_than_the_whole_path_earns_it(client, make_agent, monkeypatch, now):
    monkeypatch.setattr(certificate, "FEWEST", 1)
    agent = make_agent()
    client.force_login(agent)
    assert client.get(reverse("academy:certificate")).status_code == 404
    assert client.get(reverse("academy:badge")).status_code == 404
    assert reverse("academy:badge") not in client.get(reverse("academy:home")).content.decode()
    trainee = actions.trainee(agent=agent, now=now)
    for stop in path(certificate.shelf(), rank=trainee.rank, since=now):
        Attempt.objects.create(
            agent=agent, slug=stop.drill.slug, language="en", started_at=now, ended="content", ended_at=now
        )
    found = certificate.earned(agent=agent, trainee=trainee, language="en")
    assert found is not None
    assert found.name == agent.name
    answer = client.get(reverse("academy:certificate"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    drawn = client.get(reverse("academy:badge"))
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/svg+xml")
    assert reverse("academy:badge") in client.get(reverse("academy:home")).content.decode()


@pytest.fixture
def late(make_agent, now):
    agent = make_agent(name="Geç Kalan", language="en")
    actions.trainee(agent=agent, now=now - timedelta(days=30))
    actions.choose_reminders(agent=agent, wanted=True, now=now)
    return agent


def test_whoever_asked_is_reminded_once_a_week(late, make_agent, now):
    actions.trainee(agent=make_agent(), now=now - timedelta(days=30))
    post = Post()
    assert reminders.remind(post=post, now=now) == 1
    assert reminders.remind(post=post, now=now + timedelta(days=2)) == 0
    assert reminders.remind(post=post, now=now + timedelta(days=8)) == 1
    [first, _] = post.letters
    assert first[0] == late.email
    assert "/desk/training/drills/" in first[1]


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_a_reminder_speaks_its_readers_language(make_agent, now, language):
    agent = make_agent(language=language)
    trainee = actions.trainee(agent=agent, now=now - timedelta(days=30))
    actions.choose_reminders(agent=agent, wanted=True, now=now)
    post = Post()
    assert reminders.remind(post=post, now=now) == 1
    letter = message_from_bytes(post.letters[0][1].encode(), policy=policy.default)
    first = path(certificate.shelf(), rank=trainee.rank, since=trainee.since)[0].drill
    title = first.script(language).title
    assert title in str(letter["Subject"])
    body = letter.get_content()
    assert title in body
    assert ("is waiting for you" in body) is (language == "en")


def test_a_letter_that_did_not_leave_is_tried_again(late, now):
    assert reminders.remind(post=Post("later"), now=now) == 0
    assert reminders.remind(post=NoPost(), now=now) == 0
    assert reminders.remind(post=Post(), now=now) == 1


def test_the_periodic_work_sends_it_through_a_real_mail_server(late, settings, now):
    class Letterbox:
        letters: ClassVar[list[bytes]] = []

        async def handle_DATA(self, server, session, envelope):  # noqa: N802  the name is aiosmtpd's
            self.letters.append(envelope.content)
            return "250 kept"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Letterbox(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.SMTP = f"smtp://127.0.0.1:{port}"
        assert remind_trainees(now=now) == 1
    finally:
        server.stop()
    [letter] = Letterbox.letters
    assert message_from_bytes(letter)["To"] == late.email
    late.trainee.refresh_from_db()
    assert late.trainee.reminded_at == now
