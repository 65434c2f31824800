"""Work of this room that waits for other machines."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from django.conf import settings
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.desk.jobs.names import called
from amends.desk.jobs.post import post_from_settings
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.people.sign_in import new_password_link


class UnableToMail(Exception):
    """The mail server did not take the letter; the message says why."""


@called(gettext_lazy("Mail somebody the link for a new password"))
@task(queue_name="mail")
def send_new_password_link(agent_id: int) -> None:
    """Mail a person the link at which they choose a password."""
    agent = Agent.objects.filter(pk=agent_id, is_active=True, is_example=False).first()
    if agent is None:
        return
    with translation.override(agent.language):
        message = EmailMessage()
        name = organisation_name()
        message["Subject"] = _("Choose a password for {organisation}").format(organisation=name)
        message["From"] = formataddr((name, settings.MAIL_FROM))
        message["To"] = agent.email
        message["Auto-Submitted"] = "auto-generated"
        words = {"agent": agent, "link": new_password_link(agent=agent), "organisation": name}
        message.set_content(render_to_string("people/mail/new_password.txt", words))
    outcome = post_from_settings().deliver(
        mime=message.as_bytes(policy=SMTP), sender=settings.MAIL_FROM, recipient=agent.email
    )
    if outcome.kind in {"later", "refused"}:  # raised, so that it is tried again, and seen on the page of failed work
        raise UnableToMail(outcome.detail)
