"""Spans reach a collector, and say nothing of anybody."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.test import Client

from amends.desk.complaints.models import Complaint
from amends.desk.upkeep import traces


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ('SELECT "a"."b" FROM "complaints_complaint" WHERE "x" = \'secret\'', ("SELECT", "complaints_complaint")),
        ('UPDATE "people_agent" SET "name" = %s', ("UPDATE", "people_agent")),
        ('INSERT INTO "jobs_worker" ("id") VALUES (%s)', ("INSERT", "jobs_worker")),
        ("SAVEPOINT s1", ("SAVEPOINT", "")),
        ("", ("", "")),
    ],
)
def test_a_question_is_named_by_verb_and_table(sql: str, said: tuple[str, str]) -> None:
    assert traces.named(sql) == said


def test_nothing_is_traced_unless_it_is_asked_for() -> None:
    with pytest.raises(MiddlewareNotUsed):
        traces.traced(lambda _: HttpResponse())


class _Takes(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding") == "gzip"
        self.server.taken.append(gzip.decompress(body) if packed else body)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def collector() -> Iterator[Any]:
    server = HTTPServer(("127.0.0.1", 0), _Takes)
    server.taken = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.scale("opentelemetry")
@pytest.mark.filterwarnings("default")
@pytest.mark.django_db
def test_a_request_and_its_questions_reach_the_collector_without_a_key(
    collector: Any, make_complaint: Callable[..., Complaint], settings: Any, client: Client
) -> None:
    complaint = make_complaint(text="My parcel did not come.")
    settings.TRACES = f"http://127.0.0.1:{collector.server_port}"
    try:
        assert client.get(f"/c/{complaint.key}/?why=nobody-knows").status_code == 200
        traces._tracer().provider.force_flush()
    finally:
        traces._tracer().provider.shutdown()
        traces._tracer.cache_clear()
        _let_go()
    told = b"".join(collector.taken)
    assert b"GET portal:" in told
    assert b"SELECT complaints_complaint" in told
    assert b"amends" in told
    for secret in (complaint.key, "nobody-knows", "parcel", complaint.customer.name):
        assert secret.encode() not in told


def _let_go() -> None:
    connection_created.disconnect(dispatch_uid=traces.__name__)
    connection.execute_wrappers[:] = [one for one in connection.execute_wrappers if one.__module__ != traces.__name__]
