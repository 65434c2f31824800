"""A good example is good because of one condition: with it taken away, it is bad."""

import pytest

from amends.engine import languages
from amends.engine.failings import catalogue, examples, get, judge_events, judge_turn
from amends.engine.failings.dialogue import Dialogue, parse, without_condition
from amends.engine.findings import Finding
from amends.engine.languages.reading import read

GOOD = [
    pytest.param(failing.id, code, text, id=f"{failing.id}-{code}-{number}")
    for failing in catalogue()
    for code in languages.codes()
    for number, text in enumerate(examples(failing.id, code).good, 1)
]
CONDITIONED = [case for case in GOOD if without_condition(str(case.values[2]))]


def _found(name: str, dialogue: Dialogue) -> list[Finding]:
    reading = read(dialogue.conversation)
    if get(name).seen == "events":
        return [finding for finding in judge_events(reading) if finding.failing == name]
    replies = [turn.index for turn in reading.turns if turn.by == "agent"]
    return [one for turn in replies for one in judge_turn(reading, turn=turn).failings if one.failing == name]


@pytest.mark.parametrize(("name", "code", "text"), CONDITIONED)
def test_good_example_turns_bad_without_its_condition(name: str, code: str, text: str) -> None:
    assert _found(name, parse(without_condition(text), language=code, name=f"{name}-{code}"))


@pytest.mark.parametrize(("name", "code", "text"), [case for case in GOOD if get(str(case.values[0])).seen == "events"])
def test_good_example_of_the_course_of_events_names_its_condition(name: str, code: str, text: str) -> None:
    assert without_condition(text), f"{name}-{code} does not say what keeps it good: {text}"


def test_condition_is_taken_away_or_replaced() -> None:
    text = """
    09:00 customer: Where is it?
    09:{{05|50}} agent: {{I am sorry.}} It comes on Monday.
    {{10:00 called}}
    agent: {{It is here.}}
    """
    left = [line.strip() for line in without_condition(text).splitlines() if line.strip()]
    assert left == ["09:00 customer: Where is it?", "09:50 agent:  It comes on Monday."]
    kept = parse(text).conversation
    assert [turn.text for turn in kept.turns] == ["Where is it?", "I am sorry. It comes on Monday.", "It is here."]
    assert [event.kind for event in kept.events] == ["called"]


def test_example_without_a_condition_says_so() -> None:
    assert without_condition("09:00 customer: Where is it?") == ""
