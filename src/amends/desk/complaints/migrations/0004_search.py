"""The full-text index: FTS5 kept by triggers on SQLite, an index over the expression on PostgreSQL."""

from typing import Any

from django.db import migrations

SQLITE = [
    """
    CREATE VIRTUAL TABLE complaints_search USING fts5(
        words, content='complaints_searchentry', content_rowid='complaint_id',
        tokenize='unicode61 remove_diacritics 0', prefix='2 3'
    )
    """,
    """
    CREATE TRIGGER complaints_search_added AFTER INSERT ON complaints_searchentry BEGIN
        INSERT INTO complaints_search(rowid, words) VALUES (new.complaint_id, new.words);
    END
    """,
    """
    CREATE TRIGGER complaints_search_removed AFTER DELETE ON complaints_searchentry BEGIN
        INSERT INTO complaints_search(complaints_search, rowid, words) VALUES ('delete', old.complaint_id, old.words);
    END
    """,
    """
    CREATE TRIGGER complaints_search_changed AFTER UPDATE ON complaints_searchentry BEGIN
        INSERT INTO complaints_search(complaints_search, rowid, words) VALUES ('delete', old.complaint_id, old.words);
        INSERT INTO complaints_search(rowid, words) VALUES (new.complaint_id, new.words);
    END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER IF EXISTS complaints_search_added",
    "DROP TRIGGER IF EXISTS complaints_search_removed",
    "DROP TRIGGER IF EXISTS complaints_search_changed",
    "DROP TABLE IF EXISTS complaints_search",
]
POSTGRESQL = ["CREATE INDEX complaints_search ON complaints_searchentry USING gin (to_tsvector('simple', words))"]
POSTGRESQL_BACK = ["DROP INDEX IF EXISTS complaints_search"]


def forwards(apps: Any, schema_editor: Any) -> None:
    del apps
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def backwards(apps: Any, schema_editor: Any) -> None:
    del apps
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0003_derived_columns'),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
