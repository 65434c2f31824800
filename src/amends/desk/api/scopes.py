"""What a token may be allowed: one word for programs, one sentence for whoever makes the token."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    CHECK = "check", _("judge replies before they go out")
    READ_COMPLAINTS = "complaints:read", _("read complaints and their conversations")
    OPEN_COMPLAINTS = "complaints:open", _("open new complaints")
    WRITE_COMPLAINTS = "complaints:write", _("write notes, hand over, record content and causes, close")
    REPLY = "replies:write", _("write to customers")
    READ_PROMISES = "promises:read", _("read promises")
    WRITE_PROMISES = "promises:write", _("add promises, keep, move and withdraw them")
    READ_REMEDIES = "remedies:read", _("read what puts complaints right")
    WRITE_REMEDIES = "remedies:write", _("put complaints right, within the person's room to decide")
    READ_CUSTOMERS = "customers:read", _("find and read customers")
    WRITE_CUSTOMERS = (
        "customers:write",
        _("correct facts about customers, as administrators may; join records of one person"),
    )
    READ_FIGURES = "figures:read", _("read the pages of figures and what is behind them")
    WRITE_FIGURES = "figures:write", _("keep improvements, themes, alarms, reports and figures for money")
    READ_SETUP = "setup:read", _("read how the desk is set up, as administrators may")
    WRITE_SETUP = "setup:write", _("set the desk up, as administrators may")
    WRITE_PEOPLE = "people:write", _("let people in and out and change what they may, as administrators may")
    READ_OWN = "own:read", _("read what is a person's own: notices, drafts, rest, load, training; only for themselves")
    WRITE_OWN = (
        "own:write",
        _("do what is a person's own: answer who asks them, keep drafts and views, rest, train; only for themselves"),
    )


# What is one person's alone: a token with these is made by that person and by nobody for them.
PERSONAL: Final = frozenset({Scope.READ_OWN, Scope.WRITE_OWN})
