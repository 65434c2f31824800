"""Traces of requests and of what they ask the database, for a collector that speaks OTLP (AMENDS_TRACES).

Written by hand for what it must not say. The usual instruments note whole addresses, and a customer's page has its key
in its address; a span here names the pattern of an address, never the address, and a question by its verb and table,
never with a value. Traces of strangers are not taken up: who calls cannot have the desk write more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

_VERB: Final = re.compile(r"\s*(\w+)(?:.*?\b(?:FROM|INTO|UPDATE)\s+[\"']?(\w+))?", re.IGNORECASE | re.DOTALL)
_UPDATE: Final = re.compile(r"\s*UPDATE\s+[\"']?(\w+)", re.IGNORECASE)


@sync_and_async_middleware
def traced(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Make a span of each request, and one within it of each question to the database."""
    if not settings.TRACES:
        raise MiddlewareNotUsed
    tracer = _tracer()

    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponse:
            with tracer.start_as_current_span(f"{request.method}", kind=_server()) as span:
                response: HttpResponse = await get_response(request)
                _tell(span, request, response)
                return response

        markcoroutinefunction(later)
        return later

    def answer(request: HttpRequest) -> HttpResponse:
        with tracer.start_as_current_span(f"{request.method}", kind=_server()) as span:
            response: HttpResponse = get_response(request)
            _tell(span, request, response)
            return response

    return answer


def _tell(span: Any, request: HttpRequest, response: HttpResponse) -> None:
    match = request.resolver_match
    route = match.route if match is not None else ""
    span.update_name(f"{request.method} {match.view_name}" if match is not None else f"{request.method}")
    span.set_attribute("http.request.method", request.method or "")
    span.set_attribute("http.route", f"/{route}" if route else "")
    span.set_attribute("http.response.status_code", response.status_code)
    if response.status_code >= 500:
        from opentelemetry.trace import StatusCode

        span.set_status(StatusCode.ERROR)


def _server() -> Any:
    from opentelemetry.trace import SpanKind

    return SpanKind.SERVER


@cache
def _tracer() -> Any:
    """Begin to send, once in each process."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ImproperlyConfigured("AMENDS_TRACES: traces need the package 'amends[traces]'.") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "amends"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{settings.TRACES}/v1/traces")))
    tracer = provider.get_tracer("amends.desk")

    def ask(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        from opentelemetry import trace

        if not trace.get_current_span().is_recording():
            return execute(sql, params, many, context)
        verb, table = named(sql)
        with tracer.start_as_current_span(f"{verb} {table}".strip(), record_exception=False) as span:
            span.set_attribute("db.system.name", context["connection"].vendor)
            span.set_attribute("db.operation.name", verb)
            span.set_attribute("db.collection.name", table)
            return execute(sql, params, many, context)

    def wrap(connection: Any, **_: Any) -> None:
        if ask not in connection.execute_wrappers:
            connection.execute_wrappers.append(ask)

    from django.db import connections

    connection_created.connect(wrap, weak=False, dispatch_uid=__name__)
    for connection in connections.all(initialized_only=True):
        wrap(connection)
    tracer.provider = provider  # so that what waits can be sent before the process ends
    return tracer


def named(sql: str) -> tuple[str, str]:
    """Return the verb of a question and the first table that it names; never a value."""
    if found := _UPDATE.match(sql):
        return "UPDATE", found.group(1)
    match = _VERB.match(sql)
    return (match.group(1).upper(), match.group(2) or "") if match else ("", "")
