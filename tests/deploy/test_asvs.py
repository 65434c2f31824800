"""Whatever the table against ASVS names as its proof is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from house_rules import RULES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")


def test_every_chapter_is_there() -> None:
    assert re.findall(r"^\| \*\*(V\d+) ", PAGE, flags=re.MULTILINE) == [f"V{number}" for number in range(1, 18)]


def test_every_proof_exists() -> None:
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| ") and "--" not in line]
    named = {name for row in rows[1:] for name in re.findall(r"`([^`]+)`", row[-2])}
    rules = {rule.name for rule in RULES}
    targets = {
        f"make {name}" for name in re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    }
    missing = {name for name in named if name not in rules | targets and not (ROOT / "tests" / name).is_file()}
    assert missing == set()
    assert len(named) > 15
