"""SQLite as Django speaks to it, but who waits until somebody else has written asks again every few milliseconds.

SQLite itself sleeps up to a tenth of a second between two looks, and the longer somebody has waited the more seldom it
looks: among eight who answer at once the unlucky one waits for seconds while others go by. Here its own patience is
short, and what it gave up is asked anew until the patience of the settings is at its end. What failed in this way has
changed nothing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any, Final

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

STEP: Final = 5  # milliseconds: SQLite looks after 1, 3 and 5 of them
_KIND: Final = 0xFF  # what an error of SQLite is about; the rest says more about it


def asked_again[R](ask: Callable[[], R], *, patience: float, clock: Callable[[], float] = time.monotonic) -> R:
    """Do what somebody else's writing may be in the way of, again until it is done or the patience is at its end."""
    until = clock() + patience
    while True:
        try:
            return ask()
        except (sqlite3.OperationalError, OperationalError) as error:
            if not _is_in_the_way(error) or clock() >= until:
                raise


def _is_in_the_way(error: BaseException) -> bool:
    """Whether somebody else just writes; what was read before they did so is old for good, and is not asked again."""
    told = error if isinstance(error, sqlite3.Error) else error.__cause__
    code = getattr(told, "sqlite_errorcode", 0)
    return code & _KIND == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT


class PatientCursor(base.SQLiteCursorWrapper):
    """Asks, and asks again."""

    patience = 0.0

    def execute(self, query: str, params: Any = None) -> Any:
        """Ask once."""
        return asked_again(lambda: super(PatientCursor, self).execute(query, params), patience=self.patience)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Ask for many values: outside of a transaction some may be written already, so SQLite waits by itself."""
        if self.connection.in_transaction:
            return super().executemany(query, param_list)
        self.connection.execute(f"PRAGMA busy_timeout = {round(1000 * self.patience)}")
        try:
            return super().executemany(query, param_list)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {STEP}")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose patience is that of the settings, in small steps."""

    patience = 0.0

    def get_connection_params(self) -> dict[str, Any]:
        """Say how to connect, and remember how long to wait."""
        params: dict[str, Any] = super().get_connection_params()
        self.patience = float(params.get("timeout", self.patience))
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect with all the patience there is, and then wait in steps."""
        connection = super().get_new_connection(conn_params)
        connection.execute(f"PRAGMA busy_timeout = {STEP}")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Give a cursor that is as patient."""
        del name
        cursor = self.connection.cursor(factory=PatientCursor)
        cursor.patience = self.patience
        return cursor

    def _commit(self) -> None:
        asked_again(super()._commit, patience=self.patience)  # type: ignore[misc] # Django's types leave it out
