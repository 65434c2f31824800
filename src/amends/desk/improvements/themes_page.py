"""What stands on the page of themes: what was found and has no name, and the organisation's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q

from amends.desk.complaints.models import Complaint, EventContent, EventKind
from amends.desk.complaints.visible import visible
from amends.desk.improvements import learning, planned
from amends.desk.improvements.models import Found, Learned, Theme
from amends.desk.improvements.words import layer_words, theme_words
from amends.engine import languages
from amends.engine.causes import THEMES
from amends.engine.causes.alike import telling
from amends.engine.causes.own import FEWEST
from amends.engine.measures.agreement import RELIABLE, TENTATIVE, alpha

SHOWN: Final = 12  # findings at once: who names these sees the next tomorrow
TICKED: Final = 40  # complaints of one of them that can be ticked
EXAMPLES: Final = 3
LONGEST: Final = 260


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A complaint of a found theme, and what the customer wrote first."""

    id: int
    number: int
    text: str
    language: str
    direction: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTheme:
    """Complaints that are alike, to be named or put away."""

    id: int
    within: str  # the theme of which it is a part, or ''
    count: int
    layer: str
    words: tuple[str, ...]  # what they say and the others do not
    first: tuple[Example, ...]
    rest: tuple[Example, ...]
    more: int  # that are not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTheme:
    """A theme that is in use, and how often it was confirmed."""

    id: int
    name: str
    layers: str
    count: int
    is_own: bool
    plan: str
    is_against: bool  # what holds where nobody said


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedCauses:
    """What was learned from confirmed causes, and whether it helps."""

    at: datetime
    begins: datetime | None
    of: int
    corrected: int
    right_without: int
    right_with: int
    is_used: bool
    needed: int  # more complaints to confirm, before that can be told
    alpha: float | None  # how far engine and people agree on the layer beyond chance; None where it cannot be told
    bears: str  # what may rest on proposals alone: 'all', 'some', 'nothing'


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    found: tuple[FoundTheme, ...]
    themes: tuple[OwnTheme, ...]
    looked_at: datetime | None
    learned: LearnedCauses | None  # nothing where no night has passed yet


def page(*, language: str) -> Page:
    """Lay out the page for a reader."""
    waiting = list(Found.objects.filter(put_away_at__isnull=True).select_related("within").order_by("pk"))
    waiting.sort(key=lambda one: (-len(one.members), one.pk))
    shown = waiting[:SHOWN]
    examples = _examples([pk for one in shown for pk in one.members[:TICKED]])
    newest = Found.objects.order_by("-found_at").values_list("found_at", flat=True).first()
    return Page(
        found=tuple(_found(one, examples, language=language) for one in shown),
        themes=_themes(language=language),
        looked_at=newest,
        learned=_learned(),
    )


def _learned() -> LearnedCauses | None:
    one = Learned.objects.order_by("pk").first()
    if one is None or one.at is None:
        return None
    told = learning.layers_told()
    agreed = alpha(told) if len(told) >= FEWEST else None
    return LearnedCauses(
        at=one.at,
        begins=one.begins,
        of=one.of,
        corrected=one.corrected,
        right_without=one.right_without,
        right_with=one.right_with,
        is_used=one.is_used,
        needed=max(0, FEWEST - one.of),
        alpha=agreed,
        bears="all" if (agreed or 0) >= RELIABLE else "some" if (agreed or 0) >= TENTATIVE else "nothing",
    )


def _found(one: Found, examples: Mapping[int, Example], *, language: str) -> FoundTheme:
    here = [examples[pk] for pk in one.members[:TICKED] if pk in examples]
    every = list(examples.values())
    of = {example.id for example in here}
    words = telling(
        [example.text for example in every],
        spoken=[example.language for example in every],
        of=[place for place, example in enumerate(every) if example.id in of],
    )
    return FoundTheme(
        id=one.pk,
        within=theme_words(one.within.name, language=language) if one.within else "",
        count=len(one.members),
        layer=one.layer,
        words=words if len(every) > len(here) else (),
        first=tuple(here[:EXAMPLES]),
        rest=tuple(here[EXAMPLES:]),
        more=max(0, len(one.members) - len(here)),
    )


def _examples(ids: Iterable[int]) -> dict[int, Example]:
    rows = Complaint.objects.filter(visible(), pk__in=set(ids)).values_list("pk", "number", "language", "received_at")
    wrote = EventContent.objects.filter(
        event__complaint__in=[row[0] for row in rows], event__kind=EventKind.CUSTOMER_WROTE
    ).order_by("event__complaint", "event__sequence")
    said: dict[int, str] = {}
    for complaint, text in wrote.values_list("event__complaint", "text"):
        said.setdefault(complaint, text)
    return {
        pk: Example(
            id=pk,
            number=number,
            text=_short(said.get(pk, "")),
            language=code,
            direction=languages.get(code).direction,
            received_at=at,
        )
        for pk, number, code, at in rows
    }


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]} …"


def _themes(*, language: str) -> tuple[OwnTheme, ...]:
    confirmed = Q(causes__confirmed_at__isnull=False)
    used = Theme.objects.filter(merged_into__isnull=True).annotate(many=Count("causes", filter=confirmed))
    rows = used.filter(Q(many__gt=0) | ~Q(name__in=list(THEMES))).order_by("-many", "name")
    chosen = rows.values_list("pk", "causes__layer").filter(causes__confirmed_at__isnull=False).distinct().order_by()
    layers: dict[int, set[str]] = {}
    for pk, layer in chosen:
        layers.setdefault(pk, set()).add(layer)
    return tuple(
        OwnTheme(
            id=theme.pk,
            name=theme_words(theme.name, language=language),
            layers=", ".join(layer_words(layer, language=language) for layer in sorted(layers.get(theme.pk, ()))),
            count=theme.many,
            is_own=theme.name not in THEMES,
            plan=theme.plan,
            is_against=planned.is_against(theme),
        )
        for theme in rows
    )
