"""A talk that is going on: who holds its key, when they were last heard, and how far they have read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint


class Chat(models.Model):
    """One visitor's window. What is said in it is the complaint's timeline; this row is the line itself."""

    key = models.CharField(_("key of the window"), max_length=64, unique=True)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="chats")
    opened_at = models.DateTimeField(_("opened"))
    heard_at = models.DateTimeField(_("last heard of the customer"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    typing_until = models.DateTimeField(_("the customer writes until"), null=True, blank=True)
    read_up_to = models.PositiveIntegerField(_("the customer has read up to"), default=0)  # an event's sequence

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        indexes = [models.Index(fields=["heard_at"], name="chat_going_on", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return f"chat of {self.complaint_id}"
