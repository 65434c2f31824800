"""Rules, legal clocks and the clocks of each complaint.

A clock is counted from the timeline and from its rule, and can be counted again; only what was said to people about it
(warned, told) is kept for its own sake, so that nobody hears a thing twice.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Channel, Complaint, Event
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent, Language, Team


class What(models.TextChoices):
    ANSWER = "answer", _("first answer")
    NEXT_WORD = "next-word", _("next word")
    RESOLUTION = "resolution", _("resolution")
    LEGAL = "legal", _("legal time limit")


class Priority(models.TextChoices):
    NORMAL = "normal", _("normal")
    HIGH = "high", _("high")
    URGENT = "urgent", _("urgent")


class CustomerGroup(models.Model):
    """Customers for whom other times hold: named one by one, or by what they spend a year."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)
    spends_from = models.DecimalField(
        _("spends a year at least"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    class Meta:
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A customer who was put into a group by name."""

    group = models.ForeignKey(CustomerGroup, on_delete=models.CASCADE, related_name="members")
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="group_member")

    class Meta:
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of groups")

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.group_id}"


class Rule(models.Model):
    """So much working time for an answer, the next word or the resolution; what is empty holds for all."""

    what = models.CharField(
        _("what"), max_length=12, choices=[choice for choice in What.choices if choice[0] != What.LEGAL]
    )
    minutes = models.PositiveIntegerField(_("minutes of working time"))
    group = models.ForeignKey(
        CustomerGroup, on_delete=models.PROTECT, related_name="rules", null=True, blank=True, verbose_name=_("group")
    )
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, blank=True)

    class Meta:
        verbose_name = _("time limit of ours")
        verbose_name_plural = _("time limits of ours")
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="a_limit_is_longer_than_nothing"),
            models.UniqueConstraint(fields=["what", "group", "priority", "channel"], name="one_rule_for_a_group"),
            models.UniqueConstraint(
                fields=["what", "priority", "channel"], condition=Q(group=None), name="one_rule_for_everybody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.minutes} min"


class LegalRow(models.Model):
    """What this organisation made of a legal clock: whether it holds here, for whom, and figures of its own.

    `changed` holds only what differs from what is shipped, by the names of `engine.clocks.legal.LegalClock`; a clock
    that is not shipped at all has everything in it.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True, allow_unicode=True)
    is_on = models.BooleanField(_("holds here"), default=False)
    changed: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("changed here"), default=dict)
    language = models.CharField(_("only for customers who speak"), max_length=2, choices=Language, blank=True)
    channel = models.CharField(_("only for what came by"), max_length=10, choices=Channel, blank=True)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("only for the team")
    )
    group = models.ForeignKey(
        CustomerGroup, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name=_("only for the group"),
    )  # fmt: skip
    changed_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("legal time limit")
        verbose_name_plural = _("legal time limits")

    def __str__(self) -> str:
        return self.code


class State(models.TextChoices):
    RUNNING = "running", _("running")
    STILL = "still", _("stands still")  # it is the customer's turn
    MET = "met", _("met")
    MISSED = "missed", _("missed")
    ENDED = "ended", _("ended")  # closed without the customer's yes: neither met nor missed


OPEN = (State.RUNNING, State.STILL)


class Clock(models.Model):
    """One time limit of one complaint."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="clocks")
    what = models.CharField(_("what"), max_length=12, choices=What)
    code = models.CharField(_("code of the legal clock"), max_length=60, blank=True)
    rule = models.ForeignKey(Rule, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    allowed_minutes = models.PositiveIntegerField(_("minutes allowed"), default=0)  # of working time; 0 for a legal one
    started_at = models.DateTimeField(_("started"))
    # [[from, to or null], …]: while it was the customer's turn.
    pauses: models.JSONField[list[list[str | None]], list[list[str | None]]] = models.JSONField(
        _("stood still"), default=list
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_day = models.DateField(_("last day"), null=True, blank=True)  # of a legal one that is counted in days
    ageing_at = models.DateTimeField(_("ageing from"), null=True, blank=True)
    late_at = models.DateTimeField(_("late from"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)  # in time or not
    extended_by = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("notice of extension")
    )
    warn_at = models.DateTimeField(_("warn the owner at"), null=True, blank=True)
    warned_at = models.DateTimeField(_("owner warned"), null=True, blank=True)
    tell_at = models.DateTimeField(_("tell that it was missed at"), null=True, blank=True)
    told_at = models.DateTimeField(_("owner and lead told"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "what", "code", "started_at"], name="one_clock_a_start"),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "missed"]) | Q(due_at__isnull=False),
                name="a_clock_that_runs_is_due",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="clock_by_due"),
            # No partial ones: SQLite does not use them for a state that is a parameter of the question.
            models.Index(fields=["state", "warned_at", "warn_at"], name="clock_by_warning"),
            models.Index(fields=["state", "told_at", "tell_at"], name="clock_by_telling"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.code} of {self.complaint_id}"


class CountedBy(models.Model):
    """By which calendars, rules and laws all clocks were last counted; when it differs they are counted anew."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(_("digest"), max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("count of clocks")
        verbose_name_plural = _("counts of clocks")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_count_of_clocks")]

    def __str__(self) -> str:
        return self.digest
