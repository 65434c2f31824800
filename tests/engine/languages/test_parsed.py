"""What was parsed at building says what the cue file says, and counts only while nothing has changed."""

import json

import pytest

from amends.engine import languages
from amends.engine.causes.cues import compile_cause_cues
from amends.engine.languages import parsed
from amends.engine.languages.cues import compile_cues

COMPILING = {"cues": compile_cues, "causes": compile_cause_cues}


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """Lay parsed files into a folder of the test."""
    monkeypatch.setattr(parsed, "place", lambda code, file: tmp_path / f"{code}-{file}.json")

    def lay(code, file):
        tables, _none = parsed.read(code, file)
        made = {}
        plain = COMPILING[file](tables, language=languages.get(code), parsed=made)
        parsed.place(code, file).write_text(parsed.as_json(code, file, phrases=made), encoding="utf-8")
        return plain

    return lay


@pytest.mark.parametrize(("code", "file"), [("mn", "cues"), ("tr", "causes")])
def test_reads_the_very_same_cues(beside, code, file):
    plain = beside(code, file)
    tables, phrases = parsed.read(code, file)
    assert phrases
    before = dict(phrases)
    again = COMPILING[file](tables, language=languages.get(code), parsed=phrases)
    assert again.cues == plain.cues
    assert phrases == before  # nothing was left to parse
    announced = [phrase.triggers for phrase in phrases.values() if phrase.triggers]
    assert len(set(map(id, announced))) == len(set(announced))  # the same words are kept once


def test_is_left_aside_when_the_cue_file_has_changed(beside, monkeypatch):
    beside("mn", "causes")
    assert parsed.read("mn", "causes")[1]
    monkeypatch.setattr(parsed, "fingerprint", lambda *_made_of: "another")
    tables, phrases = parsed.read("mn", "causes")
    assert phrases == {}
    assert tables["product"]


@pytest.mark.parametrize("damage", ["", "{", "[]", json.dumps({"of": 1})])
def test_is_left_aside_when_it_is_damaged(beside, damage):
    parsed.place("mn", "causes").write_text(damage, encoding="utf-8")
    tables, phrases = parsed.read("mn", "causes")
    assert phrases == {}
    assert tables["product"]
