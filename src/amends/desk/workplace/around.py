"""What stands around a list and is drawn anew with it: the counts of the rail, and what others ask of its reader."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.desk.calm import queries as calm
from amends.desk.channels.chat import talks
from amends.desk.complaints import queries as complaints
from amends.desk.complaints.queries import Circle
from amends.desk.complaints.visible import has_walls
from amends.desk.notices import queries as notices
from amends.desk.people.models import Agent
from amends.desk.people.queries import is_at_work
from amends.desk.promises import queries as promises
from amends.desk.reaching import queries as reaching
from amends.desk.remedies import queries as remedies
from amends.desk.web import questions
from amends.desk.workplace import saved_views


def around(*, agent: Agent, now: datetime, menu: str | None = None, circle: Circle | None = None) -> dict[str, Any]:
    """Gather all of it.

    :param menu: the saved views that the page's menu of views has; None where it has no menu
    """
    due, new, requests, *there = _counted(agent, now, _asked_counts(agent, now))
    words = _counts(agent, now, menu, circle, due=due, requests=requests, new=new)
    return words | _asked(agent, now, there)


def counts(*, agent: Agent, now: datetime, menu: str | None = None) -> dict[str, Any]:
    """Gather the counts alone."""
    due, new, requests = _counted(agent, now, [])
    return _counts(agent, now, menu, None, due=due, requests=requests, new=new)


def _counted(agent: Agent, now: datetime, more: list[questions.Count]) -> list[int]:
    """Count promises, notices and requests, and more beside them, in one question where no wall stands."""
    if has_walls(agent):  # what is behind one is left out of each count
        due, new = promises.due_today(agent=agent, now=now), notices.count_new(agent=agent, now=now)
        return [due, new, *questions.together([remedies.counted_for(agent=agent), *more])]
    dues = promises.counts_due_today(agent=agent, now=now)
    asked = [notices.counted_new(agent=agent, now=now), remedies.counted_for(agent=agent), *more]
    found = questions.together([*asked, *dues])
    return [sum(found[len(asked) :]), *found[: len(asked)]]


def asked_of_me(*, agent: Agent, now: datetime) -> dict[str, Any]:
    """Gather whom the reader chats with, and what others ask of them: to come to a customer, to take over, to rest."""
    return _asked(agent, now, questions.together(_asked_counts(agent, now)))


def _counts(
    agent: Agent, now: datetime, menu: str | None, circle: Circle | None, *, due: int, requests: int, new: int
) -> dict[str, Any]:
    there = (menu or "").split()  # one that was kept since has no place on the page yet
    saved = [one for one in saved_views.seen_by(agent=agent) if str(one.id) in there] if there else []
    found = complaints.views_with_counts(
        agent=agent, now=now, saved=saved_views.as_counted(saved), around=circle, with_all=menu is not None
    )
    # The browser shows what is newest in another window, and nobody's evening is for that; the count stands anyway.
    shows = bool(new) and is_at_work(agent=agent, now=now)
    return {
        # Beside 'Promises' stands what is under 'mine' there.
        "counts": {**found, "due": due, "requests": requests},
        "menu": menu is not None,
        "told_count": new,
        "newest": notices.newest(agent=agent, now=now) if shows else None,
    }


def _asked_counts(agent: Agent, now: datetime) -> list[questions.Count]:
    return [
        reaching.counted_rings(agent=agent),
        calm.counted_asked(agent=agent),
        talks.counted(agent=agent, now=now),
        reaching.counted_by_name(),
    ]


def _asked(agent: Agent, now: datetime, there: list[int]) -> dict[str, Any]:
    """Look up what there is of each; mostly there is nothing."""
    rings, asked, chats, by_name = there
    return {
        "rings": reaching.rings_for(agent=agent, now=now) if rings else [],
        "takeovers": calm.asked_of(agent=agent, now=now) if asked else [],
        "talks": talks.talks_of(agent=agent, now=now) if chats else None,
        "by_name": reaching.asked_by_name(agent=agent) if by_name else [],
    }
