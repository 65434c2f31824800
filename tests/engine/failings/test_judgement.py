"""One reply is judged: what is found, how sure, in which words; fast."""

import json
from datetime import datetime
from statistics import median
from time import process_time

import pytest

from amends.engine.conversation import By, Conversation, Turn
from amends.engine.failings import judge, judge_turn
from amends.engine.failings.thresholds import hint_floor, threshold
from amends.engine.languages.reading import read

NOW = datetime(2026, 3, 2, 10)


def _talk(*turns: tuple[By, str]) -> Conversation:
    return Conversation(id="c", turns=tuple(Turn(by=by, text=text) for by, text in turns), as_of=NOW)


COLD = _talk(("customer", "My fridge stopped cooling."), ("agent", "What is your order number?"))


def test_contract_of_check() -> None:
    found = judge(COLD).as_dict(id="x-1")
    assert found["id"] == "x-1"
    assert found["language"] == "en"
    assert {entry["name"] for entry in found["failings"]} >= {"robotism"}
    for entry in (*found["failings"], *found["hints"]):
        assert set(entry) == {"name", "start", "end", "words", "confidence", "preview"}
        assert COLD.turns[1].text[entry["start"] : entry["end"]] == entry["words"]
    assert json.loads(json.dumps(found)) == found


def test_last_reply_is_judged_and_any_other_on_demand() -> None:
    talk = _talk(*((turn.by, turn.text) for turn in COLD.turns), ("agent", "I am so sorry. A new one leaves today."))
    assert judge(talk).turn == 2
    assert "robotism" in {finding.failing for finding in judge(talk, turn=1).failings}
    assert "robotism" not in {finding.failing for finding in judge(talk).failings}


def test_later_turns_are_not_seen() -> None:
    later = _talk(*((turn.by, turn.text) for turn in COLD.turns), ("customer", "It works now, thank you!"))
    assert [one.failing for one in judge(COLD).failings] == [one.failing for one in judge(later, turn=1).failings]


def test_conversation_without_a_reply_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="no reply"):
        judge(_talk(("customer", "Hello?")))


def test_empty_reply_has_no_failing() -> None:
    assert judge(_talk(("customer", "Where is it?"), ("agent", "  "))).failings == ()


def test_hints_are_below_the_threshold_and_above_the_floor() -> None:
    talk = _talk(
        ("customer", "Can I return it?"),
        ("agent", "Our policy says thirty days, but of course I will make an exception and exchange it today."),
    )
    found = judge(talk)
    assert "rule-book" not in {finding.failing for finding in found.failings}
    assert all(hint_floor() <= finding.confidence < threshold(finding.failing, "en") for finding in found.hints)
    assert "rule-book" in {finding.failing for finding in found.hints}


def test_finding_keeps_its_identity_while_words_are_typed_before_it() -> None:
    words = "It is against our policy."
    one = judge(_talk(("customer", "Can I?"), ("agent", words)))
    two = judge(_talk(("customer", "Can I?"), ("agent", f"Hello Anna. {words}")))
    ids = [{finding.id for finding in found.failings if finding.failing == "rule-book"} for found in (one, two)]
    assert ids[0] == ids[1] != set()


def test_findings_speak_english_where_there_is_no_translation() -> None:
    found = judge(COLD, wording="xx")
    assert found.failings[0].hurts.endswith(".")


def test_unknown_language_is_judged_in_silence() -> None:
    found = judge(_talk(("customer", "Wo ist mein Paket?"), ("agent", "Das ist nicht unsere Schuld, wissen Sie.")))
    assert found.language == ""
    assert found.failings == ()


def test_draft_with_its_context_is_judged_in_ten_milliseconds() -> None:
    before: list[tuple[By, str]] = [
        (
            "customer",
            "I ordered two lamps three weeks ago and only one arrived, broken. Nobody answers the phone. " * 3,
        ),
        (
            "agent",
            "Thank you for your message. We have forwarded it to our logistics team and will get back to you. " * 2,
        ),
        ("customer", "That was a week ago and nobody has called. I want my money back, this is ridiculous! " * 3),
    ]
    draft = "I am sorry that you had to wait. I have spoken to the warehouse and your lamp leaves on Friday. " * 12
    took = []
    for size in range(1160, 1200):
        talk = _talk(*before, ("agent", draft[:size]))  # every keystroke is another text
        started = process_time()
        judge_turn(read(talk))
        took.append(process_time() - started)
    # The goal is 10 ms on a machine of its own; a busy one with cold caches takes a few times as long.
    assert median(took) < 0.06, f"{median(took) * 1000:.1f} ms"
