"""What puts a complaint right, and what it costs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent


class Kind(models.TextChoices):
    REPLACEMENT = "replacement", _("replacement")
    REFUND = "refund", _("refund")
    DISCOUNT = "discount", _("discount")
    OTHER_SERVICE = "other-service", _("another service")
    REPAIR = "repair", _("repair")
    APOLOGY_CALL = "apology-call", _("apology call")
    GIFT = "gift", _("gift")


class Remedy(models.Model):
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="remedies")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    what = models.CharField(_("what"), max_length=300, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="remedies")
    at = models.DateTimeField(_("at"))
    # An exception bends a rule: it carries a reason, and above the limit the name of who said yes.
    is_exception = models.BooleanField(_("exception to a rule"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    agreed_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="agreed_remedies", null=True, blank=True
    )

    class Meta:
        verbose_name = _("remedy")
        verbose_name_plural = _("remedies")

    def __str__(self) -> str:
        return f"{self.kind} for {self.complaint_id}"
