"""Programs that watch the desk are answered, strangers are not, and nobody reads a word of anybody."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.test import AsyncClient, Client, RequestFactory

import amends
from amends.desk.complaints.models import Complaint
from amends.desk.upkeep.counting import Requests
from amends.desk.upkeep.figures import Figure, as_text
from amends.desk.upkeep.logs import JsonLines, Masked
from amends.desk.upkeep.proxies import behind_proxies, caller

KEY = {"authorization": "Bearer a-long-key"}
LOGGERS: Final = re.compile(r"getLogger\((?:\"([^\"]+)\"|(__name__))\)")


def test_health_asks_nothing_not_even_for_a_host_name(settings: Any) -> None:
    settings.READY = True
    answer = Client().get("/health", headers={"host": "10.1.2.3:8000"})  # without a database: this test may not open it
    assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (200, b"well\n", "no-store")
    assert not answer.cookies


@pytest.mark.django_db
def test_what_is_not_asked_for_does_not_exist(settings: Any, make_complaint: Callable[..., Complaint]) -> None:
    complaint = make_complaint()
    stranger = Client()
    for path in ("/health", "/ready", "/metrics"):
        assert stranger.get(path, headers=KEY).status_code == 404
    settings.READY, settings.METRICS_KEY = True, "a-long-key"
    assert stranger.get("/ready", headers={"host": "10.1.2.3"}).content == b"ready\n"
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer another"}):
        assert stranger.get("/metrics", headers=headers).status_code == 404
    told = stranger.get("/metrics", headers=KEY).content.decode()
    assert 'amends_complaints_live{stage="received",turn="ours"} 1\n' in told
    assert "# TYPE amends_request_seconds histogram" in told
    assert 'amends_requests_total{view="none",status="4xx"}' in told
    for word in (complaint.customer.name, complaint.owner.name, complaint.key, complaint.subject, "@"):
        assert word not in told


def test_a_database_that_is_gone_is_no_reason_to_fall(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise DatabaseError("no route to host")

    settings.READY, settings.METRICS_KEY = True, "a-long-key"
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.__init__", gone)
    monkeypatch.setattr("amends.desk.upkeep.figures.figures", gone)
    answer = Client().get("/ready")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")
    assert Client().get("/metrics", headers=KEY).status_code == 200


async def _twice(client: AsyncClient) -> list[int]:
    return [(await client.get(path)).status_code for path in ("/health/", "/health")]


def test_the_desk_as_it_is_served_answers_alike(settings: Any) -> None:
    settings.READY = True
    from asgiref.sync import async_to_sync

    assert async_to_sync(_twice)(AsyncClient()) == [200, 200]


def test_figures_are_written_as_they_are_read() -> None:
    counted = Requests()
    for status, took in ((200, 0.01), (200, 0.2), (500, 20.0)):
        counted.add(view="portal:home", status=status, took=took)
    text = as_text([*counted.figures(), Figure("odd", "Odd.", 0.5, {"name": 'a"b\\c\n'})])
    assert 'amends_requests_total{view="portal:home",status="2xx"} 2\n' in text
    assert 'amends_request_seconds_bucket{le="0.25"} 2\n' in text
    assert 'amends_request_seconds_bucket{le="+Inf"} 3\namends_request_seconds_sum 20.21\n' in text
    assert 'odd{name="a\\"b\\\\c\\n"} 0.5\n' in text
    assert text.count("# TYPE amends_requests_total counter") == 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /c/Zx3-9abcDEF_1/write/", "Not Found: /c/<key>/write/"),
        ("Too Many Requests: /chat/Ge1302CxNStuPs6KqE20FUrCKC0i2sdQ/say/", "Too Many Requests: /chat/<key>/say/"),
        ("Not Found: /chat/standing/", "Not Found: /chat/standing/"),
        ("Forbidden: /hooks/mail/12/xTz3_k-9aaaabbbb/mime", "Forbidden: /hooks/mail/12/<key>/mime"),
        ("to ayse.yilmaz+a@mail.example failed", "to <address> failed"),
        ("smtp://desk:plums@mail.example:25", "smtp://<password>@mail.example:25"),
        ("/new-password/MTI/cs3-1234abcd/ opened", "/new-password/<key>/ opened"),
        ("GET /desk/list/?q=Ayşe", "GET /desk/list/?…"),
        ("3 letters sent", "3 letters sent"),
    ],
)
def test_a_log_line_names_nobody(said: str, kept: str) -> None:
    record = logging.LogRecord("amends", logging.INFO, "x.py", 1, said, (), None)
    assert json.loads(JsonLines().format(record))["says"] == kept
    assert Masked().format(record) == kept


def test_a_plain_line_says_when_and_in_which_zone(settings: Any) -> None:
    told = dict(settings.LOGGING["formatters"]["line"])
    line = Masked(told["format"], style=told["style"])
    record = logging.LogRecord("amends", logging.INFO, "x.py", 1, "3 letters sent", (), None)
    record.created = datetime(2026, 11, 24, 9, 30, 0, 250_000, tzinfo=UTC).timestamp()
    assert line.format(record) == "2026-11-24T09:30:00.250+00:00 INFO amends: 3 letters sent"


def test_nobody_writes_a_line_of_their_own(settings: Any) -> None:
    told = {name: what for name, what in settings.LOGGING["formatters"]["line"].items() if name != "()"}
    said = "no page at /x\n2026-11-24T09:30:00.250+00:00 INFO amends.people.sign-in: person 1\x1b[2J"
    record = logging.LogRecord("django.request", logging.WARNING, "x.py", 1, said, (), None)
    for line in (Masked(told["format"], style=told["style"]).format(record), JsonLines().format(record)):
        assert line.isprintable()
        assert "no page at /x" in line


def test_every_name_under_which_is_logged_is_in_the_inventory() -> None:
    source = Path(amends.__file__).parent
    names = set()
    for place in source.rglob("*.py"):
        module = ".".join(("amends", *place.relative_to(source).with_suffix("").parts))
        names |= {literal or module for literal, own in LOGGERS.findall(place.read_text("utf-8")) if literal or own}
    inventory = (source.parents[1] / "docs/administration.md").read_text("utf-8")
    assert "amends.people.sign-in" in names
    assert [name for name in sorted(names) if f"`{name}`" not in inventory] == []


def test_an_error_is_told_by_its_kind_and_place(now: datetime) -> None:
    try:
        raise ValueError("cannot read 'Ayşe Yılmaz wrote this'")  # noqa: TRY301
    except ValueError as error:
        record = logging.LogRecord("amends", logging.ERROR, "x.py", 1, "%s failed: %s", ("it", error), sys.exc_info())
    line = JsonLines().format(record)
    said = json.loads(line)
    assert (said["says"], said["error"], said["level"]) == ("it failed: ValueError", "ValueError", "error")
    assert said["places"][0].startswith("test_watching.py:")
    assert "Ayşe" not in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("peer", "told", "is_"),
    [
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),  # a stranger who writes the header is not believed
        ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "192.0.2.1, 198.51.100.7", "198.51.100.7"),  # what the caller wrote itself stands further left
        ("127.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:10.0.0.2", "198.51.100.7:80", "198.51.100.7"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("", "198.51.100.7", ""),
    ],
)
def test_behind_a_proxy_the_caller_is_who_called_it(peer: str, told: str, is_: str) -> None:
    ours = [ip_network("10.0.0.0/8"), ip_network("127.0.0.1")]
    assert caller(peer=peer, told=told, ours=ours) == is_


def test_a_desk_without_proxies_believes_no_header(settings: Any) -> None:
    with pytest.raises(MiddlewareNotUsed):
        behind_proxies(lambda request: request)
    settings.PROXIES = ["127.0.0.0/8"]
    request = RequestFactory().get("/", headers={"x-forwarded-for": "198.51.100.7"})
    assert behind_proxies(lambda request: request.META["REMOTE_ADDR"])(request) == "198.51.100.7"
