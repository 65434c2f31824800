"""Findings keep their identity and their schema."""

import json
from importlib import resources

from jsonschema import Draft202012Validator

from amends.engine.findings import Finding, identify


def _schema() -> dict[str, object]:
    source = resources.files("amends.engine.findings") / "findings.schema.json"
    read: dict[str, object] = json.loads(source.read_text(encoding="utf-8"))
    return read


def _finding(words: str = "It is against our policy") -> Finding:
    return Finding(
        id=identify(conversation="c", failing="rule-book", turn=1, words=words),
        failing="rule-book",
        turn=1,
        start=0,
        end=len(words),
        words=words,
        confidence=0.756789,
        hurts="It hurts.",
        instead="Do this.",
        claims=("S0.6", "S2.4"),
        preview=False,
        language="en",
    )


def test_finding_is_as_the_schema_has_it() -> None:
    Draft202012Validator.check_schema(_schema())
    found = {"version": 1, "conversation": "c", "findings": [_finding().as_dict()], "hints": []}
    assert not list(Draft202012Validator(_schema()).iter_errors(found))
    assert found["findings"][0]["confidence"] == 0.757


def test_identity_outlives_moved_words_and_white_space() -> None:
    one = identify(conversation="c", failing="rule-book", turn=1, words="our  policy")
    assert one == identify(conversation="c", failing="rule-book", turn=1, words="our policy")


def test_identity_tells_apart_what_differs() -> None:
    kinds = {
        identify(conversation=talk, failing=failing, turn=turn, words="x", nth=nth)
        for talk in ("c", "d")
        for failing in ("heat", "canned")
        for turn in (1, 2)
        for nth in (0, 1)
    }
    assert len(kinds) == 16
