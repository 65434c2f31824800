"""Rows of several tables in one question, each as a list in a column of its own.

A page that shows ten small things beside a complaint would ask ten small questions; asked as columns of one row they
cost one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import JSONField, QuerySet, Subquery
from django.db.models.functions import JSONArray

_TEMPLATES: Final = {
    "sqlite": "(SELECT json_group_array(json(row_)) FROM (%(subquery)s))",
    "postgresql": "(SELECT coalesce(jsonb_agg(row_::jsonb), '[]'::jsonb) FROM (%(subquery)s) AS rows_)",
}


class RowsOf(Subquery):
    """The rows of another question, in its order: a list of lists of the named columns.

    Moments come as text (`moment`).
    """

    empty_result_set_value = "[]"  # where Django knows beforehand that there is none

    def __init__(self, rows: QuerySet[Any], /, *columns: str) -> None:
        super().__init__(rows.values(row_=JSONArray(*columns)), output_field=JSONField())

    def as_sql(self, compiler: Any, connection: Any, template: str | None = None, **more: Any) -> tuple[str, Any]:
        """Write it for the database at hand."""
        written: tuple[str, Any] = super().as_sql(
            compiler, connection, template or _TEMPLATES[connection.vendor], **more
        )
        return written


def moment(text: str | None) -> datetime | None:
    """Read a moment out of such a list; SQLite keeps them in UTC and does not say so."""
    if text is None:
        return None
    read = datetime.fromisoformat(text)
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
