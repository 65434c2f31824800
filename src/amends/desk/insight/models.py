"""What the course of each complaint shows, and alarms: kept so that a page need not read every complaint again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent


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


class Way(models.TextChoices):
    MORE = "more", _("more than usual")
    FEWER = "fewer", _("suspiciously quiet")


class Alarm(models.Model):
    """Complaints of one kind rose more than chance explains, or stopped coming. One at a time for each kind."""

    way = models.CharField(_("way"), max_length=5, choices=Way)
    # 'theme', 'product', 'branch' and their number, 'layer', 'team', 'channel' and theirs, or 'all'.
    kind = models.CharField(_("kind"), max_length=10)
    name = models.CharField(_("which"), max_length=20, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("last day counted"))
    seen = models.PositiveIntegerField(_("complaints"))
    usual = models.FloatField(_("usual"))
    rung_at = models.DateTimeField(_("rung"))
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)
    heard_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    heard_at = models.DateTimeField(_("heard"), null=True, blank=True)
    words = models.CharField(_("what it was"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["way", "kind", "name"], condition=Q(heard_at__isnull=True), name="one_alarm_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["heard_at", "-rung_at"], name="alarm_by_time")]

    def __str__(self) -> str:
        return f"{self.way} of {self.kind} {self.name} since {self.since}"

    @property
    def usual_told(self) -> float:
        """What is usual, to one place: more would pretend to know more."""
        return round(self.usual, 1)
