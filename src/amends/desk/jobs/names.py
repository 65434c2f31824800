"""What work is called on screens: rooms say it beside the work, in words that are translated."""

from __future__ import annotations

from typing import Any

from django.tasks import Task
from django.utils.functional import Promise

from amends.desk.jobs.periods import table

_names: dict[str, Promise | str] = {}


def called[W](words: Promise | str) -> Any:
    """Name a task or periodic work for those who look after the desk."""

    def remember(work: W) -> W:
        _names[_path(work)] = words
        return work

    return remember


def name_of(path: str) -> str:
    """The name of work in the reader's language; its path where nobody named it."""
    table()  # every room has said its names then
    return str(_names.get(path, path))


def _path(work: object) -> str:
    return work.module_path if isinstance(work, Task) else f"{work.__module__}.{work.__qualname__}"  # type: ignore[attr-defined]
