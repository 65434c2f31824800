"""
The organisation's own themes: named from what was found, renamed, merged, split, and told whether they were planned.

The timeline keeps each complaint's cause as it was confirmed on its day. A merged theme stays as a name that leads to
the other one, so that whoever types it, or reads it in an old event, comes to the right place.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Complaint
from amends.desk.customers.words import storable
from amends.desk.improvements import actions, planned
from amends.desk.improvements.models import Cause, Found, Improvement, Layer, Plan, Theme
from amends.desk.improvements.words import theme_called, theme_words
from amends.desk.people.models import Agent
from amends.desk.web.wording import digits_of_reader
from amends.engine.causes import THEMES
from amends.engine.causes.alike import FEWEST


class UnableToName(Exception):
    """The name is empty or taken, or nothing is left to be named; the message says what to do."""


class UnableToMerge(Exception):
    """A theme cannot go into itself, nor into one that is merged already."""


@transaction.atomic
def name_found(
    *, found: Found, complaint_ids: Collection[int], layer: str, name: str, plan: str = "", by: Agent, now: datetime
) -> Theme:
    """Give what was found a name, and confirm it as the cause of the complaints that somebody ticked.

    What was found within a theme is split off from it by that. Those that were not ticked stay as they are: enough of
    them are a finding of their own at once, to be named otherwise or put away.
    :raises UnableToName: without a name, without complaints, when somebody was quicker, or where nobody may be blamed
    """
    known = Found.objects.select_for_update().filter(pk=found.pk, put_away_at__isnull=True).first()
    if known is None:
        raise UnableToName(_("Somebody has seen to it already."))
    words = " ".join(storable(name).split())
    if not words:
        raise UnableToName(_("Give it a name."))
    chosen = Complaint.objects.filter(pk__in=set(complaint_ids) & set(known.members))
    if known.within_id is not None:
        chosen = chosen.filter(cause__theme=known.within_id)
    complaints = list(chosen.order_by("pk"))
    if not complaints:
        raise UnableToName(_("Leave at least one complaint ticked."))
    if layer not in Layer.values:
        raise UnableToName(_("Choose where the cause lies."))
    theme: Theme | None = None
    for complaint in complaints:
        try:
            theme = actions.confirm(complaint=complaint, layer=layer, theme=words, by=by, now=now).theme
        except actions.UnableToConfirm as error:
            which = digits_of_reader(complaint.number)
            raise UnableToName(_("Complaint {number}: {why}").format(number=which, why=error)) from error
    if theme is None:
        raise UnableToName(_("Give it a name."))
    if plan:
        say_planned(theme=theme, plan=plan)
    _leave_the_rest(known, named={complaint.pk for complaint in complaints}, by=by, now=now)
    return theme


def _leave_the_rest(known: Found, *, named: set[int], by: Agent, now: datetime) -> None:
    """Put away what was named, and nothing else: what was not ticked may be a theme of its own."""
    rest = [pk for pk in known.members if pk not in named]
    if len(rest) >= FEWEST:
        Found.objects.create(within=known.within, members=rest, layer=known.layer, found_at=known.found_at)
    known.members = [pk for pk in known.members if pk in named]
    known.put_away_at, known.put_away_by = now, by
    known.save(update_fields=["members", "put_away_at", "put_away_by"])


@transaction.atomic
def put_away(*, found: Found, by: Agent, now: datetime) -> None:
    """Say that this is no theme; what is mostly the same is not shown again."""
    Found.objects.filter(pk=found.pk, put_away_at__isnull=True).update(put_away_at=now, put_away_by=by)


@transaction.atomic
def rename(*, theme: Theme, name: str) -> Theme:
    """Give a theme of the organisation's own another name.

    :raises UnableToName: for a theme of the first tree, without a name, or where another theme has it
    """
    known = Theme.objects.select_for_update().get(pk=theme.pk)
    if known.name in THEMES:
        raise UnableToName(_("This theme comes with the program; merge it into one of your own instead."))
    words = " ".join(storable(name).split())[: actions.LONGEST_THEME]
    if not words:
        raise UnableToName(_("Give it a name."))
    others = Theme.objects.exclude(pk=known.pk).values_list("name", flat=True)
    called = theme_called(words, own=others)
    if called in THEMES or called in set(others):
        raise UnableToName(_("Another theme has this name; merge the two instead."))
    known.name = words
    known.save(update_fields=["name"])
    planned.look(known)
    return known


@transaction.atomic
def merge(*, theme: Theme, into: Theme) -> int:
    """Let one theme go into another; return how many complaints went along.

    :raises UnableToMerge: into itself, or where either is merged already
    """
    both = {one.pk: one for one in Theme.objects.select_for_update().filter(pk__in=[theme.pk, into.pk])}
    if theme.pk == into.pk:
        raise UnableToMerge(_("Choose another theme to merge it into."))
    if any(one.merged_into_id is not None for one in both.values()):
        raise UnableToMerge(_("Somebody has seen to it already."))
    moved = Cause.objects.filter(theme=theme).update(theme=into)
    Improvement.objects.filter(theme=theme).update(theme=into)
    Theme.objects.filter(merged_into=theme).update(merged_into=into)
    Found.objects.filter(within=theme).delete()
    Theme.objects.filter(pk=theme.pk).update(merged_into=into)
    return moved


def say_planned(*, theme: Theme, plan: str) -> None:
    """Say whether what a theme names was delivered as planned; '' leaves it to the evidence again."""
    if plan in {"", *Plan.values}:
        Theme.objects.filter(pk=theme.pk).update(plan=plan)


def called(theme: Theme, *, language: str) -> str:
    """Name a theme for a reader."""
    return theme_words(theme.name, language=language)
