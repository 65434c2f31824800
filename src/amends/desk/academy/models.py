"""Who practised what, what colleagues thought of it, and the organisation's own drills."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent, Language


class Rank(models.TextChoices):
    """For whom a drill is: the engine's own ranks."""

    NEW_AGENT = "new-agent", _("new at the desk")
    AGENT = "agent", _("agent")
    LEAD = "lead", _("lead")
    MANAGER = "manager", _("manager")
    DIRECTOR = "director", _("director")
    BACK_OFFICE = "back-office", _("back office")


class Ending(models.TextChoices):
    CONTENT = "content", _("content")
    GONE = "gone", _("gone")
    QUARRELLING = "quarrelling", _("quarrelling")


class Trainee(models.Model):
    """The path that somebody is on, since when."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="trainee")
    rank = models.CharField(_("rank"), max_length=12, choices=Rank)
    since = models.DateTimeField(_("since"))
    wants_reminders = models.BooleanField(_("wants to be reminded by mail"), default=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)

    class Meta:
        verbose_name = _("trainee")
        verbose_name_plural = _("trainees")

    def __str__(self) -> str:
        return f"{self.agent_id} as {self.rank}"


class Attempt(models.Model):
    """One try at a drill: what was answered, and how it ended. The judgement is made anew when it is looked at."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="attempts")
    slug = models.CharField(_("drill"), max_length=80)
    version = models.PositiveIntegerField(_("version"), default=1)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    # Answers of a talk; the notes of a note-taking drill; 'measure because' pairs of a figures drill.
    said: models.JSONField[list[str], list[str]] = models.JSONField(_("said"), default=list)
    # By the place of the answer: the written reaction, and what the customer said in its stead.
    spoken: models.JSONField[dict[str, list[str]], dict[str, list[str]]] = models.JSONField(
        _("spoken"), default=dict, blank=True
    )
    started_at = models.DateTimeField(_("started"))
    ended = models.CharField(_("end"), max_length=12, choices=Ending, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    shown_at = models.DateTimeField(_("shown to colleagues"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["agent", "slug"], name="attempt_by_agent"),
            models.Index(fields=["ended_at"], name="attempt_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} by {self.agent_id}"


class FreeWords(models.Model):
    """Whether customers in talks may speak through the organisation's language model; one row, off until wanted."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    are_on = models.BooleanField(_("in use"), default=False)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)

    class Meta:
        verbose_name = _("free words of customers")
        verbose_name_plural = _("free words of customers")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_free_words")]

    def __str__(self) -> str:
        return "on" if self.are_on else "off"


class Opinion(models.Model):
    """What a colleague or lead thinks of one answer that its author has shown them."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="opinions")
    place = models.PositiveSmallIntegerField(_("which answer"))
    by = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    would_do = models.BooleanField(_("would do"))
    engine_would_do = models.BooleanField(_("would do, by the engine"))  # as it judged at that moment
    words = models.CharField(_("words"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        constraints = [models.UniqueConstraint(fields=["attempt", "place", "by"], name="one_opinion_each")]

    def __str__(self) -> str:
        return f"{self.by_id} on {self.attempt_id}/{self.place}"


class OwnDrill(models.Model):
    """A drill of the organisation's own."""

    title = models.CharField(_("title"), max_length=150)
    # The same on every desk that took it in, so that a changed file is a version of it and no second drill.
    identity = models.UUIDField(_("identity"), default=uuid4, unique=True, editable=False)
    # Where it comes from, until somebody is erased; empty when it was imported.
    complaint = models.ForeignKey(Complaint, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    put_aside_at = models.DateTimeField(_("put aside"), null=True, blank=True)

    class Meta:
        verbose_name = _("own drill")
        verbose_name_plural = _("own drills")

    def __str__(self) -> str:
        return self.title


class OwnVersion(models.Model):
    """One version of an own drill, in the format of the situations that come with Amends.

    It is offered once a person has checked that nobody can be known in it.
    """

    drill = models.ForeignKey(OwnDrill, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    situation: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("situation"))
    script: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("words"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(Agent, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    checked_by = models.ForeignKey(Agent, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("version of an own drill")
        verbose_name_plural = _("versions of own drills")
        constraints = [models.UniqueConstraint(fields=["drill", "number"], name="one_version_of_a_number")]

    def __str__(self) -> str:
        return f"{self.drill_id} version {self.number}"
