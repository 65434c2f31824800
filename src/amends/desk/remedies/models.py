"""What puts a complaint right, what it costs, which rule it bends, and who may say yes to it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent, Role, Team
from amends.desk.promises.models import Promise


class Kind(models.TextChoices):
    REPLACEMENT = "replacement", _("replacement")
    REFUND = "refund", _("refund")
    DISCOUNT = "discount", _("discount")
    CREDIT = "credit", _("store credit")
    OTHER_SERVICE = "other-service", _("another service")
    REPAIR = "repair", _("repair")
    APOLOGY_CALL = "apology-call", _("apology call")
    GIFT = "gift", _("gift")


class Carrier(models.TextChoices):
    """Who carries the cost, and the work."""

    US = "us", _("our own team")
    TEAM = "team", _("another team")
    THIRD_PARTY = "third-party", _("a third party")


class State(models.TextChoices):
    TO_DO = "to-do", pgettext_lazy("a remedy", "to be done")
    DONE = "done", pgettext_lazy("a remedy", "done")
    DROPPED = "dropped", pgettext_lazy("a remedy", "dropped")


class Rule(models.Model):
    """A policy, script or procedure of the organisation, as a thing that somebody owns and can change."""

    title = models.CharField(_("what it is called"), max_length=120)
    text = models.TextField(_("the rule"))
    purpose = models.CharField(_("what it is for"), max_length=300)
    room = models.CharField(_("what may be done instead"), max_length=300, blank=True)
    # Words by which the coach knows it in a draft, one or more a line, in whatever languages are written here.
    called = models.TextField(_("words by which it is cited"), blank=True)
    owner = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="rules", verbose_name=_("owner"))
    made_at = models.DateTimeField(_("written down"))
    # Exceptions are counted from the last look: its owner changed it, or said why it stays.
    looked_at = models.DateTimeField(_("last looked at"))
    verdict = models.CharField(_("why it stays"), max_length=300, blank=True)
    retired_at = models.DateTimeField(_("out of force since"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("of the organisation", "rule")
        verbose_name_plural = pgettext_lazy("of the organisation", "rules")

    def __str__(self) -> str:
        return self.title


class RuleChange(models.Model):
    """What a rule said before and after, and who changed it; never changed itself."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="changes")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    verdict = models.CharField(_("why it stays"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of a rule")
        verbose_name_plural = _("changes of rules")

    def __str__(self) -> str:
        return f"change of {self.rule_id}"


class RuleTrouble(models.Model):
    """A complaint that a rule brought about, as somebody said beside it."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="troubles")
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="rule_troubles")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("complaint because of a rule")
        verbose_name_plural = _("complaints because of rules")
        constraints = [models.UniqueConstraint(fields=["rule", "complaint"], name="a_rule_troubles_a_complaint_once")]

    def __str__(self) -> str:
        return f"{self.complaint_id} because of {self.rule_id}"


class Remedy(models.Model):
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="remedies")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    what = models.CharField(_("what"), max_length=300, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="remedies")
    at = models.DateTimeField(_("at"))
    # An exception bends a rule: it names it, carries a reason, and above the limit the name of who said yes.
    is_exception = models.BooleanField(_("exception to a rule"), default=False)
    rule = models.ForeignKey(
        Rule,
        on_delete=models.PROTECT,
        related_name="exceptions",
        null=True,
        blank=True,
        verbose_name=_("rule it bends"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    agreed_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="agreed_remedies", null=True, blank=True
    )
    carrier = models.CharField(_("who carries it"), max_length=12, choices=Carrier, default=Carrier.US)
    carrier_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="remedies", null=True, blank=True, verbose_name=_("team")
    )
    carrier_name = models.CharField(_("third party"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DONE)
    promise = models.ForeignKey(Promise, on_delete=models.SET_NULL, related_name="remedies", null=True, blank=True)
    settled_at = models.DateTimeField(_("done or dropped"), null=True, blank=True)
    settled_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("remedy")
        verbose_name_plural = _("remedies")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="to-do", settled_at__isnull=True) | ~Q(state="to-do"),
                name="a_remedy_to_be_done_is_not_settled",
            )
        ]
        indexes = [
            models.Index(fields=["state", "at"], name="remedy_by_state"),
            models.Index(fields=["by", "at"], name="remedy_by_giver"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.complaint_id}"


class Fault(models.Model):
    """'Our fault': fix first, ask later. The figures follow from the timeline (following.py)."""

    complaint = models.OneToOneField(Complaint, on_delete=models.PROTECT, related_name="fault")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    questions = models.PositiveSmallIntegerField(_("questions asked before the fix"), default=0)
    replies = models.PositiveSmallIntegerField(_("replies before the fix"), default=0)
    fixed_at = models.DateTimeField(_("put right"), null=True, blank=True)
    same_day = models.BooleanField(_("on the same working day"), default=False)

    class Meta:
        verbose_name = _("fault of ours")
        verbose_name_plural = _("faults of ours")

    def __str__(self) -> str:
        return f"our fault in {self.complaint_id}"


class Allowance(models.Model):
    """How much may be spent without asking: by a role, or by one person where theirs is another."""

    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, related_name="allowances", null=True, blank=True, verbose_name=_("person")
    )
    currency = models.CharField(_("currency"), max_length=3)
    per_case = models.DecimalField(_("on one complaint"), max_digits=12, decimal_places=2, null=True, blank=True)
    per_period = models.DecimalField(_("in one period"), max_digits=12, decimal_places=2, null=True, blank=True)
    share = models.PositiveSmallIntegerField(_("per cent of what the customer spends in a year"), default=0)

    class Meta:
        verbose_name = _("goodwill limit")
        verbose_name_plural = _("goodwill limits")
        constraints = [
            models.CheckConstraint(
                condition=(Q(agent__isnull=True) & ~Q(role="")) | Q(agent__isnull=False, role=""),
                name="an_allowance_is_of_a_role_or_a_person",
            ),
            models.UniqueConstraint(
                fields=["role", "currency"], condition=Q(agent__isnull=True), name="one_allowance_a_role_and_currency"
            ),
            models.UniqueConstraint(
                fields=["agent", "currency"],
                condition=Q(agent__isnull=False),
                name="one_allowance_a_person_and_currency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role or self.agent_id} {self.currency}"


class Ground(models.Model):
    """How room to decide is given here: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    period_days = models.PositiveSmallIntegerField(_("days of a period"), default=30)
    answer_minutes = models.PositiveSmallIntegerField(_("working minutes to answer a request"), default=60)
    bent_often = models.PositiveSmallIntegerField(_("exceptions after which a rule is looked at"), default=3)
    bent_days = models.PositiveSmallIntegerField(_("days in which they are counted"), default=90)

    class Meta:
        verbose_name = _("ground of room to decide")
        verbose_name_plural = _("ground of room to decide")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_ground")]

    def __str__(self) -> str:
        return "ground"


class RequestState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("a request", "waiting")
    AGREED = "agreed", pgettext_lazy("a request", "yes")
    REFUSED = "refused", pgettext_lazy("a request", "no")
    WITHDRAWN = "withdrawn", pgettext_lazy("a request", "taken back")


class Request(models.Model):
    """A remedy above somebody's limit that waits for a yes; it ends once."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="requests")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="requests")
    at = models.DateTimeField(_("asked"))
    # The remedy as it is asked for.
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    what = models.CharField(_("what"), max_length=300, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_exception = models.BooleanField(_("exception to a rule"), default=False)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="requests", null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    carrier = models.CharField(_("who carries it"), max_length=12, choices=Carrier, default=Carrier.US)
    carrier_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    carrier_name = models.CharField(_("third party"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("to be done by"), null=True, blank=True)
    # Who is asked now, and until when.
    asked = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="asked_of", verbose_name=_("asked"))
    asked_at = models.DateTimeField(_("asked since"))
    step = models.PositiveSmallIntegerField(_("steps up"), default=0)
    goes_up_at = models.DateTimeField(_("goes up at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.WAITING)
    answered_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer = models.CharField(_("words of the answer"), max_length=300, blank=True)
    remedy = models.OneToOneField(Remedy, on_delete=models.PROTECT, related_name="request", null=True, blank=True)

    class Meta:
        verbose_name = _("request for a yes")
        verbose_name_plural = _("requests for a yes")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
                name="an_ended_request_says_when",
            ),
            models.CheckConstraint(condition=Q(remedy__isnull=True) | Q(state="agreed"), name="only_a_yes_puts_right"),
        ]
        indexes = [models.Index(fields=["state", "goes_up_at"], name="request_by_time")]

    def __str__(self) -> str:
        return f"request of {self.by_id} for {self.complaint_id}"


class Webhook(models.Model):
    """An address that hears of something that happens here."""

    name = models.CharField(_("name"), max_length=100)
    address = models.URLField(_("address"), max_length=500)
    secret = models.CharField(_("key of the signature"), max_length=100)
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name


class Hook(Webhook):
    """An address that hears of remedies: a warehouse, a bank, a courier."""

    # None named: all of them.
    kinds: models.JSONField[list[str], list[str]] = models.JSONField(_("kinds of remedies"), default=list)


class DeliveryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("a message to a program", "waiting")
    DELIVERED = "delivered", pgettext_lazy("a message to a program", "delivered")
    FAILED = "failed", pgettext_lazy("a message to a program", "given up")


class WebhookMessage(models.Model):
    """One message to such an address: tried until it is taken or given up (`hooks.outcome`)."""

    identity = models.CharField(_("identity"), max_length=64, unique=True)
    at = models.DateTimeField(_("written"))
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("message to a webhook")
        verbose_name_plural = _("messages to webhooks")


class Delivery(WebhookMessage):
    """One message to a hook: written with its event."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    remedy = models.ForeignKey(Remedy, on_delete=models.CASCADE, related_name="deliveries")
    about = models.CharField(_("about"), max_length=30)
    body: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("body"), default=dict)

    class Meta(WebhookMessage.Meta):
        indexes = [models.Index(fields=["state", "next_at"], name="delivery_by_time")]

    def __str__(self) -> str:
        return f"{self.about} to {self.hook_id}"
