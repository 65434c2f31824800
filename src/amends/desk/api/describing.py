"""The OpenAPI document of the desk, and the same laid out for readers: both are made of the routes themselves."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http.client import responses
from typing import Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.api.door import Bearer
from amends.desk.api.problems import CONTENT_TYPE, PROBLEMS
from amends.desk.api.routes import ROUTERS, api
from amends.desk.api.scopes import Scope

METHODS: Final = ("get", "post", "put", "patch", "delete")
DEEPEST: Final = 3


def document() -> dict[str, Any]:
    """Return the OpenAPI document, in the language that is active; nobody changes what comes back."""
    return _document(get_language() or "en")


@cache
def _document(_language: str) -> dict[str, Any]:
    """Make it of the routes, which stay the same as long as the program runs: it takes a second of work."""
    whole: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="api/"), cls=DjangoJSONEncoder))
    scopes = _scopes()
    for _path, _method, operation in _operations(whole):
        scope = scopes[operation["operationId"]]
        operation["x-scope"] = scope
        if "requestBody" in operation:
            for code in ("bad-json", "too-large"):
                refused = copy.deepcopy(operation["responses"]["422"])
                refused["description"] = responses[PROBLEMS[code][0]]
                operation["responses"].setdefault(str(PROBLEMS[code][0]), refused)
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                answer["content"] = {CONTENT_TYPE: answer["content"].pop("application/json")}
    return whole


def _operations(whole: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in whole["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _scopes() -> dict[str, str]:
    """Which scope each operation needs."""
    found = {}
    for _tag, router in ROUTERS:
        for view in router.path_operations.values():
            for operation in view.operations:
                door = operation.auth_param
                if isinstance(door, Bearer):
                    found[str(operation.operation_id)] = door.needs.value
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One value of a body or an answer."""

    name: str
    kind: str
    needed: bool
    says: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """One route as a reader sees it."""

    id: str
    method: str
    path: str
    summary: str
    says: list[str]
    scope: str
    parameters: list[FieldRow]
    sent: list[FieldRow]
    answered: list[FieldRow]
    status: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The routes of one subject."""

    name: str
    operations: list[OperationRow]


def sections() -> list[Section]:
    """Lay the document out by subject."""
    whole = document()
    names = {
        "Judging": _("Judging replies"),
        "Complaints": _("Complaints"),
        "Promises": _("Promises"),
        "Remedies": _("Remedies"),
        "Customers": _("Customers"),
        "One's own": _("What is a person's own"),
        "Figures": _("Figures"),
        "Setting up": _("Setting up"),
    }
    rows: dict[str, list[OperationRow]] = {tag: [] for tag, _router in ROUTERS}
    for path, method, operation in _operations(whole):
        rows[operation["tags"][0]].append(_row(whole, path, method, operation))
    return [Section(name=names[tag], operations=found) for tag, found in rows.items()]


def problem_rows() -> list[tuple[str, int, str, str]]:
    """Return every problem: its code, its status, what happened, what to do."""
    return [(code, status, str(title), str(advice)) for code, (status, title, advice) in PROBLEMS.items()]


def scope_rows() -> list[tuple[str, str]]:
    return [(scope.value, str(scope.label)) for scope in Scope]


def _row(whole: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> OperationRow:
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    status = min(operation["responses"], key=int)
    answered = operation["responses"][status].get("content", {}).get("application/json", {}).get("schema")
    parameters = [
        FieldRow(
            name=one["name"],
            kind=_kind(whole, one["schema"]),
            needed=bool(one.get("required")),
            says=one.get("description", ""),
            depth=0,
        )
        for one in operation.get("parameters", [])
    ]
    return OperationRow(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        says=[" ".join(part.split()) for part in operation.get("description", "").split("\n\n") if part.strip()],
        scope=operation["x-scope"],
        parameters=parameters,
        sent=list(_fields(whole, sent)) if sent else [],
        answered=list(_fields(whole, answered)) if answered else [],
        status=status,
        example=_example(
            path, method, needs_body=bool(sent), has_key=any(p.name.startswith("Idem") for p in parameters)
        ),
    )


def _example(path: str, method: str, *, needs_body: bool, has_key: bool) -> str:
    lines = [f"curl -X {method.upper()} {settings.ADDRESS}{path}", '  -H "Authorization: Bearer $AMENDS_TOKEN"']
    if has_key:
        lines.append('  -H "Idempotency-Key: $(uuidgen)"')
    if needs_body:
        lines += ['  -H "Content-Type: application/json"', "  -d @body.json"]
    return " \\\n".join(lines)


def _fields(whole: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> Iterator[FieldRow]:
    shape = _resolved(whole, schema)
    for name, one in shape.get("properties", {}).items():
        yield FieldRow(
            name=name,
            kind=_kind(whole, one),
            needed=name in shape.get("required", []),
            says=" ".join(one.get("description", "").split()),
            depth=depth,
        )
        inner = _inner(whole, one)
        if inner is not None and depth < DEEPEST:
            yield from _fields(whole, inner, depth + 1)


def _inner(whole: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The shape inside a value, where it has one of ours."""
    for one in (schema, schema.get("items", {}), *schema.get("anyOf", [])):
        if "$ref" in one and "properties" in (found := _resolved(whole, one)):
            return found
    return None


def _resolved(whole: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def _kind(whole: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Say in a word what a value is."""
    schema = _resolved(whole, schema)
    if "enum" in schema:
        return " · ".join(str(one) or '""' for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if "anyOf" in schema or "allOf" in schema:
        some = [_kind(whole, one) for one in schema.get("anyOf", schema.get("allOf", []))]
        return " / ".join(dict.fromkeys(some))
    kind = str(schema.get("type", "object"))
    if kind == "array":
        inside = schema.get("items", {})
        return "[…]" if "$ref" in inside else f"[{_kind(whole, inside)}]"
    return {"date-time": "time", "date": "day"}.get(str(schema.get("format", "")), kind)
