"""What agents arrange for themselves at their desk."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.people.models import Agent, Team


class Sharing(models.TextChoices):
    PRIVATE = "private", _("only me")
    TEAM = "team", _("my team")
    EVERYBODY = "everybody", _("everybody here")


class SavedView(models.Model):
    """A list that somebody narrowed, under a name of their own."""

    name = models.CharField(_("name"), max_length=60)
    by = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("made by"))
    sharing = models.CharField(_("who sees it"), max_length=10, choices=Sharing, default=Sharing.PRIVATE)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="saved_views", null=True, blank=True, verbose_name=_("team")
    )
    view = models.CharField(_("view"), max_length=10)
    # What complaints.inbox.Filters holds, without what is empty.
    filters: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("filters"), default=dict)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.CheckConstraint(
                condition=~Q(sharing=Sharing.TEAM) | Q(team__isnull=False), name="a_view_for_a_team_names_it"
            ),
        ]

    def __str__(self) -> str:
        return self.name
