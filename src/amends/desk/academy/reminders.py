"""A word once a week to whoever asked for it, while something on their path is waiting."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.academy import queries
from amends.desk.academy.models import Trainee
from amends.desk.jobs.post import Post
from amends.desk.people.letters import deliver, letter_to
from amends.desk.people.organisation import organisation_name

EVERY = timedelta(days=7)
AT_ONCE = 50


def remind(*, post: Post, now: datetime) -> int:
    """Mail those who asked for it and have something waiting; return how many letters left.

    A letter says what is waiting on the path, and nothing of what the coach saw: mail is read on the way.
    """
    if not post.is_open:
        return 0
    due = Trainee.objects.filter(
        Q(reminded_at__isnull=True) | Q(reminded_at__lte=now - EVERY),
        wants_reminders=True,
        agent__is_active=True,
        agent__is_example=False,
    ).select_related("agent")
    sent = 0
    for trainee in due.order_by("reminded_at", "pk")[:AT_ONCE]:
        with translation.override(trainee.agent.language):
            page = queries.home(agent=trainee.agent, trainee=trainee, language=trainee.agent.language, now=now)
            if page.next is None or not page.late:
                continue
            letter = _letter(trainee, page.next)
        outcome = deliver(letter, agent=trainee.agent, post=post)
        if outcome.kind != "later":
            Trainee.objects.filter(pk=trainee.pk).update(reminded_at=now)
            sent += outcome.kind == "sent"
    return sent


def _letter(trainee: Trainee, next_drill: queries.DrillRow) -> EmailMessage:
    told = {
        "agent": trainee.agent,
        "drill": next_drill,
        "link": settings.ADDRESS + reverse("academy:drill", args=[next_drill.slug]),
        "organisation": organisation_name(),
    }
    return letter_to(
        agent=trainee.agent,
        subject=_("A drill is waiting for you: {title}").format(title=next_drill.title),
        text=render_to_string("academy/mail/reminder.txt", told),
    )
