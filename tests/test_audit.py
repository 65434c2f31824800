"""What is said of known holes is told apart from an answer that never came; nobody is asked here."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import audit

ROOT = Path(__file__).resolve().parents[1]
HOLE = {"id": "GHSA-1", "fix_versions": ["2.1"]}


def test_every_lock_is_asked_about() -> None:
    left_out = {"build", "node_modules", ".venv"}
    there = {
        str(one.relative_to(ROOT)) for depth in ("", "*/", "*/*/") for one in ROOT.glob(f"{depth}requirements.lock")
    }
    there = {one for one in there if one.partition("/")[0] not in left_out}
    assert there == set(audit.LOCKS)


def test_a_hole_is_told_with_what_mends_it() -> None:
    said = {
        "dependencies": [{"name": "a", "version": "2.0", "vulns": [HOLE]}, {"name": "b", "version": "1", "vulns": []}]
    }
    assert list(audit.of_python(json.dumps(said))) == ["a 2.0: GHSA-1 (mended in: 2.1)"]
    said = {"vulnerabilities": {"c": {"range": "<3", "severity": "high"}}}
    assert list(audit.of_npm(json.dumps(said))) == ["c <3: high"]


@pytest.mark.parametrize("said", ["", "503", "[]", '{"error": {"code": "ENOAUDIT"}}', "Connection refused"])
def test_no_answer_is_no_hole_and_no_all_clear(said: str) -> None:
    for read in (audit.of_python, audit.of_npm):
        with pytest.raises(audit.UnableToAsk):
            list(read(said))


@pytest.mark.parametrize(
    ("holes", "anyhow", "fails"),
    [([], False, False), ([HOLE], False, True), ([HOLE], True, True), (None, False, True), (None, True, False)],
)
def test_ci_fails_of_a_hole_and_of_nothing_else(
    holes: list[object] | None, anyhow: bool, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def python(lock: str, uv: list[str]) -> str:
        if holes is None:
            raise audit.UnableToAsk("for it is night")
        return json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": holes}]})

    monkeypatch.setattr(audit, "_python", python)
    monkeypatch.setattr(audit, "_npm", lambda: '{"vulnerabilities": {}}')
    monkeypatch.setattr(sys, "argv", ["audit.py", *(["--if-reached"] if anyhow else [])])
    with pytest.raises(SystemExit) if fails else nullcontext():
        audit.main()
