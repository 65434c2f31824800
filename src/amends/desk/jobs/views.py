"""The page of background work, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from amends.desk.jobs import actions, queries

View = Callable[..., HttpResponse]


def for_administrators(view: View) -> View:
    """Open only to administrators; this room lies below the one of people and knows them by `is_staff`."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, **kwargs)

    return guarded


@for_administrators
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/work.html", {"work": queries.work(now=timezone.now()), "here": "work"})


@for_administrators
@require_POST
def retry(request: HttpRequest, task_id: str) -> HttpResponse:
    try:
        actions.retry(task_id=task_id, now=timezone.now())
    except actions.UnableToRetry as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is tried again within a few seconds."))
    return redirect("jobs:work")


@for_administrators
@require_POST
def run_soon(request: HttpRequest, name: str) -> HttpResponse:
    try:
        actions.run_period_soon(name=name, now=timezone.now())
    except actions.UnableToRetry as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It runs within a few seconds."))
    return redirect("jobs:work")
