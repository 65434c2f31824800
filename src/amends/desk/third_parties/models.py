"""Parties outside, and how long each complaint waited for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
from amends.desk.promises.models import Promise


class Party(models.Model):
    """A courier, a bank, a maker; one name in any spelling of capitals and letters is one party."""

    name = models.CharField(_("name"), max_length=200)
    key = models.CharField(_("folded name"), max_length=200, unique=True)

    class Meta:
        verbose_name = _("third party")
        verbose_name_plural = _("third parties")

    def __str__(self) -> str:
        return self.name


class Outcome(models.TextChoices):
    YES = "yes", _("they said yes")
    NO = "no", _("they said no")
    ENDED = "ended", _("it ended without them")


class Wait(models.Model):
    """One complaint waiting for one party; it follows from the timeline and can be derived again."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="waits")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="waits")
    since = models.DateTimeField(_("since"))
    last_word_at = models.DateTimeField(_("their last word"), null=True, blank=True)
    # The next word that the customer was promised; kept, broken or open like every promise.
    promise = models.ForeignKey(
        Promise, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("next word")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome, blank=True)

    class Meta:
        verbose_name = _("wait for a third party")
        verbose_name_plural = _("waits for third parties")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "since"], name="one_wait_a_start"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="a_wait_that_ended_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["since"], name="wait_by_open", condition=Q(ended_at=None)),
            models.Index(fields=["ended_at"], name="wait_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} for {self.party_id}"
