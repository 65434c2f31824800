"""The organisation's rules: written down, changed, kept as they are with a reason, put out of force."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Complaint
from amends.desk.customers.words import one_line, storable
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Rule, RuleChange, RuleTrouble

LONGEST = 4000


class Blamed(Protocol):
    """Do what follows for a complaint of which somebody said that a rule brought it about."""

    def __call__(self, *, complaint: Complaint, by: Agent, now: datetime) -> object: ...


_also: dict[str, Blamed] = {}


def also_when_blamed(act: Blamed, *, name: str) -> None:
    """Have a room above called, under its own name; naming it twice changes nothing."""
    _also[name] = act


class UnableToRule(Exception):
    """Something about the rule is missing; the message says what."""


@transaction.atomic
def write(
    *, title: str, text: str, purpose: str, owner: Agent, by: Agent, now: datetime, room: str = "", called: str = ""
) -> Rule:
    """Write a rule down.

    :raises UnableToRule: if it has no name, no text, or nobody knows what it is for
    """
    fields = _fields(title=title, text=text, purpose=purpose, room=room, called=called)
    rule = Rule.objects.create(**fields, owner=owner, made_at=now, looked_at=now)
    RuleChange.objects.create(rule=rule, by=by, at=now, after=rule.text)
    return rule


@transaction.atomic
def change(
    *,
    rule: Rule,
    title: str,
    text: str,
    purpose: str,
    owner: Agent,
    by: Agent,
    now: datetime,
    room: str = "",
    called: str = "",
) -> Rule:
    """Change a rule; when its text or its room changes, exceptions are counted anew from now.

    :raises UnableToRule: if it has no name, no text, or nobody knows what it is for
    """
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    before = (rule.text, rule.room)
    for name, value in _fields(title=title, text=text, purpose=purpose, room=room, called=called).items():
        setattr(rule, name, value)
    rule.owner = owner
    if (rule.text, rule.room) != before:
        RuleChange.objects.create(rule=rule, by=by, at=now, before=_both(*before), after=_both(rule.text, rule.room))
        rule.looked_at, rule.verdict = now, ""
    rule.save()
    return rule


@transaction.atomic
def let_stay(*, rule: Rule, by: Agent, why: str, now: datetime) -> Rule:
    """Keep a rule that is bent often, and say why; exceptions are counted anew from now.

    :raises UnableToRule: if no reason is given
    """
    why = one_line(why, limit=300)
    if not why:
        raise UnableToRule(_("Say why it stays although it is bent so often."))
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    rule.looked_at, rule.verdict = now, why
    rule.save(update_fields=["looked_at", "verdict"])
    RuleChange.objects.create(rule=rule, by=by, at=now, verdict=why)
    return rule


@transaction.atomic
def retire(*, rule: Rule, by: Agent, now: datetime) -> Rule:
    """Put a rule out of force, or into force again."""
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    rule.retired_at = None if rule.retired_at is not None else now
    rule.looked_at = now
    rule.save(update_fields=["retired_at", "looked_at"])
    RuleChange.objects.create(
        rule=rule, by=by, at=now, before=rule.text, after=rule.text if not rule.retired_at else ""
    )
    return rule


def say_trouble(*, complaint: Complaint, rule: Rule | None, by: Agent, now: datetime) -> None:
    """Say which rule brought a complaint about; none takes it back."""
    with transaction.atomic():
        RuleTrouble.objects.filter(complaint=complaint).exclude(rule=rule).delete()
        if rule is None:
            return
        RuleTrouble.objects.get_or_create(rule=rule, complaint=complaint, defaults={"by": by, "at": now})
        for act in _also.values():
            act(complaint=complaint, by=by, now=now)


def _fields(**given: str) -> dict[str, str]:
    told = {
        "title": one_line(given["title"], limit=120),
        "text": storable(given["text"]).strip()[:LONGEST],
        "purpose": one_line(given["purpose"], limit=300),
        "room": one_line(given["room"], limit=300),
        "called": storable(given["called"]).strip()[:LONGEST],
    }
    if not told["title"] or not told["text"]:
        raise UnableToRule(_("A rule has a name and a text."))
    if not told["purpose"]:
        raise UnableToRule(_("Say what the rule is for. A rule of which nobody knows that can go."))
    return told


def _both(text: str, room: str) -> str:
    return f"{text}\n→ {room}" if room else text
