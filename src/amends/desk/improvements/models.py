"""Why it happened."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent


class Layer(models.TextChoices):
    EMPLOYEE = "employee", _("employee")
    CUSTOMER = "customer", _("customer expectation")
    PRODUCT = "product", _("product")
    PROCESS = "process", _("process")
    MESSAGE = "message", _("message")
    THIRD_PARTY = "third-party", _("third party")


class Theme(models.Model):
    """The organisation's own name for a cause."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self) -> str:
        return self.name


class Cause(models.Model):
    """Proposed by the engine with its evidence, confirmed by a person."""

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="cause")
    layer = models.CharField(_("layer"), max_length=12, choices=Layer)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="causes", null=True, blank=True)
    words = models.CharField(_("evidence"), max_length=500, blank=True)
    confidence = models.FloatField(_("confidence"), default=0)
    proposed_layer = models.CharField(_("proposed layer"), max_length=12, choices=Layer, blank=True)
    confirmed_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("cause")
        verbose_name_plural = _("causes")

    def __str__(self) -> str:
        return f"{self.layer} for {self.complaint_id}"
