"""Doing many things in groups, a transaction for each group, so that one that fails holds back none of the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from django.db import InterfaceError, OperationalError, transaction

logger = logging.getLogger("amends.jobs")

# So many that their questions of the database are asked once for all, and so few that nobody waits for their locks.
AT_ONCE: Final = 25
LONGEST_REST: Final = timedelta(minutes=10)


class PartlyFailed(Exception):
    """Some of it failed and is tried again later; all the rest is done."""


@dataclass(frozen=True, slots=True)
class _Failed:
    times: int
    until: datetime
    error: Exception


class Patience:
    """What failed lately, in this process: it is left alone for longer the more often it failed."""

    def __init__(self) -> None:
        self._failed: dict[int, _Failed] = {}

    def left_alone(self, *, now: datetime) -> list[int]:
        """What is not to be tried now."""
        return [key for key, failed in self._failed.items() if failed.until > now]

    def failed(self, key: int, error: Exception, *, now: datetime) -> None:
        """Leave something alone for a while: a minute, then twice as long each time."""
        times = self._failed[key].times + 1 if key in self._failed else 1
        rest = min(timedelta(minutes=1) * 2 ** min(times - 1, 10), LONGEST_REST)
        self._failed[key] = _Failed(times, now + rest, error)

    def tell(self, *, now: datetime) -> None:
        """Forget what was tried again with success, and tell of what is left alone.

        :raises PartlyFailed: if there is any
        """
        self._failed = {key: failed for key, failed in self._failed.items() if failed.until > now}
        if self._failed:
            worst = max(self._failed.values(), key=lambda failed: failed.times)
            raise PartlyFailed(f"{len(self._failed)} left alone for a while") from worst.error


def in_groups[T](
    things: Sequence[T],
    act: Callable[[Sequence[T]], int],
    *,
    key: Callable[[T], int],
    patience: Patience,
    now: datetime,
    at_once: int = AT_ONCE,
) -> int:
    """Do something with all of these, group by group, and add up what it returns.

    Where a group fails, nothing of it is done, and each of it is done by itself. One that fails by itself too is left
    to `patience`; but a database that does not answer is nobody's own failure, and is raised.
    """
    done = 0
    for group in batched(things, at_once, strict=False):
        if len(group) == 1:
            done += _alone(group[0], act, key=key, patience=patience, now=now)
            continue
        try:
            with transaction.atomic():
                done += act(group)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one's own
            logger.warning("a group of %s failed, each is done by itself: %s", len(group), error)
            done += sum(_alone(one, act, key=key, patience=patience, now=now) for one in group)
    return done


def _alone[T](
    thing: T, act: Callable[[Sequence[T]], int], *, key: Callable[[T], int], patience: Patience, now: datetime
) -> int:
    try:
        with transaction.atomic():
            return act([thing])
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("%s failed and is left alone for a while", key(thing))
        patience.failed(key(thing), error, now=now)
        return 0
