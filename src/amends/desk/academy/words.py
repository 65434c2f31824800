"""The names of ranks, ends and kinds in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.desk.academy.models import Ending, Rank
from amends.desk.people.models import Role
from amends.engine.failings import catalogue
from amends.engine.languages.wording import say

KINDS = {
    "talk": gettext_lazy("a talk"),
    "notes": gettext_lazy("note-taking"),
    "figures": gettext_lazy("figures"),
}
ENDINGS = {
    Ending.CONTENT: gettext_lazy("The customer is content"),
    Ending.GONE: gettext_lazy("The customer is gone"),
    Ending.QUARRELLING: gettext_lazy("It ended in a quarrel"),
}
TASK_ENDINGS = {
    "notes": {
        Ending.CONTENT: gettext_lazy("Good notes"),
        Ending.GONE: gettext_lazy("Something got lost"),
    },
    "figures": {
        Ending.CONTENT: gettext_lazy("Well chosen"),
        Ending.GONE: gettext_lazy("Look at the figures once more"),
    },
}


def kind_words(kind: str) -> str:
    return str(KINDS[kind])


def ending_words(ending: str, *, kind: str = "talk") -> str:
    """Name an end; note-taking and figures have no customer who could be gone."""
    if not ending:
        return ""
    return str(TASK_ENDINGS.get(kind, ENDINGS).get(Ending(ending), ENDINGS[Ending(ending)]))


def rank_words(rank: str) -> str:
    return str(Rank(rank).label)


def path_words(rank: str, *, role: str) -> str:
    """Name somebody's path by what they are: whoever looks after quality practises what leads do."""
    return str(Role.QUALITY.label) if role == Role.QUALITY and rank == Rank.LEAD else rank_words(rank)


def ranks() -> list[tuple[str, str]]:
    """The ranks to choose from, each with everybody whom it stands for."""
    return [(value, _("lead or service quality") if value == Rank.LEAD else rank_words(value)) for value in Rank.values]


def failing_words(name: str, *, language: str) -> str:
    titles = {failing.id: failing.title for failing in catalogue()}
    return say(titles.get(name, name), language)


def heat_words(heat: int) -> str:
    return [_("calm"), _("uneasy"), _("annoyed"), _("angry"), _("very angry"), _("furious")][max(0, min(5, heat))]
