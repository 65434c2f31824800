"""
Triggers that note which complaints the kept days no longer tell rightly.

They stand in the database, so that nobody who writes has to think of it: not an action, not an import, not a repair by
hand. A note is a row that is only added, so that writers never wait for each other. They are made anew after every
migration, since SQLite drops those of a table that it makes anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import connections

_PREFIX: Final = "insight_touch"
# Table: how its complaint is told from a row, the moment by which the row has its day, and what of it counts.
_TABLES: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "complaints_complaint": (
        "{row}.id",
        "received_at",
        (
            "customer_id", "team_id", "product_id", "branch_id", "channel", "language", "stage", "heat", "received_at",
            "first_person_at", "resolved_at", "closed_at", "people", "broken_promises", "merged_into_id",
        ),
    ),
    "complaints_event": ("{row}.complaint_id", "at", ("complaint_id", "kind", "at", "by", "agent_id")),
    "complaints_eventcontent": (
        "(SELECT complaint_id FROM complaints_event WHERE id = {row}.event_id)", "", ("data",),
    ),
    "coaching_seen": ("(SELECT complaint_id FROM complaints_event WHERE id = {row}.event_id)", "", ("kind", "name")),
    "improvements_cause": (
        "{row}.complaint_id", "", ("complaint_id", "layer", "theme_id", "proposed_theme", "confirmed_at"),
    ),
    "insight_look": ("{row}.complaint_id", "", ("complaint_id",)),
    "insight_ontheway": ("{row}.complaint_id", "", ("complaint_id", "name")),
    "promises_promise": ("{row}.complaint_id", "settled_at", ("complaint_id", "state", "settled_at", "notice_at")),
    "remedies_fault": ("{row}.complaint_id", "", ("complaint_id", "lifted_at")),
    "remedies_remedy": ("{row}.complaint_id", "", ("complaint_id", "state", "cost", "currency")),
    "third_parties_wait": (
        "{row}.complaint_id", "since", ("complaint_id", "party_id", "since", "ended_at", "outcome"),
    ),
}  # fmt: skip
_CUSTOMERS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "customers_customer": ("{row}.id", ("yearly_value", "currency")),
    "clocks_groupmember": ("{row}.customer_id", ("group_id", "customer_id")),
}
_DAY: Final = {
    "sqlite": "CAST(strftime('%s', {row}.{at}) AS INTEGER) / 86400",
    "postgresql": "floor(extract(epoch FROM {row}.{at}) / 86400)::int",
}


def lay_out(*, using: str = "default", **_told: Any) -> None:
    """Make the triggers, or make them anew; called after migrations."""
    connection = connections[using]
    if connection.vendor not in _DAY:
        return
    known = set(connection.introspection.table_names())
    if not {"insight_touched", *_TABLES, *_CUSTOMERS} <= known:
        return  # half-way through the first migrations
    make = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    with connection.cursor() as cursor:
        for statement in make():
            cursor.execute(statement)


def connect() -> None:
    """Have them made after each migration: what Django tells of its tables is nothing that happens on the desk."""
    from django.db.models import signals

    signals.post_migrate.connect(lay_out, sender=apps.get_app_config("insight"), dispatch_uid=_PREFIX)


def take_off(vendor: str) -> Iterator[str]:
    """Say how the triggers go, for who writes very many rows and has all days made anew afterwards."""
    for table in (*_TABLES, *_CUSTOMERS):
        for act, _when, _rows in _acts(table):
            name = f"{_PREFIX}_{table}_{act.lower()}"
            yield f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")


def _note(table: str, row: str, vendor: str) -> str:
    """Note the complaint of a row; of one that goes or moves, also the day on which it stood."""
    if table in _CUSTOMERS:
        customer = _CUSTOMERS[table][0].format(row=row)
        which = f"SELECT id, NULL FROM complaints_complaint WHERE customer_id = {customer}"  # noqa: S608 - names of ours
        return f"INSERT INTO insight_touched (complaint, day) {which};"
    complaint, at, _columns = _TABLES[table]
    complaint = complaint.format(row=row)
    day = _DAY[vendor].format(row=row, at=at) if at and row == "OLD" else "NULL"
    # A row may go together with the event that it hangs on: then there is nothing left to tell of.
    which = f"SELECT {complaint}, {day} WHERE {complaint} IS NOT NULL"
    return f"INSERT INTO insight_touched (complaint, day) {which};"


def _acts(table: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What may happen to a row, under which condition, and which of its two states are noted."""
    columns = _CUSTOMERS[table][1] if table in _CUSTOMERS else _TABLES[table][2]
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    yield "UPDATE", f"WHEN ({differs})", ("OLD", "NEW")
    if table == "complaints_eventcontent":
        return  # it comes with its event
    yield "DELETE", "", ("OLD",)
    if table != "customers_customer":
        yield "INSERT", "", ("NEW",)


def _on_sqlite() -> Iterator[str]:
    for table in (*_TABLES, *_CUSTOMERS):
        for act, when, rows in _acts(table):
            name = f"{_PREFIX}_{table}_{act.lower()}"
            notes = " ".join(_note(table, row, "sqlite") for row in rows)
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield f"CREATE TRIGGER {name} AFTER {act} ON {table} {when} BEGIN {notes} END"


def _on_postgresql() -> Iterator[str]:
    for table in (*_TABLES, *_CUSTOMERS):
        for act, when, rows in _acts(table):
            name = f"{_PREFIX}_{table}_{act.lower()}"
            notes = " ".join(_note(table, row, "postgresql") for row in rows)
            yield (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {notes} RETURN NULL; END $$"
            )
            yield (
                f"CREATE OR REPLACE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
            )
