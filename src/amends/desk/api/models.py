"""Tokens of programs, the answers they were given, and the addresses that hear what happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Event
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Webhook, WebhookMessage

USUAL_LIMIT = 120  # calls a minute


class Token(models.Model):
    """A program's way in: it acts for one person, within its scopes. Only a digest of it is kept."""

    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(_("digest of the token"), max_length=64, unique=True)
    hint = models.CharField(_("how it ends"), max_length=8)
    agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="tokens", verbose_name=_("the person it acts for")
    )
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(_("what it may do"), default=list)
    per_minute = models.PositiveIntegerField(_("calls a minute"), default=USUAL_LIMIT)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    seen_at = models.DateTimeField(_("last used"), null=True, blank=True)
    # Its calls of the minute that is running: counted in one statement with `seen_at`.
    minute_at = models.DateTimeField(null=True, blank=True)
    minute_calls = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return self.name

    def holds(self, now: datetime) -> bool:
        """Whether it opens anything at a moment."""
        return self.ended_at is None and (self.expires_at is None or now < self.expires_at)


class Answer(models.Model):
    """What a call with a key was answered: the same key gives the same answer, and does nothing again."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(_("key"), max_length=200)
    asked = models.CharField(_("digest of the call"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    body: models.JSONField[Any, Any] = models.JSONField(_("body"), default=dict)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("answer to a program")
        verbose_name_plural = _("answers to programs")
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="an_answer_a_key")]

    def __str__(self) -> str:
        return f"{self.status} to {self.token_id}"


class Endpoint(Webhook):
    """An address that hears of what happens in complaints."""

    kinds: models.JSONField[list[str], list[str]] = models.JSONField(_("what it hears of"), default=list)
    # Nothing that happened before is told.
    after_event = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))


class Message(WebhookMessage):
    """That one address is to hear of one event. Its words are read from the event when it goes out."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="messages")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+", null=True, blank=True)  # none: a trial

    class Meta(WebhookMessage.Meta):
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="an_event_once_an_address")]
        indexes = [
            models.Index(fields=["state", "next_at"], name="message_by_time"),
            models.Index(fields=["-at", "-id"], name="message_by_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.identity} to {self.endpoint_id}"


class Heard(models.Model):
    """How far the timeline was told to webhooks: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(default=0)
    near = models.PositiveIntegerField(default=0)  # how many events there were close before it

    class Meta:
        verbose_name = _("mark of the webhooks")
        verbose_name_plural = _("marks of the webhooks")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_mark_of_the_webhooks")]

    def __str__(self) -> str:
        return str(self.last)
