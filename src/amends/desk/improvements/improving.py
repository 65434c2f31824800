"""Work against causes: written down, begun, put into force, looked at again, kept or given up. Each step is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.customers.words import one_line, storable
from amends.desk.improvements.models import ENDED, Improvement, Layer, State, Step, StepKind, Theme
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Rule

LOOK_AFTER = timedelta(days=91)  # three months: thirteen whole weeks
LONGEST_TITLE = 160
LONGEST = 4000


class UnableToImprove(Exception):
    """Something is missing, or it cannot be done now; the message says what."""


@transaction.atomic
def write(
    *,
    title: str,
    layer: str,
    owner: Agent,
    due_on: date,
    by: Agent,
    now: datetime,
    why: str = "",
    theme: Theme | None = None,
    rule: Rule | None = None,
    fewer: int | None = None,
    saves: Decimal | None = None,
    currency: str = "",
) -> Improvement:
    """Write down what is to be done against a cause, whose it is, and until when.

    :raises UnableToImprove: if nobody could tell what is done, or where the cause lies
    """
    fields = _fields(title=title, layer=layer, why=why, fewer=fewer, saves=saves, currency=currency)
    improvement = Improvement.objects.create(
        **fields, theme=theme, rule=rule, owner=owner, due_on=due_on, made_by=by, made_at=now
    )
    _keep(improvement, StepKind.WRITTEN, by=by, now=now)
    return improvement


@transaction.atomic
def change(
    *,
    improvement: Improvement,
    title: str,
    layer: str,
    owner: Agent,
    due_on: date,
    by: Agent,
    now: datetime,
    why: str = "",
    theme: Theme | None = None,
    rule: Rule | None = None,
    fewer: int | None = None,
    saves: Decimal | None = None,
    currency: str = "",
) -> Improvement:
    """Change what was written down; what it said before stays among its steps.

    What it was to bring cannot be changed any more once it is in force: a wish that follows the outcome is none.

    :raises UnableToImprove: if something is missing, it has ended, or its aim would be moved after the event
    """
    known = _open(improvement)
    fields = _fields(title=title, layer=layer, why=why, fewer=fewer, saves=saves, currency=currency)
    aims = ("fewer", "saves", "currency")
    if known.state == State.IN_FORCE and any(getattr(known, name) != fields[name] for name in aims):
        raise UnableToImprove(_("What it should bring was said before it was put into force, and stays as it was."))
    fields |= {"theme": theme, "rule": rule, "owner": owner, "due_on": due_on}
    before = {name: str(getattr(known, name) or "") for name in fields if getattr(known, name) != fields[name]}
    for name, value in fields.items():
        setattr(known, name, value)
    known.save()
    if before:
        _keep(known, StepKind.CHANGED, by=by, now=now, figures={"before": before})
    return known


@transaction.atomic
def begin(*, improvement: Improvement, by: Agent, now: datetime) -> Improvement:
    """Say that somebody is at it.

    :raises UnableToImprove: if it is not merely planned any more
    """
    known = _open(improvement)
    if known.state != State.PLANNED:
        raise UnableToImprove(_("It has begun already."))
    return _move(known, State.UNDER_WAY, StepKind.BEGUN, by=by, now=now)


@transaction.atomic
def put_into_force(*, improvement: Improvement, since: date, by: Agent, now: datetime, words: str = "") -> Improvement:
    """Say from which day it holds; from then on before and after are told apart.

    :raises UnableToImprove: if it is in force, or the day has not come yet
    """
    known = _open(improvement)
    if known.state == State.IN_FORCE:
        raise UnableToImprove(_("It is in force already."))
    if since > now.date() + timedelta(days=1):  # a day ahead: it may be tomorrow where they are
        raise UnableToImprove(_("This day has not come yet. Say so on the day from which it holds."))
    known.in_force_on, known.look_on, known.reminded_on = since, since + LOOK_AFTER, None
    return _move(known, State.IN_FORCE, StepKind.IN_FORCE, by=by, now=now, words=words)


@transaction.atomic
def note(*, improvement: Improvement, words: str, by: Agent, now: datetime) -> Step:
    """Keep a word beside it, also after its end.

    :raises UnableToImprove: if nothing is said
    """
    if not storable(words).strip():
        raise UnableToImprove(_("Write what there is to say."))
    return _keep(improvement, StepKind.NOTED, by=by, now=now, words=words)


@transaction.atomic
def look_again(
    *, improvement: Improvement, told: str, figures: dict[str, Any], by: Agent, now: datetime, words: str = ""
) -> Improvement:
    """Keep what the figures say today, and look once more in three months.

    :raises UnableToImprove: if it is not in force
    """
    known = _in_force(improvement)
    known.look_on, known.reminded_on = now.date() + LOOK_AFTER, None
    known.save(update_fields=["look_on", "reminded_on"])
    _keep(known, StepKind.LOOKED, by=by, now=now, words=words, figures={**figures, "told": told})
    return known


@transaction.atomic
def let_stay(
    *, improvement: Improvement, words: str, by: Agent, now: datetime, figures: dict[str, Any] | None = None
) -> Improvement:
    """Say that it worked and stays.

    :raises UnableToImprove: if it was never in force, or nothing is said of how one knows
    """
    known = _in_force(improvement)
    if not words.strip():
        raise UnableToImprove(_("Say how you know that it works."))
    return _end(known, State.STAYS, StepKind.STAYS, words=words, by=by, now=now, figures=figures)


@transaction.atomic
def give_up(
    *, improvement: Improvement, words: str, by: Agent, now: datetime, figures: dict[str, Any] | None = None
) -> Improvement:
    """Say that it is not done, or did not work; it stays on record, so that nobody tries it blindly again.

    :raises UnableToImprove: if no reason is given, or it has ended
    """
    known = _open(improvement)
    if not words.strip():
        raise UnableToImprove(_("Say why, so that the next one who thinks of it knows."))
    return _end(known, State.GIVEN_UP, StepKind.GIVEN_UP, words=words, by=by, now=now, figures=figures)


# ── Parts ────────────────────────────────────────────────────────────────────


def _fields(
    *, title: str, layer: str, why: str, fewer: int | None, saves: Decimal | None, currency: str
) -> dict[str, Any]:
    title = one_line(title, limit=LONGEST_TITLE)
    if not title:
        raise UnableToImprove(_("Say in one line what is done."))
    if layer not in Layer.values:
        raise UnableToImprove(_("Choose where the cause lies."))
    if fewer is not None and not 1 <= fewer <= 100:
        raise UnableToImprove(_("Fewer complaints are told in per cent, from 1 to 100."))
    if saves is not None and not currency:
        raise UnableToImprove(_("Say in which currency."))
    return {
        "title": title,
        "layer": layer,
        "why": storable(why).strip()[:LONGEST],
        "fewer": fewer,
        "saves": saves,
        "currency": currency if saves is not None else "",
    }


def _open(improvement: Improvement) -> Improvement:
    known = Improvement.objects.select_for_update().get(pk=improvement.pk)
    if known.state in ENDED:
        raise UnableToImprove(_("It has ended, and stays as it is. Write down a new one."))
    return known


def _in_force(improvement: Improvement) -> Improvement:
    known = _open(improvement)
    if known.state != State.IN_FORCE:
        raise UnableToImprove(_("It is not in force yet."))
    return known


def _move(
    known: Improvement, state: State, kind: StepKind, *, by: Agent, now: datetime, words: str = ""
) -> Improvement:
    known.state = state
    known.save()
    _keep(known, kind, by=by, now=now, words=words)
    return known


def _end(
    known: Improvement,
    state: State,
    kind: StepKind,
    *,
    words: str,
    by: Agent,
    now: datetime,
    figures: dict[str, Any] | None,
) -> Improvement:
    known.state, known.ended_at, known.look_on = state, now, None
    known.save()
    _keep(known, kind, by=by, now=now, words=words, figures=figures)
    return known


def _keep(
    improvement: Improvement,
    kind: StepKind,
    *,
    by: Agent,
    now: datetime,
    words: str = "",
    figures: dict[str, Any] | None = None,
) -> Step:
    words = storable(words).strip()[:LONGEST]
    return Step.objects.create(improvement=improvement, kind=kind, by=by, at=now, words=words, figures=figures or {})
