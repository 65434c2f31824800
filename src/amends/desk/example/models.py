"""Which complaints and tries are the example company's, so that they can be moved along and nothing else is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.academy.models import Attempt
from amends.desk.complaints.models import Complaint


class Told(models.Model):
    """A complaint that tells a story of the example company."""

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="told")
    story = models.CharField(_("story"), max_length=80, unique=True)
    at = models.DateTimeField(_("told as seen at"))
    # The last event that the story made. What a person adds after it makes the complaint theirs.
    up_to = models.PositiveIntegerField(_("told up to event"))

    class Meta:
        verbose_name = _("told story")
        verbose_name_plural = _("told stories")

    def __str__(self) -> str:
        return self.story


class Practised(models.Model):
    """A try at a drill that belongs to the example company."""

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, related_name="+")
    card = models.CharField(_("card"), max_length=80, unique=True)
    at = models.DateTimeField(_("told as seen at"))

    class Meta:
        verbose_name = _("told try at a drill")
        verbose_name_plural = _("told tries at drills")

    def __str__(self) -> str:
        return self.card
