"""A word to whose improvement it is, when three months have passed and somebody should look whether it helped."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from django.conf import settings
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.improvements.models import Improvement, State
from amends.desk.jobs.post import Post
from amends.desk.people.letters import deliver, letter_to

AT_ONCE = 50


def remind(*, post: Post, now: datetime) -> int:
    """Mail the owners of improvements that are to be looked at again, once for each look; return how many left.

    The board says it to everybody in any case; the letter is for who does not come by.
    """
    if not post.is_open:
        return 0
    due = Improvement.objects.filter(
        Q(reminded_on__isnull=True) | Q(reminded_on__lt=F("look_on")),
        state=State.IN_FORCE,
        look_on__lte=now.date(),
        owner__is_active=True,
        owner__is_example=False,
    ).select_related("owner")
    sent = 0
    for improvement in due.order_by("look_on", "pk")[:AT_ONCE]:
        with translation.override(improvement.owner.language):
            letter = _letter(improvement)
        outcome = deliver(letter, agent=improvement.owner, post=post)
        if outcome.kind != "later":
            Improvement.objects.filter(pk=improvement.pk).update(reminded_on=now.date())
            sent += outcome.kind == "sent"
    return sent


def _letter(improvement: Improvement) -> EmailMessage:
    told = {
        "improvement": improvement,
        "link": settings.ADDRESS + reverse("improving:one", args=[improvement.pk]),
    }
    return letter_to(
        agent=improvement.owner,
        subject=_("Time to look again: {title}").format(title=improvement.title),
        text=render_to_string("improvements/mail/look_again.txt", told),
    )
