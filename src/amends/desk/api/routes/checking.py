"""Judging a reply before it goes out, for whoever wrote it: a person, a program, a language model."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.door import needs
from amends.desk.api.once import written
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import answers
from amends.desk.api.schemas import CheckIn, CheckOut
from amends.desk.api.scopes import Scope
from amends.desk.coaching import readers
from amends.engine.audit import check as judge
from amends.engine.languages.reading import USUAL_READERS
from amends.engine.report.checked import as_json, as_object
from amends.intake.items import conversation

router = Router()


@router.post(
    "check",
    auth=needs(Scope.CHECK),
    response=answers(200, CheckOut),
    operation_id="check",
    summary=_("Judge a reply before it goes out"),
    exclude_none=True,
)
def check(request: HttpRequest, item: CheckIn) -> HttpResponse:
    """Judge a reply with what was said before it. Nothing of it is kept.

    The answer is the object that `amends check --format jsonl` prints. An empty list of failings says that it may go.
    """
    del request
    given: dict[str, Any] = {"context": item.context, "turns": item.turns, "facts": item.facts}
    try:
        talk = conversation(reply=item.reply, given=given, now=timezone.now(), id=item.id)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        errors = [{"place": "context", "code": "not-readable", "detail": str(error)}]
        raise Problem("not-valid", errors=errors) from error
    full = readers.full.get() if item.reader == "best" else None
    checked = judge(talk, language=item.language, name=item.id, readers=full or USUAL_READERS)
    return written(json.loads(as_json([checked])) if item.explain else as_object(checked), status=200)
