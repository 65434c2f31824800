"""Every example of every failing, in every language that has it, is true."""

import pytest

from amends.engine import languages
from amends.engine.failings import catalogue, examples, get, judge_events, judge_turn
from amends.engine.failings.dialogue import Dialogue, parse
from amends.engine.findings import Finding
from amends.engine.languages.reading import read

_TRIM = " \t\n.,;:!?؟،؛…\"'()«»“”"

CASES = [
    pytest.param(failing.id, code, kind, text, id=f"{failing.id}-{code}-{kind}-{number}")
    for failing in catalogue()
    for code in languages.codes()
    for kind in ("bad", "good")
    for number, text in enumerate(getattr(examples(failing.id, code), kind), 1)
]


def _found(name: str, dialogue: Dialogue) -> list[Finding]:
    reading = read(dialogue.conversation)
    if get(name).seen == "events":
        return [finding for finding in judge_events(reading) if finding.failing == name]
    turns = {mark.turn for mark in dialogue.marks} or {None}
    return [one for turn in turns for one in judge_turn(reading, turn=turn).failings if one.failing == name]


def _acts(dialogue: Dialogue) -> str:
    turns = read(dialogue.conversation).turns
    return "\n".join(
        f"  {turn.by}: {act.kind} {act.confidence} {turn.words(act.start, act.end)!r}"
        for turn in turns
        for act in turn.acts
    )


@pytest.mark.parametrize(("name", "code", "kind", "text"), CASES)
def test_example(name: str, code: str, kind: str, text: str) -> None:
    dialogue = parse(text, language=code, name=f"{name}-{code}")
    found = _found(name, dialogue)
    if kind == "good":
        assert not dialogue.marks, "a good example marks nothing"
        assert not found, f"{[(one.words, one.confidence) for one in found]}\n{_acts(dialogue)}"
        return
    turns = dialogue.conversation.turns
    wanted = sorted(turns[mark.turn].text[mark.start : mark.end].strip(_TRIM) for mark in dialogue.marks)
    got = sorted(one.words.strip(_TRIM) for one in found)
    if wanted:
        assert got == wanted, _acts(dialogue)
    else:
        assert got, _acts(dialogue)
