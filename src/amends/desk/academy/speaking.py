"""Customers who speak through the organisation's language model: within the rules, the budget and a few seconds.

The endpoint is the second reader's, with its key, its budget and its rests. Whatever goes wrong, the written line
stands.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from amends.desk.academy import drills
from amends.desk.academy.models import Attempt, FreeWords
from amends.desk.coaching.models import SecondReader
from amends.desk.coaching.second import actions as endpoint
from amends.desk.coaching.second.line import Send, UnableToAsk, ask_for, over_http
from amends.desk.complaints.covering import cover
from amends.desk.people.models import Agent
from amends.engine.drills import Script, play
from amends.engine.drills.checking import good_road
from amends.engine.drills.speaking import Line, NotAsAsked, UnableToSpeak, line_of, question, schema, understand

PATIENCE: Final = 8.0  # seconds that a trainee waits at most; a person on the other side would take as long
TRIAL: Final = "tuesday-promise"
TRIAL_PATIENCE: Final = 20.0

logger = logging.getLogger("amends.academy")


@transaction.atomic
def choose(*, are_on: bool, now: datetime) -> None:
    """Say whether customers may speak through the language model."""
    FreeWords.objects.update_or_create(pk=1, defaults={"are_on": are_on, "changed_at": now})


def may_speak() -> bool:
    """Whether it is wanted, and there is an endpoint to ask."""
    return are_wanted() and has_endpoint()


def are_wanted() -> bool:
    """Whether an administrator wants free words."""
    return FreeWords.objects.filter(are_on=True).exists()


def has_endpoint() -> bool:
    """Whether an administrator has said where the language model is."""
    return SecondReader.objects.exclude(address="").exclude(model="").exists()


def speak(*, attempt: Attempt, now: datetime, send: Send = over_http, timeout: float = PATIENCE) -> bool:
    """Let the customer answer the last answer in own words; False where the written line stands.

    No transaction is open while the endpoint is asked, and what it says is kept: nobody hears another reaction later.
    """
    place = len(attempt.said) - 1
    if place < 0 or str(place) in attempt.spoken or not may_speak():
        return False
    drill = drills.find(attempt.slug, version=attempt.version)
    if drill.situation.kind != "talk":
        return False
    script = drill.script(attempt.language)
    played = play(drill.situation, script, attempt.said)
    spoken = (attempt.spoken.get(str(at), ["", ""])[1] for at in range(place))
    line = line_of(played, spoken=spoken)
    try:
        words = _asked(line, script=script, now=now, send=send, timeout=timeout)
    except (UnableToAsk, UnableToSpeak) as trouble:
        logger.info("the written line stands in %s: %s", attempt.slug, trouble)
        return False
    return _keep(attempt, place=place, written=line.written, words=words)


def _asked(line: Line, *, script: Script, now: datetime, send: Send, timeout: float) -> str:
    """
    Ask within the day's budget, and write down how it went.

    :raises UnableToAsk: if no usable answer came, the budget is spent, or the endpoint is left alone a while
    :raises UnableToSpeak: if the answer says another thing than was meant
    """
    settings = SecondReader.objects.get(pk=1)
    if settings.rests_until is not None and settings.rests_until > now:
        raise UnableToAsk("resting")
    if not endpoint.spend(now=now):
        raise UnableToAsk("budget")
    try:
        words = _answer(settings, line, script=script, send=send, timeout=timeout)
    except UnableToAsk as trouble:
        endpoint.note_trouble(code=trouble.code, detail=trouble.detail, now=now)
        raise
    except NotAsAsked as trouble:
        endpoint.note_trouble(code="answer", detail=str(trouble), now=now)
        raise
    endpoint.note_all_well()
    return words


def _answer(settings: SecondReader, line: Line, *, script: Script, send: Send, timeout: float) -> str:
    messages = question(_covered(line), script=script)
    words = ask_for(endpoint.endpoint(settings), messages, name="reaction", schema=schema(), send=send, timeout=timeout)
    return understand(words, line=line, script=script)


def _covered(line: Line) -> Line:
    """Take out of the trainee's words what is somebody's own; the customer's are nobody's."""
    ours = tuple(Agent.objects.values_list("name", flat=True))
    before = tuple((by, cover(words, names=ours).text if by == "agent" else words) for by, words in line.before)
    return Line(written=line.written, heat=line.heat, ended=line.ended, before=before)


@transaction.atomic
def _keep(attempt: Attempt, *, place: int, written: str, words: str) -> bool:
    own = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if len(own.said) != place + 1:  # answered again meanwhile
        return False
    own.spoken = {**own.spoken, str(place): [written, words]}
    own.save(update_fields=["spoken"])
    attempt.spoken = own.spoken
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One reaction as it is written, and as it was spoken."""

    language: str
    written: str
    words: str


def try_out(*, language: str, send: Send = over_http, timeout: float = TRIAL_PATIENCE) -> Trial:
    """
    Let the customer of one talk speak once, whatever the budget.

    :raises UnableToAsk: if no usable answer came
    :raises UnableToSpeak: if the answer says another thing than was meant
    """
    settings = SecondReader.objects.filter(pk=1).first()
    if settings is None:
        raise UnableToAsk("address")
    drill = drills.find(TRIAL)
    script = drill.script(language)
    line = line_of(good_road(drill.situation, script))
    words = _answer(settings, line, script=script, send=send, timeout=timeout)
    return Trial(language=script.language, written=line.written, words=words)
