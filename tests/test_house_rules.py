"""The lints of the house find what they are meant to find."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from house_rules import ALLOW, RULES, problems


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_bad_lines_are_found(rule):
    assert [line for line in rule.bad if not list(problems(rule, line))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_good_lines_pass(rule):
    assert [line for line in rule.good if list(problems(rule, line))] == []


def test_an_exception_is_written_on_the_line():
    rule = next(rule for rule in RULES if rule.name == "no-bare-lower")
    assert not list(problems(rule, f"text.lower()  # {ALLOW}, ASCII"))
