"""When a page draws its list anew, for the load tests, as `pace.ts` has it; a test holds both to the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

PACE: Final = Path(__file__).resolve().parents[1] / "src/amends/desk/web/assets/pace.ts"


@cache
def of_script(name: str) -> float:
    """A number of the script, by the name of its constant."""
    found = re.search(rf"^(?:export )?const {name} = ([\d_.]+);", PACE.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{name} is no longer in {PACE.name}")
    return float(found[1].replace("_", ""))


def calm() -> float:
    """The rest between two drawings for the sake of others where few pages are open, in seconds."""
    return of_script("CALM") / 1000


def own_calm() -> float:
    """And of a list in which others change nothing."""
    return of_script("OWN_CALM") / 1000


def wait(nearness: str, *, calm_: float, took: float, since: float, chance: float) -> float:
    """For how many seconds a page waits before it draws; see `wait` in the script."""
    is_many = calm_ > calm()
    at_once = nearness == "mine" or (nearness == "seen" and not is_many)
    mine, seen = of_script("MINE"), of_script("SEEN")
    share = {"mine": mine, "seen": seen if is_many else mine}.get(nearness, 1.0)
    rest = max(calm_, own_calm()) if nearness == "far" and is_many else share * calm_
    left = max(rest, of_script("SLOWLY") * took) - since
    if at_once or (left <= 0 and not is_many and nearness != "again"):
        return max(left, 0.0)
    return max(left, 0.0) + chance * rest


class Clock(Protocol):
    """What of an event loop is used."""

    def time(self) -> float:
        """Tell the time."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Any:
        """Do something later; what is returned can be cancelled."""


class Pace:
    """The drawings of one page; see `Pace` in the script. A page of the load tests is always seen."""

    def __init__(
        self, draw: Callable[[bool], object], is_own: Callable[[], bool], clock: Clock, dice: random.Random
    ) -> None:
        """Begin with a page that was drawn just now."""
        self.draw, self.is_own, self.clock, self.dice = draw, is_own, clock, dice
        self.took, self.last, self.whole, self.asked = 0.0, float("-inf"), clock.time(), 0.0
        self.due: tuple[float, Any] | None = None
        self.is_whole = False  # what is due
        self.heard: dict[str, float] = {}

    def hear(self, nearness: str, calm_: float) -> None:
        """Something happened: draw in time."""
        now = self.clock.time()
        if self.asked and now - self.asked < of_script("LOST") / 1000:
            self.heard[nearness] = calm_
            return
        if self.asked:
            self._begin()
        is_others = nearness in {"near", "far"} and self.is_own()
        whole = not is_others or now - self.whole >= own_calm() or (self.due is not None and self.is_whole)
        pause = wait(nearness, calm_=calm_, took=self.took, since=now - self.last, chance=self.dice.random())
        self.is_whole = whole
        if self.due is not None and self.due[0] <= now + pause:
            return
        if self.due is not None:
            self.due[1].cancel()
        if pause > 0:
            self.due = (now + pause, self.clock.call_later(pause, self._fall))
        else:
            self._fall()

    def ask(self, *, whole: bool) -> None:
        """Begin to ask, whoever wanted it."""
        if self.due is not None and (whole or not self.is_whole):
            self.due[1].cancel()
            self.due = None
        self.asked = self.asked or self.clock.time()
        if whole:
            self.whole = self.clock.time()

    def has_answer(self) -> None:
        """An answer came, or none will."""
        if not self.asked:
            return
        self.last = self.clock.time()
        self.took = self.last - self.asked
        self._begin()

    def _begin(self) -> None:
        self.asked = 0.0
        heard, self.heard = self.heard, {}
        for nearness, calm_ in heard.items():
            self.hear(nearness, calm_)

    def _fall(self) -> None:
        self.due = None
        self.last = self.clock.time()
        self.draw(self.is_whole)
