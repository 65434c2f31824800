"""The rota of managers, and each time that one of them was rung."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent


class Place(models.Model):
    """Somebody's place on the rota; who has none stands there by their role (`rota.managers`)."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="rota_place")
    is_on = models.BooleanField(_("is rung"), default=True)

    class Meta:
        verbose_name = _("place on the rota")
        verbose_name_plural = _("places on the rota")

    def __str__(self) -> str:
        return f"{self.agent_id} is {'rung' if self.is_on else 'not rung'}"


class Ring(models.Model):
    """One turn of the rota for one customer who asked for a manager."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for their working hours")
        RINGING = "ringing", _("rings")
        CAME = "came", _("came")
        PASSED = "passed", _("went on to the next")
        OVER = "over", _("no longer needed")

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="rings")
    asked_in = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rings")
    turn = models.PositiveSmallIntegerField(_("turn"))
    manager = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="rings")
    begins_at = models.DateTimeField(_("rings from"))
    ends_at = models.DateTimeField(_("rings until"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("ring")
        verbose_name_plural = _("rings")
        constraints = [
            models.UniqueConstraint(fields=["asked_in", "turn"], name="a_turn_once"),
            # Whatever two workers do at the same time, one wish for a manager rings in one place.
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state__in=["waiting", "ringing"]), name="one_ring_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "begins_at"], name="ring_by_begin"),
            models.Index(fields=["state", "ends_at"], name="ring_by_end"),
            models.Index(fields=["manager", "-begins_at"], name="ring_by_manager"),
        ]

    def __str__(self) -> str:
        return f"turn {self.turn} of {self.complaint_id}: {self.manager_id}"


class Heard(models.Model):
    """Words of a customer that were looked through for a wish for a manager: once, and what came of it."""

    words = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="heard")
    asked_in = models.OneToOneField(Event, null=True, blank=True, on_delete=models.CASCADE, related_name="heard_in")
    called_off_by = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    called_off_at = models.DateTimeField(_("called off"), null=True, blank=True)

    class Meta:
        verbose_name = _("words looked through")
        verbose_name_plural = _("words looked through")

    def __str__(self) -> str:
        return f"event {self.words_id}: {'asked' if self.asked_in_id else 'nothing asked'}"
