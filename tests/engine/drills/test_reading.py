"""What breaks the format of a situation is refused by name."""

from typing import Any

import pytest

from amends.engine.drills import BadSituationError
from amends.engine.drills.reading import script_of, situation_of


def talk(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "talk",
        "claims": ["S2.5"],
        "ranks": ["agent"],
        "minutes": 3,
        "weekday": 3,
        "hour": "09:40",
        "heat": 1,
        "trust": 3,
        "turns": 3,
        "first": "one",
        "steps": {
            "one": {
                "rules": [{"all": ["apology"], "end": "content"}, {"says": "again", "heat": 2, "go": "one"}],
            }
        },
    } | changes


def script(**changes: Any) -> dict[str, Any]:
    ending = {"says": "Well.", "means": "So it goes."}
    return {
        "title": "Late",
        "scene": "It is late.",
        "task": "Say sorry.",
        "learn": "Sorry costs nothing.",
        "customer": {"name": "Emma", "is_who": "A nurse."},
        "says": {"opening": "It is late.", "again": "It is still late."},
        "answers": {"one": {"good": ["I am sorry.", "I apologise."], "bad": ["So what?"]}},
        "endings": {"content": ending, "gone": ending, "quarrelling": ending},
    } | changes


def rules(*found: dict[str, Any]) -> dict[str, Any]:
    return {"one": {"rules": list(found)}}


ALWAYS = {"says": "again", "go": "one"}
WELL = {"all": ["apology"], "end": "content"}


def test_a_whole_one_is_read() -> None:
    one = situation_of(talk(), slug="late")
    words = script_of(script(), language="en", of=one)
    assert one.said == {"opening", "again"}
    assert words.answers["one"].every == ("I am sorry.", "I apologise.", "So what?")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "song"}, "one of talk, notes, figures is needed"),
        ({"heat": 5}, "a whole number from 0 to 4"),
        ({"hour": "9.40"}, "write it as 09:40"),
        ({"ranks": ["king"]}, "'king' is none of"),
        ({"failings": ["excuses"]}, "'excuses' is not in the catalogue"),
        ({"colour": "red"}, "colour: not a key of this format"),
        ({"first": "two"}, "there is no step 'two'"),
        ({"steps": rules(WELL)}, "the last rule must hold for any answer"),
        ({"steps": rules(ALWAYS, WELL, ALWAYS)}, "is never reached"),
        ({"steps": rules(WELL, WELL | {"all": ["apology", "thanks"]}, ALWAYS)}, "an earlier rule always comes first"),
        ({"steps": rules(WELL | {"all": ["appology"]}, ALWAYS)}, "'appology' is no good sign"),
        ({"steps": rules(WELL | {"go": "one"}, ALWAYS)}, "one of the two"),
        ({"steps": rules(WELL, {"go": "one"})}, "who goes on must say something"),
        ({"steps": rules(WELL, ALWAYS) | {"two": {"rules": [ALWAYS]}}}, "steps.two: no rule goes there"),
        ({"steps": rules(WELL, ALWAYS | {"go": "two"})}, "there is no step 'two'"),
        ({"steps": rules(WELL | {"end": "gone"}, ALWAYS)}, "no rule ends in 'content'"),
    ],
)
def test_a_broken_situation_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(BadSituationError, match=why):
        situation_of(talk(**changes), slug="late")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"title": " "}, "a sentence is needed"),
        ({"says": {"opening": "It is late."}}, "says.again is missing"),
        ({"says": {"opening": "a", "again": "b", "bye": "c"}}, "says.bye: the situation never uses it"),
        ({"words": {"late": ["late"]}}, "words.late: the situation never uses it"),
        ({"answers": {"one": {"good": ["I am sorry."], "bad": ["So what?"]}}}, "two good answers and a bad one"),
        ({"endings": {}}, "endings.content is missing"),
    ],
)
def test_broken_words_are_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(BadSituationError, match=why):
        script_of(script(**changes), language="en", of=situation_of(talk(), slug="late"))
