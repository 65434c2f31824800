"""Somebody who practises."""

import pytest

from amends.desk.academy import actions
from amends.engine.drills import script_of

TALK = "tuesday-promise"


@pytest.fixture
def practise(make_agent, now):
    """`practise("good", agent=…, language=…)`: play the talk with its own good or bad answers to its end."""

    def play(kind="good", *, agent=None, language="en", at=None):
        attempt = actions.begin(agent=agent or make_agent(), slug=TALK, language=language, now=at or now)
        answers = script_of(TALK, language).answers
        said = (
            [answers["sorry"].good[0], answers["amends"].good[0]] if kind == "good" else [answers["sorry"].bad[0]] * 2
        )
        for text in said:
            attempt = actions.answer(attempt=attempt, text=text, now=at or now)
        return attempt

    return play
