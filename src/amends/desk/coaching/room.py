"""What may be done about a rule that a draft cites, on the coach's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.coaching.queries import DraftReading, Remark
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.remedies.citing import Possible, possible, which
from amends.desk.remedies.models import Rule
from amends.engine.languages.reading import without_quotes
from amends.engine.languages.recognition import recognise

RULE_BOOK = "rule-book"


def room_around(
    *, reading: DraftReading, complaint: Complaint, agent: Agent, text: str, now: datetime
) -> list[Possible]:
    """Return the exceptions that are possible to the rules that a draft cites, wherever the coach or a cue sees one.

    The draft itself must speak of the rule: what its customer wrote says nothing about which rule an agent means, and
    the exception of another rule helps nobody. What may be done instead is told where it is written in the language of
    the draft.
    """
    text = without_quotes(text)
    cited = [(one.start, one.end) for one in reading.findings if one.name == RULE_BOOK]
    found = possible(complaint=complaint, agent=agent, text=text, also=cited, now=now)
    rules = Rule.objects.in_bulk([one.rule_id for one in found]) if found else {}
    cited_ones = [one for one in found if which([rules[one.rule_id]], said=[text], otherwise=())]
    return [_in_language(one, rules[one.rule_id], reading.language) for one in cited_ones]


def _in_language(one: Possible, rule: Rule, language: str) -> Possible:
    """Leave out the organisation's own words where they are of another language than the draft."""
    if not rule.room or recognise(rule.room, prior=language) == language:
        return one
    with translation.override(language):
        return replace(one, words=one.words.split(_("What may be done instead:"))[0].strip())


def ordered(remarks: Sequence[Remark], around: Sequence[Possible]) -> list[Remark]:
    """Put first what can be done about a rule: of several cards on one sentence it is the one that helps."""
    first = helping(remarks, around)
    return sorted(remarks, key=lambda one: one.id not in first)


def helping(remarks: Sequence[Remark], around: Sequence[Possible]) -> frozenset[str]:
    """The remarks that tell an exception; they are never folded away."""
    return frozenset(one.id for one in remarks if one.name == RULE_BOOK and any(_meet(one, way) for way in around))


def instead(remark: Remark, around: Sequence[Possible]) -> str:
    """What to say instead, with the exception that is possible where the remark is about a rule."""
    said = [one.words for one in around if remark.name == RULE_BOOK and _meet(remark, one)]
    return " ".join([*said, remark.instead])


def cards(reading: DraftReading, around: Sequence[Possible]) -> list[dict[str, Any]]:
    """Cards of exceptions that no remark tells: a rule is cited, and a way round it offered already."""
    told = [one for one in reading.findings if one.name == RULE_BOOK]
    with translation.override(reading.language or None):
        title = _("There is room")
    return [
        {
            "id": f"room:{one.rule_id}",
            "name": "room",
            "start": one.start,
            "end": one.end,
            "words": "",
            "title": title,
            "hurts": "",
            "instead": one.words,
            "replacement": "",
            "replace_start": one.start,
            "replace_end": one.end,
            "hint": True,
        }
        for one in around
        if not any(_meet(remark, one) for remark in told)
    ]


def _meet(remark: Remark, one: Possible) -> bool:
    return remark.start < one.end and one.start < remark.end
