"""What every test of the desk may ask for: people, customers and complaints made in one line."""

from __future__ import annotations

import itertools
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.order import spending
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.people.models import Agent, Calendar, Team

OFFICE = {str(day): [["09:00", "18:00"]] for day in range(5)}
PASSWORD = "plums-and-cappuccino"
SOAK = Path(__file__).resolve().parents[2] / "tools" / "soak.py"


DATABASE = frozenset({"db", "transactional_db", "django_db_setup"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what asks a database; the rest was seen on SQLite already, and would only take its time.

    A page in another language asks the same of its database: of the languages of a test the first is run.
    """
    if not os.environ.get("DATABASE_URL"):
        return
    asks, rest = [], []
    seen: set[tuple[object, ...]] = set()
    for item in items:
        but_for_language = _but_for_language(item)
        again = but_for_language in seen
        (asks if _asks_a_database(item) and not again else rest).append(item)
        if but_for_language is not None:
            seen.add(but_for_language)
    if rest:
        config.hook.pytest_deselected(items=rest)
        items[:] = asks


def _but_for_language(item: pytest.Item) -> tuple[object, ...] | None:
    """What a test is without the language of its reader; None where it names none."""
    call = getattr(item, "callspec", None)
    if call is None or "language" not in call.params:
        return None
    others = sorted((name, repr(value)) for name, value in call.params.items() if name != "language")
    return (item.path, item.nodeid.partition("[")[0], *others)


def _asks_a_database(item: pytest.Item) -> bool:
    home = getattr(item, "cls", None)
    fixtures: Sequence[str] = getattr(item, "fixturenames", ())
    return (
        item.get_closest_marker("django_db") is not None
        or bool(DATABASE & set(fixtures))
        or (home is not None and issubclass(home, TransactionTestCase))
    )


@pytest.fixture(autouse=True)
def _light_settings(settings: Any, tmp_path: Path) -> None:
    """Hash passwords quickly, and serve static files from a folder that is there."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _looks_up_what_customers_spend() -> None:
    """Weigh customers against those of this test: a process looks up the average once a minute."""
    spending.forget()


@pytest.fixture
def make_team(db: None) -> Callable[..., Team]:
    """`make_team(name=…, time_zone=…, week=…, lead=…)`."""
    counter = itertools.count(1)

    def make(
        *,
        name: str = "",
        time_zone: str = "Europe/Istanbul",
        week: dict[str, list[list[str]]] | None = None,
        lead: Agent | None = None,
    ) -> Team:
        name = name or f"Team {next(counter)}"
        calendar, _ = Calendar.objects.get_or_create(
            name=f"Calendar of {name}", defaults={"time_zone": time_zone, "week": OFFICE if week is None else week}
        )
        return Team.objects.create(name=name, calendar=calendar, lead=lead)

    return make


@pytest.fixture
def make_agent(db: None) -> Callable[..., Agent]:
    """`make_agent(name=…, languages=[…], **fields)`; speaks all four languages and signs in with PASSWORD."""
    counter = itertools.count(1)

    def make(
        *, name: str = "", email: str = "", languages: list[str] | None = None, password: str = PASSWORD, **fields: Any
    ) -> Agent:
        number = next(counter)
        return Agent.objects.create_user(
            email=email or f"agent{number}@desk.example",
            name=name or f"Agent {number}",
            password=password,
            languages=["tr", "fa", "mn", "en"] if languages is None else languages,
            **{"time_zone": "Europe/Istanbul", **fields},
        )

    return make


@pytest.fixture
def make_customer(db: None, now: datetime) -> Callable[..., Customer]:
    """`make_customer(name=…, language=…, email=…, phone=…, **fields)`; with an e-mail address unless told otherwise."""
    counter = itertools.count(1)

    def make(
        *, name: str = "Ayşe Yılmaz", language: str = "tr", email: str | None = None, phone: str = "", **fields: Any
    ) -> Customer:
        customer = Customer.objects.create(name=name, language=language, **{"created_at": now, **fields})
        email = f"customer{next(counter)}@mail.example" if email is None else email
        ways = [(ContactWay.Kind.EMAIL, email), (ContactWay.Kind.PHONE, phone)]
        ContactWay.objects.bulk_create(
            ContactWay(customer=customer, kind=kind, value=value) for kind, value in ways if value
        )
        return customer

    return make


@pytest.fixture
def make_complaint(
    make_agent: Callable[..., Agent], make_customer: Callable[..., Customer], now: datetime
) -> Callable[..., Complaint]:
    """`make_complaint(customer=…, owner=…, text=…, at=…, …)`; makes a customer and an owner unless given."""

    def make(
        *, customer: Customer | None = None, owner: Agent | None = None, at: datetime | None = None, **fields: Any
    ) -> Complaint:
        customer = customer or make_customer()
        complaint, _ = complaints.open_complaint(
            **{
                "customer": customer,
                "owner": owner or make_agent(),
                "subject": "Parcel lost",
                "text": "My parcel did not come.",
                "language": customer.language,
                "channel": "form",
                "now": at or now,
                **fields,
            }
        )
        return complaint

    return make


@pytest.fixture
def soak(tmp_path: Path, transactional_db: None) -> Callable[..., str]:
    """Run `make soak` on a database file of its own, whatever the tests run on; return what it told.

    Without a transaction around it: a backup waits for ever for one that is open in its own process.
    """
    del transactional_db
    if connection.vendor != "sqlite":
        pytest.skip("seen on SQLite")

    def run(*asked: str) -> str:
        connection.ensure_connection()
        with closing(sqlite3.connect(tmp_path / "amends.sqlite3")) as copy:
            connection.connection.backup(copy)  # the schema, without migrating again
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        command = [sys.executable, str(SOAK), *asked, "--data", str(tmp_path)]
        told = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout

    return run
