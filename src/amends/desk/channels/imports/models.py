"""Which complaint of another desk became which of ours."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint


class Brought(models.Model):
    """One complaint of another desk: however often it is brought, it is one here."""

    source = models.CharField(_("other desk"), max_length=100)  # "zammad old.example"
    case = models.CharField(_("number there"), max_length=150)
    # Changes with the other desk's record: what is as it was is not read again.
    stamp = models.CharField(_("stamp"), max_length=100)
    # Nothing of one that was left out there: spam, merged away, deleted.
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="brought", null=True, blank=True)

    class Meta:
        verbose_name = _("complaint of another desk")
        verbose_name_plural = _("complaints of other desks")
        constraints = [models.UniqueConstraint(fields=["source", "case"], name="one_complaint_per_case_elsewhere")]

    def __str__(self) -> str:
        return f"{self.source} {self.case}"
