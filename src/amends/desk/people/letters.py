"""Letters to the people who work here: written by the desk itself, in their own language."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from django.conf import settings

from amends.desk.jobs.post import Outcome, Post
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name


class UnableToMail(Exception):
    """The mail server did not take the letter; the message says why."""


def letter_to(*, agent: Agent, subject: str, text: str) -> EmailMessage:
    """Write a letter of the organisation to one of its people; no machine is to answer it."""
    letter = EmailMessage()
    letter["Subject"] = subject
    letter["From"] = formataddr((organisation_name(), settings.MAIL_FROM))
    letter["To"] = agent.email
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    return letter


def deliver(letter: EmailMessage, *, agent: Agent, post: Post) -> Outcome:
    return post.deliver(mime=letter.as_bytes(policy=SMTP), sender=settings.MAIL_FROM, recipient=agent.email)


def deliver_or_raise(letter: EmailMessage, *, agent: Agent, post: Post) -> None:
    """Deliver a letter that work of the queue is about: raised, it is tried again, and seen on the page of failed work.

    :raises UnableToMail: if the server did not take it
    """
    outcome = deliver(letter, agent=agent, post=post)
    if outcome.kind in {"later", "refused"}:
        raise UnableToMail(outcome.detail)
