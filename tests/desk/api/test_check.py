"""Judging a reply: the same object as `amends check --format jsonl`."""

import json

import pytest
from click.testing import CliRunner

from amends.cli.check import command
from amends.desk.coaching import readers
from amends.engine.languages.reading import USUAL_READERS

ITEM = {
    "id": "a-17",
    "facts": {"customer_name": "Ayşe Yılmaz", "honorific": "Hanım", "now": "2026-10-14T09:00:00+03:00"},
    "context": [{"by": "customer", "text": "Kargom üç haftadır gelmedi.", "at": "2026-10-10T09:00:00+03:00"}],
    "reply": "Sayın Yılmaz, prosedürümüz böyle. En kısa sürede size dönüş yapacağız.",
}


def test_it_answers_what_the_command_prints(make_program, tmp_path):
    program = make_program(scopes=["check"])
    items = tmp_path / "items.jsonl"
    items.write_text(json.dumps(ITEM, ensure_ascii=False) + "\n", encoding="utf-8")
    printed = CliRunner().invoke(command, ["--input", str(items), "--format", "jsonl", "--reader", "cues"])
    told = program("POST", "check", {**ITEM, "reader": "cues"})
    assert told.status_code == 200
    assert told.json() == json.loads(printed.output)
    assert {one["name"] for one in told.json()["failings"]} & {"vague-promise", "hiding-behind-rules"}
    whole = program("POST", "check", {**ITEM, "explain": True}).json()
    assert all(one["hurts"] and one["instead"] for one in whole["failings"])


def test_the_learned_reader_reads_where_it_stands(make_program, monkeypatch):
    asked = []
    monkeypatch.setattr(readers.full, "get", lambda: asked.append(True) or USUAL_READERS)
    program = make_program()
    program("POST", "check", {"reply": "Thank you for telling us.", "reader": "cues"})
    assert asked == []
    program("POST", "check", {"reply": "Thank you for telling us."})
    assert asked == [True]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"reply": ""},
        {"reply": 5},
        {"reply": "x", "context": [{"text": "who said it?"}]},
        {"reply": "x", "context": [{"by": "customer", "text": "x", "at": "yesterday"}]},
        {"reply": "x", "context": [{"by": "customer", "text": {"deep": 1}}]},
        {"reply": "x", "context": "x"},
        {"reply": "x", "facts": {"now": 10**40}},
        {"reply": "x", "facts": {"other": 5, "since": "x"}},
        {"reply": "x", "facts": {"earlier": [{"on": 1}]}},
        {"reply": "x", "language": "de"},
        {"reply": "x", "explain": 0},
        [],
        "x",
        None,
    ],
)
def test_what_cannot_be_read_is_told(make_program, wrong):
    told = make_program()("POST", "check", wrong)
    assert told.status_code == 422
    assert told.json()["errors"]
