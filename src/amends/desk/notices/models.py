"""Who is told of what, whether they saw it, and whether it was mailed to them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent


class Notice(models.Model):
    """One event that was meant for one person; what it says is read from the event."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="notice", primary_key=True)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="notices")
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=30)
    at = models.DateTimeField(_("at"))
    # Opening the complaint is seeing it too: its read mark says so, and nothing is written here.
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["agent", "-at"], name="notice_by_agent"),
            models.Index(fields=["at"], name="notice_to_mail", condition=models.Q(mailed_at=None, seen_at=None)),
            # Whom a mention let in behind a wall.
            models.Index(fields=["agent", "complaint"], name="notice_of_mention", condition=models.Q(kind="mentioned")),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.agent_id}"


class ByMail(models.TextChoices):
    NOTHING = "nothing", _("nothing")
    ASKED = "asked", _("what is asked of me, and promises")
    ALL = "all", _("all of it, new words of customers too")


class Wish(models.Model):
    """What somebody wants mailed when they did not see it at the desk; who has none is mailed what is asked of them."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="notice_wish", primary_key=True)
    by_mail = models.CharField(_("by mail"), max_length=10, choices=ByMail, default=ByMail.ASKED)

    class Meta:
        verbose_name = _("wish for notices")
        verbose_name_plural = _("wishes for notices")

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.by_mail}"
