"""What the engine saw in the replies that were sent, and the reasons of those who sent them as they were."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Event
from amends.desk.people.models import Agent


class Kind(models.TextChoices):
    FAILING = "failing", _("failing")
    HINT = "hint", _("hint")
    GOOD = "good", _("good sign")
    SIGNAL = "signal", _("signal")


class ReadBy(models.TextChoices):
    CUES = "cues", _("cues")
    LEARNED = "learned", _("cues and the learned reader")


class Seen(models.Model):
    """A finding, hint, good sign or signal in one message.

    It holds no author: queries go from here to the reply's words, never to who wrote them.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="seen")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=40)
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))
    confidence = models.FloatField(_("confidence"))
    reader = models.CharField(_("read by"), max_length=10, choices=ReadBy, default=ReadBy.CUES)

    class Meta:
        verbose_name = _("seen in a message")
        verbose_name_plural = _("seen in messages")
        indexes = [models.Index(fields=["kind", "name"], name="seen_by_name")]

    def __str__(self) -> str:
        return f"{self.name} in {self.event_id}"


class SentAsItWas(models.Model):
    """An author's reason for sending a draft although the coach had a word on it; for their eyes only."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="sent_as_it_was")
    author = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    names: models.JSONField[list[str], list[str]] = models.JSONField(_("what the coach had said"), default=list)

    class Meta:
        verbose_name = _("sent as it was")
        verbose_name_plural = _("sent as they were")

    def __str__(self) -> str:
        return f"sent as it was: {self.event_id}"
