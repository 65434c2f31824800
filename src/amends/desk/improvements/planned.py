"""
Delivered as planned, or not? What a theme says of that, and what decides where nobody said.

Of a theme of the first tree it is known. Of one of the organisation's own a person may say it; until then the evidence
decides: what the engine proposed for the very complaint, and what the theme's name speaks of.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.db.models import Q

from amends.desk.improvements.models import Plan, Theme
from amends.desk.improvements.words import LANGUAGES, theme_words
from amends.engine.causes import AGAINST_THE_PLAN, THEMES, propose_cause
from amends.engine.conversation import Conversation, Turn

# Themes of the first tree that are nobody's plan at all: what a person or somebody outside got wrong.
_NO_PLAN: Final = tuple(name for name, (layer, _title) in THEMES.items() if layer in {"employee", "third-party"})
_FAILURES: Final = (*AGAINST_THE_PLAN, *_NO_PLAN)
_BEFORE_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)  # a name was never said at any moment


def against_the_plan(path: str = "cause") -> Q:
    """Return which complaints have a cause that went wrong against the plan; `path` leads from them to the cause."""
    said = Q(**{f"{path}__theme__plan": Plan.AGAINST})
    unsaid = Q(**{f"{path}__theme__plan": ""})
    known = Q(**{f"{path}__theme__name__in": AGAINST_THE_PLAN})
    own = Q(**{f"{path}__theme__isnull": False}) & ~Q(**{f"{path}__theme__name__in": list(THEMES)})
    evidence = Q(**{f"{path}__theme__like__in": _FAILURES}) | Q(**{f"{path}__proposed_theme__in": AGAINST_THE_PLAN})
    return said | (unsaid & (known | (own & evidence)))


def is_against(theme: Theme) -> bool:
    """Tell what holds for a theme as long as a complaint of its own says nothing else."""
    if theme.plan:
        return theme.plan == Plan.AGAINST
    return theme.name in AGAINST_THE_PLAN or (theme.name not in THEMES and (theme.like or "") in _FAILURES)


def themes_against() -> tuple[list[int], list[int]]:
    """Name the themes for which `against_the_plan` always holds, and those for which a complaint's evidence decides."""
    always, by_evidence = [], []
    for pk, name, plan, like in Theme.objects.values_list("pk", "name", "plan", "like"):
        if plan == Plan.AGAINST or (not plan and name in AGAINST_THE_PLAN):
            always.append(pk)
        elif not plan and name not in THEMES:
            (always if (like or "") in _FAILURES else by_evidence).append(pk)
    return always, by_evidence


def look(theme: Theme) -> str:
    """Read a theme's name, in every language it has one, and keep which theme of the first tree it speaks of."""
    theme.like = "" if theme.name in THEMES else _spoken_of(theme.name)
    theme.save(update_fields=["like"])
    return theme.like


def look_at_new() -> int:
    """Look at themes that were never looked at, from before there was this; return how many."""
    waiting = list(Theme.objects.filter(like__isnull=True))
    for theme in waiting:
        look(theme)
    return len(waiting)


def _spoken_of(name: str) -> str:
    for language in LANGUAGES:
        words = theme_words(name, language=language)
        talk = Conversation(id="theme", turns=(Turn(by="customer", text=words),), as_of=_BEFORE_TIME)
        found = propose_cause(talk, language=language)  # by cues: a name is two or three words
        if found is not None:
            return found.theme
    return ""
