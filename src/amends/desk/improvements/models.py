"""Why it happened, and what is done about it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Rule


class Layer(models.TextChoices):
    EMPLOYEE = "employee", _("employee")
    CUSTOMER = "customer", _("customer expectation")
    PRODUCT = "product", _("product")
    PROCESS = "process", _("process")
    MESSAGE = "message", _("message")
    THIRD_PARTY = "third-party", _("third party")


class Plan(models.TextChoices):
    """Whether what people are unhappy with was delivered as it was planned."""

    AS_PLANNED = "as-planned", pgettext_lazy("a theme", "delivered as planned")
    AGAINST = "against", pgettext_lazy("a theme", "went wrong against the plan")


class Theme(models.Model):
    """The organisation's own name for a cause."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    # What a person said of it; '' where nobody did, and each complaint's own evidence decides.
    plan = models.CharField(_("as planned or not"), max_length=10, choices=Plan, blank=True)
    # The theme of the first tree that its name speaks of; '' is none, null was not looked at yet.
    like = models.CharField(_("theme that it is like"), max_length=40, null=True, blank=True)  # noqa: DJ001
    # Its complaints have another theme since; the name still leads there.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="holds", null=True, blank=True, verbose_name=_("merged into")
    )

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
    proposed_theme = models.CharField(_("proposed theme"), max_length=40, blank=True)  # of the first tree
    confirmed_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("cause")
        verbose_name_plural = _("causes")

    def __str__(self) -> str:
        return f"{self.layer} for {self.complaint_id}"


class Lesson(models.Model):
    """A complaint whose cause a person confirmed, as numbers: what later ones of its kind are held against.

    Its layer and theme stand in its cause. Beside the row stands what is proposed for it without any lesson, so that
    whether lessons help can be told each night without reading everything again.
    """

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="lesson")
    made_with = models.CharField(_("made with"), max_length=20)  # the reader; rows of another one are made anew
    row = models.BinaryField(_("row of numbers"))
    layer = models.CharField(_("proposed without lessons"), max_length=12, choices=Layer, blank=True)
    theme = models.CharField(_("proposed theme"), max_length=40, blank=True)
    confidence = models.FloatField(_("confidence"), default=0)

    class Meta:
        verbose_name = _("lesson about causes")
        verbose_name_plural = _("lessons about causes")

    def __str__(self) -> str:
        return f"lesson of {self.complaint_id}"


class Learned(models.Model):
    """What became of the lessons: one row, looked at each night."""

    number = models.PositiveIntegerField(default=0)  # changes with the lessons, so that every process sees it
    at = models.DateTimeField(_("learned"), null=True, blank=True)
    begins = models.DateTimeField(_("learned from what was confirmed since"), null=True, blank=True)
    made_with = models.CharField(_("made with"), max_length=20, blank=True)
    of = models.PositiveIntegerField(_("confirmed complaints"), default=0)
    corrected = models.PositiveIntegerField(_("of these corrected"), default=0)
    right_without = models.PositiveIntegerField(_("right without lessons"), default=0)
    right_with = models.PositiveIntegerField(_("right with lessons"), default=0)
    is_used = models.BooleanField(_("used"), default=False)

    class Meta:
        verbose_name = _("what was learned about causes")
        verbose_name_plural = _("what was learned about causes")

    def __str__(self) -> str:
        return f"{self.of} lessons"


class Found(models.Model):
    """Complaints that tell of the same thing, found by likeness: a theme that nobody named yet."""

    # Found within a theme, as a part that may be split off; null among complaints without a confirmed theme.
    within = models.ForeignKey(
        Theme, on_delete=models.CASCADE, related_name="parts", null=True, blank=True, verbose_name=_("within the theme")
    )
    members: models.JSONField[list[int], list[int]] = models.JSONField(_("complaints"))  # the most telling first
    layer = models.CharField(_("layer"), max_length=12, choices=Layer, blank=True)  # of most of them
    found_at = models.DateTimeField(_("found"))
    # Nobody wants to see it again, nor what is mostly the same.
    put_away_at = models.DateTimeField(_("put away"), null=True, blank=True)
    put_away_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("found theme")
        verbose_name_plural = _("found themes")

    def __str__(self) -> str:
        return f"{len(self.members)} alike"


class State(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("an improvement", "planned")
    UNDER_WAY = "under-way", pgettext_lazy("an improvement", "under way")
    IN_FORCE = "in-force", pgettext_lazy("an improvement", "in force")
    STAYS = "stays", pgettext_lazy("an improvement", "stays")
    GIVEN_UP = "given-up", pgettext_lazy("an improvement", "given up")


ENDED = (State.STAYS, State.GIVEN_UP)


class Improvement(models.Model):
    """Work against a cause: whose it is, what it should bring, from when it holds, and what became of it.

    It is about a theme, a rule, or a layer as a whole, and is never deleted: what did not work is worth knowing.
    """

    title = models.CharField(_("what is done"), max_length=160)
    why = models.TextField(_("what makes people unhappy"), blank=True)
    layer = models.CharField(_("layer"), max_length=12, choices=Layer)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, related_name="improvements", null=True, blank=True, verbose_name=_("theme")
    )
    rule = models.ForeignKey(
        Rule, on_delete=models.PROTECT, related_name="improvements", null=True, blank=True, verbose_name=_("rule")
    )
    owner = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="improvements", verbose_name=_("whose it is")
    )
    # What it should bring: so many per cent fewer complaints of this cause, and so much money a year.
    fewer = models.PositiveSmallIntegerField(_("per cent fewer complaints"), null=True, blank=True)
    saves = models.DecimalField(_("money a year"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    due_on = models.DateField(_("to be in force by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    in_force_on = models.DateField(_("in force since"), null=True, blank=True)
    look_on = models.DateField(_("to be looked at again on"), null=True, blank=True)
    reminded_on = models.DateField(_("reminded on"), null=True, blank=True)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("written down"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["in-force", "stays"]) | Q(in_force_on__isnull=False),
                name="an_improvement_in_force_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(fewer__isnull=True) | Q(fewer__gte=1, fewer__lte=100), name="fewer_is_a_per_cent"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="improvement_by_state")]

    def __str__(self) -> str:
        return self.title


class StepKind(models.TextChoices):
    WRITTEN = "written", pgettext_lazy("a step of an improvement", "written down")
    CHANGED = "changed", pgettext_lazy("a step of an improvement", "changed")
    BEGUN = "begun", pgettext_lazy("a step of an improvement", "begun")
    IN_FORCE = "in-force", pgettext_lazy("a step of an improvement", "put into force")
    NOTED = "noted", pgettext_lazy("a step of an improvement", "noted")
    LOOKED = "looked", pgettext_lazy("a step of an improvement", "looked at again")
    STAYS = "stays", pgettext_lazy("a step of an improvement", "it stays")
    GIVEN_UP = "given-up", pgettext_lazy("a step of an improvement", "given up")


class Step(models.Model):
    """What happened to an improvement; appended, never changed."""

    improvement = models.ForeignKey(Improvement, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("kind"), max_length=10, choices=StepKind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    words = models.TextField(_("words"), blank=True)
    # What was counted at that moment, as it was told then.
    figures: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("figures"), default=dict)

    class Meta:
        verbose_name = _("step of an improvement")
        verbose_name_plural = _("steps of improvements")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.improvement_id}"
