"""What the timeline alone cannot answer quickly: who rests now, which call is offered, who was asked to take over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise


class Pause(models.Model):
    """Somebody takes five over one complaint; nothing but their own return ends it."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="pauses")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="pauses")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("the customer hears from us by"))
    # What the customer was told; none when they were not told anything.
    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="pauses", null=True, blank=True)
    ended_at = models.DateTimeField(_("came back"), null=True, blank=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.UniqueConstraint(fields=["agent"], condition=Q(ended_at=None), name="one_pause_at_a_time")
        ]
        indexes = [models.Index(fields=["agent", "since"], name="pause_by_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} pauses over {self.complaint_id}"


class CallOffer(models.Model):
    """Times at which we could call, written to the customer; one of them is booked once."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        BOOKED = "booked", _("booked")
        WITHDRAWN = "withdrawn", _("withdrawn")

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="call_offers")
    by = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="call_offers")
    made_at = models.DateTimeField(_("made"))
    slots: models.JSONField[list[str], list[str]] = models.JSONField(_("times"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    chosen_at = models.DateTimeField(_("time of the call"), null=True, blank=True)
    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="call_offers", null=True, blank=True)

    class Meta:
        verbose_name = _("offer of a call")
        verbose_name_plural = _("offers of a call")
        constraints = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(state="open"), name="one_open_call_offer"),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(chosen_at__isnull=False), name="a_booked_call_has_a_time"
            ),
        ]
        indexes = [models.Index(fields=["by", "chosen_at"], name="call_offer_by_time")]

    def __str__(self) -> str:
        return f"call offered in {self.complaint_id}"


class Takeover(models.Model):
    """The owner asks a colleague to take a complaint over: it moves with both their wishes, or not at all."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LAPSED = "lapsed", _("not answered in time")

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="takeovers")
    asked_by = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    asked = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="takeovers")
    reason = models.CharField(_("reason"), max_length=300)
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to take over")
        verbose_name_plural = _("requests to take over")
        constraints = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(state="open"), name="one_open_takeover")
        ]
        indexes = [models.Index(fields=["asked", "state"], name="takeover_by_asked")]

    def __str__(self) -> str:
        return f"{self.asked_id} asked to take over {self.complaint_id}"
