"""One card for one stretch of words: of several findings on it the strongest is told, and how many more there are.

A sentence that blames is often cold and argues as well. Four cards on it help less than one: whoever mends the first
has mended most of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils import translation
from django.utils.translation import ngettext

from amends.desk.coaching.queries import Remark
from amends.engine.languages.figures import number

_SAME = 0.5  # of the longer one: so much in common are two places one stretch


def folded(remarks: Sequence[Remark], *, always: frozenset[str] = frozenset(), language: str) -> list[Remark]:
    """Return remarks with those folded into a stronger one that stand on the same stretch of words.

    The order is kept, and of equals the first is the stronger. A hint that touches anything surer is left out; what has
    words ready to put in is always told, and so are those whose ids are in `always`.
    """
    ranked = sorted(remarks, key=lambda one: (one.hint, -one.confidence))
    told: list[Remark] = []
    more: dict[str, int] = {}
    for one in ranked:
        over = (
            None
            if one.replacement or one.id in always
            else next((other for other in told if _on_one_stretch(one, other)), None)
        )
        if over is None:
            told.append(one)
        elif not one.hint:
            more[over.id] = more.get(over.id, 0) + 1
    return [_with_more(one, more.get(one.id, 0), language=language) for one in remarks if one in told]


def _on_one_stretch(one: Remark, other: Remark) -> bool:
    common = min(one.end, other.end) - max(one.start, other.start)
    if one.hint and not other.hint:
        return common > 0
    return common >= _SAME * max(one.end - one.start, other.end - other.start)


def _with_more(remark: Remark, more: int, *, language: str) -> Remark:
    if not more:
        return remark
    with translation.override(language or None):
        title = ngettext("%(title)s, and %(count)s more", "%(title)s, and %(count)s more", more) % {
            "title": remark.title,
            "count": number(more, language=language),
        }
    return replace(remark, title=title)
