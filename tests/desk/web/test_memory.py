"""Memory is given back where the C library can do that, and nothing happens elsewhere."""

from __future__ import annotations

import ctypes
from datetime import UTC, datetime
from typing import Any

import pytest

from amends.desk.web import memory
from amends.engine.conversation import Conversation, Turn
from amends.engine.languages import folding, reading
from amends.engine.languages.reading import USUAL_READERS, read

MOMENT = datetime(2026, 10, 14, 6, tzinfo=UTC)


class Library:
    def __init__(self) -> None:
        self.said: list[str] = []

    def malloc_trim(self, pad: int) -> None:
        self.said.append(f"trim {pad}")


def test_it_is_given_back_again_and_again() -> None:
    library: Any = Library()
    waits = iter([None, None])
    with pytest.raises(StopIteration):
        memory._again_and_again(library, wait=lambda _seconds: next(waits))
    assert library.said == ["trim 0", "trim 0"]


@pytest.mark.parametrize("library", [OSError, object])
def test_elsewhere_nothing_is_trimmed(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    def load(_name: str) -> Any:
        if library is OSError:
            raise OSError
        return library()

    monkeypatch.setattr(ctypes, "CDLL", load)
    memory.trim()


def test_what_was_read_is_forgotten_every_two_minutes_everywhere() -> None:
    talk = Conversation(id="", turns=(Turn(by="customer", text="Where is my parcel?", at=MOMENT),), as_of=MOMENT)
    language = reading.languages.get("en")
    read(talk, language="en", readers=USUAL_READERS)
    assert reading._read_text.cache_info().currsize
    assert folding._remembered.cache_info().currsize
    waits = iter([None] * memory.FORGETS)
    with pytest.raises(StopIteration):
        memory._again_and_again(None, wait=lambda _seconds: next(waits))
    assert not reading._read_text.cache_info().currsize
    assert not folding._remembered.cache_info().currsize
    assert reading.languages.get("en") is language


def test_what_lies_free_is_given_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    library: Any = Library()
    library.mallopt = None
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    memory.trim()
    assert library.said == ["trim 0"]
