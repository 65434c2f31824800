"""The ledger of promises."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent


class State(models.TextChoices):
    OPEN = "open", _("open")
    KEPT = "kept", _("kept")
    BROKEN = "broken", _("broken")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Promise(models.Model):
    """What was undertaken, by when; its state changes once."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="promises")
    owner = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="promises")
    made_in = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="promises")
    words = models.CharField(_("the very words"), max_length=500)
    made_at = models.DateTimeField(_("made"))
    due_at = models.DateTimeField(_("due"))
    whole_day = models.BooleanField(_("due on the day, without an hour"), default=False)
    warn_at = models.DateTimeField(_("warn the owner at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    moved = models.PositiveSmallIntegerField(_("times moved with the customer's yes"), default=0)
    owner_warned_at = models.DateTimeField(_("owner warned"), null=True, blank=True)
    lead_warned_at = models.DateTimeField(_("lead told"), null=True, blank=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="a_settled_promise_says_when",
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="promise_by_due"),
            models.Index(fields=["state", "warn_at"], name="promise_by_warning"),
        ]

    def __str__(self) -> str:
        return self.words
