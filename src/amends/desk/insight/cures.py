"""The days that are kept, as before and after of improvements is counted from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from amends.desk.improvements import counting
from amends.desk.improvements.counting import LAYERS, Paid, Rows
from amends.desk.insight.facts import COMPLAINTS, PUT_RIGHT, code, word_of
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table


class FromDays:
    """Read the days, and what was touched since; the tables alone where no days are kept yet."""

    def __init__(self) -> None:
        self._facts = Facts()

    def first(self) -> datetime | None:
        return self._facts.first() if self._facts.are_kept else counting.FromTables().first()

    def complaints(self, since: datetime, until: datetime) -> Rows:
        if not self._facts.are_kept:
            return counting.FromTables().complaints(since, until)
        return Rows(**_columns(self._facts.of(COMPLAINTS, Frame(since=since, until=until))))

    def paid(self, since: datetime, until: datetime) -> Paid:
        if not self._facts.are_kept:
            return counting.FromTables().paid(since, until)
        rows = self._facts.of(PUT_RIGHT, Frame(since=since, until=until))
        currencies = {word_of(number): int(number) for number in np.unique(rows["paid_in"])}
        return Paid(**_columns(rows), cost=rows["cost"], currency=rows["paid_in"], currencies=currencies)


def connect() -> None:
    """Have improvements counted from here."""
    counting.also_read_by(FromDays)


def _columns(rows: Table) -> dict[str, Any]:
    told = {name: rows[name] for name in ("at", "complaint", "theme", "layer")}
    return {**told, "layers": {layer: code(layer) for layer in LAYERS}}
