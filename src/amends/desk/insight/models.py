"""What the course of each complaint shows, kept so that a page can count it without reading every complaint again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint


class Look(models.Model):
    """When a complaint was looked at last, from its first word to that moment."""

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="look", primary_key=True)
    at = models.DateTimeField(_("looked at"))

    class Meta:
        verbose_name = _("look at a complaint")
        verbose_name_plural = _("looks at complaints")
        indexes = [models.Index(fields=["at"], name="look_by_time")]

    def __str__(self) -> str:
        return f"{self.complaint_id} at {self.at:%Y-%m-%d %H:%M}"


class OnTheWay(models.Model):
    """A failing that only the course of events shows. It is told of the complaint, and of nobody."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="on_the_way")
    name = models.CharField(_("name"), max_length=40)
    times = models.PositiveSmallIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("gone wrong on the way")
        verbose_name_plural = _("gone wrong on the way")
        constraints = [models.UniqueConstraint(fields=["complaint", "name"], name="on_the_way_once")]
        indexes = [models.Index(fields=["name", "complaint"], name="on_the_way_by_name")]

    def __str__(self) -> str:
        return f"{self.name} in {self.complaint_id}"
