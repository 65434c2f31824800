"""How often work is tried, and how long it waits in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    attempts: int = 6
    first_wait: timedelta = timedelta(seconds=15)
    longest_wait: timedelta = timedelta(hours=1)

    def wait(self, *, attempt: int) -> timedelta | None:
        """How long to wait after so many vain attempts; None when it was the last."""
        if attempt >= self.attempts:
            return None
        return min(self.first_wait * (1 << min(max(attempt - 1, 0), 20)), self.longest_wait)


DEFAULT = Retries()
_policies: dict[str, Retries] = {}


def retries(*, attempts: int, first_wait: timedelta = DEFAULT.first_wait) -> Callable[[Task[..., Any]], Task[..., Any]]:
    """Give a task its own patience; without this it has the default. `attempts=1` is for what must not run twice.

    A task may run more than once anyway: a worker can die after the work and before the note about it.
    """

    def remember(task: Task[..., Any]) -> Task[..., Any]:
        _policies[task.module_path] = Retries(attempts=attempts, first_wait=first_wait)
        return task

    return remember


def policy_of(task_path: str) -> Retries:
    return _policies.get(task_path, DEFAULT)
