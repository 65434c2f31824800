"""What docs/api.md lets somebody type with curl is asked of the desk, word by word, and each call is answered."""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from amends.desk.answers.models import Answer

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from test_documentation import ROOT, typed

from tests.intake.test_calls import line as line_of_asterisk

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {"POST": {200, 201}, "GET": {200}, "PUT": {200}}


def calls():
    """Every curl of the page: method, path, headers, and what stands before it in a pipe."""
    for line in typed(ROOT / "docs/api.md"):
        *before, (program, *words) = line
        if program != "curl":
            continue
        given = {"-X": [], "-H": [], "-d": []}
        for one, word in pairwise(words):
            if one in given:
                given[one].append(word)
        address = urlsplit(next(word for word in words if "://" in word))
        body = given["-d"][0] if given["-d"] else None
        method = given["-X"][0] if given["-X"] else "POST" if body else "GET"
        headers = dict(one.split(": ", 1) for one in given["-H"] if not one.startswith("$"))
        assert "Authorization" in headers or "$AS" in given["-H"]
        assert body is None or "$JSON" in given["-H"] or headers.pop("Content-Type") == "application/json"
        headers.pop("Authorization", None)
        path = address.path.removeprefix("/api/") + (f"?{address.query}" if address.query else "")
        yield method, path, headers, body, before


def handed_on(program: list[str]) -> str:
    """What jq makes of the lines of Asterisk: an object of ours with all of them as one text."""
    assert program[:2] == ["jq", "-Rs"]
    text = json.dumps(line_of_asterisk())
    return re.sub(r"(\w+): ", r'"\1": ', program[2]).replace(": .}", f": {text}}}")


def test_every_call_of_the_page_is_answered(make_program, make_agent, monkeypatch):
    monkeypatch.setattr("amends.engine.languages.vectors.load_vectors", lambda: None)
    boss = make_agent(role="administrator", languages=["en"])
    program = make_program(agent=boss)
    asked, number = 0, "none yet"
    for method, named, headers, body, before in calls():
        path = re.sub(r"^complaints/\d+", f"complaints/{number}", named)
        if named.startswith("setup/answers/"):
            own = {
                "name": "Later",
                "is_shared": True,
                "blocks": [{"kind": "promise", "texts": {"en": "I call you by {day}, {hour}."}}],
            }
            assert program("POST", "setup/answers", own).status_code in ANSWERS["POST"]
            path = f"setup/answers/{Answer.objects.latest('pk').pk}"
        told = program(
            method,
            path,
            raw=(handed_on(before[0]) if body == "@-" else body) or "",
            key=headers.get("Idempotency-Key", ""),
        )
        assert told.status_code in ANSWERS[method], (method, path, told.content)
        if (method, path) == ("POST", "complaints"):
            number = told.json()["number"]
        asked += 1
    assert asked >= 9
