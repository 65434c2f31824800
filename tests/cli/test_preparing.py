"""Several that start at once on one database: one prepares it, the others wait, and nobody waits for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from amends.cli import preparing

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done, in order; the database is not touched."""
    found: list[str] = []

    @contextmanager
    def alone() -> Iterator[None]:
        found.append("alone")
        yield
        found.append("let go")

    monkeypatch.setattr(preparing, "alone", alone)
    monkeypatch.setattr("django.core.management.call_command", lambda name, **_: found.append(name))
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    return found


def test_who_finds_all_as_it_should_be_does_not_wait(told: list[str]) -> None:
    preparing.bring_up_to_date()
    assert told == []


def test_who_is_behind_prepares_alone(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_plan", lambda: ["a migration"])
    preparing.bring_up_to_date()
    assert told == ["alone", "migrate", "let go"]


def test_who_waited_looks_again(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plans = iter([["a migration"], []])  # another one has done it meanwhile
    monkeypatch.setattr(preparing, "_plan", lambda: next(plans))
    preparing.bring_up_to_date()
    assert told == ["alone", "let go"]
