"""A copy of the database that only reads (AMENDS_REPLICA), for pages of figures.

Pages of insight read from the copy, everything else and every write goes to the database itself. Whoever has just
written something reads the database itself for as long as the copy may be behind (a cookie says so, and holds nothing
else), and everybody does while the copy is further behind than that, or does not answer.
"""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

ALIAS: Final = "replica"
COOKIE: Final = "amends_wrote"
BEHIND: Final = timedelta(seconds=10)  # further behind, the copy is not asked
LOOKED: Final = 5.0  # seconds for which an answer about the copy counts
ROOMS: Final = frozenset({"insight"})  # whose pages read from the copy
# Who somebody is and may do is never asked of a copy: a right that was taken away is gone at once.
KEPT: Final = frozenset(
    {"sessions", "auth", "people", "contenttypes", "jobs", "django_tasks_database", "mfa", "account"}
)
SAFE: Final = frozenset({"GET", "HEAD"})
# A database in which nothing happens is not behind, however old its last word is, as long as it is told what happens.
# One that was made a database of its own follows nobody any more.
NO_COPY: Final = 1e9  # said of a database that follows nobody, or has never heard anything
LAG: Final = """
    SELECT CASE WHEN NOT pg_is_in_recovery() THEN 1e9
    WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver) THEN 0
    ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 1e9) END
"""

_reads_copy: ContextVar[bool] = ContextVar("reads_copy", default=False)
_log = logging.getLogger("amends.replica")


class Router:
    """Where a question goes; named in DATABASE_ROUTERS while there is a copy."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """Ask the copy on pages of figures, but never who somebody is."""
        del hints
        return ALIAS if _reads_copy.get() and model._meta.app_label not in KEPT else None  # noqa: SLF001

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Write to the database itself, wherever a row was read."""
        del model, hints
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Both hold the same rows."""
        del one, other, hints
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """The copy follows by itself."""
        del app_label, hints
        return db == "default"


class Lag:
    """How far the copy is behind, asked now and then."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._until, self._near = 0.0, False

    def is_near(self) -> bool:
        """Whether the copy answers and is near enough."""
        if time.monotonic() >= self._until:
            was, self._near = self._near, self._ask()
            self._until = time.monotonic() + LOOKED
            if was and not self._near:
                _log.warning("the copy of the database is behind or does not answer; all is read from the database")
        return self._near

    def _ask(self) -> bool:
        try:
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(LAG)
                return bool(cursor.fetchone()[0] <= BEHIND.total_seconds())
        except DatabaseError:
            connections[ALIAS].close()
            return False


class ReadsFromCopy(MiddlewareMixin):
    """Choose for each request, and remember in the browser that something was written."""

    def __init__(self, get_response: Any, lag: Lag | None = None) -> None:
        """Stand aside where there is no copy."""
        if ALIAS not in settings.DATABASES:
            raise MiddlewareNotUsed
        super().__init__(get_response)
        self._lag = lag or Lag()

    def process_request(self, request: HttpRequest) -> None:
        """Begin every request at the database itself."""
        del request
        _reads_copy.set(False)

    def process_view(self, request: HttpRequest, view: Any, given: Any, named: Any) -> None:
        """Turn to the copy for pages of figures."""
        del view, given, named
        match = request.resolver_match
        figures = match is not None and bool(ROOMS & set(match.app_names))
        wrote = COOKIE in request.COOKIES
        _reads_copy.set(request.method in SAFE and figures and not wrote and self._lag.is_near())

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Turn back, and note a write for as long as the copy may not have it."""
        _reads_copy.set(False)
        if request.method not in SAFE | {"OPTIONS"}:
            long = int(BEHIND.total_seconds() + LOOKED)
            secure = bool(settings.SESSION_COOKIE_SECURE)
            response.set_cookie(COOKIE, "1", max_age=long, httponly=True, samesite="Lax", secure=secure)
        return response
