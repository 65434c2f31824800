"""What may be done about a rule that a draft cites, on the coach's card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.coaching.queries import DraftReading, Remark
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.remedies.citing import Possible, possible

RULE_BOOK = "rule-book"


def room_around(
    *, reading: DraftReading, complaint: Complaint, agent: Agent, text: str, now: datetime
) -> list[Possible]:
    """Return the exceptions that are possible to the rules of a draft, wherever the coach or a cue sees one."""
    cited = [(one.start, one.end) for one in reading.findings if one.name == RULE_BOOK]
    return possible(complaint=complaint, agent=agent, text=text, also=cited, now=now)


def ordered(remarks: Sequence[Remark], around: Sequence[Possible]) -> list[Remark]:
    """Put first what can be done about a rule: of several cards on one sentence it is the one that helps."""
    return sorted(remarks, key=lambda one: not (one.name == RULE_BOOK and any(_meet(one, way) for way in around)))


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
