"""Mailing what was not seen at the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

from django.conf import settings
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, ngettext

from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic
from amends.desk.jobs.post import post_from_settings
from amends.desk.notices import actions, queries
from amends.desk.people.letters import deliver_or_raise, letter_to
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.web.wording import digits_of_reader


@called(gettext_lazy("Mail people what they did not see at the desk"))
@periodic(every=timedelta(minutes=1))
def mail_unseen(*, now: datetime) -> int:
    """Hand what waits to the queue, a letter for each person; nothing is taken while there is no post."""
    if not post_from_settings().is_open:
        return 0
    taken = actions.claim_mail(now=now)
    for agent_id, events in taken.items():
        mail_notices.enqueue(agent_id, events)
    return len(taken)


@called(gettext_lazy("Mail somebody what was told to them"))
@task(queue_name="mail")
def mail_notices(agent_id: int, events: list[int]) -> None:
    """Mail one person what they did not see."""
    agent = Agent.objects.filter(pk=agent_id, is_active=True, is_example=False).first()
    if agent is None:
        return
    with translation.override(agent.language), timezone.override(agent.time_zone):
        rows = queries.of_events(agent=agent, events=events)
        if not rows:
            return
        letter = _letter(agent, rows)
    deliver_or_raise(letter, agent=agent, post=post_from_settings())


def _letter(agent: Agent, rows: list[queries.Told]) -> EmailMessage:
    organisation = organisation_name()
    count = ngettext(
        "%(count)s thing was told to you at %(organisation)s",
        "%(count)s things were told to you at %(organisation)s",
        len(rows),
    )
    links = [(row, f"{settings.ADDRESS}{reverse('workplace:complaint', args=[row.number])}") for row in rows]
    words = {"agent": agent, "rows": links, "settings": f"{settings.ADDRESS}{reverse('notices:told')}"}
    return letter_to(
        agent=agent,
        subject=count % {"count": digits_of_reader(len(rows)), "organisation": organisation},
        text=render_to_string("notices/mail/told.txt", words),
    )
