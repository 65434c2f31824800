"""What agents arrange for themselves at their desk."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
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


class LaterReply(models.Model):
    """A reply that is to leave at a time of its author's choice, unless something new is said before."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for its time")
        SENT = "sent", _("sent")
        STOPPED = "stopped", _("stopped")
        WITHDRAWN = "withdrawn", _("taken back")

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="later_replies")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="later_replies", verbose_name=_("by"))
    text = models.TextField(_("text"))
    # [{"words", "start", "end", "due", "whole_day"}, …] as workplace.actions.Undertaken.
    undertaken: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        _("promises in it"), default=list
    )
    reason = models.CharField(_("why it goes as it is"), max_length=500, blank=True)
    seen = models.PositiveBigIntegerField(_("last event that its author had seen"))
    send_at = models.DateTimeField(_("leaves at"))
    made_at = models.DateTimeField(_("written"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(_("why it was stopped"), max_length=300, blank=True)
    with_marks = models.BooleanField(_("typed with marks"), default=False, db_default=False)

    class Meta:
        verbose_name = _("reply for later")
        verbose_name_plural = _("replies for later")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "by"], condition=Q(state="waiting"), name="one_reply_for_later_each"
            )
        ]
        indexes = [models.Index(fields=["send_at"], name="later_reply_by_time", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"reply of {self.by_id} to {self.complaint_id} at {self.send_at:%Y-%m-%d %H:%M}"


def place_of_draft_file(row: DraftFile, name: str) -> str:
    """Where a file of a draft lies: under a name of its own, for it goes when it is sent or taken back."""
    del row, name
    return f"drafts/{uuid4().hex}"


class DraftFile(models.Model):
    """A file that waits in somebody's draft, or with a reply for later, until it goes out."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="draft_files")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="draft_files", verbose_name=_("by"))
    later = models.ForeignKey(LaterReply, on_delete=models.CASCADE, related_name="files", null=True, blank=True)
    name = models.CharField(_("name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("digest"), max_length=64)
    file = models.FileField(_("file"), upload_to=place_of_draft_file)
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("file of a draft")
        verbose_name_plural = _("files of drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "agent", "sha256"],
                condition=Q(later__isnull=True),
                name="a_file_once_in_a_draft",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """Somebody has a complaint open, and perhaps writes; gone when they leave, so that no record of looking is kept."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="present")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="present")
    page = models.CharField(_("page of the browser"), max_length=40)
    writing = models.BooleanField(_("writes"), default=False)
    since = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last heard of"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["page"], name="a_page_shows_one_complaint")]
        indexes = [models.Index(fields=["seen_at"], name="presence_by_last_word")]

    def __str__(self) -> str:
        return f"{self.agent_id} at {self.complaint_id}"
