"""
Themes that nobody named yet: complaints of the last year that tell of the same thing, found each night.

Looked through are complaints without a theme that a person confirmed, and each larger theme for parts of it. What
somebody put away does not come back, nor what is mostly the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from amends.desk.complaints.models import Complaint, EventContent, EventKind
from amends.desk.improvements.models import Found, Theme
from amends.engine import languages
from amends.engine.causes.alike import FEWEST, alike
from amends.engine.languages.vectors import Vectors

SINCE: Final = timedelta(days=365)
MOST: Final = 600  # complaints at once: their vectors take a minute
MOST_WITHIN: Final = 200
WORTH_SPLITTING: Final = 12  # complaints of a theme before parts of it are looked for
LONGEST: Final = 400  # characters of what the customer wrote first
SAME: Final = 0.5  # of the members of both: the same finding once more
MOST_KEPT: Final = 24
_NOT_ALL: Final = 0.7  # a part that is nearly the whole is no part


@dataclass(frozen=True, slots=True)
class _Said:
    complaint: int
    text: str
    language: str
    layer: str


def find(*, now: datetime, vectors: Vectors | None) -> int:
    """Look for themes anew; what was found before and not seen to gives way. Return how many there are."""
    young = Complaint.objects.filter(received_at__gte=now - SINCE, received_at__lt=now, merged_into__isnull=True)
    unnamed = young.filter(Q(cause__isnull=True) | Q(cause__theme__isnull=True) | Q(cause__confirmed_at__isnull=True))
    kept: list[Found] = []
    kept += _groups(_said(unnamed, most=MOST), within=None, vectors=vectors, now=now)
    named = young.filter(cause__confirmed_at__isnull=False)
    for theme in _large(named):
        whole = _said(named.filter(cause__theme=theme), most=MOST_WITHIN)
        parts = _groups(whole, within=theme, vectors=vectors, now=now)
        kept += [part for part in parts if len(part.members) <= _NOT_ALL * len(whole)]
    return _keep(kept)


@transaction.atomic
def _keep(found: Iterable[Found]) -> int:
    away = [(one.within_id, set(one.members)) for one in Found.objects.filter(put_away_at__isnull=False)]
    fresh = [
        one
        for one in found
        if not any(one.within_id == within and _overlap(set(one.members), seen) > SAME for within, seen in away)
    ]
    Found.objects.filter(put_away_at__isnull=True).delete()
    return len(Found.objects.bulk_create(sorted(fresh, key=lambda one: -len(one.members))[:MOST_KEPT]))


def _overlap(here: set[int], there: set[int]) -> float:
    return len(here & there) / (len(here | there) or 1)


def _large(named: QuerySet[Complaint]) -> list[Theme]:
    rows = named.filter(cause__theme__isnull=False).order_by().values_list("cause__theme").annotate(many=Count("pk"))
    chosen = [pk for pk, many in rows if many >= WORTH_SPLITTING]
    return list(Theme.objects.filter(pk__in=chosen).order_by("pk"))


def _said(complaints: QuerySet[Complaint], *, most: int) -> list[_Said]:
    """What was told first in each of the newest complaints, in its own words."""
    rows = list(complaints.order_by("-received_at", "-pk").values_list("pk", "language", "cause__layer")[:most])
    wrote = EventContent.objects.filter(
        event__complaint__in=[row[0] for row in rows], event__kind=EventKind.CUSTOMER_WROTE
    ).order_by("event__complaint", "event__sequence")
    first: dict[int, str] = {}
    for complaint, text in wrote.values_list("event__complaint", "text"):
        first.setdefault(complaint, " ".join(text.split())[:LONGEST])
    return [
        _Said(pk, first[pk], language, layer or "")
        for pk, language, layer in rows
        if first.get(pk) and languages.is_known(language)
    ]


def _groups(said: Sequence[_Said], *, within: Theme | None, vectors: Vectors | None, now: datetime) -> list[Found]:
    if len(said) < FEWEST:
        return []
    found = alike([one.text for one in said], spoken=[one.language for one in said], vectors=vectors)
    return [
        Found(
            within=within,
            members=[said[place].complaint for place in group.members],
            layer=_commonest(said[place].layer for place in group.members),
            found_at=now,
        )
        for group in found
    ]


def _commonest(layers: Iterable[str]) -> str:
    counted = Counter(layer for layer in layers if layer)
    return min(counted, key=lambda layer: (-counted[layer], layer)) if counted else ""
