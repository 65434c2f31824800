"""Writing very many rows at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


def update_all(rows: Sequence[Model], *, fields: Sequence[str]) -> None:
    """Update columns of rows of one table, row by row in one statement that is prepared once.

    `bulk_update` builds a CASE of every row and column, which takes ten times as long.
    """
    if not rows:
        return
    about = rows[0]._meta  # noqa: SLF001 - Django documents it
    columns = [about.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    table, key = quote(about.db_table), quote(about.pk.column)
    values = [
        [*(column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns), row.pk]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {assignments} WHERE {key} = %s", values)  # noqa: S608 - names are ours
