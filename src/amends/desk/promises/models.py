"""The ledger of promises."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent, Team


class State(models.TextChoices):
    OPEN = "open", _("open")
    KEPT = "kept", _("kept")
    BROKEN = "broken", _("broken")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Promise(models.Model):
    """What was undertaken, by when; its state changes once."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="promises")
    owner = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="promises")
    made_in = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="promises")
    words = models.CharField(_("the very words"), max_length=500)
    made_at = models.DateTimeField(_("made"))
    due_at = models.DateTimeField(_("due"))
    whole_day = models.BooleanField(_("due on the day, without an hour"), default=False)
    warn_at = models.DateTimeField(_("warn the owner at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    # 'day', 'week', '2-week', 'month' (engine.promises.recurring); the first of a row of them is their series.
    every = models.CharField(_("comes again every"), max_length=12, blank=True)
    series = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="repetitions", null=True, blank=True, verbose_name=_("series")
    )
    notice_at = models.DateTimeField(_("customer told in advance that it will not be kept"), null=True, blank=True)
    moved = models.PositiveSmallIntegerField(_("times moved with the customer's yes"), default=0)
    lead_warn_at = models.DateTimeField(_("warn the lead at"), null=True, blank=True)
    owner_warned_at = models.DateTimeField(_("owner warned"), null=True, blank=True)
    lead_warned_at = models.DateTimeField(_("lead told"), null=True, blank=True)
    # A break is told in working hours only.
    tell_at = models.DateTimeField(_("tell of the break at"), null=True, blank=True)
    told_at = models.DateTimeField(_("told of the break"), null=True, blank=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="a_settled_promise_says_when",
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="promise_by_due"),
            # No partial ones: SQLite does not use them for a state that is a parameter of the question.
            models.Index(fields=["state", "owner_warned_at", "warn_at"], name="promise_by_warning"),
            models.Index(fields=["state", "lead_warned_at", "lead_warn_at"], name="promise_by_lead_warning"),
            models.Index(fields=["state", "told_at", "tell_at"], name="promise_by_telling"),
        ]

    def __str__(self) -> str:
        return self.words


class Feed(models.Model):
    """A calendar feed at a secret address, of one person or of one team; only a digest of the address is kept."""

    digest = models.CharField(_("digest of the address"), max_length=64, unique=True)
    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, related_name="feeds", null=True, blank=True, verbose_name=_("of the person")
    )
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="feeds", null=True, blank=True, verbose_name=_("of the team")
    )
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=Q(agent__isnull=False, team__isnull=True) | Q(agent__isnull=True, team__isnull=False),
                name="a_feed_is_of_a_person_or_a_team",
            )
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"
