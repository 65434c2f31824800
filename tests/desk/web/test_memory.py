"""Memory is given back where the C library can do that, and nothing happens elsewhere."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from amends.desk.web import memory


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
def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    def load(_name: str) -> Any:
        if library is OSError:
            raise OSError
        return library()

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(memory, "Thread", None)
    memory.give_back()
    memory.trim()


def test_what_lies_free_is_given_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    library: Any = Library()
    library.mallopt = None
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    memory.trim()
    assert library.said == ["trim 0"]
