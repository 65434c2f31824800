"""A cursor on PostgreSQL whose questions the server keeps as it has read and planned them."""

from __future__ import annotations

from typing import Any, Self

import psycopg


class Cursor(psycopg.Cursor[Any]):
    """psycopg's own, which sends values beside the question."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        return super().execute(query, params, **{"prepare": True, **how})
