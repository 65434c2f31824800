"""Pages of figures read from the copy; writes, what one has just written, and who one is, from the database itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError, router
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.upkeep import replica
from amends.desk.upkeep.replica import COOKIE, Lag, ReadsFromCopy, Router


class Near(Lag):
    near = True

    def is_near(self) -> bool:
        return self.near


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES, "replica", {})
    monkeypatch.setitem(router.__dict__, "routers", [Router()])


def asked(room: str, *, method: str = "GET", wrote: bool = False, near: bool = True) -> tuple[list[str], HttpResponse]:
    """Say where a page of a room reads complaints, people and sessions, and writes."""
    found: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        middleware.process_view(request, view, (), {})
        found.extend(model._default_manager.all().db for model in (Complaint, Agent, Session))
        found.append(router.db_for_write(Complaint))
        return HttpResponse()

    lag = Near()
    lag.near = near
    middleware = ReadsFromCopy(view, lag)
    request = RequestFactory().generic(method, "/")
    request.resolver_match = SimpleNamespace(app_names=[room])  # type: ignore[assignment]
    if wrote:
        request.COOKIES[COOKIE] = "1"
    answer = middleware(request)
    assert Complaint.objects.all().db == "default"  # and nothing of it stays behind
    assert isinstance(answer, HttpResponse)
    return found, answer


@pytest.mark.usefixtures("copied")
def test_figures_are_read_from_the_copy_and_nothing_else() -> None:
    assert asked("insight")[0] == ["replica", "default", "default", "default"]
    here = ["default"] * 4
    assert asked("workplace")[0] == here
    assert asked("insight", method="POST")[0] == here
    assert asked("insight", wrote=True)[0] == here
    assert asked("insight", near=False)[0] == here


@pytest.mark.usefixtures("copied")
def test_who_wrote_reads_it_back() -> None:
    assert COOKIE not in asked("insight")[1].cookies
    kept = asked("workplace", method="POST")[1].cookies[COOKIE]
    assert (kept["max-age"], kept["httponly"], kept["samesite"]) == (15, True, "Lax")


def test_there_is_no_such_thing_without_the_setting() -> None:
    with pytest.raises(MiddlewareNotUsed):
        ReadsFromCopy(lambda _: HttpResponse())


@pytest.mark.parametrize(("answer", "near"), [(0, True), (9.9, True), (11, False), (1e9, False), (None, False)])
def test_a_copy_that_is_behind_or_silent_is_not_asked(answer: Any, near: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Line:
        closed = 0

        def cursor(self) -> Any:
            if answer is None:
                raise OperationalError("no route")
            return self

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def execute(self, sql: str) -> None:
            assert "pg_last_xact_replay_timestamp" in sql

        def fetchone(self) -> tuple[Any]:
            return (answer,)

        def close(self) -> None:
            self.closed += 1

    lines = {"replica": Line()}
    monkeypatch.setattr(replica, "connections", lines)
    lag = Lag()
    assert (lag.is_near(), lag.is_near()) == (near, near)
    assert lines["replica"].closed == (answer is None)
