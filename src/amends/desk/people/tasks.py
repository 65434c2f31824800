"""Work of this room that waits for other machines."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic
from amends.desk.jobs.post import post_from_settings
from amends.desk.people import administering, sessions
from amends.desk.people.letters import deliver_or_raise, letter_to
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.people.sign_in import new_password_link


@called(gettext_lazy("Mail somebody the link for a new password"))
@task(queue_name="mail")
def send_new_password_link(agent_id: int) -> None:
    """Mail a person the link at which they choose a password."""
    agent = Agent.objects.filter(pk=agent_id, is_active=True, is_example=False).first()
    if agent is None:
        return
    with translation.override(agent.language):
        organisation = organisation_name()
        words = {
            "agent": agent,
            "link": new_password_link(agent=agent),
            "organisation": organisation,
            "address": f"{settings.ADDRESS}{reverse('people:sign-in')}",
        }
        is_new = not agent.has_usable_password()  # who was let in a moment ago has asked for nothing
        letter = letter_to(
            agent=agent,
            subject=_("Choose a password for {organisation}").format(organisation=organisation),
            text=render_to_string(f"people/mail/{'invitation' if is_new else 'new_password'}.txt", words),
        )
    deliver_or_raise(letter, agent=agent, post=post_from_settings())


@called(gettext_lazy("Forget sessions that have run out"))
@periodic(every=timedelta(hours=12))
def forget_old_sessions(*, now: datetime) -> int:
    return sessions.forget_old(now=now)


@called(gettext_lazy("Add the public holidays of the next year"))
@periodic(every=timedelta(hours=12))
def keep_holidays(*, now: datetime) -> int:
    return administering.keep_all_holidays(now=now)
