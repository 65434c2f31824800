"""A call with a key happens once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from pydantic import BaseModel

from amends.desk.api import actions
from amends.desk.api.models import Answer, Token
from amends.desk.api.problems import Problem
from amends.desk.customers.words import storable

LONGEST_KEY = 200


def key_of(request: HttpRequest, *, needed: bool = False) -> str:
    """Read the key of a call.

    :raises Problem: if it lacks one though it needs it, or it is too long
    """
    key = storable(request.headers.get("Idempotency-Key", "")).strip()
    if needed and not key:
        raise Problem("no-key")
    if len(key) > LONGEST_KEY:
        raise Problem("not-valid", errors=[{"place": "Idempotency-Key", "code": "string_too_long", "detail": ""}])
    return key


def asked(request: HttpRequest) -> str:
    """The digest of a call: its method, its address and its body."""
    head = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def known(request: HttpRequest, *, token: Token, key: str) -> JsonResponse | None:
    """Return the answer that this key was given before.

    :raises Problem: if that was another call
    """
    found = Answer.objects.filter(token=token, key=key).first() if key else None
    return None if found is None else again(found, call=asked(request))


def again(found: Answer, *, call: str) -> JsonResponse:
    """Give an answer once more.

    :raises Problem: if it belongs to another call
    """
    if found.asked != call:
        raise Problem("key-used")
    response = written(found.body, status=found.status)
    response["Idempotency-Replayed"] = "true"
    return response


def written(body: Any, *, status: int) -> JsonResponse:
    return JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})


def once(
    request: HttpRequest,
    *,
    now: datetime,
    act: Callable[[], BaseModel],
    status: int = 200,
    needs_key: bool = False,
) -> JsonResponse:
    """Do something and answer with what it returns, in one transaction with the answer that is kept under the key.

    :raises Problem: if the key was used for another call, or is missing where it must not
    """
    key = key_of(request, needed=needs_key)
    token: Token = request.auth  # type: ignore[attr-defined]
    if (before := known(request, token=token, key=key)) is not None:
        return before
    with transaction.atomic():
        # Of two calls with one key at the same moment the second waits here for the first.
        Token.objects.select_for_update(of=("self",)).get(pk=token.pk)
        if key and (before := known(request, token=token, key=key)) is not None:
            return before
        body = plain(act())
        if key:
            kept = actions.keep_answer(token=token, key=key, asked=asked(request), status=status, body=body, now=now)
            body, status = kept.body, kept.status
    return written(body, status=status)


def kept_raw(request: HttpRequest, *, now: datetime, act: Callable[[str], BaseModel]) -> JsonResponse:
    """Do what keeps something by its key before anything else is done, and answer with what it returns.

    What was kept stays whatever becomes of it: it is in no transaction with the answer, which is kept behind it.

    :raises Problem: if the key is missing, or was used for another call
    """
    key = key_of(request, needed=True)
    token: Token = request.auth  # type: ignore[attr-defined]
    if (before := known(request, token=token, key=key)) is not None:
        return before
    body = plain(act(key))
    kept = actions.keep_answer(token=token, key=key, asked=asked(request), status=201, body=body, now=now)
    return written(kept.body, status=kept.status)


def plain(value: BaseModel) -> Any:
    """Write a schema down as plain values of JSON, as it goes out and as it is kept."""
    return value.model_dump(mode="json", context={}, by_alias=False)
