"""The full-text index over `SearchEntry`: FTS5 kept by triggers on SQLite, an index over the expression on PostgreSQL.

No model can say it; a migration makes it, and so does whoever lays out all tables at once.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper

# On PostgreSQL a word stands once for each block of so many complaints: see search.py.
BLOCK: Final = 8192
_SOME_WORK: Final = 2  # rows that a step of laying together changes at least, as FTS5 says
WORDS_BY_BLOCK: Final = (
    "to_tsvector('simple', replace(' ' || words, ' ', ' b' || (complaint_id / 8192) || 'x'))"  # BLOCK, as it is stored
)

_SQLITE: Final = [
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
_SQLITE_BACK: Final = [
    "DROP TRIGGER IF EXISTS complaints_search_added",
    "DROP TRIGGER IF EXISTS complaints_search_removed",
    "DROP TRIGGER IF EXISTS complaints_search_changed",
    "DROP TABLE IF EXISTS complaints_search",
]
# Every reply writes an entry anew; what waits in a list of its own would be read by every search until it is sorted in.
ON_POSTGRESQL: Final = [
    "CREATE INDEX complaints_search_by_block ON complaints_searchentry USING gin (("
    + WORDS_BY_BLOCK
    + ")) WITH (fastupdate = off)"
]
_POSTGRESQL_BACK: Final = ["DROP INDEX IF EXISTS complaints_search_by_block"]


def lay_out(editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index over the table, which is there already."""
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else ON_POSTGRESQL:
        editor.execute(statement)


def let_go(*, pages: int = 500) -> None:
    """Have the index of SQLite forget for good what was taken out of it; others may write between two steps.

    Until its parts are laid together FTS5 keeps the words of what is gone, and a mark that they count no more. What is
    left of them in the log beside the file goes as soon as nobody reads from it.
    """
    if connection.vendor != "sqlite":
        return
    step = -pages  # lays all parts into one; what follows goes on with it
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            before = _changes(cursor)
            cursor.execute("INSERT INTO complaints_search(complaints_search, rank) VALUES ('merge', %s)", [step])
            done = _changes(cursor) - before < _SOME_WORK
        if done:
            break
        step = pages
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _changes(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0])


def take_away(editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the index, and nothing that stands in the table."""
    for statement in _SQLITE_BACK if editor.connection.vendor == "sqlite" else _POSTGRESQL_BACK:
        editor.execute(statement)
