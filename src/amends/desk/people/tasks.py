"""Work of this room that waits for other machines."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.people.sign_in import new_password_link

TIMEOUT = 30  # seconds


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
    _post(message)


def _post(message: EmailMessage) -> None:
    server = urlsplit(settings.SMTP)
    host = server.hostname or "127.0.0.1"
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        door: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=TIMEOUT, context=context)
    else:
        door = smtplib.SMTP(host, server.port or 25, timeout=TIMEOUT)
    with door:
        if server.scheme != "smtps" and door.has_extn("starttls"):
            door.starttls(context=context)
        if server.username:
            door.login(unquote(server.username), unquote(server.password or ""))
        door.send_message(message)
