"""Take values out of a table of a situation file, and say which one is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from amends.engine.drills.situation import BadSituationError


class Fields:
    """One table; `done` refuses what nobody has asked for."""

    def __init__(self, table: Any, *, where: str) -> None:  # whatever a file holds
        if not isinstance(table, Mapping):
            raise BadSituationError(f"{where}: a table is needed")
        self.table: Mapping[str, Any] = table
        self.where = where
        self.asked: set[str] = set()

    def text(self, key: str, *, needed: bool = True) -> str:
        found = self._get(key, "")
        if not isinstance(found, str) or (needed and not found.strip()):
            raise self.bad(key, "a sentence is needed")
        return found.strip()

    def number(self, key: str, *, usual: int | None = None, low: int, high: int) -> int:
        found = self._get(key, usual)
        if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
            raise self.bad(key, f"a whole number from {low} to {high} is needed")
        return found

    def optional_number(self, key: str, *, low: int, high: int) -> int | None:
        return self.number(key, low=low, high=high) if key in self.table else None

    def share(self, key: str, *, usual: float) -> float:
        found = self._get(key, usual)
        if not isinstance(found, (int, float)) or not 0 < found <= 1:
            raise self.bad(key, "a share from 0 to 1 is needed")
        return float(found)

    def truth(self, key: str) -> bool:
        found = self._get(key, None)
        if not isinstance(found, bool):
            raise self.bad(key, "true or false is needed")
        return found

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        found = self._get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
            raise self.bad(key, "a list of sentences is needed")
        if needed and not found:
            raise self.bad(key, "at least one is needed")
        return tuple(one.strip() for one in found)

    def one_of(self, key: str, known: Iterable[str], *, usual: str | None = None) -> str:
        found = self._get(key, usual)
        if found not in tuple(known):
            raise self.bad(key, f"one of {', '.join(known)} is needed, not {found!r}")
        return str(found)

    def numbers(self, key: str) -> tuple[float, ...]:
        found = self._get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, (int, float)) for one in found):
            raise self.bad(key, "a list of numbers is needed")
        return tuple(found)

    def tables(self, key: str) -> tuple[Fields, ...]:
        found = self._get(key, [])
        if not isinstance(found, list):
            raise self.bad(key, "a list of tables is needed")
        return tuple(Fields(one, where=f"{self.where}{key}[{at}].") for at, one in enumerate(found, 1))

    def named(self, key: str) -> dict[str, Fields]:
        found = self._get(key, {})
        if not isinstance(found, Mapping):
            raise self.bad(key, "a table of tables is needed")
        return {name: Fields(one, where=f"{self.where}{key}.{name}.") for name, one in found.items()}

    def sub(self, key: str) -> Fields:
        return Fields(self._get(key, {}), where=f"{self.where}{key}.")

    def every_text(self) -> dict[str, str]:
        """Return the whole table as sentences."""
        return {key: self.text(key) for key in self.table}

    def every_list(self) -> dict[str, tuple[str, ...]]:
        """Return the whole table as lists of sentences."""
        return {key: self.texts(key, needed=True) for key in self.table}

    def done(self) -> None:
        """Refuse what has not been asked for: most often a misspelt key."""
        if unknown := sorted(set(self.table) - self.asked):
            raise BadSituationError(f"{self.where}{unknown[0]}: not a key of this format")

    def bad(self, key: str, why: str) -> BadSituationError:
        return BadSituationError(f"{self.where}{key}: {why}")

    def _get(self, key: str, usual: Any) -> Any:
        self.asked.add(key)
        return self.table.get(key, usual)
