"""Naming a colleague in a note or a question: `@Name` in the words, and beside them the number of who is meant.

Whom somebody chose comes with the note and is held against its words: who does not stand in them is not meant. Who is
meant is told by an event of their own (`WARNED`, about a mention), from which their notice follows, watches the
complaint from then on, and is let in where it is behind a wall.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import actions
from amends.desk.complaints.models import By, Complaint, Event, EventKind, Watch
from amends.desk.complaints.search import folded
from amends.desk.complaints.sounding import begins_like
from amends.desk.customers.words import storable
from amends.desk.people.models import Agent
from amends.desk.people.queries import colleagues

MENTION: Final = "mention"  # what such an event is about
OFFERED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody is named, in characters of the note."""

    agent: int
    start: int
    end: int


def offered(*, to: Agent, words: str, most: int = OFFERED) -> list[Agent]:
    """Offer the people of the desk whose names begin like this, those who are here first.

    Every word has to begin one of theirs, in any order and as search folds them; a name in other letters is found by
    how it sounds.
    """
    wanted = folded(words).split()
    return [one for one in colleagues(of=to) if _is_called(one, wanted, words)][:most]


def _is_called(agent: Agent, wanted: Sequence[str], words: str) -> bool:
    names = folded(f"{agent.name} {agent.latin_name}").split()
    if all(any(name.startswith(word) for name in names) for word in wanted):
        return True
    return begins_like(agent.name, words)


def places(*, text: str, people: Sequence[Agent]) -> list[Place]:
    """Find where people are named; of two who are called the same each is meant in their turn."""
    called: dict[str, list[int]] = {}
    for agent in people:
        for name in {agent.name, agent.latin_name} - {""}:
            called.setdefault(name, []).append(agent.pk)
    found: list[Place] = []
    for name in sorted(called, key=len, reverse=True):  # 'Ali Kaya' before 'Ali'
        stands = [
            match.span()
            for match in re.finditer(rf"(?<!\w)@{re.escape(name)}", text)
            if not any(match.start() < other.end and other.start < match.end() for other in found)
        ]
        meant = called[name][-len(stands) :]  # who was chosen last, where one was chosen for another
        for place, (start, end) in enumerate(stands):
            found.append(Place(agent=meant[min(place, len(meant) - 1)], start=start, end=end))
    return sorted(found, key=lambda one: one.start)


@transaction.atomic
def note(
    *,
    complaint: Complaint,
    by: Agent,
    text: str,
    people: Collection[int] = (),
    strictly: bool = False,
    now: datetime,
) -> Event:
    """Write a note for colleagues, and tell those of `people` whom it names.

    :param strictly: refuse where one of them is not named in it, or does not work here
    :raises UnableToWrite: if it is empty, or somebody who left is named
    """
    text = storable(text)
    meant, told = _named(text, by=by, people=people, strictly=strictly)
    event = actions.note(complaint=complaint, by=by, text=text, data=told, now=now)
    _tell(complaint, event, meant, by=by, now=now)
    return event


@transaction.atomic
def ask(
    *, complaint: Complaint, by: Agent, agent: Agent, question: str, people: Collection[int] = (), now: datetime
) -> Event:
    """Bring an expert in with a question, and tell those others of `people` whom it names.

    :raises UnableToBringIn: if it is the owner, or somebody who left, or nothing is asked
    :raises UnableToWrite: if somebody who left is named
    """
    question = storable(question)
    meant, told = _named(question, by=by, people=people)
    event = actions.bring_in(complaint=complaint, by=by, agent=agent, question=question, data=told, now=now)
    _tell(complaint, event, [one for one in meant if one != agent], by=by, now=now)
    return event


def _named(
    text: str, *, by: Agent, people: Collection[int], strictly: bool = False
) -> tuple[list[Agent], dict[str, object]]:
    """Who of those that were chosen stands in the words, and what the event keeps of it."""
    if not people:
        return [], {}
    order = list(dict.fromkeys(people))
    known = Agent.objects.in_bulk(order)
    chosen = [known[pk] for pk in order if pk in known and pk != by.pk]
    named = places(text=text, people=chosen)
    meant = [known[pk] for pk in dict.fromkeys(one.agent for one in named)]
    if strictly and (len(known) < len(order) or len(meant) < len(chosen)):
        raise actions.UnableToWrite(_("Everybody whom you mention has to stand in the note, as @ and their name."))
    for one in meant:
        if not one.is_active:
            raise actions.UnableToWrite(_("%(name)s does not work here any more.") % {"name": one.name})
    return meant, {
        "mentions": [{"agent": one.agent, "start": one.start, "end": one.end} for one in named]
    } if named else {}


def _tell(complaint: Complaint, event: Event, meant: Sequence[Agent], *, by: Agent, now: datetime) -> None:
    if not meant:
        return
    said: list[actions.Said] = [
        {
            "kind": EventKind.WARNED,
            "by": By.AGENT,
            "agent": by,
            "data": {"to": one.pk, "about": MENTION, "event": event.pk},
        }
        for one in meant
    ]
    actions.append_all(complaint=complaint, said=said, now=now)
    Watch.objects.bulk_create(
        [Watch(complaint=complaint, agent=one, since=now) for one in meant if one.pk != complaint.owner_id],
        ignore_conflicts=True,
    )
