"""Writing very many clocks at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from amends.desk.clocks.models import Clock


def update_all(clocks: Sequence[Clock], *, fields: Sequence[str]) -> None:
    """Update columns of clocks, row by row in one statement that is prepared once.

    `bulk_update` builds a CASE of every row and column, which takes ten times as long as counting does.
    """
    about = Clock._meta  # noqa: SLF001 - Django documents it
    columns = [about.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    table, key = quote(about.db_table), quote("id")
    rows = [
        [*(column.get_db_prep_save(getattr(clock, column.attname), connection) for column in columns), clock.pk]
        for clock in clocks
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {assignments} WHERE {key} = %s", rows)  # noqa: S608 - names are ours
