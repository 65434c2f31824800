"""The documentation of the API, which anybody may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from amends.desk.api import describing


@require_GET
def document(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document, made of the routes."""
    del request
    return JsonResponse(describing.document(), json_dumps_params={"ensure_ascii": False})


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The same for readers; nothing of it comes from elsewhere."""
    context = {
        "sections": describing.sections(),
        "problems": describing.problem_rows(),
        "scopes": describing.scope_rows(),
    }
    return render(request, "api/docs.html", context)
