import json
from datetime import date, datetime

from amends.engine.audit import check
from amends.engine.conversation import Conversation, Turn
from amends.engine.report.checked import Checked, as_json, as_line, as_sarif, as_text, due_text, place

REPLY = "Thank you 🙏 for writing.\nWe will get back to you as soon as possible. I will call you by Tuesday at 5 pm."


def checked(reply: str = REPLY, name: str = "reply") -> Checked:
    talk = Conversation(
        id="c",
        turns=(Turn(by="customer", text="My parcel never came."), Turn(by="agent", text=reply)),
        as_of=datetime(2026, 11, 20, 10, 0),
    )
    return check(talk, language="en", name=name)


def test_the_line_is_the_contract() -> None:
    found = json.loads(as_line(checked()))
    assert list(found) == ["id", "language", "failings", "hints", "good", "signals", "promises"]
    vague = next(one for one in found["failings"] if one["name"] == "vague-promise")
    assert list(vague) == ["name", "start", "end", "words", "confidence", "preview"]
    assert REPLY[vague["start"] : vague["end"]] == vague["words"]
    assert {"words": "I will call you by Tuesday at 5 pm", "start": 70, "end": 104, "due": "2026-11-24T17:00"} in found[
        "promises"
    ]


def test_text_points_at_line_and_column() -> None:
    lines = as_text([checked()]).splitlines()
    assert any(
        line.startswith("reply:2:1 vague-promise “We will get back to you as soon as possible”") for line in lines
    )
    assert any(line.startswith("    → Give a day or an hour") for line in lines)
    assert any(line.endswith("due 2026-11-24 17:00") for line in lines)


def test_json_says_why_and_what_instead() -> None:
    found = json.loads(as_json([checked()]))
    assert all(one["hurts"] and one["instead"] and one["claims"] for one in found["failings"])
    assert isinstance(json.loads(as_json([checked(), checked()])), list)


def test_sarif_has_what_its_schema_asks() -> None:
    log = json.loads(as_sarif([checked(name="drafts/my reply.txt")], version="0.1.0"))
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("warning", "note")
        place_ = result["locations"][0]["physicalLocation"]
        assert place_["artifactLocation"]["uri"] == "drafts/my%20reply.txt"
        assert place_["region"]["startLine"] >= 1
        assert place_["region"]["startColumn"] >= 1


def test_places_count_code_points() -> None:
    assert place("a🙏b\ncd", 2) == (1, 3)
    assert place("a🙏b\ncd", 5) == (2, 2)


def test_due_is_a_day_or_an_hour_or_open() -> None:
    assert due_text(date(2026, 3, 2)) == "2026-03-02"
    assert due_text(datetime(2026, 3, 2, 17, 0)) == "2026-03-02T17:00"
    assert due_text(None) is None
