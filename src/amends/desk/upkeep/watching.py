"""Answers for programs that watch the desk, given before anything else of a request is looked at.

`/health` says that the process lives, without asking anything. `/ready` says whether this process can do its work;
`/metrics` gives figures. All are off until AMENDS_READY, for the first two, and AMENDS_METRICS are set: to strangers
they are addresses that do not exist. None of the three knows a session, a host name or a language, and none holds a
word of anybody.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import sync_and_async_middleware

from amends.desk.upkeep.counting import Requests

HEALTH: Final = "/health"
READY: Final = "/ready"
METRICS: Final = "/metrics"
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"

requests: Final = Requests()  # of this process; each process is asked for its own


@sync_and_async_middleware
def watched(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answer the three addresses, and count all other requests while figures are wanted."""
    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponse:
            if (own := _own(request)) is not None:
                return await _in_thread(own, request)
            began = time.perf_counter()
            response: HttpResponse = await get_response(request)
            _count(request, response, began)
            return response

        return answer_later

    def answer(request: HttpRequest) -> HttpResponse:
        if (own := _own(request)) is not None:
            return own(request)
        began = time.perf_counter()
        response: HttpResponse = get_response(request)
        _count(request, response, began)
        return response

    return answer


def _in_thread(own: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> Awaitable[HttpResponse]:
    return sync_to_async(own)(request)


def _own(request: HttpRequest) -> Callable[[HttpRequest], HttpResponse] | None:
    if request.method not in {"GET", "HEAD"}:
        return None
    path = request.path_info.rstrip("/")
    if path == HEALTH and settings.READY:
        return _health
    if path == READY and settings.READY:
        return _ready
    if path == METRICS and settings.METRICS_KEY and _has_key(request):
        return _metrics
    return None


def _has_key(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return constant_time_compare(given, settings.METRICS_KEY)


def _health(request: HttpRequest) -> HttpResponse:
    del request
    return _said("well\n")


def _ready(request: HttpRequest) -> HttpResponse:
    """Whether the database answers and is as new as the program; what exactly is wrong is for the doctor to say."""
    del request
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return _said("the database does not answer\n", status=503)
    return _said("the database is behind the program\n", status=503) if behind else _said("ready\n")


def _metrics(request: HttpRequest) -> HttpResponse:
    del request
    from amends.desk.upkeep.figures import as_text, figures

    try:
        found = list(figures(now=timezone.now()))
    except DatabaseError:  # the figures of this process are told all the same
        found = []
    return _said(as_text((*requests.figures(), *found)), kind=TEXT)


def _said(words: str, *, status: int = 200, kind: str = "text/plain; charset=utf-8") -> HttpResponse:
    return HttpResponse(words, status=status, content_type=kind, headers={"Cache-Control": "no-store"})


def _count(request: HttpRequest, response: HttpResponse, began: float) -> None:
    if settings.METRICS_KEY:
        match = request.resolver_match
        requests.add(
            view=match.view_name if match else "", status=response.status_code, took=time.perf_counter() - began
        )
