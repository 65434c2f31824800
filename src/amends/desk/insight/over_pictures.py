"""What happened week by week or month by month, as pictures."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from amends.desk.insight.links import address
from amends.desk.insight.over import Period
from amends.desk.web import drawings, wording


def came_in(found: tuple[Period, ...], *, limits: Sequence[float | None], language: str) -> drawings.Picture | None:
    """Draw how many complaints came in, and how many of them chance alone leaves."""
    if not any(one.complaints for one in found):
        return None
    pillars = [
        drawings.Pillar(words=one.part.label, good=one.complaints, bad=0, door=_door("complaints", one), limit=limit)
        for one, limit in zip(found, limits, strict=True)
    ]
    return _drawn(pillars, language=language)


def line_words(limits: Sequence[float | None]) -> str:
    """Say what the fine line is, where there is one."""
    if all(limit is None for limit in limits):
        return ""
    return _(
        "The fine line is as much as chance alone leaves: what rises above it has a reason. It is the limit of a "
        "Laney u′ chart, complaints a day, and holds as well where the counts vary more than chance alone does."
    )


def promised(found: tuple[Period, ...], *, language: str) -> drawings.Picture | None:
    """Draw how many promises were kept, and above them those that broke."""
    if not any(one.kept.n for one in found):
        return None
    pillars = [
        drawings.Pillar(
            words=one.part.label,
            good=one.kept.k,
            bad=one.kept.n - one.kept.k,
            door=_door("promises-settled", one),
        )
        for one in found
    ]
    return _drawn(pillars, language=language)


def _door(figure: str, one: Period) -> drawings.Door:
    return drawings.Door(href=address(figure, choice=one.choice))


def _drawn(pillars: list[drawings.Pillar], *, language: str) -> drawings.Picture:
    return drawings.pillars(
        columns=pillars, language=language, digits=lambda count: wording.number(count, language=language)
    )
