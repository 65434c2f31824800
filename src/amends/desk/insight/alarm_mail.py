"""A letter to those who answer for quality when an alarm has rung."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.insight import alarm_words
from amends.desk.insight.models import Alarm
from amends.desk.jobs.post import Post
from amends.desk.people.letters import deliver, letter_to
from amends.desk.people.models import Agent, Role


def tell(*, post: Post, now: datetime) -> int:
    """Mail each alarm that nobody has heard or been told of, once; return how many letters left."""
    waiting = list(Alarm.objects.filter(heard_at__isnull=True, mailed_at__isnull=True).order_by("pk"))
    if not post.is_open or not waiting:
        return 0
    sent = 0
    for agent in Agent.objects.filter(role__in=[Role.QUALITY], is_active=True, is_example=False).order_by("pk"):
        with translation.override(agent.language):
            letter = _letter(agent, waiting)
        sent += deliver(letter, agent=agent, post=post).kind == "sent"
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in waiting]).update(mailed_at=now)
    return sent


def _letter(agent: Agent, alarms: list[Alarm]) -> EmailMessage:
    said = [alarm_words.told(alarm, language=agent.language).says for alarm in alarms]
    return letter_to(
        agent=agent,
        subject=said[0] if len(said) == 1 else _("Alarms at the complaint desk"),
        text="\n".join([*said, "", settings.ADDRESS + reverse("insight:alarms"), ""]),
    )
