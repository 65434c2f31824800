"""Arrivals kept raw, and the outbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from amends.desk.channels.chat.models import Chat
from amends.desk.channels.imports.models import Brought
from amends.desk.channels.mailboxes.models import Folder, Mailbox, Unfetched
from amends.desk.complaints.archived import ArchivableBytes
from amends.desk.complaints.models import Channel, Complaint, Event

__all__ = [
    "Arrival",
    "ArrivalState",
    "Brought",
    "Chat",
    "Folder",
    "FormUse",
    "Mailbox",
    "MessageId",
    "Outgoing",
    "OutgoingState",
    "Unfetched",
]


class ArrivalState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    TAKEN_IN = "taken-in", _("taken in")
    PARKED = "parked", _("parked")
    SET_ASIDE = "set-aside", _("set aside")  # an automatic answer, kept but no complaint


class Arrival(models.Model):
    """Something that came, as it came; stored and committed before anybody reads it."""

    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    # Mailbox + Message-ID + digest of the content, or the key of a form: taking in twice is impossible.
    identity = models.CharField(_("identity"), max_length=300, unique=True)
    digest = models.CharField(_("digest of the content"), max_length=64, db_index=True, default="")
    raw = ArchivableBytes(_("raw"))
    size = models.PositiveBigIntegerField(_("size"))
    received_at = models.DateTimeField(_("received"))
    state = models.CharField(_("state"), max_length=10, choices=ArrivalState, default=ArrivalState.WAITING)
    # A code and its detail, 'too-big: 70000000': shown in the reader's language by problems.py.
    problem = models.TextField(_("problem"), blank=True)
    sender = models.CharField(_("sender"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="arrival", null=True, blank=True)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="arrivals", null=True, blank=True)
    from_spam = models.BooleanField(default=False)
    # Of a mail too large to be fetched whole: its true size, while `raw` holds the beginning.
    full_size = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="taken-in") | Q(event__isnull=False), name="what_is_taken_in_has_an_event"
            )
        ]
        indexes = [models.Index(fields=["state", "received_at"], name="arrival_by_state")]

    def __str__(self) -> str:
        return self.identity


class MessageId(models.Model):
    """A Message-ID that we sent or received, and the complaint it belongs to."""

    value = models.CharField(_("Message-ID"), max_length=255, db_index=True)
    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="message_ids")
    ours = models.BooleanField(_("sent by us"))

    class Meta:
        verbose_name = _("message id")
        verbose_name_plural = _("message ids")
        constraints = [models.UniqueConstraint(fields=["value", "complaint"], name="a_message_id_once_per_complaint")]

    def __str__(self) -> str:
        return self.value


class OutgoingState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    MAYBE_SENT = "maybe-sent", _("maybe sent")
    FAILED = "failed", _("failed")
    TAKEN_BACK = "taken-back", _("taken back")


class Outgoing(models.Model):
    """A message to be delivered; written in one transaction with its event."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="outgoing")
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="outgoing")
    recipient = models.EmailField(_("to"))
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="letters", null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=255, unique=True)
    mime = ArchivableBytes(_("message"))
    state = models.CharField(_("state"), max_length=10, choices=OutgoingState, default=OutgoingState.WAITING)
    not_before = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(_("a worker took it"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(fields=["state", "not_before"], name="outgoing_by_state"),
            models.Index(Lower("recipient"), name="outgoing_by_recipient"),
        ]

    def __str__(self) -> str:
        return self.message_id


class FormUse(models.Model):
    """That a form came from an address, or a receipt went to one, for an hour or a little longer; not which one."""

    digest = models.CharField(_("digest of the address"), max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("use of the form")
        verbose_name_plural = _("uses of the form")
        indexes = [models.Index(fields=["digest", "at"], name="form_use_by_address")]

    def __str__(self) -> str:
        return f"{self.digest[:8]} at {self.at}"
