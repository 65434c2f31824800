"""The organisation's own figures for reckoning money: kept for everybody, with where they come from and who told them.

A figure is never changed: what is told later stands in its place, and what was told before stays on record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from amends.desk.customers.words import one_line
from amends.desk.insight.models import OwnFigure
from amends.desk.people.models import Agent
from amends.engine.languages.figures import LATIN_DIGITS

LONGEST_SOURCE: Final = 200
_NUMBER: Final = re.compile(r"\d{1,12}(?:[.,٫]\d{1,4})?")
# What may be told, and whether it is a per cent.
TOLD: Final[Mapping[str, bool]] = {
    "day_from": False, "day_to": False, "day_count": False, "margin": True, "stays": True, "discount": True,
    "keeping": False, "times": False, "customers": False, "problem": True, "complain": True, "content": True,
    "half_content": True, "no_problem": True, "silent": True, "satisfied": True, "mollified": True,
    "dissatisfied": True, "tells": False, "swayed": True,
}  # fmt: skip
# What one customer spent a day is told for one case and never kept.
KEPT: Final = tuple(name for name in TOLD if not name.startswith("day_"))
MONEY: Final = frozenset({"keeping"})
# What only a survey among customers can tell.
SURVEYED: Final = frozenset(
    {"problem", "complain", "content", "half_content", "no_problem", "silent", "satisfied", "mollified", "dissatisfied"}
)  # fmt: skip


class UnableToKeep(Exception):
    """A figure is no number, or no per cent, or the parts are more than the whole; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A figure of the organisation: a share for a per cent, and the money that it is in."""

    value: float
    currency: str = ""
    source: str = ""
    by: str = ""
    at: datetime | None = None


def number(text: str, *, is_per_cent: bool) -> float | None:
    """Read a figure as somebody writes it, in any digits; None for what is no number, or no per cent."""
    plain = text.strip().translate(LATIN_DIGITS)
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain.replace(",", ".").replace("٫", "."))
    if not is_per_cent:
        return value
    return value / 100 if value <= 100 else None


def kept() -> dict[str, Own]:
    """The figures that hold now, by name."""
    last = OwnFigure.objects.order_by().values("name").annotate(last=Max("pk")).values("last")
    return {
        row.name: Own(value=row.value, currency=row.currency, source=row.source, by=row.by.name, at=row.at)
        for row in OwnFigure.objects.filter(pk__in=last, name__in=KEPT).select_related("by")
        if row.value is not None
    }


@transaction.atomic
def keep(*, told: Mapping[str, str], sources: Mapping[str, str], currency: str, by: Agent, now: datetime) -> int:
    """Keep what is told for everybody; what is left empty is a default again. Return how many figures changed.

    :raises UnableToKeep: if one is no number, or shares of one whole are more than it
    """
    before = kept()
    wanted: dict[str, float | None] = {}
    for name in KEPT:
        text = told.get(name, "").strip()
        wanted[name] = number(text, is_per_cent=TOLD[name]) if text else None
        if text and wanted[name] is None:
            raise UnableToKeep(
                _("“{text}” is no per cent.").format(text=text[:30])
                if TOLD[name]
                else _("“{text}” is no number.").format(text=text[:30])
            )
    if (wanted["content"] or 0) + (wanted["half_content"] or 0) > 1:
        raise UnableToKeep(_("Those who were content and half content afterwards are more than all."))
    changed = []
    for name, value in wanted.items():
        source = one_line(sources.get(name, ""), limit=LONGEST_SOURCE)
        money = currency if name in MONEY and value is not None else ""
        old = before.get(name)
        if old is None and value is None:
            continue
        if old is not None and value is not None and (old.value, old.source, old.currency) == (value, source, money):
            continue
        changed.append(OwnFigure(name=name, value=value, currency=money, source=source, by=by, at=now))
    OwnFigure.objects.bulk_create(changed)
    return len(changed)
